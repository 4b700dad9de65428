"""What the home page says about the clinic server: a line of the workstation's card, its alarm, and fresh lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, QTimer

from photodesk.ui.page import PageContext
from photodesk.ui.sync import words

Fact = tuple[str, str, str]
MINUTE_MS = 60_000


class ServerPart(QObject):
    """`changed` is called when the line says something else: the state, or how long ago it was."""

    def __init__(self, context: PageContext, today: date, changed: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._today, self._watch = context, today, context.server
        if self._watch is not None:
            self._watch.changed.connect(changed)
            minute = QTimer(self)
            minute.timeout.connect(changed)
            minute.start(MINUTE_MS)

    def alarms(self) -> tuple[str, ...]:
        """What a person has to know at once."""
        return words.alarms(self._watch.now) if self._watch is not None else ()

    def facts(self) -> tuple[Fact, ...]:
        """(icon, what, state); nothing in the demo, which has no server."""
        if self._watch is None:
            return ()
        state = words.home_words(self._watch.now, self._context.desk.clock.wall_ms(), self._today)
        return (("arrows-clockwise", "Clinic server", state),)
