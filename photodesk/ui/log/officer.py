"""What a privacy officer does on the activity page: review, sign off, export, tell a patient who saw the photos."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.log.dialogs import ExportLogDialog, SignOffDialog
from photodesk.ui.page import PageContext, sentence

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine
    from photodesk.desk.activity_review import SignOff
    from photodesk.export.log_export import WrittenLog
    from photodesk.progress import Cancel, Report
    from photodesk.ui.log.model import ActivityModel

REPORT_WARNING = "The file names the patient and who saw the photos: give it to the patient alone."


class OfficerActions:
    """Acts for the page. `changed` is called when something on the page is other than it was."""

    def __init__(self, page: QWidget, context: PageContext, model: ActivityModel, changed: Callable[[], None]) -> None:
        self._page, self._context, self._model, self._changed = page, context, model, changed
        self.dialog: ExportLogDialog | SignOffDialog | PathDialog | None = None

    def review(self) -> None:
        """The chosen entry was looked into."""
        line = self._model.chosen
        if line is None or not self._model.is_open(line):
            return
        desk = self._context.desk
        done = partial(self._reviewed, line)
        self._context.tasks.store(
            lambda: desk.log_review.review(line.workstation_id, line.sequence), done, self._failed
        )

    def sign_off(self) -> None:
        """Ask, then sign."""
        desk, tasks = self._context.desk, self._context.tasks

        def sign() -> None:
            tasks.store(desk.log_review.sign_off, self._signed, self._failed)

        self._open(SignOffDialog(self._page.window(), self._model, sign))

    def export(self) -> None:
        """Ask for the form, then for the place."""
        self._open(ExportLogDialog(self._page.window(), self._model, self._form_chosen))

    def report(self) -> None:
        """Who has seen the photos of the chosen entry's patient."""
        line = self._model.chosen
        if line is None or not line.patient_id:
            return
        write = partial(self._write_report, line.patient_id)
        dialog = PathDialog(
            self._page.window(), "Report for the patient", "Save", write, name="who-saw.pdf", warning=REPORT_WARNING
        )
        self._open(dialog)

    # -- inside --

    def _open(self, dialog: ExportLogDialog | SignOffDialog | PathDialog) -> None:
        self.dialog = dialog
        dialog.open()

    def _form_chosen(self, form: str) -> None:
        from photodesk.export.log_export import LogForm

        name = f"activity-log.{LogForm(form).extension}"
        write = partial(self._write_log, LogForm(form))
        self._open(PathDialog(self._page.window(), "Export the log to", "Export", write, name=name))

    def _write_log(self, form: str, path: Path) -> None:
        from photodesk.export.log_export import LogForm, export_log

        desk = self._context.desk
        query = self._model.query(desk.clock.wall_ms())

        def work(report: Report, cancel: Cancel) -> WrittenLog:
            return export_log(desk.activity, query, LogForm(form), path, report, cancel)

        self._context.tasks.long(work, self._exported, self._failed)

    def _write_report(self, patient_id: str, path: Path) -> None:
        from photodesk.export.log_export import export_who_saw

        desk, clinic = self._context.desk, self._context.clinic.name

        def work(_report: Report, _cancel: Cancel) -> WrittenLog:
            patient = desk.catalog.patient(patient_id)
            return export_who_saw(desk.activity, patient, path, clinic, desk.clock.wall_ms())

        self._context.tasks.long(work, lambda _written: self._say("The report is written."), self._failed)

    def _exported(self, written: WrittenLog) -> None:
        self._say(f"{written.entries:,} entries were written. The export is in the log.")

    def _reviewed(self, line: ActivityLine, _row: object) -> None:
        self._model.reviewed.add(line.key)
        self._changed()

    def _signed(self, made: SignOff) -> None:
        from photodesk.desk.activity_review import Standing

        due_ms = made.at_ms + self._context.desk.activity.policy.sign_off_days * 86_400_000
        self._model.standing = Standing(made, due_ms, 0)
        self._changed()
        self._say("The log is signed off.")

    def _say(self, words: str) -> None:
        self._context.navigate.say(words)

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
