"""Patients in the catalog: adding, editing, who has a record number; their chart pointers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from photodesk import ids
from photodesk.clock import Clock, local_today
from photodesk.errors import Fixable
from photodesk.patients import Patient, PatientDraft, Sex, tidy_mrn, validated
from photodesk.store import catalog_search
from photodesk.store.change import Change
from photodesk.store.erasure import ErasureKeys
from photodesk.store.ledger import Ledger, Writing
from photodesk.store.operations import Scope
from photodesk.store.photo_index import PhotoIndex
from photodesk.store.projection import Edit
from photodesk.store.same_person import PersonBook

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

PATIENT_COLUMNS = "patient_id, mrn, family, given, birth, sex"


@dataclass(frozen=True)
class ChartPointer:
    """Where a patient's chart is. `wrapped` is empty before the first filing; `made` once the file exists."""

    patient_id: str
    chart_id: str
    epoch: int
    wrapped: bytes
    made: bool


class CatalogPatients:
    """The catalog's patients."""

    def __init__(
        self, ledger: Ledger, keyset: KeySet, erasure: ErasureKeys, index: PhotoIndex | None, clock: Clock
    ) -> None:
        self.ledger = ledger
        self.keyset = keyset
        self.erasure = erasure
        self.index = index
        self.clock = clock
        self.persons = PersonBook(ledger, self.scope)

    def add_patient(self, change: Change, draft: PatientDraft) -> Patient:
        """Add one patient. Fixable `mrn_taken` and what `patients.validated` refuses."""
        return self.add_patients(change, [draft])[0]

    def add_patients(self, change: Change, drafts: Iterable[PatientDraft]) -> list[Patient]:
        """Add several in one transaction: all of them or none."""
        today = local_today(self.clock)
        accepted = [validated(draft, today) for draft in drafts]
        keys = self.erasure.make(ids.random_id() for _ in accepted)
        added: list[Patient] = []
        with self.ledger.writing(change) as writing:
            for draft, (chart_id, erasure_key) in zip(accepted, keys.items(), strict=True):
                _refuse_taken(writing, draft.mrn, "")
                patient = _as_patient(ids.random_id(), draft)
                fields = {**_fields(patient), "chart_id": chart_id}
                writing.record(Scope(chart_id, erasure_key), Edit("patient", patient.patient_id, "add", fields))
                catalog_search.index_patient(writing.connection, patient)
                added.append(patient)
        return added

    def edit_patient(self, change: Change, patient_id: str, draft: PatientDraft) -> Patient:
        """Change demographics; only fields that differ are recorded."""
        accepted = validated(draft, local_today(self.clock))
        with self.ledger.writing(change) as writing:
            before = self.patient(patient_id)
            if accepted.mrn != before.mrn:
                _refuse_taken(writing, accepted.mrn, patient_id)
            after = _as_patient(patient_id, accepted)
            old = _fields(before)
            changed = {name: value for name, value in _fields(after).items() if value != old[name]}
            if changed:
                catalog_search.remove_patient(writing.connection, before)
                writing.record(self.scope(patient_id), Edit("patient", patient_id, "set", changed))
                catalog_search.index_patient(writing.connection, after)
        return after

    def patient(self, patient_id: str, *, hidden_too: bool = False) -> Patient:
        """One patient; Fixable `patient_unknown`, `patient_hidden` for one who is to be erased."""
        return self._one("patient_id = ?", patient_id, hidden_too)

    def patient_by_mrn(self, mrn: str, *, hidden_too: bool = False) -> Patient:
        """By record number, case not distinguished; of a merged entry the main one. Errors as `patient`."""
        found = self.entry_by_mrn(mrn, hidden_too=hidden_too)
        main = self.persons.main(found.patient_id)
        return found if main == found.patient_id else self.patient(main, hidden_too=hidden_too)

    def entry_by_mrn(self, mrn: str, *, hidden_too: bool = False) -> Patient:
        """The very entry with a record number. Errors as `patient`; of one person's the main one."""
        return self._one("mrn = ? COLLATE NOCASE", tidy_mrn(mrn), hidden_too)

    def patient_if_known(self, mrn: str) -> Patient | None:
        """The very entry with a record number, None where nobody has it; Fixable `patient_hidden`."""
        try:
            return self.entry_by_mrn(mrn)
        except Fixable as unknown:
            if unknown.code != "patient_unknown":
                raise
            return None

    def _one(self, condition: str, value: str, hidden_too: bool) -> Patient:
        rows = self.ledger.database.rows(f"SELECT {PATIENT_COLUMNS}, hidden FROM patient WHERE {condition}", (value,))  # noqa: S608
        shown = [row for row in rows if hidden_too or not row[-1]]
        if not shown:
            raise hidden_patient() if rows else unknown_patient()
        mains = {self.persons.main(row[0]) for row in shown} if len(shown) > 1 else set()
        if len(mains) > 1:
            raise shared_number()
        return patient_of(next((row for row in shown if row[0] in mains), shown[0])[:-1])

    def hidden_patients(self) -> frozenset[str]:
        """Ids of the patients who are to be erased and are found nowhere until then."""
        return frozenset(row[0] for row in self.ledger.database.rows("SELECT patient_id FROM patient WHERE hidden"))

    def set_hidden(self, writing: Writing, patient_id: str, hidden: bool) -> None:
        """Take a patient out of everything that lists or finds patients, or put one back."""
        patient = self.patient(patient_id, hidden_too=True)
        catalog_search.remove_patient(writing.connection, patient)
        if not hidden:
            catalog_search.index_patient(writing.connection, patient)
        writing.record(self.scope(patient_id), Edit("patient", patient_id, "set", {"hidden": int(hidden)}))

    def patients(self) -> list[Patient]:
        """Every patient who is not hidden, by name."""
        rows = self.ledger.database.rows(f"SELECT {PATIENT_COLUMNS} FROM patient WHERE NOT hidden ORDER BY sort_key")  # noqa: S608
        return [patient_of(row) for row in rows]

    def chart_pointer(self, patient_id: str, *, hidden_too: bool = False) -> ChartPointer:
        """The patient's chart; Fixable `patient_unknown`, `patient_hidden`."""
        row = self.ledger.database.row(
            "SELECT p.patient_id, p.chart_id, c.epoch, c.wrapped, c.made, p.hidden FROM patient p"
            " LEFT JOIN chart c ON c.chart_id = p.chart_id WHERE p.patient_id = ?",
            (patient_id,),
        )
        if row is None:
            raise unknown_patient()
        if row[-1] and not hidden_too:
            raise hidden_patient()
        return _pointer(row[:-1])

    def chart_pointers(self) -> list[ChartPointer]:
        """Every chart that was given a key, also those of hidden patients."""
        rows = self.ledger.database.rows(
            "SELECT p.patient_id, p.chart_id, c.epoch, c.wrapped, c.made FROM patient p"
            " JOIN chart c ON c.chart_id = p.chart_id ORDER BY c.chart_id"
        )
        return [_pointer(row) for row in rows]

    def has_mrn(self, mrn: str) -> bool:
        """Whether any patient has this record number."""
        return self.ledger.database.row("SELECT 1 FROM patient WHERE mrn = ? COLLATE NOCASE", (mrn,)) is not None

    def to_review(self) -> list[str]:
        """Patients whose charts hold conflicts that nobody has decided."""
        return [str(row[0]) for row in self.ledger.database.rows("SELECT patient_id FROM to_review ORDER BY 1")]

    def set_to_review(self, patient_id: str, *, to_review: bool) -> None:
        """Whether this patient's chart holds any."""
        if (patient_id in self.to_review()) != to_review:
            statement = (
                "INSERT INTO to_review VALUES (?)" if to_review else "DELETE FROM to_review WHERE patient_id = ?"
            )
            with self.ledger.database.transaction() as connection:
                connection.execute(statement, (patient_id,))

    def patient_of_chart(self, chart_id: str) -> str | None:
        """Whose chart this is, hidden or not; None where nobody here has it."""
        row = self.ledger.database.row("SELECT patient_id FROM patient WHERE chart_id = ?", (chart_id,))
        return None if row is None else str(row[0])

    def keep_chart_key(self, chart_id: str, epoch: int, wrapped: bytes) -> None:
        """Remember a new chart's wrapped key, before its file is made."""
        with self.ledger.database.transaction() as connection:
            connection.execute(
                "INSERT INTO chart (chart_id, epoch, wrapped) VALUES (?, ?, ?)", (chart_id, epoch, wrapped)
            )

    def chart_made(self, chart_id: str) -> None:
        """The chart's file exists; from now on its absence is damage."""
        with self.ledger.database.transaction() as connection:
            connection.execute("UPDATE chart SET made = 1 WHERE chart_id = ?", (chart_id,))

    def forget_chart(self, chart_id: str) -> None:
        """The chart is about to be removed for good; without its key its file opens no more."""
        with self.ledger.database.transaction() as connection:
            connection.execute("DELETE FROM chart WHERE chart_id = ?", (chart_id,))

    def scope(self, patient_id: str) -> Scope:
        """What an operation about this patient is sealed under."""
        chart_id = self.chart_pointer(patient_id, hidden_too=True).chart_id
        return Scope(chart_id, self.erasure.key(chart_id))


