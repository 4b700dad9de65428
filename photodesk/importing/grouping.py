"""Shots of one import in groups: what the cards and the pauses say, then what a person changed by hand.

Pure: the same shots and edits give the same groups, in the order they were taken. A group keeps its id whatever is
added to the card's copy or changed by hand: the id is that of its first shot when it was found, or one made for an
edit. Edits name shots and groups; one whose shots are gone changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from photodesk.importing.brackets import GroupBasis, Run, Separators, runs
from photodesk.importing.labels import Label
from photodesk.importing.sequence import GroupShot, Unit, by_camera

__all__ = [
    "GAP_MS",
    "Edit",
    "Group",
    "GroupBasis",
    "GroupShot",
    "Join",
    "Move",
    "NotCard",
    "Separators",
    "Split",
    "group",
]

GAP_MS = 3 * 60_000
BY_HAND = "Changed by hand."
UNLIKE_CARDS = "Cards of two patients or visits are in this group."


@dataclass(frozen=True)
class Group:
    """Shots that belong together, in the order they were taken; `label_ids` are those of `shot_ids` that show a card.

    `patient_id` and `visit_id` are what its cards say, "" where they say nothing or nothing certain. They are a
    suggestion: a person confirms. `reason` says in plain words why these are one group, or why to look.
    """

    group_id: str
    shot_ids: tuple[str, ...]
    label_ids: tuple[str, ...]
    patient_id: str
    visit_id: str
    basis: GroupBasis
    reason: str

    @property
    def photo_ids(self) -> tuple[str, ...]:
        """Its shots without the cards."""
        cards = frozenset(self.label_ids)
        return tuple(shot_id for shot_id in self.shot_ids if shot_id not in cards)


class Split(msgspec.Struct, frozen=True, tag="split"):
    """A new group begins at this shot."""

    shot_id: str
    group_id: str


class Join(msgspec.Struct, frozen=True, tag="join"):
    """The second group becomes part of the first."""

    group_id: str
    joined_id: str


class Move(msgspec.Struct, frozen=True, tag="move"):
    """Shots go to another group; one that is not there is made."""

    shot_ids: tuple[str, ...]
    group_id: str


class NotCard(msgspec.Struct, frozen=True, tag="not_card"):
    """These shots are clinical photos, whatever code is in them."""

    shot_ids: tuple[str, ...]


Edit = Split | Join | Move | NotCard


def group(
    shots: Iterable[GroupShot],
    gap_ms: int = GAP_MS,
    edits: Sequence[Edit] = (),
    separators: Separators = Separators.AUTO,
    gone: frozenset[str] = frozenset(),
) -> tuple[Group, ...]:
    """Every shot in exactly one group; groups in the order of their first shots. `gap_ms` splits what has no card.

    `gone` are shots that were filed already: they take part, so that the others stay in their groups, and are left out
    of the answer.
    """
    plain = {shot_id for edit in edits if isinstance(edit, NotCard) for shot_id in edit.shot_ids}
    seen = [replace(shot, label=None) if shot.shot_id in plain else shot for shot in shots]
    cameras = by_camera(seen)
    table = _Table(unit for units in cameras for unit in units)
    for units in cameras:
        for run in runs(units, gap_ms, separators):
            table.put(run)
    for edit in edits:
        table.change(edit)
    return tuple(one for one in (_without(each, gone) for each in table.groups()) if one.shot_ids)


def _without(of: Group, gone: frozenset[str]) -> Group:
    shot_ids = tuple(shot_id for shot_id in of.shot_ids if shot_id not in gone)
    return replace(of, shot_ids=shot_ids, label_ids=tuple(one for one in of.label_ids if one not in gone))


@dataclass(frozen=True)
class _Held:
    """A group while it is edited: places of its units."""

    units: tuple[int, ...]
    basis: GroupBasis
    reason: str
    label: Label | None


class _Table:
    """Groups by id over numbered units."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = sorted(units, key=lambda unit: unit.place)
        self._number = {shot_id: at for at, unit in enumerate(self._units) for shot_id in unit.shot_ids}
        self._held: dict[str, _Held] = {}

    def put(self, run: Run) -> None:
        """A group as found."""
        numbers = tuple(self._number[unit.shots[0].shot_id] for unit in run.units)
        self._held[run.units[0].shots[0].shot_id] = _Held(numbers, run.basis, run.reason, run.label)

    def change(self, edit: Edit) -> None:
        """What a person did."""
        if isinstance(edit, Split):
            self._split(edit)
        elif isinstance(edit, Join):
            self._join(edit)
        elif isinstance(edit, Move):
            self._move(edit)

    def groups(self) -> tuple[Group, ...]:
        """As they are now."""
        held = sorted(self._held.items(), key=lambda item: item[1].units)
        return tuple(self._group(group_id, one) for group_id, one in held)

    def _group(self, group_id: str, held: _Held) -> Group:
        units = [self._units[at] for at in held.units]
        return Group(
            group_id,
            tuple(shot_id for unit in units for shot_id in unit.shot_ids),
            tuple(shot_id for unit in units for shot_id in unit.label_ids),
            held.label.patient_id if held.label else "",
            held.label.visit_id if held.label else "",
            held.basis,
            held.reason,
        )

    def _by_hand(self, numbers: Iterable[int]) -> _Held:
        """A group a person made: named by its own cards where they agree."""
        units = tuple(sorted(numbers))
        labels = [label for label in (self._units[at].label for at in units) if label is not None]
        wrong = next((label.problem for label in labels if not label.is_sound), "")
        named = max(labels, key=lambda label: label.visit_id, default=None)
        if named is not None and not wrong and not all(named.same_card(label) for label in labels):
            wrong = UNLIKE_CARDS
        if wrong:
            return _Held(units, GroupBasis.PLEASE_LOOK, wrong, None)
        return _Held(units, GroupBasis.HAND, BY_HAND, named)

    def _find(self, number: int | None) -> str:
        return next((one for one, held in self._held.items() if number in held.units), "")

    def _split(self, edit: Split) -> None:
        number = self._number.get(edit.shot_id)
        group_id = self._find(number)
        if not group_id or number is None or edit.group_id in self._held:
            return
        units = self._held[group_id].units
        if units[0] == number:
            return
        self._held[group_id] = self._by_hand(at for at in units if at < number)
        self._held[edit.group_id] = self._by_hand(at for at in units if at >= number)

    def _join(self, edit: Join) -> None:
        first, second = self._held.get(edit.group_id), self._held.get(edit.joined_id)
        if first is None or second is None or first is second:
            return
        joined = self._by_hand((*first.units, *second.units))
        looked = next((one for one in (first, second) if one.basis is GroupBasis.PLEASE_LOOK), None)
        if looked is not None and joined.basis is not GroupBasis.PLEASE_LOOK:
            joined = replace(joined, basis=GroupBasis.PLEASE_LOOK, reason=looked.reason, label=None)
        del self._held[edit.joined_id]
        self._held[edit.group_id] = joined

    def _move(self, edit: Move) -> None:
        moved = {self._number[shot_id] for shot_id in edit.shot_ids if shot_id in self._number}
        if not moved:
            return
        target = self._held.get(edit.group_id)
        before = set(target.units) if target is not None else set()
        for group_id in list(self._held):
            if group_id != edit.group_id:
                self._take_out(group_id, moved)
        made = self._by_hand(before | moved)
        if target is not None and target.basis is GroupBasis.PLEASE_LOOK and made.basis is not GroupBasis.PLEASE_LOOK:
            made = replace(made, basis=GroupBasis.PLEASE_LOOK, reason=target.reason, label=None)
        self._held[edit.group_id] = made

    def _take_out(self, group_id: str, moved: set[int]) -> None:
        held = self._held[group_id]
        rest = tuple(at for at in held.units if at not in moved)
        if len(rest) == len(held.units):
            return
        if not rest:
            del self._held[group_id]
        elif any(self._units[at].label is not None for at in moved.intersection(held.units)):
            self._held[group_id] = self._by_hand(rest)
        else:
            self._held[group_id] = replace(held, units=rest)
