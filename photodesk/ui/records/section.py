"""Settings, section "Records"."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout

from photodesk.desk.erasure_certificate import make_certificate
from photodesk.desk.erasure_lines import ErasureLine
from photodesk.desk.retention import KeptLine
from photodesk.desk.roles import Right
from photodesk.export.certificate import write_certificate
from photodesk.patients import Patient
from photodesk.ui.controls import Button, ButtonKind, empty, hbox, vbox
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.importing.patient_chooser import PatientChooser
from photodesk.ui.page import PageContext
from photodesk.ui.records.cards import Act, ListCard
from photodesk.ui.records.dialogs import ClassesDialog, EraseDialog, HoldDialog, RecordForm, RunDialog
from photodesk.ui.records.exporting import RecordExport
from photodesk.ui.records.model import (
    CHIPS,
    NAMES,
    STATES,
    RecordsView,
    due_words,
    erasure_title,
    erasure_words,
    hold_words,
    read_records,
    rule_words,
)
from photodesk.ui.settings.section import Section
from photodesk.ui.words import counted

DUE_NOTE = "Their class says that these records may go. Nothing is deleted by itself."
HOLD_NOTE = "No photo of a held record is deleted, and its patient is not erased."
ERASE_NOTE = "Asked for, hidden and revocable for 30 days, then gone for good."
CLASSES_NOTE = "Standard, until another class is set for a patient: photodesk retention set 104711 long"
MOST_SHOWN = 50


class RecordsSection(Section):
    """Everything is read again after each change."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Records")
        self._cards = vbox(None, 16)
        self.column.addLayout(self._cards)
        self.export = RecordExport(self, context)
        self.view: RecordsView | None = None
        self.dialog: RecordForm | PatientChooser | PathDialog | None = None
        self.cards: dict[str, ListCard] = {}

    def refresh(self) -> None:
        self.context.tasks.store(partial(read_records, self.context.desk), self._show, self.failed)

    # -- what is shown ------------------------------------------------------------------------------------------

    def _show(self, view: RecordsView) -> None:
        self.view = view
        empty(self._cards)
        self.cards = {
            "erasures": self._erasures(view),
            "due": self._due(view),
            "holds": self._holds(view),
            "classes": self._classes(view),
        }
        for card in self.cards.values():
            self._cards.addWidget(card)
        self._cards.addLayout(self._one_patient())

    def _erasures(self, view: RecordsView) -> ListCard:
        button = None
        if view.ready and view.may_erase:
            button = Button(f"Erase {counted(view.ready, 'patient')}", ButtonKind.PRIMARY, height=40)
            button.clicked.connect(lambda _=False: self.run_due())
        card = ListCard("Erasing", ERASE_NOTE, button)
        for line in view.erasures[:MOST_SHOWN]:
            state = line.erasure.state.value
            words = erasure_words(line, view.now_ms)
            card.add_row(erasure_title(line), words, self._acts(line, state), (STATES[state], CHIPS[state]))
        if not view.erasures:
            card.add_words("No patient is being erased.")
        return card

    def _acts(self, line: ErasureLine, state: str) -> list[Act]:
        erasure_id = line.erasure.erasure_id
        if state == "requested":
            return [("Revoke", lambda: self.revoke(erasure_id))]
        return [("Certificate", lambda: self.certificate(erasure_id))] if state == "erased" else []

    def _due(self, view: RecordsView) -> ListCard:
        card = ListCard("May go", DUE_NOTE)
        for line in view.due[:MOST_SHOWN]:
            acts = [("Hold", partial(self.hold, line.patient)), ("Erase", partial(self.erase, line.patient))]
            card.add_row(f"{line.patient.display_name} · {line.patient.mrn}", due_words(line), acts)
        more = len(view.due) - MOST_SHOWN
        if more > 0:
            card.add_words(f"And {more:,} more: photodesk retention list")
        if not view.due:
            card.add_words("Every record is still to be kept.")
        return card

    def _holds(self, view: RecordsView) -> ListCard:
        card = ListCard("Legal holds", HOLD_NOTE)
        for line in view.holds:
            acts = [("Release", partial(self.hold, line.patient, release=True))]
            card.add_row(f"{line.patient.display_name} · {line.patient.mrn}", hold_words(line), acts)
        if not view.holds:
            card.add_words("No record is held.")
        return card

    def _classes(self, view: RecordsView) -> ListCard:
        button = None
        if view.may_set_classes:
            button = Button("Change", height=36)
            button.clicked.connect(lambda _=False: self.change_classes())
        card = ListCard("How long records are kept", CLASSES_NOTE, button)
        for name, rule in view.classes.items():
            card.add_row(NAMES[name], rule_words(rule))
        return card

    def _one_patient(self) -> QHBoxLayout:
        row = hbox(None, 12)
        for words, act in self._choices():
            button = Button(words, height=40)
            button.clicked.connect(lambda _=False, wanted=act, asked=words: self._choose(asked, wanted))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _choices(self) -> list[tuple[str, Callable[[Patient], None]]]:
        desk = self.context.desk
        if not desk.may(Right.FIND_PATIENTS):
            return []
        found: list[tuple[str, Callable[[Patient], None]]] = []
        found += [("Hold a record", self.hold), ("Erase a patient", self.erase)]
        if desk.may(Right.EXPORT):
            found.append(("Export a whole record", self.export.ask))
        return found

    # -- what is done -------------------------------------------------------------------------------------------

    def hold(self, patient: Patient, *, release: bool = False) -> None:
        """Ask why."""
        words = "The hold is released." if release else "The record is held."
        self._open(HoldDialog(self.window(), self.context, patient, self.said(words), release=release))

    def erase(self, patient: Patient) -> None:
        """Ask why; where the record is not due yet, on which ground."""

        def asked(kept: KeptLine) -> None:
            if self.view is not None:
                words = self.said("Hidden. It can be revoked here for 30 days.")
                self._open(EraseDialog(self.window(), self.context, self.view, patient, words, due=kept.is_due))

        kept_of = self.context.desk.retention.of
        self.context.tasks.store(lambda: kept_of(patient.patient_id), asked, self.failed)

    def revoke(self, erasure_id: str) -> None:
        """At once: it harms nobody."""
        revoke = self.context.desk.erasures.revoke
        words = "Revoked. The patient is found again."
        self.context.tasks.store(lambda: revoke(erasure_id), lambda _: self.said(words)(), self.failed)

    def run_due(self) -> None:
        """The last question, then for good."""
        if self.view is not None:
            self._open(RunDialog(self.window(), self.context, self.view, self.said("Erased.")))

    def change_classes(self) -> None:
        """What the classes mean, for the whole clinic."""
        if self.view is not None:
            self._open(ClassesDialog(self.window(), self.context, self.view, self.said("Saved for the whole clinic.")))

    def certificate(self, erasure_id: str) -> None:
        """PDF and signed JSON into a folder."""
        context = self.context

        def write(folder: Path) -> tuple[Path, Path]:
            document = make_certificate(context.desk, erasure_id, context.clinic.name)
            return write_certificate(document, folder, context.desk.clock.wall_ms())

        def chosen(folder: Path) -> None:
            saved = partial(context.navigate.say, "Certificate saved.")
            context.tasks.store(partial(write, folder), lambda _: saved(), self.failed)

        self.dialog = PathDialog(self.window(), "Save the certificate", "Save", chosen)
        self.dialog.open()

    def _choose(self, question: str, then: Callable[[Patient], None]) -> None:
        self.dialog = PatientChooser(self.window(), self.context, then, f"{question}: who?")
        self.dialog.open()

    def _open(self, dialog: RecordForm) -> None:
        self.dialog = dialog
        dialog.open()
