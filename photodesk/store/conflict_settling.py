"""Deciding a conflict: an ordinary change of the field to the value that is right, which outranks both, and travels.

That what stands is right is said with a mark as well, so that nobody is asked again; a deletion that stands is only
marked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from photodesk.errors import Fixable
from photodesk.patients import PatientDraft, Sex
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.chart_corrections import Presence
from photodesk.store.charts import Charts
from photodesk.store.conflict_reading import OpenConflict, SharedNumber, has_undecided
from photodesk.store.conflict_rules import deleting_field
from photodesk.store.correcting import Correcting
from photodesk.store.projection import Edit

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

_BACK: Mapping[str, Any] = {"gone": 0, "cancelled": 0}
KEPT = "here"


class Settling:
    """Writes decisions. `patient_id` is whose record the conflict is in."""

    def __init__(self, catalog: Catalog, charts: Charts, keyset: KeySet) -> None:
        self._catalog = catalog
        self._charts = charts
        self._keyset = keyset

    def keep_standing(self, change: Change, patient_id: str, conflict: OpenConflict, *, clinical: bool) -> None:
        """What stands is right, also against a decision that somebody made elsewhere without knowing of this one."""
        if conflict.twin_id:
            self._say_of_both(change, patient_id, conflict, conflict.stands.value)
            return
        edits, photo_id = [Edit("settled", conflict.conflict_id, "set", {"kept": KEPT})], ""
        if not conflict.deleted:
            photo_id = conflict.entity_id if conflict.entity == "photo" else ""
            edits.append(Edit(conflict.entity, conflict.entity_id, "set", {conflict.field: conflict.stands.value}))
        self._write(change, patient_id, edits, photo_id, clinical)

    def keep_lost(self, change: Change, patient_id: str, conflict: OpenConflict, *, clinical: bool) -> None:
        """The other value is right, or what was deleted is to be had back. Fixable where that cannot be any more."""
        if conflict.twin_id:
            self._say_of_both(change, patient_id, conflict, conflict.lost.value)
        elif conflict.deleted:
            self._have_back(change, patient_id, conflict, clinical)
        elif conflict.entity == "patient":
            self._catalog.edit_patient(change, patient_id, self._draft(patient_id, conflict))
        elif conflict.entity == "same_person":
            self._catalog.persons.merge(change, patient_id, conflict.lost.value, self._catalog.clock.wall_ms())
        else:
            fields = {conflict.field: conflict.lost.value}
            photo_id = conflict.entity_id if conflict.entity == "photo" else ""
            edit = Edit(conflict.entity, conflict.entity_id, "set", fields)
            self._write(change, patient_id, [edit], photo_id, clinical)

    def number_anew(self, change: Change, shared: SharedNumber, patient_id: str) -> str:
        """Give one of two patients with the same record number the next free one behind it; which."""
        patient = self._catalog.patient(patient_id)
        number = 2
        while self._catalog.has_mrn(f"{shared.mrn}-{number}"):
            number += 1
        draft = PatientDraft(f"{shared.mrn}-{number}", patient.family, patient.given, patient.birth, patient.sex)
        return self._catalog.edit_patient(change, patient_id, draft).mrn

    def follow(self, patient_id: str) -> None:
        """The catalog knows whether a chart holds something to review."""
        chart = self._charts.open(patient_id, hidden_too=True)
        self._catalog.set_to_review(patient_id, to_review=has_undecided(chart.ledger.database, clinical=True))

    def _say_of_both(self, change: Change, patient_id: str, conflict: OpenConflict, value: Any) -> None:
        """One photo under two ids: both say the same from now on."""
        for photo_id in (conflict.entity_id, conflict.twin_id):
            edit = Edit("photo", photo_id, "set", {conflict.field: value})
            self._write(change, patient_id, [edit], photo_id, True)

    def _draft(self, patient_id: str, conflict: OpenConflict) -> PatientDraft:
        patient = self._catalog.patient(patient_id)
        values: dict[str, Any] = {
            "mrn": patient.mrn,
            "family": patient.family,
            "given": patient.given,
            "birth": patient.birth.isoformat(),
            "sex": patient.sex.value,
            conflict.field: conflict.lost.value,
        }
        born, sex = date.fromisoformat(str(values["birth"])), Sex(values["sex"])
        return PatientDraft(str(values["mrn"]), str(values["family"]), str(values["given"]), born, sex)

    def _have_back(self, change: Change, patient_id: str, conflict: OpenConflict, clinical: bool) -> None:
        field = deleting_field(conflict.entity)
        if field != "presence":
            edit = Edit(conflict.entity, conflict.entity_id, "set", {field: _BACK[field]})
            self._write(change, patient_id, [edit], "", clinical)
            return
        chart = self._charts.open(patient_id)
        item = chart.item(conflict.entity_id)
        if item is None or item.presence is not Presence.HIDDEN:
            raise Fixable(
                "gone_for_good",
                "This photo was deleted for good or moved to another patient.",
                "Keep what stands; where it was moved, change it there.",
            )
        with suppress(Fixable):
            Correcting(self._catalog, self._charts, self._keyset).restore(change, patient_id, [conflict.entity_id])
            return
        chart.unhide(change, [conflict.entity_id])  # its deletion was asked for elsewhere and is not known here yet

    def _write(self, change: Change, patient_id: str, edits: Sequence[Edit], photo_id: str, clinical: bool) -> None:
        if clinical:
            chart = self._charts.open(patient_id)
            chart.put(change, edits, photo_id)
            if photo_id and self._catalog.index is not None:
                self._catalog.index.follow(patient_id, chart.photos())
            return
        with self._catalog.ledger.writing(change) as writing:
            for edit in edits:
                writing.record(self._catalog.scope(patient_id), edit)
