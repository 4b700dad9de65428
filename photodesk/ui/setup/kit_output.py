"""Taking the recovery kit out of the computer: a PDF where the person says, or paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.setup.kit_paper import paint_kit, write_pdf
from photodesk.ui.setup.model import SetupModel
from photodesk.ui.setup.recovery_step import RecoveryStep

FILE_NAME = "PhotoDesk recovery kit.pdf"
PDF_WORDS = (
    "Best on a stick that goes into the safe. A file on this computer is a copy of the key: print it, then delete it."
)


class KitOutput(QObject):
    """`Ctrl+S` and `Ctrl+P` of the recovery step; `say` takes what went wrong."""

    def __init__(self, window: QWidget, step: RecoveryStep, model: SetupModel, say: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window, self._step, self._model, self._say = window, step, model, say
        step.save_asked.connect(self.save_pdf)
        step.print_asked.connect(self.print_kit)
        for keys, act in (("Ctrl+S", self.save_pdf), ("Ctrl+P", self.print_kit)):
            QShortcut(QKeySequence(keys), window).activated.connect(act)

    def save_pdf(self) -> None:
        """The kit as a PDF, where the person says."""
        PathDialog(
            self._window, "Save the recovery kit", "Save", self._write_pdf, name=FILE_NAME, warning=PDF_WORDS
        ).open()

    def _write_pdf(self, path: Path) -> None:
        model, today = self._model, datetime.now().date()  # noqa: DTZ005 - the date on the paper is local
        written = write_pdf(str(path), model.code, model.groups(), model.clinic, model.workstation, today)
        self._was_put("Saved" if written else "", "It could not be saved there. Choose another folder.")

    def print_kit(self) -> None:
        """The kit on paper."""
        if not QPrinterInfo.availablePrinterNames():
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self._window)
        model, today = self._model, datetime.now().date()  # noqa: DTZ005 - the date on the paper is local

        def put() -> None:
            done = paint_kit(printer, model.code, model.groups(), model.clinic, model.workstation, today)
            self._was_put("Printed" if done else "", "It could not be printed.")

        dialog.accepted.connect(put)
        dialog.setModal(True)
        dialog.show()

    def _was_put(self, done: str, wrong: str) -> None:
        if done:
            self._step.say_done(f"{done} {datetime.now():%H:%M}")  # noqa: DTZ005 - the clock in this room
        else:
            self._say(wrong)
