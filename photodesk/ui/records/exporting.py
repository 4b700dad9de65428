"""A patient's whole record to a folder, from any page: purpose and recipient, the place, then beside other work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from photodesk.export.record import INCOMPLETE, PURPOSE, RECIPIENT, ExportedRecord, export_record
from photodesk.patients import Patient
from photodesk.progress import Cancel, Report
from photodesk.ui.controls import Text
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.records.dialogs import who_it_is
from photodesk.ui.words import counted

FOLDER = "photo-record"
PLAIN = "These files are not encrypted. Whoever has the folder can see the photos."
WHAT = "All originals as they were taken in, the timeline as PDF, disclosures and who has seen the photos."
NO_LOG = "Without who has seen it: a privacy officer gives that."


class RecordDialog(FormDialog):
    """What for and to whom; `done` is called with both."""

    def __init__(self, window: QWidget, patient: Patient, done: Callable[[str, str], None]) -> None:
        super().__init__(window, "Export the whole record", "Choose a folder")
        self._done = done
        self.rows.addLayout(who_it_is(patient))
        self.rows.addWidget(Text(WHAT, TextRole.SMALL, "ink2", wrap=True))
        self.rows.addWidget(self.field("purpose", "Purpose", PURPOSE))
        self.rows.addWidget(self.field("recipient", "For", RECIPIENT))
        self.finish(self.save)

    def save(self) -> None:
        """Both are needed: they stand in the log and in the folder."""
        purpose, recipient = self.text("purpose").strip(), self.text("recipient").strip()
        missing = "purpose" if not purpose else "" if recipient else "recipient"
        if missing:
            self.need(missing, "Say what for and to whom: both are logged.")
            return
        self.dismiss()
        self._done(purpose, recipient)


class RecordExport:
    """Asks and writes. `owner` is a widget of the page that asks."""

    def __init__(self, owner: QWidget, context: PageContext) -> None:
        self._owner, self._context = owner, context

    def ask(self, patient: Patient | None) -> None:
        """Purpose and recipient first; nothing while it is not known who is here."""
        if patient is None:
            return
        RecordDialog(self._owner.window(), patient, partial(self._ask_place, patient)).open()

    def _ask_place(self, patient: Patient, purpose: str, recipient: str) -> None:
        def chosen(path: Path) -> None:
            self.write(patient, path, purpose, recipient)

        title = "Export the whole record"
        window = self._owner.window()
        PathDialog(window, title, "Export", chosen, name=FOLDER, naming="New folder", warning=PLAIN).open()

    def write(self, patient: Patient, path: Path, purpose: str, recipient: str) -> None:
        """Beside other work; the page may be left meanwhile."""
        context = self._context

        def work(report: Report, cancel: Cancel) -> ExportedRecord:
            desk, clinic = context.desk, context.clinic.name
            return export_record(desk, patient.patient_id, path, clinic, purpose, recipient, report, cancel)

        context.navigate.say("The record is being written. You can go on working.")
        context.tasks.long(work, self._written, partial(self._failed, path))

    def _written(self, made: ExportedRecord) -> None:
        words = f"The record is complete: {counted(made.photos, 'photo')}."
        self._context.navigate.say(words if made.with_log else f"{words} {NO_LOG}")

    def _failed(self, path: Path, failure: BaseException) -> None:
        half = (path / INCOMPLETE).exists()
        words = sentence(failure)
        self._context.navigate.say(f"{words} The folder says that it is not complete." if half else words)
