"""Real input in our windows resets the idle watch; animation and timers do not. Ctrl+L locks from any of our windows.

A window's own shortcut does not reach past a print dialog or another window in front: what comes here does.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from photodesk.clock import Clock
from photodesk.desk.idle import IdleWatch

REAL_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
    }
)


class IdleFilter(QObject):
    """Installed on the application. Only events the system itself sent count (`spontaneous`)."""

    def __init__(self, watch: IdleWatch, clock: Clock, lock: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._watch, self._clock, self._lock = watch, clock, lock

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in REAL_INPUT and event.spontaneous():
            self._watch.input(self._clock.monotonic_ms())
            if isinstance(event, QKeyEvent) and locks(event):
                self._lock()
                return True
        return False


def locks(event: QKeyEvent) -> bool:
    """Whether this is Ctrl+L going down, once."""
    pressed = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_L and not event.isAutoRepeat()
    return pressed and event.modifiers() == Qt.KeyboardModifier.ControlModifier
