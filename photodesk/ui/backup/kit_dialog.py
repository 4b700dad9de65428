"""A new recovery kit: the code is shown, printed or saved, and counts only once one of its groups was typed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from photodesk.background.waiting_key import WaitingKeyReader
from photodesk.desk.entrance import asked_groups, group_matches, groups
from photodesk.ui.controls import Button, ButtonKind, Dialog, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.setup.kit_output import FILE_NAME, PDF_WORDS
from photodesk.ui.setup.kit_paper import paint_kit, write_pdf

COLUMNS = 5
WORDS = "Write it down or print it, and keep it away from this computer. It takes the old one's place."
MADE = "The new recovery kit counts from now on. Destroy the old one after the next backup."


class KitDialog(Dialog):
    """Until `use` the old kit counts; closing keeps it."""

    def __init__(self, window: QWidget, context: PageContext) -> None:
        super().__init__(window, "A new recovery kit", 720)
        self._context = context
        self.code = context.desk.recovery.new_code()
        self._asked = asked_groups()[0]
        self.body.addWidget(Text("A new recovery kit", TextRole.HEADING))
        self.body.addWidget(Text(WORDS, TextRole.BODY, wrap=True))
        self.body.addWidget(self._cells())
        self.body.addLayout(self._out())
        row = hbox(None, 16)
        self.typed = self._field(row, f"Type group {self._asked} from your paper", f"Group {self._asked}")
        self.password = self._field(row, "Your password", "Your password")
        self.password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.body.addLayout(row)
        self._wrong = Text("", TextRole.SMALL, "bad", wrap=True)
        self.body.addWidget(self._wrong)
        self.body.addLayout(self._ends())
        self.on_accept(self.use)

    def _cells(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        for place, group in enumerate(groups(self.code)):
            cell = vbox(None, 0)
            cell.addWidget(Text(str(place + 1), TextRole.LABEL, "ink3"))
            cell.addWidget(Text(group, TextRole.CODE))
            grid.addLayout(cell, place // COLUMNS, place % COLUMNS)
        return holder

    def _field(self, row: QHBoxLayout, label: str, name: str) -> TextField:
        column = vbox(None, 6)
        column.addWidget(Text(label, TextRole.LABEL, "ink3"))
        field = TextField(name, height=40)
        field.edit.textChanged.connect(self._typed)
        column.addWidget(field)
        row.addLayout(column, 1)
        return field

    def _out(self) -> QHBoxLayout:
        row = hbox(None, 12)
        save = Button("Save as PDF", icon="file-pdf")
        save.clicked.connect(self._save)
        row.addWidget(save)
        if QPrinterInfo.availablePrinterNames():
            paper = Button("Print", icon="printer")
            paper.clicked.connect(self._print)
            row.addWidget(paper)
        row.addStretch(1)
        return row

    def _ends(self) -> QHBoxLayout:
        row = hbox(None, 12)
        row.addStretch(1)
        keep = Button("Keep the old kit", height=40)
        keep.clicked.connect(self.dismiss)
        self.use_button = Button("Use the new kit", ButtonKind.PRIMARY, key="Enter", height=40)
        self.use_button.setEnabled(False)
        self.use_button.clicked.connect(self.use)
        row.addWidget(keep)
        row.addWidget(self.use_button)
        return row

    def _typed(self, _text: str = "") -> None:
        matches = group_matches(self.code, self._asked, self.typed.text())
        self.use_button.setEnabled(matches and bool(self.password.text()))

    def use(self) -> None:
        """The new kit counts from now on."""
        if self.use_button.isEnabled():
            self.use_button.setEnabled(False)
            self._context.tasks.store(partial(self._renew, self.password.text()), self._made, self._failed)

    def _renew(self, password: str) -> str:
        """Whoever sits at an open desk does not hold the clinic's last key by that."""
        desk = self._context.desk
        desk.presenting.confirm(password, WaitingKeyReader())
        return desk.recovery.renew(code=self.code)

    def _made(self, _code: str) -> None:
        self.dismiss()
        self._context.navigate.say(MADE)

    def _failed(self, failure: BaseException) -> None:
        self._wrong.set_text(sentence(failure))
        self.password.edit.clear()
        self._typed()

    def _save(self) -> None:
        PathDialog(
            self.window(), "Save the recovery kit", "Save", self._write, name=FILE_NAME, warning=PDF_WORDS
        ).open()

    def _write(self, path: Path) -> None:
        clinic, today = self._context.clinic, datetime.now().date()  # noqa: DTZ005 - the paper's date is local
        written = write_pdf(str(path), self.code, groups(self.code), clinic.name, clinic.workstation, today)
        self._wrong.set_text("" if written else "It could not be saved there. Choose another folder.")

    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self.window())
        clinic, today = self._context.clinic, datetime.now().date()  # noqa: DTZ005 - the paper's date is local
        dialog.accepted.connect(
            lambda: paint_kit(printer, self.code, groups(self.code), clinic.name, clinic.workstation, today)
        )
        dialog.setModal(True)
        dialog.show()
