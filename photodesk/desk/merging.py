"""Two entries of the patient list that are one person, made one in what people see, and parted again.

The entry that stays names the person; photos and visits of both show on one timeline. Nothing is moved and nothing is
encrypted anew: each photo stays in its chart under its own key, so parting gives both back as they were. Merging says
which charts are one person's, so it is a clinician's to say, with a reason; it is an entry for each patient concerned.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

from photodesk.desk.actor import Actor
from photodesk.desk.merged_entries import MergedEntry, merged_entries
from photodesk.desk.moves import tidy_reason
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.patients import Patient
from photodesk.store.catalog import Catalog


@dataclass(frozen=True)
class EntryFacts:
    """What one entry holds, to be read beside another. `photos` is None without chart keys."""

    patient: Patient
    visits: int
    first_visit: date | None
    last_visit: date | None
    photos: int | None


class MergeDesk:
    """Merges and parts entries."""

    def __init__(self, actor: Actor, catalog: Catalog) -> None:
        self._actor = actor
        self._catalog = catalog

    def entry(self, text: str) -> Patient:
        """The very entry with this record number, or with this id; errors as `PatientDesk.by_mrn`."""
        self._actor.require(Right.FIND_PATIENTS)
        try:
            return self._catalog.entry_by_mrn(text)
        except Fixable as unknown:
            if unknown.code != "patient_unknown":
                raise
            return self._catalog.patient(text.strip().lower())

    def facts(self, patient_id: str) -> tuple[EntryFacts, ...]:
        """Of every entry of a patient's person, the main one first."""
        self._actor.require(Right.FIND_PATIENTS)
        return tuple(self._facts(entry) for entry in self._catalog.persons.entries(patient_id))

    def merged(self, patient_id: str) -> tuple[MergedEntry, ...]:
        """The entries that show with this patient's main one, the latest first."""
        self._actor.require(Right.FIND_PATIENTS)
        return merged_entries(self._catalog, patient_id)

    def merge(self, patient_id: str, into_id: str, reason: str) -> Patient:
        """From now on `patient_id`, with what was merged into it, is the person of `into_id`; who that is.

        Refused `no_right`; Fixable `reason_missing`, `same_entry`, `merged_already`, `patient_unknown`,
        `patient_hidden`.
        """
        self._actor.require(Right.MERGE_PATIENTS)
        reason, persons = tidy_reason(reason), self._catalog.persons
        for one in (patient_id, into_id):
            self._catalog.patient(one)
        if patient_id == into_id:
            raise Fixable("same_entry", "That is one and the same entry.", "Name the other entry of this person.")
        entry, main = persons.main(patient_id), persons.main(into_id)
        if entry == main:
            raise Fixable("merged_already", "These entries are one patient already.", "Nothing is to be done.")
        with ExitStack() as stack:
            for whose, other in ((entry, {"into": main}), (main, {"with": entry})):
                details = {"what": "merged", **other}
                stack.enter_context(self._actor.logged(self._actor.entry(Action.MERGE, whose, details=details)))
            persons.merge(self._actor.change(reason), entry, main, self._actor.clock.wall_ms())
        return self._catalog.patient(main)

    def unmerge(self, patient_id: str, reason: str = "parted again") -> Patient:
        """The entry stands for itself again, with what was merged into it before; who that is.

        Refused `no_right`; Fixable `not_merged`, `main_entry`, `patient_unknown`, `reason_missing`.
        """
        self._actor.require(Right.MERGE_PATIENTS)
        reason, persons = tidy_reason(reason), self._catalog.persons
        patient, entries = self._catalog.patient(patient_id), persons.entries(patient_id)
        if len(entries) == 1:
            raise Fixable("not_merged", "This entry is merged with no other.", "Check the record number.")
        if entries[0] == patient_id:
            raise Fixable(
                "main_entry", "This is the entry that the other one was merged into.", "Name the other entry."
            )
        with ExitStack() as stack:
            for whose, other in ((patient_id, {"from": entries[0]}), (entries[0], {"with": patient_id})):
                details = {"what": "parted", **other}
                stack.enter_context(self._actor.logged(self._actor.entry(Action.MERGE, whose, details=details)))
            persons.part(self._actor.change(reason), patient_id, self._actor.clock.wall_ms())
        return patient

    def _facts(self, patient_id: str) -> EntryFacts:
        catalog = self._catalog
        days = [visit.day for visit in catalog.visits(patient_id) if not visit.cancelled]
        counts = catalog.index.counts([patient_id]) if catalog.index is not None else None
        photos = None if counts is None or not self._actor.may(Right.SEE_CHART) else counts.get(patient_id, 0)
        first, last = min(days, default=None), max(days, default=None)
        return EntryFacts(catalog.patient(patient_id), len(days), first, last, photos)
