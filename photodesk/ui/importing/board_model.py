"""The groups of an import as shown: lines, tiles, what is chosen, what is next. Testable without a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from photodesk.importing.grouping import GroupBasis
from photodesk.importing.job import Assignment
from photodesk.importing.shot_marks import Place
from photodesk.patients import Patient
from photodesk.ui.importing.board import BoardGroup, BoardState
from photodesk.ui.importing.board_words import decided, line_of
from photodesk.ui.importing.extras import Extra
from photodesk.ui.importing.group_line import GroupLine
from photodesk.ui.importing.model import Tile, tile_of_shot
from photodesk.ui.importing.recent_places import place_words
from photodesk.ui.words import counted

Part = tuple[Assignment, tuple[str, ...]]


@dataclass(frozen=True)
class Filing:
    """What `Enter` decides: whose, and which shots with which site and view."""

    group_id: str
    parts: tuple[Part, ...]

    @property
    def shot_ids(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(shot_id for _, shot_ids in self.parts for shot_id in shot_ids)


class BoardModel:
    """One job on the screen."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.state: BoardState | None = None
        self.extras: tuple[Extra, ...] = ()
        self.chosen = ""
        self.wanted: Patient | None = None
        self.filed_here: set[str] = set()
        self._others: dict[str, Patient] = {}
        self._done: dict[str, tuple[GroupLine, tuple[Tile, ...]]] = {}

    # -- what there is --

    def take(self, state: BoardState) -> None:
        """The job as the desk knows it now; the choice stays where it can."""
        before = [line.group_id for line in self.lines()]
        self.state = state
        now = [line.group_id for line in self.lines()]
        if self.chosen not in now:
            at = before.index(self.chosen) if self.chosen in before else 0
            left = [group_id for group_id in before[at:] if group_id in now and group_id not in self._done]
            self.chosen = left[0] if left else self.next_open("") or (now[0] if now else "")

    def take_extras(self, extras: tuple[Extra, ...]) -> None:
        """Files that are in no group: not copied yet, there before, not copied at all."""
        self.extras = extras
        now = [line.group_id for line in self.lines()]
        if self.chosen not in now:
            self.chosen = self.next_open("") or (now[0] if now else "")

    def forget(self) -> None:
        """Another job."""
        self.state, self.extras, self.chosen = None, (), ""
        self._others.clear()
        self._done.clear()
        self.filed_here.clear()

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

    def count_words(self) -> str:
        """`5 groups`."""
        return counted(len(self.lines()), "group")

    def lines(self) -> tuple[GroupLine, ...]:
        """What was filed here, what is to be filed, what is not copied yet."""
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

    # -- whose --

    def patient(self) -> Patient | None:
        """Whose photos the chosen group holds, as far as it is said or guessed."""
        group = self.group
        if group is None:
            return None
        return self._named(group) or group.guess

    def is_guess(self) -> bool:
        """Whether the patient is only guessed: `Enter` confirms."""
        group = self.group
        return group is not None and self._named(group) is None and group.guess is not None

    def _named(self, group: BoardGroup) -> Patient | None:
        return self._others.get(group.group_id) or group.patient or self.wanted

    def choose_patient(self, patient: Patient) -> None:
        """A person said whose these are."""
        if self.group is not None:
            self._others[self.group.group_id] = patient

    def day(self) -> date:
        """The visit's day that is offered first."""
        group = self.group
        if group is not None and group.group_id not in self._others and (group.patient or not self.wanted):
            visit = group.visit or group.guessed_visit
            if visit is not None:
                return visit.day
        return self.today

    def under(self) -> str:
        """What stands below the patient's name."""
        group = self.group
        if group is None:
            return ""
        if group.group_id in self._others:
            return "Chosen by hand. Enter files them."
        if self.is_guess():
            return f"{group.why} Press Enter to confirm." if group.why else "Press Enter to confirm."
        return group.reason

    def title(self) -> str:
        """Name, or what the group is."""
        patient = self.patient()
        if patient is not None:
            return f"{patient.display_name}?" if self.is_guess() else patient.display_name
        line = next((line for line in self.lines() if line.group_id == self.chosen), None)
        return line.title if line is not None else ""

    # -- filing --

    def can_file(self) -> bool:
        """Whether the chosen group waits for a decision."""
        group = self.group
        if group is None or self.state is None:
            return False
        return group.group_id not in self._done and not decided(group, self.state)

    def filing(self, day: date) -> Filing | None:
        """What filing the chosen group means now; None without a patient."""
        group, patient, state = self.group, self.patient(), self.state
        if group is None or patient is None or state is None:
            return None
        visit = None if group.group_id in self._others else group.visit or group.guessed_visit
        visit_id = (
            visit.visit_id if visit is not None and visit.day == day and visit.patient_id == patient.patient_id else ""
        )
        parts: dict[Place, list[str]] = {}
        for shot_id in group.label_ids:
            parts.setdefault(Place(), []).append(shot_id)
        for shot_id in group.shot_ids:
            parts.setdefault(state.places.get(shot_id, Place()), []).append(shot_id)
        return Filing(
            group.group_id,
            tuple(
                (Assignment(patient.patient_id, day, place.site, place.view, visit_id), tuple(shot_ids))
                for place, shot_ids in parts.items()
            ),
        )

    def filed(self, filing: Filing, *, in_chart: bool) -> None:
        """It was done; the next open group is chosen."""
        group = next((group for group in self.groups if group.group_id == filing.group_id), None)
        if group is None or self.state is None:
            return
        chosen, self.chosen = self.chosen, group.group_id
        line = replace(
            self._line(group, self.state), title=self.title().rstrip("?"), state_icon="check-circle", tone="ok"
        )
        self.filed_here.update(filing.shot_ids)
        tiles = tuple(replace(tile, filed=in_chart) for tile in self.tiles())
        self._done[group.group_id] = (replace(line, state="Filed" if in_chart else "Assigned"), tiles)
        self.chosen = self.next_open(group.group_id) or chosen

    def all_filed(self) -> None:
        """What was assigned while the copy went on is in its charts now."""
        for group_id, (line, tiles) in self._done.items():
            now = tuple(replace(tile, filed=True) for tile in tiles)
            self._done[group_id] = (replace(line, state="Filed"), now)

    def _line(self, group: BoardGroup, state: BoardState) -> GroupLine:
        named = self._named(group)
        patient = named or group.guess
        guessed, chosen = named is None and patient is not None, group.group_id == self.chosen
        return line_of(group, state, patient, self.today, guessed=guessed, chosen=chosen)
