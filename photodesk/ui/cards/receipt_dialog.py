"""A card receipt on the screen: its sentence, what it vouches for, and the ways to keep it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMargins
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from photodesk.importing.receipt import anchor_of
from photodesk.ui.cards.receipt_paper import paint_receipt, receipt_facts, write_receipt_pdf
from photodesk.ui.controls import Button, ButtonKind, Dialog, Line, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.page import PageContext, sentence

LABEL_PX = 160
NOT_SAVED = "It could not be saved there. Choose another folder."


class ReceiptDialog(Dialog):
    """`Enter` saves it as a PDF."""

    def __init__(self, window: QWidget, context: PageContext, receipt: dict[str, Any], report: str) -> None:
        super().__init__(window, "Card receipt", 640)
        self._window, self._context, self.receipt, self._report = window, context, receipt, report
        self.body.setSpacing(10)
        self.body.addWidget(Text("Card receipt", TextRole.HEADING))
        self.body.addWidget(Text(str(receipt["statement"]), TextRole.BODY_STRONG, wrap=True))
        self.body.addSpacing(4)
        for name, value in receipt_facts(receipt):
            self.body.addWidget(Line())
            row = hbox(None, 12, QMargins(0, 2, 0, 2))
            label = Text(name, TextRole.SMALL, "ink3")
            label.setFixedWidth(LABEL_PX)
            row.addWidget(label)
            row.addWidget(Text(value, TextRole.SMALL, wrap=True), 1)
            self.body.addLayout(row)
        self.body.addWidget(Line())
        self.body.addSpacing(8)
        self._buttons()
        self.on_accept(self.save_pdf)

    def open(self) -> None:
        """Show it, ready to be saved."""
        super().open()
        self._first.setFocus()

    @property
    def _clinic(self) -> str:
        return f"{self._context.clinic.name} · {self._context.clinic.workstation}"

    def _buttons(self) -> None:
        row = hbox(None, 8)
        report = Button("Save report", ButtonKind.QUIET, height=40)
        report.clicked.connect(self.save_report)
        anchor = Button("Save log anchor", ButtonKind.QUIET, height=40)
        anchor.clicked.connect(self.save_anchor)
        row.addWidget(report)
        row.addWidget(anchor)
        row.addStretch(1)
        close = Button("Close", key="Esc", height=40)
        close.clicked.connect(self.dismiss)
        row.addWidget(close)
        if QPrinterInfo.availablePrinterNames():
            paper = Button("Print", height=40)
            paper.clicked.connect(self.print_it)
            row.addWidget(paper)
        self._first = save = Button("Save PDF", ButtonKind.PRIMARY, key="Enter", height=40)
        save.clicked.connect(self.save_pdf)
        row.addWidget(save)
        self.body.addLayout(row)

    def save_pdf(self) -> None:
        """The receipt as a PDF, where the person says."""
        self._save("Save the receipt", "card-receipt.pdf", self._write_pdf)

    def _write_pdf(self, path: Path) -> None:
        done = write_receipt_pdf(path, self.receipt, self._clinic)
        self._context.navigate.say("Receipt saved." if done else NOT_SAVED)

    def save_anchor(self) -> None:
        """The log's state that the receipt carries, for `log verify --anchor`."""
        self._save("Save the log's anchor", "receipt.anchor", partial(self._write, anchor_of(self.receipt)))

    def save_report(self) -> None:
        """The import's one-page report."""
        self._save("Save the report", "import-report.txt", partial(self._write, self._report.encode()))

    def print_it(self) -> None:
        """On paper."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self._window)
        dialog.accepted.connect(lambda: paint_receipt(printer, self.receipt, self._clinic))
        dialog.setModal(True)
        self.dismiss()
        dialog.show()

    def _save(self, title: str, name: str, write: Any) -> None:
        self.dismiss()
        PathDialog(self._window, title, "Save", write, name=name).open()

    def _write(self, data: bytes, path: Path) -> None:
        navigate = self._context.navigate
        self._context.tasks.decode(
            partial(path.write_bytes, data), lambda _: navigate.say("Saved."), lambda _: navigate.say(NOT_SAVED)
        )


def open_receipt(window: QWidget, context: PageContext, job_id: str) -> None:
    """Read a job's receipt and report, and show them; a sentence where there are none yet."""
    imports = context.imports
    if imports is None:
        return
    closing = imports.closing

    def read() -> tuple[dict[str, Any], str]:
        return closing.receipt(job_id), closing.report(job_id)

    context.tasks.store(
        read,
        lambda found: ReceiptDialog(window, context, *found).open(),
        lambda failure: context.navigate.say(sentence(failure)),
    )
