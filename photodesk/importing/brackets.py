"""One camera's photos cut at separator cards and pauses, by rules that never guess.

A card opens a bracket and the same card closes it. Between two photos of one card everything is that patient's. What
does not close, holds a second patient's card, or a card that cannot be read, is for a person to look at.

Where a clinic photographs the card only first, a card begins a group that ends at the next card or at a long pause
(`LONG_PAUSE` gaps). `Separators.AUTO` looks at the photos: where any card was photographed again later, cards are
brackets; where none was, each card begins a group. No bracket and no group reaches over `SITTING_MS` without a photo:
a card shot on Monday is not closed by the same card on Tuesday.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from photodesk.importing.labels import Label
from photodesk.importing.sequence import Unit

LONG_PAUSE = 10
SITTING_MS = 4 * 3_600_000
CLOSED = "Between two photos of the separator card."
FIRST = "Begins with the separator card."
BY_TIME = "Split by time."
NOT_CLOSED = "The separator card was not photographed again at the end."
TWO_PATIENTS = "Cards of two patients are between two photos of one card."
NO_PHOTO = "Only the separator card, and no photo."


class GroupBasis(StrEnum):
    """Why shots are one group."""

    BRACKET = "bracket"
    TIME = "time"
    HAND = "hand"
    PLEASE_LOOK = "please_look"


class Separators(StrEnum):
    """When a clinic photographs the card."""

    AUTO = "auto"
    FIRST = "first"
    FIRST_AND_LAST = "first and last"


@dataclass
class Run:
    """Units in a row that belong together."""

    basis: GroupBasis
    reason: str
    label: Label | None = None
    units: list[Unit] = field(default_factory=list)

    def look(self, reason: str) -> Run:
        """The same units, named after nobody."""
        self.basis, self.reason, self.label = GroupBasis.PLEASE_LOOK, reason, None
        return self


def runs(units: Sequence[Unit], gap_ms: int, separators: Separators) -> Iterator[Run]:
    """The runs of one camera's units, in order; every unit is in exactly one."""
    if separators is Separators.AUTO:
        again = _any_comes_again([unit.label for unit in units])
        separators = Separators.FIRST_AND_LAST if again else Separators.FIRST
    for sitting in _cut(units, SITTING_MS):
        yield from _Sitting(sitting, gap_ms, separators).runs()


def _any_comes_again(labels: Sequence[Label | None]) -> bool:
    """Whether a card was photographed again after something else (twice in a row is no bracket)."""
    seen: dict[str, list[Label]] = {}
    before: Label | None = None
    for label in labels:
        if label is not None and label.is_sound:
            old = seen.setdefault(label.patient_id, [])
            if not (before is not None and before.same_card(label)) and any(label.same_card(one) for one in old):
                return True
            old.append(label)
        before = label
    return False


def _cut(units: Sequence[Unit], pause_ms: int) -> Iterator[Sequence[Unit]]:
    start = 0
    for at in range(1, len(units) + 1):
        if at == len(units) or _pause(units[at - 1], units[at]) > pause_ms:
            yield units[start:at]
            start = at


def _pause(before: Unit, after: Unit) -> int:
    return 0 if before.time_ms is None or after.time_ms is None else after.time_ms - before.time_ms


def _same(label: Label, other: Label | None) -> bool:
    return other is not None and label.same_card(other)


class _Sitting:
    """Photos without a very long pause between them."""

    def __init__(self, units: Sequence[Unit], gap_ms: int, separators: Separators) -> None:
        self._units = units
        self._gap_ms = gap_ms
        self._close = separators is Separators.FIRST_AND_LAST
        self._labels = [unit.label for unit in units]
        self._cards = [at for at, label in enumerate(self._labels) if label is not None]
        self._cards_of: dict[str, list[int]] = {}
        for at, label in enumerate(self._labels):
            if label is not None:
                self._cards_of.setdefault(label.patient_id, []).append(at)

    def runs(self) -> Iterator[Run]:
        """Every unit in exactly one run."""
        start = 0
        while start < len(self._units):
            first = self._labels[start]
            if first is None:
                end = self._next_card(start)
                for units in _cut(self._units[start:end], self._gap_ms):
                    yield Run(GroupBasis.TIME, BY_TIME, None, list(units))
            elif first.is_sound and self._close:
                end, run = self._bracket(start, first)
                yield run
            else:
                end, run = self._begun(start, first)
                yield run
            start = end

    def _next_card(self, start: int) -> int:
        """Where the next card at or behind `start` is."""
        place = bisect_left(self._cards, start)
        return self._cards[place] if place < len(self._cards) else len(self._units)

    def _behind_burst(self, start: int, first: Label) -> int:
        """Behind photos of one card taken in a row."""
        at = start + 1
        while at < len(self._units) and _pause(self._units[at - 1], self._units[at]) <= self._gap_ms:
            if not _same(first, self._labels[at]):
                break
            at += 1
        return at

    def _bracket(self, start: int, opening: Label) -> tuple[int, Run]:
        """The bracket that opens at `start`: (where it ends, its run).

        Where the card comes again only behind other cards, an even number of times, those are brackets of their own
        and this one was not closed; an odd number says that the others lie inside it.
        """
        behind = self._behind_burst(start, opening)
        again = self._bursts(behind, opening)
        if not again or (self._next_card(behind) != again[0] and len(again) % 2 == 0):
            return self._begun(start, opening)
        end = self._behind_burst(again[0], opening)
        return end, self._run(start, end, CLOSED, TWO_PATIENTS)

    def _bursts(self, start: int, opening: Label) -> list[int]:
        """Where the same card was photographed at or behind `start`; photos in a row count once."""
        found: list[int] = []
        behind = start
        same = self._cards_of[opening.patient_id]
        for at in same[bisect_left(same, start) :]:
            if at >= behind and _same(opening, self._labels[at]):
                found.append(at)
                behind = self._behind_burst(at, opening)
        return found

    def _begun(self, start: int, first: Label) -> tuple[int, Run]:
        """From a card to the next other card or a long pause."""
        at = start + 1
        while at < len(self._units) and _pause(self._units[at - 1], self._units[at]) <= LONG_PAUSE * self._gap_ms:
            label = self._labels[at]
            if label is not None and label.is_sound and not first.same_card(label):
                break
            at += 1
        run = self._run(start, at, FIRST, TWO_PATIENTS)
        if self._close and run.basis is GroupBasis.BRACKET:
            run.look(NOT_CLOSED if any(label is None for label in self._labels[start:at]) else NO_PHOTO)
        return at, run

    def _run(self, start: int, end: int, reason: str, unlike: str) -> Run:
        """These units as one run, named after its cards where all of them are one sound card."""
        labels = [label for label in self._labels[start:end] if label is not None]
        named = max(labels, key=lambda label: label.visit_id)
        run = Run(GroupBasis.BRACKET, reason, named, list(self._units[start:end]))
        wrong = next((label.problem for label in labels if not label.is_sound), "")
        if wrong:
            return run.look(wrong)
        return run if all(named.same_card(label) for label in labels) else run.look(unlike)
