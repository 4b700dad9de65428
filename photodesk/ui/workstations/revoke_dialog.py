"""The last question before a workstation is shut out, with a wipe where it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.sync.workstations import WorkstationLine
from photodesk.ui.controls import CheckBox, Text
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.workstations import words
from photodesk.ui.workstations.asking import Workstations

WIPE_TOO = "Destroy what it holds, too"


class RevokeDialog(FormDialog):
    """`done` is called once it is signed and published."""

    def __init__(
        self,
        window: QWidget,
        context: PageContext,
        stations: Workstations,
        line: WorkstationLine,
        done: Callable[[], None],
    ) -> None:
        super().__init__(window, f"Shut out {line.name}?", "Shut out")
        self._context, self._stations, self._line, self._done = context, stations, line, done
        self.rows.addWidget(Text(words.REVOKE, TextRole.BODY, "ink2", wrap=True))
        self.wipe = CheckBox(WIPE_TOO)
        self.rows.addWidget(self.wipe)
        self._wipe_words = Text(words.WIPE, TextRole.SMALL, "warn", wrap=True)
        self.rows.addWidget(self._wipe_words)
        self.wipe.toggled.connect(lambda _on: self._show())
        self.finish(self.save)
        self.wipe.setChecked(line.revoked)
        self.wipe.setEnabled(not line.revoked)
        self._show()

    def save(self) -> None:
        """Shut it out; the server is asked, so it takes a moment."""
        revoke = partial(self._stations.revoke, self._line.workstation_id, wipe=self.wipe.isChecked())
        self.save_button.setEnabled(False)
        self._context.tasks.store(revoke, self._revoked, self.refuse)

    def _revoked(self, _: None) -> None:
        self.dismiss()
        self._done()

    def _show(self) -> None:
        wipe = self.wipe.isChecked()
        self._wipe_words.setVisible(wipe)
        self.save_button.set_text("Shut out and wipe" if wipe else "Shut out")
        self._arrange()
