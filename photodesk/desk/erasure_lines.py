"""Erasures as people see them, and which of them belong to one person."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.desk.actor import Actor
from photodesk.desk.counted_time import count
from photodesk.desk.erasure_places import ErasurePlaces
from photodesk.desk.moves import KEPT_MS
from photodesk.patients import Patient
from photodesk.store.catalog import Catalog
from photodesk.store.keeping_book import Erasure, ErasureState, KeepingBook


@dataclass(frozen=True)
class ErasureLine:
    """One erasure. `patient` is None once it is done; `due_at_ms` is the earliest, a clock set wrong makes it later.

    `also` are other entries of the same person: each has an erasure of its own, asked for and revoked together.
    """

    erasure: Erasure
    patient: Patient | None
    requested_by: str
    second_by: str
    due_at_ms: int
    is_due: bool
    also: tuple[Patient, ...] = ()


class ErasureLines:
    """Reads them from the catalog."""

    def __init__(self, actor: Actor, catalog: Catalog, places: ErasurePlaces) -> None:
        self._actor = actor
        self._catalog = catalog
        self._places = places
        self._book = KeepingBook(catalog)

    def of_person(self, erasure: Erasure) -> list[Erasure]:
        """This one, and those of the person's other entries that are neither revoked nor done."""
        entries = self._catalog.persons.entries(erasure.patient_id, hidden_too=True)
        open_ones = self._book.erasures(ErasureState.REQUESTED, ErasureState.RUNNING)
        others = [one for one in open_ones if one.patient_id in entries and one.erasure_id != erasure.erasure_id]
        return [erasure, *others]

    def line(self, erasure: Erasure) -> ErasureLine:
        """One of them."""
        patient, also = None, tuple[Patient, ...]()
        if erasure.state is ErasureState.ERASED:
            erasure = self._places.confirmed(erasure)
        else:
            patient = self._catalog.patient(erasure.patient_id, hidden_too=True)
            entries = self._catalog.persons.entries(erasure.patient_id, hidden_too=True)
            also = tuple(self._catalog.patient(one, hidden_too=True) for one in entries if one != erasure.patient_id)
        name, now_ms = self._catalog.person_name, self._actor.clock.wall_ms()
        due_at_ms = erasure.requested_at_ms + KEPT_MS
        is_due = erasure.state is ErasureState.RUNNING
        if erasure.state is ErasureState.REQUESTED and now_ms >= due_at_ms:
            counted = count(self._catalog, self._actor.change("count"), now_ms)
            is_due = not counted.went_back and counted.counted_ms - erasure.counted_ms >= KEPT_MS
        return ErasureLine(
            erasure, patient, name(erasure.requested_by), name(erasure.second_by), due_at_ms, is_due, also
        )
