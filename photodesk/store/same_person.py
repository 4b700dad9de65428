"""Which entries of the patient list are one person, as the catalog keeps it.

Nothing is moved: each entry keeps its record number, visits and chart under its own key, and `same_person` says of an
entry which other one it was merged into. Saying so, and taking it back, are ordinary changes of the merged entry's own
record. What is said of an entry that is not here (yet), or is to be erased, counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from photodesk.patients import SamePerson, persons_of, to_part
from photodesk.store.change import Change
from photodesk.store.ledger import Ledger
from photodesk.store.operations import Scope
from photodesk.store.projection import Edit, Table

SAME_PERSON_STATEMENTS = (
    (
        "CREATE TABLE same_person (patient_id TEXT PRIMARY KEY, main_id TEXT NOT NULL DEFAULT '',"
        " person_id TEXT NOT NULL DEFAULT '', at_ms INTEGER NOT NULL DEFAULT 0)"
    ),
    "CREATE INDEX same_person_main ON same_person (main_id) WHERE main_id <> ''",
)
SAME_PERSON_TABLES = {
    "same_person": Table("same_person", "patient_id", frozenset({"main_id", "person_id", "at_ms"})),
}
_SAID = (
    "SELECT s.patient_id, s.main_id, p.hidden + q.hidden, p.number, q.number FROM same_person s"
    " JOIN patient p ON p.patient_id = s.patient_id JOIN patient q ON q.patient_id = s.main_id"
    " WHERE s.main_id <> '' AND p.chart_id <> '' AND q.chart_id <> ''"
)


@dataclass(frozen=True)
class Merged:
    """One entry that was merged: with which one it was said to be the same, by whom and when (wall ms)."""

    patient_id: str
    said_of: str
    person_id: str
    at_ms: int


@dataclass(frozen=True)
class _Read:
    """What the catalog says at one generation of it."""

    generation: int = -1
    said: Mapping[str, str] = field(default_factory=dict)
    shown: SamePerson = field(default_factory=SamePerson)
    every: SamePerson = field(default_factory=SamePerson)
    numbers: Mapping[int, int] = field(default_factory=dict)


class PersonBook:
    """Reads from any thread; `scope` is what an operation about a patient is sealed under."""

    def __init__(self, ledger: Ledger, scope: Callable[[str], Scope]) -> None:
        self._ledger = ledger
        self._scope = scope
        self._last = _Read()

    def all(self) -> SamePerson:
        """Of everybody who is not to be erased, as of now."""
        return self._read().shown

    def main(self, patient_id: str) -> str:
        """The entry that stands for this one's person."""
        return self._read().shown.main(patient_id)

    def entries(self, patient_id: str, *, hidden_too: bool = False) -> tuple[str, ...]:
        """Every entry of the person, the main one first; with `hidden_too` as if nobody were to be erased."""
        read = self._read()
        return (read.every if hidden_too else read.shown).entries(patient_id)

    def merged(self, patient_id: str) -> tuple[Merged, ...]:
        """The entries that were merged into this person's main one, the latest first."""
        found = [self._merged_of(one) for one in self.entries(patient_id)[1:]]
        return tuple(sorted(found, key=lambda one: (-one.at_ms, one.patient_id)))

    def numbers(self) -> Mapping[int, int]:
        """By the row number of each entry that is not its person's main one: that one's."""
        return self._read().numbers

    def merge(self, change: Change, patient_id: str, main_id: str, at_ms: int) -> None:
        """Say that one entry is the same person as another."""
        self._say(change, {patient_id: {"main_id": main_id, "person_id": change.actor, "at_ms": at_ms}})

    def part(self, change: Change, patient_id: str, at_ms: int) -> None:
        """Take back what made an entry one person with its main one."""
        nothing = {"main_id": "", "person_id": change.actor, "at_ms": at_ms}
        self._say(change, dict.fromkeys(to_part(self._read().said, patient_id), nothing))

    def _say(self, change: Change, said: Mapping[str, Mapping[str, object]]) -> None:
        with self._ledger.writing(change) as writing:
            for patient_id, fields in said.items():
                writing.record(self._scope(patient_id), Edit("same_person", patient_id, "set", fields))

    def _merged_of(self, patient_id: str) -> Merged:
        row = self._ledger.database.row(
            "SELECT patient_id, main_id, person_id, at_ms FROM same_person WHERE patient_id = ?", (patient_id,)
        )
        return Merged(*row) if row is not None else Merged(patient_id, "", "", 0)

    def _read(self) -> _Read:
        generation = self._ledger.database.generation()
        if self._last.generation != generation:
            rows = self._ledger.database.rows(_SAID)
            shown = {row[0]: row[1] for row in rows if not row[2]}
            mains = persons_of(shown)
            number_of = {row[0]: row[3] for row in rows} | {row[1]: row[4] for row in rows}
            self._last = _Read(
                generation,
                shown,
                mains,
                persons_of({row[0]: row[1] for row in rows}),
                {number_of[one]: number_of[main] for one, main in mains.mains.items()},
            )
        return self._last
