"""The groups of an import as shown: rows, tiles, what is chosen, what is next. Testable without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from photodesk.importing.grouping import GroupBasis
from photodesk.importing.shot_marks import Place
from photodesk.patients import Patient
from photodesk.ui.importing.board import BoardGroup, BoardState
from photodesk.ui.importing.board_words import decided, line_of
from photodesk.ui.importing.extras import Extra
from photodesk.ui.importing.group_line import GroupLine
from photodesk.ui.importing.model import Tile, tile_of_shot
from photodesk.ui.importing.recent_places import place_words
from photodesk.ui.words import counted


class ShownBoard:
    """Rows, tiles, and which group is chosen."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.state: BoardState | None = None
        self.extras: tuple[Extra, ...] = ()
        self.chosen = ""
        self.wanted: Patient | None = None
        self.filed_here: set[str] = set()
        self._others: dict[str, Patient] = {}
        self._done: dict[str, tuple[GroupLine, tuple[Tile, ...]]] = {}
        self.picked_by_hand = False
        self._lines: tuple[tuple[object, ...], tuple[GroupLine, ...]] = ((), ())
        self._tiles: tuple[tuple[object, ...], tuple[Tile, ...]] = ((), ())

    # -- what there is --

    def take(self, state: BoardState) -> None:
        """The job as the desk knows it now; the choice stays where it can."""
        before = [line.group_id for line in self.lines()]
        self.state = state
        now = [line.group_id for line in self.lines()]
        if self.chosen not in now or self._only_waits():
            at = before.index(self.chosen) if self.chosen in before else 0
            left = [group_id for group_id in before[at:] if group_id in now and group_id not in self._done]
            self.chosen = left[0] if left else self.next_open("") or (now[0] if now else "")

    def take_extras(self, extras: tuple[Extra, ...]) -> None:
        """Files that are in no group: not copied yet, there before, not copied at all."""
        self.extras = extras
        now = [line.group_id for line in self.lines()]
        if self.chosen not in now or self._only_waits():
            self.chosen = self.next_open("") or (now[0] if now else "")

    def _only_waits(self) -> bool:
        """Whether what is not read yet is shown only because there was nothing else, and now there is."""
        return self.chosen.startswith("extra-") and not self.picked_by_hand and bool(self.next_open(""))

    def forget(self) -> None:
        """Another job."""
        self.state, self.extras, self.chosen = None, (), ""
        self._others.clear()
        self._done.clear()
        self.filed_here.clear()
        self.picked_by_hand = False

    @property
    def groups(self) -> tuple[BoardGroup, ...]:
        """Groups with anything in them."""
        return tuple(group for group in self.state.groups if group.all_ids) if self.state else ()

    @property
    def group(self) -> BoardGroup | None:
        """The chosen one; None for what is not a group of shots."""
        return next((group for group in self.groups if group.group_id == self.chosen), None)

    @property
    def please_look(self) -> int:
        """Groups a person has to look at."""
        return sum(1 for group in self.groups if group.basis is GroupBasis.PLEASE_LOOK)

    @property
    def group_count(self) -> int:
        """Groups of this import, also those filed here."""
        return len(self.lines()) - len(self.extras)

    def count_words(self) -> str:
        """`5 groups`."""
        return counted(len(self.lines()), "group")

    def lines(self) -> tuple[GroupLine, ...]:
        """What was filed here, what is to be filed, what is not copied yet."""
        key = (self.state, self.extras, self.chosen, self.wanted, *self._others.values(), *self._done.values())
        if not _same(key, self._lines[0]):
            self._lines = (key, self._made_lines())
        return self._lines[1]

    def _made_lines(self) -> tuple[GroupLine, ...]:
        found = [line for line, _ in self._done.values()]
        if self.state is not None:
            state = self.state
            found += [self._line(group, state) for group in self.groups if group.group_id not in self._done]
        return (*found, *(extra.line for extra in self.extras))

    def tiles(self) -> tuple[Tile, ...]:
        """The files of the chosen group, separators first."""
        extra = next((extra for extra in self.extras if extra.line.group_id == self.chosen), None)
        if extra is not None:
            return extra.tiles
        if self.chosen in self._done:
            return self._done[self.chosen][1]
        if not _same((self.state, self.chosen), self._tiles[0]):
            self._tiles = ((self.state, self.chosen), self._made_tiles())
        return self._tiles[1]

    def _made_tiles(self) -> tuple[Tile, ...]:
        group, state = self.group, self.state
        if group is None or state is None:
            return ()
        found = [tile_of_shot(state.shots[one], label=True) for one in group.label_ids if one in state.shots]
        found += [
            tile_of_shot(state.shots[one], place_words(state.places.get(one, Place())))
            for one in group.shot_ids
            if one in state.shots
        ]
        return tuple(found)

    # -- choosing --

    def neighbour(self, step: int) -> str:
        """The group above or below."""
        ids = [line.group_id for line in self.lines()]
        at = ids.index(self.chosen) if self.chosen in ids else 0
        return ids[max(0, min(len(ids) - 1, at + step))] if ids else ""

    def after(self) -> str:
        """The group that `J` joins to the chosen one; "" where there is none."""
        ids = [group.group_id for group in self.groups if group.group_id not in self._done]
        at = ids.index(self.chosen) + 1 if self.chosen in ids else len(ids)
        return ids[at] if at < len(ids) else ""

    def next_open(self, after: str) -> str:
        """The next group that is still to be filed, from `after` down, then from the top."""
        ids = [group.group_id for group in self.groups]
        start = ids.index(after) + 1 if after in ids else 0
        wanted = [*ids[start:], *ids[:start]]
        is_open = {group.group_id for group in self.groups if self.state and not decided(group, self.state)}
        return next((one for one in wanted if one in is_open and one not in self._done), "")

    def _named(self, group: BoardGroup) -> Patient | None:
        return self._others.get(group.group_id) or group.patient or self.wanted

    def _line(self, group: BoardGroup, state: BoardState) -> GroupLine:
        named = self._named(group)
        patient = named or group.guess
        guessed, chosen = named is None and patient is not None, group.group_id == self.chosen
        line = line_of(group, state, patient, self.today, guessed=guessed, chosen=chosen)
        if group.group_id not in self._others:
            return line
        return replace(line, state="Press Enter" if chosen else "Ready", tone="ink2", state_icon="")


def _same(key: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether these are the same objects: a state read anew is another, however equal."""
    return len(key) == len(other) and all(
        a is b or (isinstance(a, str) and a == b) for a, b in zip(key, other, strict=True)
    )
