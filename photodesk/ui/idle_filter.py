"""Real input in our windows resets the idle watch; animation, timers and repaints do not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject

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

    def __init__(self, watch: IdleWatch, clock: Clock) -> None:
        super().__init__()
        self._watch, self._clock = watch, clock

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in REAL_INPUT and event.spontaneous():
            self._watch.input(self._clock.monotonic_ms())
        return False
