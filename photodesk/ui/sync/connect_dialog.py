"""Connecting this clinic to a server: its address, the pin to compare with its terminal, and the code shown there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import CheckBox, Text
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.sync import words
from photodesk.ui.sync.clinic_server import ClinicServer, ShownServer

LEAD = (
    "On the server, photodesk serve shows three lines: its address, the pin of its key, and a code for founding the "
    "clinic. From here on only that key is trusted."
)
COMPARE = "The server at this address shows this pin. It must be the one on its terminal, to the last figure."
SAME = "The two pins are the same"
ADDRESS = "https://"


def tidy_address(typed: str) -> str:
    """What was typed as an address: the scheme may be left out, a path is dropped."""
    tidy = typed.strip().rstrip("/")
    if tidy and "://" not in tidy:
        tidy = ADDRESS + tidy
    scheme, _, rest = tidy.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}" if tidy else ""


class ConnectDialog(FormDialog):
    """First the address is looked at, then pin and code are asked for. `done` is called once it is connected."""

    def __init__(self, window: QWidget, context: PageContext, server: ClinicServer, done: Callable[[], None]) -> None:
        super().__init__(window, "Connect to a clinic server", "Look")
        self._context, self._server, self._done = context, server, done
        self.shown: ShownServer | None = None
        self.rows.addWidget(Text(LEAD, TextRole.BODY, "ink2", wrap=True))
        self.rows.addWidget(self.field("address", "Address", placeholder="https://photos.clinic.example:8443"))
        self._compare = Text(COMPARE, TextRole.BODY, wrap=True)
        self.pin = Text("", TextRole.CODE, wrap=True)
        self.same = CheckBox(SAME)
        self._code = self.field("code", "Code on the server's terminal", placeholder="ABCD-EFGH-JKMN-PQRS-TVWX")
        self._later = (self._compare, self.pin, self.same, self._code)
        for widget in self._later:
            self.rows.addWidget(widget)
            widget.hide()
        self.finish(self.save)

    def save(self) -> None:
        """Look at the address; with a pin that was compared and a code, connect."""
        address = tidy_address(self.text("address"))
        if not address:
            self.need("address", "Type the address the server shows.")
        elif self.shown is None or self.shown.url != address:
            self._asking()
            self._context.tasks.network(partial(self._server.look_at, address), self._looked, self._refused)
        elif not self.same.isChecked():
            self.need("", "Compare the pin with the server's terminal, figure by figure, and say that it is the same.")
        elif not self.text("code").strip():
            self.need("code", "Type the code the server's terminal shows.")
        else:
            self._asking()
            connect = partial(self._server.connect, self.shown, self.text("code").strip())
            self._context.tasks.store(connect, self._connected, self._refused)

    def _asking(self) -> None:
        self.save_button.setEnabled(False)
        self.save_button.set_text("Asking the server…")

    def _looked(self, shown: ShownServer) -> None:
        self.shown = shown
        self._wrong.hide()
        self.fields["address"].edit.setEnabled(False)
        self.pin.set_text(words.pin_words(shown.pin))
        for widget in self._later:
            widget.show()
        self.save_button.setEnabled(True)
        self.save_button.set_text("Connect")
        self.same.setFocus()
        self._arrange()

    def _connected(self, _: None) -> None:
        self.dismiss()
        self._done()

    def _refused(self, failure: BaseException) -> None:
        self.save_button.set_text("Connect" if self.shown is not None else "Look")
        self.refuse(failure)

    def refuse(self, failure: BaseException) -> None:
        self.save_button.setEnabled(True)
        self.need("code" if getattr(failure, "code", "") == "code_wrong" else "", sentence(failure))
