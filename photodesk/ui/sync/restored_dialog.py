"""The last question before a restored server is believed again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import CheckBox, Text
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.sync.clinic_server import ClinicServer

WORDS = (
    "If whoever runs the server restored it from a copy, it knows less than it did, and that is why it is not "
    "believed. You sign that this was so, for the whole clinic; it is written into the membership log under your name. "
    "Then every workstation sends again what the server lacks, without duplicates."
)
SAVE_FIRST = "If nobody restored it, do not sign: save the evidence and find out who changed the server."
KNOWN = "I know from the person who runs the server that it was restored"


class RestoredDialog(FormDialog):
    """`done` is called once it is signed."""

    def __init__(self, window: QWidget, context: PageContext, server: ClinicServer, done: Callable[[], None]) -> None:
        super().__init__(window, "The server was restored", "Sign")
        self._context, self._server, self._done = context, server, done
        self.rows.addWidget(Text(WORDS, TextRole.BODY, "ink2", wrap=True))
        self.rows.addWidget(Text(SAVE_FIRST, TextRole.BODY, "warn", wrap=True))
        self.known = CheckBox(KNOWN)
        self.rows.addWidget(self.known)
        self.finish(self.save)

    def save(self) -> None:
        """Sign, once the person says that they know."""
        if not self.known.isChecked():
            self.need("", "Ask the person who runs the server first, and tick the line above.")
            return
        self.save_button.setEnabled(False)
        self._context.tasks.store(self._server.accept_restore, self._signed, self.refuse)

    def _signed(self, _: None) -> None:
        self.dismiss()
        self._done()
