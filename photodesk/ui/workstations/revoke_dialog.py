"""The last question before a workstation is shut out, with a wipe where it is wanted and the second signature."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from photodesk.background.waiting_key import WaitingKeyReader
from photodesk.ui.controls import CheckBox, Dropdown, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.workstations import words
from photodesk.ui.workstations.asking import WorkstationLine, Workstations

SECOND_WORDS = "A wipe cannot be undone: it takes two administrators. The other one signs here."
WIPE_TOO = "Destroy what it holds, too"


class RevokeDialog(FormDialog):
    """`done` is called once it is signed and published."""

    def __init__(
        self,
        window: QWidget,
        context: PageContext,
        stations: Workstations,
        line: WorkstationLine,
        seconds: tuple[tuple[str, str], ...],
        done: Callable[[], None],
    ) -> None:
        super().__init__(window, f"Shut out {line.name}?", "Shut out")
        self._context, self._stations, self._line, self._done = context, stations, line, done
        self._seconds = seconds
        self.rows.addWidget(Text(words.REVOKE, TextRole.BODY, "ink2", wrap=True))
        self.wipe = CheckBox(WIPE_TOO)
        self.wipe.setChecked(line.revoked)
        self.rows.addWidget(self.wipe)
        self._wipe_words = Text(words.WIPE, TextRole.SMALL, "warn", wrap=True)
        self.rows.addWidget(self._wipe_words)
        self.second_holder = QWidget()
        column = vbox(self.second_holder, 8)
        column.addWidget(Text(SECOND_WORDS, TextRole.SMALL, "ink2", wrap=True))
        row = hbox(None, 12)
        first = seconds[0][0] if seconds else ""
        self.second_who = Dropdown("Second administrator", seconds, value=first, height=40)
        self.second_password = TextField("Their password", placeholder="Their password", height=40, password=True)
        row.addWidget(self.second_who)
        row.addWidget(self.second_password, 1)
        column.addLayout(row)
        self.rows.addWidget(self.second_holder)
        self.wipe.toggled.connect(lambda _on: self._show())
        self.finish(self.save)
        self._show()

    def save(self) -> None:
        """Shut it out; nothing is done where the second signature is wanted and missing."""
        wipe, line, stations = self.wipe.isChecked(), self._line, self._stations
        signs = wipe and bool(self._seconds)
        who, password = self.second_who.value, self.second_password.text()
        if signs and not password:
            self.need("", "The other administrator types their password.")
            return
        people = self._context.desk.people

        def work() -> None:
            second = people.second(who, password, WaitingKeyReader()) if signs else None
            stations.revoke(line.workstation_id, wipe=wipe, second=second)

        self.save_button.setEnabled(False)
        self._context.tasks.store(work, self._revoked, self.refuse)

    def _revoked(self, _: None) -> None:
        self.dismiss()
        self._done()

    def _show(self) -> None:
        wipe = self.wipe.isChecked()
        self._wipe_words.setVisible(wipe)
        self.second_holder.setVisible(wipe and bool(self._seconds))
        self.save_button.set_text("Shut out and wipe" if wipe else "Shut out")
        self._arrange()
