"""Entries of the patient list that are one person: which of them is the main one.

An entry may say that it is the same person as another. People at several workstations say so without knowing of each
other, so what was said may run in chains and in circles; the answer follows from what stands alone, not from the order
it came in. The main entry is the one a chain ends at; of a circle it is the one with the smallest id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SamePerson:
    """`mains` gives the main entry by the id of each entry that is not one."""

    mains: Mapping[str, str] = field(default_factory=dict)
    _others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def main(self, patient_id: str) -> str:
        """The entry that stands for the person; an entry that was never merged stands for itself."""
        return self.mains.get(patient_id, patient_id)

    def entries(self, patient_id: str) -> tuple[str, ...]:
        """Every entry of the person, the main one first."""
        main = self.main(patient_id)
        return (main, *self._others.get(main, ()))


def persons_of(said: Mapping[str, str]) -> SamePerson:
    """From what each entry says it is the same person as."""
    mains: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    for entry in sorted(said):
        main = _end_of(said, entry)
        if main != entry:
            mains[entry] = main
            others.setdefault(main, []).append(entry)
    return SamePerson(mains, {main: tuple(entries) for main, entries in others.items()})


def to_part(said: Mapping[str, str], entry: str) -> tuple[str, ...]:
    """Entries that must say nothing any more so that `entry`, with those merged into it, parts from its main one.

    In a circle the main entry says something too, which counts for nothing until the circle is opened.
    """
    main = _end_of(said, entry)
    if main == entry:
        return ()
    return (entry, main) if main in said else (entry,)


def _end_of(said: Mapping[str, str], entry: str) -> str:
    way: dict[str, None] = {}
    while entry in said and entry not in way:
        way[entry] = None
        entry = said[entry]
    if entry not in way:
        return entry
    steps = list(way)
    return min(steps[steps.index(entry) :])
