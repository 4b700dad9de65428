"""The sealed envelope as a card, and the dialog that shows a new code once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QMargins, QMarginsF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPageLayout, QPageSize, QPdfWriter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QHBoxLayout, QWidget

from photodesk.ui.controls import Button, ButtonKind, Card, Chip, Dialog, Line, Text, Tone, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.people.envelope_paper import paint_envelope
from photodesk.ui.people.envelope_words import envelope_words, use_words
from photodesk.ui.people.model import PeopleView

CHIPS = {
    "ready": ("Sealed", Tone.OK),
    "waiting": ("Waiting", Tone.WARN),
    "used": ("Opened", Tone.BAD),
    "spent": ("Spent", Tone.WARN),
    "none": ("None yet", Tone.PLAIN),
}
WHAT = (
    "A code on paper opens charts once when no clinician can sign in. Everything done with it is marked, and every "
    "administrator is told."
)
FILE_NAME = "PhotoDesk emergency access.pdf"
PDF_WORDS = "A file on this computer is a copy of the code: print it, seal it, then delete the file."


class EnvelopeCard(Card):
    """`renew_asked`, and `seen_asked` where there are uses that this administrator has not acknowledged."""

    renew_asked = Signal()
    seen_asked = Signal()

    def __init__(self, view: PeopleView) -> None:
        super().__init__(24, 12)
        head = hbox(None, 12)
        head.addWidget(Text("Emergency access", TextRole.SUBHEADING), 1)
        head.addWidget(Chip(*CHIPS[view.envelope.state]))
        self.body.addLayout(head)
        self.body.addWidget(Text(WHAT, TextRole.SMALL, "ink2", wrap=True))
        self.state = Text(envelope_words(view.envelope), TextRole.BODY, wrap=True)
        self.body.addWidget(self.state)
        self._uses(view)
        self.renew = Button("Make an envelope" if view.envelope.state == "none" else "New envelope", height=36)
        self.renew.clicked.connect(lambda _checked=False: self.renew_asked.emit())
        self.seen = Button("I have seen this", height=36)
        self.seen.clicked.connect(lambda _checked=False: self.seen_asked.emit())
        self.seen.setVisible(bool(view.unseen))
        if view.may_manage:
            row = hbox(None, 12)
            row.addWidget(self.renew)
            row.addWidget(self.seen)
            row.addStretch(1)
            self.body.addLayout(row)

    def _uses(self, view: PeopleView) -> None:
        if not view.uses:
            return
        self.body.addWidget(Line())
        for use in reversed(view.uses[-5:]):
            new = use in view.unseen
            self.body.addWidget(Text(use_words(use), TextRole.SMALL, "bad" if new else "ink2", wrap=True))


class CodeDialog(Dialog):
    """The code, shown this once: printed or written down, then gone."""

    def __init__(self, window: QWidget, code: str, clinic: str, say: Callable[[str], None]) -> None:
        super().__init__(window, "The code of the envelope", 640)
        self._window, self._code, self._clinic, self._say = window, code, clinic, say
        self.body.addWidget(Text("A new envelope", TextRole.HEADING))
        words = "This code is shown once and kept nowhere. Print it or write it down, and seal it in an envelope."
        self.body.addWidget(Text(words, TextRole.BODY, "ink2", wrap=True))
        self.body.addLayout(self._cells())
        row = hbox(None, 12)
        printing = Button("Print", icon="printer", height=40)
        printing.clicked.connect(lambda _checked=False: self.print_sheet())
        printing.setEnabled(bool(QPrinterInfo.availablePrinterNames()))
        saving = Button("Save as PDF", icon="file-pdf", height=40)
        saving.clicked.connect(lambda _checked=False: self.save_pdf())
        self.close_button = Button("It is on paper", ButtonKind.PRIMARY, height=40)
        self.close_button.clicked.connect(self.dismiss)
        row.addWidget(printing)
        row.addWidget(saving)
        row.addStretch(1)
        row.addWidget(self.close_button)
        self.body.addLayout(row)

    def _cells(self) -> QHBoxLayout:
        cells = hbox(None, 8)
        for group in self._code.split("-"):
            cell = Card(0, 0)
            cell.setFixedHeight(58)
            inside = vbox(None, 0, QMargins(8, 8, 8, 8))
            text = Text(group, TextRole.CODE)
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside.addWidget(text)
            cell.body.addLayout(inside)
            cells.addWidget(cell, 1)
        return cells

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            return  # the code is shown once: leaving takes the button that says it is on paper
        super().keyPressEvent(event)

    def save_pdf(self) -> None:
        """The sheet as a PDF, where the person says."""
        PathDialog(self._window, "Save the sheet", "Save", self.write_pdf, name=FILE_NAME, warning=PDF_WORDS).open()

    def write_pdf(self, path: Path) -> None:
        """One A4 page, readable by this user only."""
        writer = QPdfWriter(str(path))
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setPageMargins(QMarginsF(20, 20, 20, 20), QPageLayout.Unit.Millimeter)
        writer.setTitle("PhotoDesk emergency access")
        writer.setResolution(300)
        written = paint_envelope(writer, self._code, self._clinic, _today())
        if written:
            with suppress(OSError):  # a stick's file system may have no rights of its own
                path.chmod(0o600)
        self._say("Saved. Print it, then delete the file." if written else "It could not be saved there.")

    def print_sheet(self) -> None:
        """The sheet on paper."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self._window)

        def put() -> None:
            done = paint_envelope(printer, self._code, self._clinic, _today())
            self._say("Printed." if done else "It could not be printed.")

        dialog.accepted.connect(put)
        dialog.setModal(True)
        dialog.show()


def _today() -> date:
    return datetime.now().date()  # noqa: DTZ005 - the date on the paper is local
