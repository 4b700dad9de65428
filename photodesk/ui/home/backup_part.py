"""What the home page says about backups: a line of the workstation's card, and a reminder when the last one is old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject

from photodesk.desk.backups import BackupState
from photodesk.ui.backup import words
from photodesk.ui.page import PageContext, sentence

Fact = tuple[str, str, str]


class BackupPart(QObject):
    """`read` asks the desk; `changed` is called once its answer is here."""

    def __init__(self, context: PageContext, today: date, changed: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._today, self._changed = context, today, changed
        self._state: BackupState | None = None
        if context.backups is not None:
            context.backups.changed.connect(self.read)

    def read(self) -> None:
        """Ask how backups stand; nothing in the demo, which has none."""
        backups = self._context.backups
        if backups is not None and not self._context.clinic.demo:
            self._context.tasks.store(backups.state, self._took, lambda why: self._context.navigate.say(sentence(why)))

    def _took(self, state: BackupState) -> None:
        self._state = state
        self._changed()

    def alarms(self) -> tuple[str, ...]:
        """The reminder, where one is due."""
        late = words.reminder(self._state, self._today) if self._state is not None else ""
        return (late,) if late else ()

    def facts(self) -> tuple[Fact, ...]:
        """(icon, what, state), once it is known."""
        if self._state is None:
            return ()
        running = self._context.backups is not None and self._context.backups.running
        return (("floppy-disk", "Backup", words.home_words(self._state, self._today, running=running)),)
