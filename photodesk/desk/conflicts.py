"""Conflicts to review: what several workstations wrote without knowing of each other, and a person's decision.

A decision is an ordinary change, logged and sent like any other, and outranks both values; neither is lost, the
history keeps them. While a name, birth date, record number or the side of the body is in conflict, nothing that says it
leaves (`refuse_open`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photodesk.desk.actor import Actor
from photodesk.desk.conflict import Conflict, Side, about, what, words
from photodesk.desk.roles import Right
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.store.conflict_reading import (
    OpenConflict,
    SharedNumber,
    has_undecided,
    is_decided,
    shared_numbers,
    undecided,
)
from photodesk.store.conflict_rules import BLOCKING
from photodesk.store.conflict_settling import Settling
from photodesk.store.conflicts import Said

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

Names = Callable[[], Mapping[str, str]]
_MERGING = "same_person"


@dataclass(frozen=True)
class _Found:
    """A conflict with where it was found."""

    patient_id: str
    clinical: bool
    conflict: OpenConflict


class ConflictDesk:
    """Lists and decides conflicts. `stations` gives workstations' names."""

    def __init__(self, actor: Actor, keyset: KeySet, catalog: Catalog, charts: Charts, stations: Names) -> None:
        self._actor = actor
        self._keyset = keyset
        self._catalog = catalog
        self._charts = charts
        self._stations = stations
        self._settling = Settling(catalog, charts, keyset)

    def conflicts(self) -> list[Conflict]:
        """What waits for a decision: the catalog's, and the charts' for who holds their keys."""
        self._actor.require(Right.FIND_PATIENTS)
        stations = self._stations()
        shared = [self._shared(one, stations) for one in shared_numbers(self._catalog)]
        return [*shared, *(self._told(found, stations) for found in self._found(""))]

    def count(self) -> int:
        """How many there are for this person."""
        return len(shared_numbers(self._catalog)) + sum(1 for _ in self._found(""))

    def resolve(self, conflict_id: str, keep: str) -> None:
        """Decide: `here` keeps what stands now, `there` the other. Refused `no_right`; Fixable `conflict_decided`,
        `conflict_unknown`.
        """
        if keep not in {"here", "there"}:
            raise ValueError(keep)
        for shared in shared_numbers(self._catalog):
            if shared.conflict_id == conflict_id:
                self._number_anew(shared, str((shared.second if keep == "here" else shared.first).value))
                return
        found = next(self._found(conflict_id), None)
        if found is None:
            raise _none_such(decided=self._is_decided(conflict_id))
        merging = found.conflict.entity == _MERGING
        self._actor.require(_right(clinical=found.clinical, merging=merging))
        change, action = self._actor.change("conflict decided"), Action.MERGE if merging else Action.EDIT
        with self._actor.logged(self._actor.entry(action, found.patient_id, details={"what": "conflict decided"})):
            decide = self._settling.keep_standing if keep == "here" else self._settling.keep_lost
            decide(change, found.patient_id, found.conflict, clinical=found.clinical)
        if found.clinical:
            self._settling.follow(found.patient_id)

    def refuse_open(self, patient_id: str, photo_ids: Sequence[str]) -> None:
        """Refused `conflict_open` where something about this patient or these photos is not decided yet."""
        database = self._catalog.ledger.database
        conflicts = list(self._of_catalog("")) if has_undecided(database, clinical=False) else []
        if self._keyset.chart_keys and self._charts.exists(patient_id):
            conflicts += self._of_chart(patient_id, "")
        wanted = frozenset(photo_ids)
        for found in conflicts:
            one = found.conflict
            blocking = (one.entity, one.field) in BLOCKING and found.patient_id == patient_id
            if blocking and (one.entity != "photo" or not wanted.isdisjoint((one.entity_id, one.twin_id))):
                raise _open(what(one.entity, one.field, deleted=one.deleted))
        if shared_numbers(self._catalog, patient_id):
            raise _open(what("patient", "mrn", deleted=False))

    # -- inside -------------------------------------------------------------------------------------------------

    def _number_anew(self, shared: SharedNumber, patient_id: str) -> None:
        self._actor.require(Right.EDIT_PATIENTS)
        with self._actor.logged(self._actor.entry(Action.EDIT, patient_id, details={"what": "conflict decided"})):
            self._settling.number_anew(self._actor.change("conflict decided"), shared, patient_id)

    def _is_decided(self, conflict_id: str) -> bool:
        """Whether the catalog, or a chart in which more waits, says so; the other charts are not opened for it."""
        charts = self._catalog.to_review() if self._keyset.chart_keys else []
        opened = (self._charts.open(patient_id, hidden_too=True).ledger.database for patient_id in charts)
        return any(is_decided(one, conflict_id) for one in (self._catalog.ledger.database, *opened))

    def _found(self, only: str) -> Iterator[_Found]:
        yield from self._of_catalog(only)
        if self._keyset.chart_keys:
            for patient_id in self._catalog.to_review():
                yield from self._of_chart(patient_id, only)

    def _of_catalog(self, only: str) -> Iterator[_Found]:
        erasure = self._catalog.erasure
        opened = undecided(
            self._catalog.ledger.database,
            self._keyset,
            lambda scope: erasure.key_if_known(scope) or bytes(32),
            only,
            clinical=False,
        )
        hidden = self._catalog.hidden_patients()
        for one in opened:
            patient_id = one.entity_id if one.entity in {"patient", "keeping", _MERGING} else self._of_visit(one)
            if patient_id not in hidden:
                yield _Found(patient_id, False, one)

    def _of_visit(self, one: OpenConflict) -> str:
        return self._catalog.visit(one.entity_id).patient_id if one.entity == "visit" else ""

    def _of_chart(self, patient_id: str, only: str) -> Iterator[_Found]:
        chart = self._charts.open(patient_id, hidden_too=True)
        erasure_key = self._catalog.erasure.key(chart.chart_id)
        for one in undecided(chart.ledger.database, self._keyset, lambda _: erasure_key, only, clinical=True):
            yield _Found(patient_id, True, one)

    def _told(self, found: _Found, stations: Mapping[str, str]) -> Conflict:
        one = found.conflict
        visits = self._catalog.visits(found.patient_id) if found.patient_id else []
        days = {visit.visit_id: f"{visit.day.day} {visit.day:%B %Y}" for visit in visits}
        if one.entity == _MERGING:
            days = {str(said.value): self._named(str(said.value)) for said in (one.stands, one.lost) if said.value}
        if one.deleted:
            changed = ", ".join(
                f"{what(one.entity, name, deleted=False).lower()}: {words(one.entity, name, value, days)}"
                for name, value in one.changes.items()
            )
            here, there = "deleted", changed or "changed"
        else:
            here = words(one.entity, one.field, one.stands.value, days)
            there = words(one.entity, one.field, one.lost.value, days)
        return Conflict(
            one.conflict_id,
            found.patient_id,
            one.entity,
            one.entity_id,
            one.field,
            self._photo_of(found),
            about(one.entity),
            what(one.entity, one.field, deleted=one.deleted),
            self._side(here, one.stands, stations),
            self._side(there, one.lost, stations),
            (one.entity, one.field) in BLOCKING,
            self._day_of(found, days),
        )

    def _named(self, patient_id: str) -> str:
        try:
            patient = self._catalog.patient(patient_id, hidden_too=True)
        except Fixable:
            return "an entry that is not here"
        return f"{patient.display_name} ({patient.mrn})"

    def _photo_of(self, found: _Found) -> str | None:
        one = found.conflict
        if one.entity in {"photo", "scale"}:
            return one.entity_id
        if one.entity != "mark":
            return None
        row = self._charts.open(found.patient_id, hidden_too=True).ledger.database.row(
            "SELECT photo_id FROM mark WHERE mark_id = ?", (one.entity_id,)
        )
        return None if row is None else str(row[0])

    def _day_of(self, found: _Found, days: Mapping[str, str]) -> str:
        photo_id = self._photo_of(found)
        visit_id = found.conflict.entity_id
        if photo_id is not None:
            item = self._charts.open(found.patient_id, hidden_too=True).item(photo_id)
            visit_id = item.visit_id if item is not None else ""
        return days.get(visit_id, "")

    def _side(self, text: str, said: Said, stations: Mapping[str, str]) -> Side:
        name = self._catalog.person_name(said.person)
        return Side(text, said.person, name, said.workstation, stations.get(said.workstation, ""), said.clock >> 16)

    def _shared(self, one: SharedNumber, stations: Mapping[str, str]) -> Conflict:
        def side(said: Said) -> Side:
            patient = self._catalog.patient(str(said.value))
            return self._side(f"{patient.display_name}, {patient.birth.isoformat()}", said, stations)

        label = f"Two patients with the record number {one.mrn}"
        here, there = side(one.first), side(one.second)
        patient_id = str(one.first.value)
        return Conflict(
            one.conflict_id, patient_id, "patient", patient_id, "mrn", None, "patient", label, here, there, True
        )


def _right(*, clinical: bool, merging: bool) -> Right:
    return Right.EDIT_CHART if clinical else Right.MERGE_PATIENTS if merging else Right.EDIT_PATIENTS


def _none_such(*, decided: bool) -> Fixable:
    listed = "List what waits with: photodesk conflicts list"
    if decided:
        return Fixable("conflict_decided", "This conflict was decided already.", listed)
    what_is = "There is no such conflict to decide: it was decided already, or this is not its id."
    return Fixable("conflict_unknown", what_is, listed)


def _open(what_is: str) -> Refused:
    return Refused(
        "conflict_open",
        f"{what_is}: two workstations say different things, and nobody has decided yet.",
        "Decide it first: in the clinic server's review, or with photodesk conflicts list",
    )