def patient_of(row: Any) -> Patient:
    """From `patient_id, mrn, family, given, birth, sex`."""
    patient_id, mrn, family, given, birth, sex = row
    return Patient(patient_id, mrn, family, given, date.fromisoformat(birth), Sex(sex))


def unknown_patient() -> Fixable:
    """The sentence for a patient that is not in the catalog."""
    return Fixable("patient_unknown", "There is no such patient.", "Check the record number, or add the patient first.")


def shared_number() -> Fixable:
    """The sentence for a record number that two workstations gave to two patients."""
    return Fixable(
        "mrn_shared",
        "Two patients have this record number: two workstations added them without knowing of each other.",
        "Decide first who keeps it: photodesk conflicts list",
    )


def hidden_patient() -> Fixable:
    """The sentence for a patient whose erasing was asked for."""
    return Fixable(
        "patient_hidden",
        "This patient is being erased: the record is hidden, and nothing is added to it.",
        "Until it is erased a privacy officer or administrator can revoke that: photodesk erase list",
    )


def _pointer(row: Any) -> ChartPointer:
    patient_id, chart_id, epoch, wrapped, made = row
    return ChartPointer(patient_id, chart_id, epoch or 0, wrapped or b"", bool(made))


def _as_patient(patient_id: str, draft: PatientDraft) -> Patient:
    return Patient(patient_id, draft.mrn, draft.family, draft.given, draft.birth, draft.sex)


def _fields(patient: Patient) -> dict[str, str]:
    return {
        "mrn": patient.mrn,
        "family": patient.family,
        "given": patient.given,
        "birth": patient.birth.isoformat(),
        "sex": patient.sex.value,
    }


def _refuse_taken(writing: Writing, mrn: str, patient_id: str) -> None:
    row = writing.execute(
        "SELECT hidden FROM patient WHERE mrn = ? COLLATE NOCASE AND patient_id <> ?", (mrn, patient_id)
    ).fetchone()
    if row is not None and row[0]:
        raise hidden_patient()
    if row is not None:
        raise Fixable("mrn_taken", "Another patient has this record number.", "Check the number, or search for it.")
