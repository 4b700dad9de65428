"""How long each patient's record is kept: its class, what is due, legal holds. Nothing is deleted because it is due.

A legal hold keeps a record whole: no photo of it is deleted or purged, and the patient is not erased, until somebody
releases it with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from photodesk.clock import local_today
from photodesk.desk.actor import Actor
from photodesk.desk.moves import tidy_reason
from photodesk.desk.retention_rules import CLASSES, DEFAULT_CLASS, RetentionRule, rule_of
from photodesk.desk.roles import Right
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.patients import Patient
from photodesk.store.catalog import Catalog
from photodesk.store.keeping_book import Keeping, KeepingBook, KeptRecord

Policy = Callable[[str], str]


@dataclass(frozen=True)
class KeptLine:
    """One patient's record. `due` is None where the class keeps it for ever; `is_due` is never true under a hold."""

    patient: Patient
    retention: str
    last_visit: date | None
    due: date | None
    is_due: bool
    hold: bool


@dataclass(frozen=True)
class HoldLine:
    """One legal hold. `by` is a person's name."""

    patient: Patient
    reason: str
    by: str
    at_ms: int


class RetentionDesk:
    """Classes, what is due, and holds: for privacy officers and administrators."""

    def __init__(self, actor: Actor, catalog: Catalog, policy: Policy) -> None:
        self._actor = actor
        self._catalog = catalog
        self._book = KeepingBook(catalog)
        self._policy = policy

    def classes(self) -> dict[str, RetentionRule]:
        """The clinic's classes as they are now."""
        return {name: rule_of(self._policy(f"retention.{name}")) for name in CLASSES}

    def records(self, *, every: bool = False, log: bool = False) -> tuple[KeptLine, ...]:
        """Records that may go, those due longest first; `every` gives all by name. Commands set `log`."""
        self._actor.require(Right.KEEP_RECORDS)
        if log:
            self._actor.log(self._actor.entry(Action.SEARCH, details={"what": "retention"}))
        rules, today, persons = self.classes(), local_today(self._actor.clock), self._catalog.persons.all()
        records = {record.patient.patient_id: record for record in self._book.records()}
        lines = [
            _line([records[entry] for entry in persons.entries(patient_id) if entry in records], rules, today)
            for patient_id in records
            if persons.main(patient_id) == patient_id
        ]
        if every:
            return tuple(lines)
        return tuple(sorted((line for line in lines if line.is_due), key=lambda line: line.due or date.max))

    def of(self, patient_id: str) -> KeptLine:
        """One patient's, with every entry of that person; also of a hidden one."""
        self._actor.require(Right.KEEP_RECORDS)
        entries = self._catalog.persons.entries(patient_id, hidden_too=True)
        return _line([self._book.record(entry) for entry in entries], self.classes(), local_today(self._actor.clock))

    def by_mrn(self, mrn: str) -> Patient:
        """The patient with this record number, for who decides about records; Fixable `patient_unknown`."""
        self._actor.require(Right.KEEP_RECORDS)
        return self._catalog.patient_by_mrn(mrn)

    def set_class(self, patient_id: str, name: str) -> KeptLine:
        """Keep a patient's record by another class. Fixable `retention_unknown`."""
        self._actor.require(Right.KEEP_RECORDS)
        if name not in CLASSES:
            raise Fixable("retention_unknown", "There is no such class.", f"Classes are: {', '.join(CLASSES)}.")
        entry = self._actor.entry(Action.EDIT, patient_id, details={"what": "retention class", "class": name})
        with self._actor.logged(entry):
            kept = self._book.keeping(self._catalog.patient(patient_id).patient_id)
            self._book.keep(self._actor.change("retention class"), replace(kept, retention=name))
        return self.of(patient_id)

    def hold(self, patient_id: str, reason: str) -> HoldLine:
        """Keep a patient's record whole until released. Fixable `reason_missing`, `held_already`."""
        self._actor.require(Right.KEEP_RECORDS)
        reason = tidy_reason(reason)
        kept = self._book.keeping(self._catalog.patient(patient_id).patient_id)
        if kept.hold:
            raise Fixable("held_already", "There is a legal hold on this record already.", "List them: hold list")
        held = Keeping(patient_id, kept.retention, True, reason, self._actor.person_id, self._actor.clock.wall_ms())
        self._keep_hold(held, "hold set", reason)
        return self._hold_line(held)

    def release(self, patient_id: str, reason: str) -> None:
        """End a legal hold, on every entry of the person; why is kept with the change.

        Fixable `reason_missing`, `not_held`.
        """
        self._actor.require(Right.KEEP_RECORDS)
        reason = tidy_reason(reason)
        entries = self._catalog.persons.entries(self._catalog.patient(patient_id).patient_id)
        held = [kept for kept in map(self._book.keeping, entries) if kept.hold]
        if not held:
            raise Fixable("not_held", "There is no legal hold on this record.", "List them: hold list")
        for kept in held:
            self._keep_hold(Keeping(kept.patient_id, kept.retention), "hold released", reason)

    def holds(self) -> tuple[HoldLine, ...]:
        """Every legal hold, the oldest first."""
        self._actor.require(Right.KEEP_RECORDS)
        return tuple(self._hold_line(kept) for kept in self._book.holds())

    def _keep_hold(self, kept: Keeping, what: str, reason: str) -> None:
        with self._actor.logged(self._actor.entry(Action.EDIT, kept.patient_id, details={"what": what})):
            self._book.keep(self._actor.change(reason), kept)

    def _hold_line(self, kept: Keeping) -> HoldLine:
        patient = self._catalog.patient(kept.patient_id, hidden_too=True)
        return HoldLine(patient, kept.hold_reason, self._catalog.person_name(kept.hold_by), kept.hold_at_ms)


def refuse_held(catalog: Catalog, patient_id: str) -> None:
    """Refused `legal_hold` where the record must stay as it is; a hold on one entry of a person holds every one."""
    book = KeepingBook(catalog)
    if any(book.keeping(entry).hold for entry in catalog.persons.entries(patient_id, hidden_too=True)):
        raise legal_hold()


def legal_hold() -> Refused:
    """The sentence for what a hold forbids."""
    return Refused(
        "legal_hold",
        "There is a legal hold on this record: nothing of it is deleted.",
        "A privacy officer or administrator can release it with a reason.",
    )


def _line(records: Sequence[KeptRecord], rules: dict[str, RetentionRule], today: date) -> KeptLine:
    """Of one person's entries, the main one first: the last visit and the longest class count, and any hold."""
    dues = []
    for record in records:
        rule = rules.get(record.keeping.retention or DEFAULT_CLASS, rules[DEFAULT_CLASS])
        counted_from = record.last_visit or datetime.fromtimestamp(record.added_ms / 1000, UTC).date()
        dues.append(rule.due(record.patient.birth, counted_from))
    some = [due for due in dues if due is not None]
    due = max(some) if len(some) == len(dues) else None
    hold = any(record.keeping.hold for record in records)
    last_visit = max((record.last_visit for record in records if record.last_visit), default=None)
    first, is_due = records[0], due is not None and due <= today and not hold
    return KeptLine(first.patient, first.keeping.retention or DEFAULT_CLASS, last_visit, due, is_due, hold)
