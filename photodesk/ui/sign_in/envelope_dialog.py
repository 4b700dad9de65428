"""Emergency access at the sign-in: who opens the sealed envelope, why, and its code."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from photodesk.desk.entrance import tidy_envelope_code
from photodesk.errors import Fixable
from photodesk.ui.controls import Text
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import sentence
from photodesk.ui.patients.form_dialog import FormDialog

WORDS = (
    "The sealed envelope opens charts once, until this desk locks. Everything is marked in the activity log, and every "
    "administrator is told."
)


class EnvelopeDialog(FormDialog):
    """`done` gets who, the tidy code and the reason. A mistyped code is found here: it is no attempt."""

    def __init__(self, window: QWidget, who: str, done: Callable[[str, str, str], None]) -> None:
        super().__init__(window, "Emergency access", "Open")
        self._done = done
        self.rows.addWidget(Text(WORDS, TextRole.BODY, "ink2", wrap=True))
        self.rows.addWidget(self.field("who", "Your name", who))
        self.rows.addWidget(
            self.field("reason", "Why, in a few words", placeholder="Patient bleeding, no clinician here")
        )
        self.rows.addWidget(self.field("code", "Code from the envelope", placeholder="XXXX-XXXX-XXXX-XXXX-XXXX-XXXX"))
        self.finish(self.save)

    def save(self) -> None:
        """A name, a reason and a whole code are needed."""
        who, reason = self.text("who").strip(), self.text("reason").strip()
        if not who:
            self.need("who", "Say who you are.")
            return
        if len(reason) < 5:
            self.need("reason", "Say why, in a few words.")
            return
        try:
            code = tidy_envelope_code(self.text("code"))
        except Fixable as mistyped:
            self.need("code", sentence(mistyped))
            return
        self.dismiss()
        self._done(who, code, reason)
