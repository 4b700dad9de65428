"""The questions of the records section: why a record is held or released, why a patient is erased, and the last one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from photodesk.background.waiting_key import WaitingKeyReader
from photodesk.desk.retention_rules import FOR_EVER, fits, rule_of
from photodesk.desk.second_person import second_person
from photodesk.patients import Patient
from photodesk.ui.controls import Dropdown, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.records.model import NAMES, RecordsView
from photodesk.ui.words import counted, day_words

HIDDEN = (
    "The patient is hidden from now on: no search, list or import finds them. For 30 days this can be revoked. "
    "Then photos, notes and name go for good, here and in the backup at its next run."
)
NAMELESS = "This stays in the certificate. Write it without the patient's name and number."
RUN = (
    "Their photos, notes and names go for good, from this store and from each backup at its next run. "
    "Nobody can have them back, not with the recovery kit either."
)
SECOND = "There are several administrators, so two of them decide. The other one signs here."
EVERYWHERE = "Counts for every workstation of the clinic. Nothing is deleted because a number changes."
NEEDED = "Write why, in a few words."


class RecordForm(FormDialog):
    """A form whose work runs on the store thread; `done` says so. The second signature is asked for where it counts."""

    def __init__(
        self, window: QWidget, context: PageContext, title: str, action: str, done: Callable[[], None]
    ) -> None:
        super().__init__(window, title, action)
        self.context, self._done = context, done
        self.second_who: Dropdown | None = None

    def name_patient(self, patient: Patient) -> None:
        """Who it is."""
        self.rows.addLayout(who_it_is(patient))

    def second_part(self, seconds: tuple[tuple[str, str], ...]) -> None:
        """The other administrator, where two have to sign."""
        if not seconds:
            return
        holder = QWidget()
        column = vbox(holder, 8)
        column.addWidget(Text(SECOND, TextRole.SMALL, "ink2", wrap=True))
        line = hbox(None, 12)
        self.second_who = Dropdown("Second administrator", seconds, value=seconds[0][0], height=40)
        password = TextField("Their password", placeholder="Their password", height=40, password=True)
        self.fields["second"] = password
        line.addWidget(self.second_who)
        line.addWidget(password, 1)
        column.addLayout(line)
        self.rows.addWidget(holder)

    def run(self, work: Callable[..., object]) -> None:
        """On the store thread; `work` gets `second=` where two sign."""
        desk, who = self.context.desk, self.second_who
        slot, password = (who.value, self.text("second")) if who is not None else ("", "")

        def doing() -> object:
            if not slot:
                return work()
            return work(second=second_person(desk.actor, desk.layout, desk.secrets, slot, password, WaitingKeyReader()))

        self.save_button.setEnabled(False)
        self.context.tasks.store(doing, lambda _: self._finished(), self.refuse)

    def needed(self, name: str) -> str:
        """What was typed; "" after saying that it is needed."""
        text = self.text(name).strip()
        if not text:
            self.need(name, NEEDED)
        return text

    def _finished(self) -> None:
        self.dismiss()
        self._done()


def who_it_is(patient: Patient) -> QVBoxLayout:
    """Name, birth date and number."""
    column = vbox(None, 2)
    column.addWidget(Text(patient.display_name, TextRole.SUBHEADING, elide=True))
    born = f"Born {day_words(patient.birth)} · Record {patient.mrn}"
    column.addWidget(Text(born, TextRole.SMALL, "ink2"))
    return column


class HoldDialog(RecordForm):
    """Why a record is held, or released."""

    def __init__(
        self, window: QWidget, context: PageContext, patient: Patient, done: Callable[[], None], *, release: bool
    ) -> None:
        words = ("Release the legal hold", "Release") if release else ("Legal hold", "Hold this record")
        super().__init__(window, context, *words, done)
        kept = context.desk.retention
        self._work = kept.release if release else kept.hold
        self._patient = patient
        self.name_patient(patient)
        hint = "Claim closed" if release else "Claim announced, court order"
        self.rows.addWidget(self.field("reason", "Reason", placeholder=hint))
        if not release:
            note = "While it is held, no photo of this record is deleted and the patient is not erased."
            self.rows.addWidget(Text(note, TextRole.SMALL, "ink3", wrap=True))
        self.finish(self.save)

    def save(self) -> None:
        """A reason is needed."""
        reason = self.needed("reason")
        if reason:
            self.run(partial(self._work, self._patient.patient_id, reason))


class EraseDialog(RecordForm):
    """Why a patient is to be erased; `due` False asks for the ground too."""

    def __init__(
        self,
        window: QWidget,
        context: PageContext,
        view: RecordsView,
        patient: Patient,
        done: Callable[[], None],
        *,
        due: bool,
    ) -> None:
        super().__init__(window, context, "Erase a patient", "Hide now, erase in 30 days", done)
        self._patient, self._due = patient, due
        self.name_patient(patient)
        self.rows.addWidget(self.field("reason", "Reason", placeholder="Kept long enough, asked for by the patient"))
        if not due:
            ground = "Ground: this record is to be kept longer"
            self.rows.addWidget(self.field("ground", ground, placeholder="The patient's right, a court's order"))
        self.rows.addWidget(Text(NAMELESS, TextRole.SMALL, "ink3", wrap=True))
        self.second_part(view.seconds)
        self.rows.addWidget(Text(HIDDEN, TextRole.SMALL, "ink2", wrap=True))
        self.finish(self.save)

    def save(self) -> None:
        """Reason and, where it is early, ground are needed."""
        reason = self.needed("reason")
        ground = self.needed("ground") if reason and not self._due else ""
        if reason and (ground or self._due):
            self.run(partial(self.context.desk.erasures.request, self._patient.patient_id, reason, ground))


class RunDialog(RecordForm):
    """The last question before patients go for good."""

    def __init__(self, window: QWidget, context: PageContext, view: RecordsView, done: Callable[[], None]) -> None:
        who = counted(view.ready, "patient")
        super().__init__(window, context, f"Erase {who} for good", f"Erase {who}", done)
        self.rows.addWidget(Text(RUN, TextRole.BODY, wrap=True))
        self.second_part(view.seconds)
        self.finish(self.save)

    def save(self) -> None:
        """Carry out what is due."""
        self.run(self.context.desk.erasures.run)


class ClassesDialog(RecordForm):
    """What each class means: years after the last visit, the age of minors; both empty for ever."""

    def __init__(self, window: QWidget, context: PageContext, view: RecordsView, done: Callable[[], None]) -> None:
        super().__init__(window, context, "How long records are kept", "Save", done)
        self._rules = view.classes
        self.rows.addWidget(Text(EVERYWHERE, TextRole.SMALL, "ink2", wrap=True))
        for name, rule in view.classes.items():
            years = "" if rule.years is None else str(rule.years)
            age = "" if rule.years is None else str(rule.minors_until)
            self.row_of(
                self.field(
                    f"{name} years", f"{NAMES[name]}: years after the last visit", years, placeholder="For ever"
                ),
                self.field(f"{name} age", "Minors until the age of", age, placeholder="For ever"),
            )
        self.finish(self.save)

    def save(self) -> None:
        """Both numbers or none; only what differs is decided."""
        wanted: dict[str, str] = {}
        for name, rule in self._rules.items():
            typed = [self.text(f"{name} {what}").strip() for what in ("years", "age")]
            value = " ".join(typed) if all(typed) else FOR_EVER if not any(typed) else ""
            if not fits(value):
                self.need(f"{name} years", "Two whole numbers, or both empty for ever.")
                return
            if rule_of(value) != rule:
                wanted[name] = value
        self.run(partial(self._set, wanted))

    def _set(self, wanted: dict[str, str]) -> None:
        for name, value in wanted.items():
            self.context.desk.policy.set(f"retention.{name}", value)
