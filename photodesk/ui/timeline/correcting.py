"""Putting right what was filed wrongly: to another patient, deleted with a reason, had back. Each with its Undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from photodesk.desk.corrections import DeletedPhoto, Moved
from photodesk.desk.roles import Right
from photodesk.patients import Patient
from photodesk.ui.importing.patient_chooser import PatientChooser
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.timeline.correction_dialogs import DeletedDialog, DeleteDialog, MoveDialog
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.words import counted
from photodesk.visits import Visit


class Corrections:
    """Acts on the chosen photos of one patient; `changed` is told when the desk has done it."""

    def __init__(
        self,
        owner: QWidget,
        context: PageContext,
        patient_id: str,
        model: TimelineModel,
        changed: Callable[[], None],
    ) -> None:
        self._owner, self._context, self._patient_id = owner, context, patient_id
        self._model, self._changed = model, changed
        self.allowed = context.desk.may(Right.CORRECT_CHART)
        self.deleted: tuple[DeletedPhoto, ...] = ()

    # -- delete -----------------------------------------------------------------------------------------------------

    def ask_delete(self) -> None:
        """One dialog that wants a reason."""
        photo_ids = self._model.acting_on()
        if photo_ids and self.allowed:
            DeleteDialog(self._owner.window(), len(photo_ids), lambda reason: self.delete(photo_ids, reason)).open()

    def delete(self, photo_ids: tuple[str, ...], reason: str) -> None:
        """Delete with a reason."""
        desk = self._context.desk

        def done(_deleted: tuple[DeletedPhoto, ...]) -> None:
            words = f"{counted(len(photo_ids), 'photo')} deleted, kept for 30 days."
            self._say(words, lambda: self.restore(photo_ids))

        self._context.tasks.store(lambda: desk.corrections.delete(photo_ids, reason), done, self.failed)

    def restore(self, photo_ids: tuple[str, ...]) -> None:
        """Have deleted photos back."""
        desk = self._context.desk

        def done(back: tuple[str, ...]) -> None:
            self._say("The photo is back." if len(back) == 1 else f"{counted(len(back), 'photo')} are back.")

        self._context.tasks.store(lambda: desk.corrections.restore(photo_ids), done, self.failed)

    def show_deleted(self) -> None:
        """The list of what can still be had back."""
        restore: Callable[[tuple[str, ...]], None] | None = self.restore if self.allowed else None
        now_ms = self._context.desk.clock.wall_ms()
        DeletedDialog(self._owner.window(), self.deleted, now_ms, restore).open()

    # -- move -------------------------------------------------------------------------------------------------------

    def ask_move(self) -> None:
        """Whose photos they are, which visit, why."""
        photo_ids = self._model.acting_on()
        if photo_ids and self.allowed:
            chooser = PatientChooser(
                self._owner.window(), self._context, lambda patient: self._ask_visit(photo_ids, patient)
            )
            chooser.open()

    def _ask_visit(self, photo_ids: tuple[str, ...], patient: Patient) -> None:
        if patient.patient_id == self._patient_id:
            self._context.navigate.say("They are this patient's already. Press W for another visit.")
            return
        desk = self._context.desk
        mark = self._model.mark(photo_ids[0])
        day = mark.visit.day if mark is not None else date.fromisoformat(desk.today)

        def found(visits: list[Visit]) -> None:
            dialog = MoveDialog(
                self._owner.window(),
                patient,
                len(photo_ids),
                visits,
                day,
                lambda visit_id, reason: self.move(photo_ids, patient.patient_id, visit_id, day, reason),
            )
            dialog.open()

        self._context.tasks.store(lambda: desk.visits.of_patient(patient.patient_id), found, self.failed)

    def move(self, photo_ids: tuple[str, ...], patient_id: str, visit_id: str, day: date, reason: str) -> None:
        """Move into a visit of another patient; without an id into that of `day`, made where there is none."""
        desk = self._context.desk

        def work() -> Moved:
            visit = visit_id
            if not visit:
                made = desk.visits.on(patient_id, day, make=True)
                visit = made.visit_id if made is not None else ""
            return desk.corrections.move(photo_ids, patient_id, visit, reason)

        def done(moved: Moved) -> None:
            self._say(f"{counted(len(photo_ids), 'photo')} moved.", lambda: self._undo_move(moved.move_id))

        self._context.tasks.store(work, done, self.failed)

    def _undo_move(self, move_id: str) -> None:
        desk = self._context.desk
        self._context.tasks.store(
            lambda: desk.corrections.undo_move(move_id), lambda _moved: self._say("Moved back."), self.failed
        )

    # -- telling ----------------------------------------------------------------------------------------------------

    def _say(self, words: str, undo: Callable[[], None] | None = None) -> None:
        self._context.navigate.say(words, "Undo" if undo else "", undo)
        self._changed()

    def failed(self, failure: BaseException) -> None:
        """Say why nothing was changed."""
        self._context.navigate.say(sentence(failure))
        self._changed()
