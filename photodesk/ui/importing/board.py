"""What a job's groups are, read and changed at once on the store thread; the screens get values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from photodesk.desk.inbox import InboxShot
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.importing.group_board import GroupBoard
from photodesk.importing.grouping import Group, GroupBasis
from photodesk.importing.shot_marks import Place, ShotMarks
from photodesk.patients import Patient
from photodesk.ui.importing.job_list import JobCounts
from photodesk.ui.importing.recent_places import RecentPlaces
from photodesk.visits import Visit

if TYPE_CHECKING:
    from photodesk.desk.session import Session


@dataclass(frozen=True)
class BoardGroup:
    """One group with whose photos they are, or whose they may be (`guess`, and `why`)."""

    group_id: str
    shot_ids: tuple[str, ...]
    label_ids: tuple[str, ...]
    basis: GroupBasis
    reason: str = ""
    patient: Patient | None = None
    visit: Visit | None = None
    guess: Patient | None = None
    guessed_visit: Visit | None = None
    why: str = ""

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Separators first, then the photos."""
        return (*self.label_ids, *self.shot_ids)


@dataclass(frozen=True)
class BoardState:
    """A job's groups, its shots by id, the places chosen for them, and what the camera's clock is off by (ms)."""

    job_id: str
    groups: tuple[BoardGroup, ...] = ()
    shots: Mapping[str, InboxShot] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    offset_ms: int = 0
    suggested_offset_ms: int | None = None
    gap_ms: int = 180_000


class Board:
    """One job's groups and places, with one history for both. All methods block: call them through `Tasks.store`."""

    def __init__(self, session: Session, job_id: str) -> None:
        self.job_id = job_id
        self._session = session
        self._groups = GroupBoard(session, job_id)
        self._marks = ShotMarks(session, job_id)
        charts = session.may(Right.SEE_CHART) and session.has_chart_keys
        self._recent = RecentPlaces(session if charts else None)
        self._done: list[dict[str, Place] | None] = []
        self._undone: list[dict[str, Place] | None] = []

    def read(self) -> BoardState:
        """As it stands."""
        found, shots = self._groups.groups(), self._groups.shots()
        given = {
            one.assignment_id: (one.patient_id, one.visit_id) for one in self._session.catalog.assignments(self.job_id)
        }
        groups = tuple(self._named(group, _given_to(group, shots, given)) for group in found)
        return BoardState(
            self.job_id,
            groups,
            shots,
            self._marks.read(),
            self._groups.offset_ms,
            self._groups.suggested_offset(),
            self._groups.gap_ms,
        )

    def _named(self, group: Group, given: tuple[str, str] | None) -> BoardGroup:
        """With whose it is: what a person decided, else what its cards say, else who it may be."""
        patient, visit = self._who(*(given or (group.patient_id, group.visit_id)))
        made = BoardGroup(group.group_id, group.photo_ids, group.label_ids, group.basis, group.reason, patient, visit)
        if patient is not None:
            return made
        suggestion = self._groups.suggestion(group.group_id)
        if suggestion is None:
            return made
        guess, guessed_visit = self._who(suggestion.patient_id, suggestion.visit_id)
        return BoardGroup(
            made.group_id,
            made.shot_ids,
            made.label_ids,
            made.basis,
            made.reason,
            guess=guess,
            guessed_visit=guessed_visit,
            why=suggestion.why,
        )

    def _who(self, patient_id: str, visit_id: str) -> tuple[Patient | None, Visit | None]:
        if not patient_id:
            return None, None
        try:
            patient = self._session.patients.get(patient_id)
            return patient, self._session.catalog.visit(visit_id) if visit_id else None
        except Fixable:
            return None, None

    # -- changes; each gives the state after it --

    def split(self, shot_id: str) -> BoardState:
        """A new group begins with this shot."""
        return self._edited(lambda: self._groups.split(shot_id))

    def join(self, first: str, second: str) -> BoardState:
        """Two groups become one."""
        return self._edited(lambda: self._groups.join(first, second))

    def move(self, shot_ids: Sequence[str], group_id: str | None) -> BoardState:
        """Shots go to a group, or make one of their own."""
        return self._edited(lambda: self._groups.move(shot_ids, group_id))

    def set_gap(self, gap_ms: int) -> BoardState:
        """After how long a pause a new group begins."""
        self._groups.set_gap(gap_ms)
        return self.read()

    def set_offset(self, offset_ms: int) -> BoardState:
        """What is added to the camera's times. It has its own control and is no part of the history."""
        self._groups.set_offset(offset_ms)
        return self.read()

    def not_cards(self, shot_ids: Sequence[str]) -> BoardState:
        """These are photos, whatever code is in them."""
        return self._edited(lambda: self._groups.not_card(shot_ids))

    def place(self, shot_ids: Sequence[str], *, site: str | None = None, view: str | None = None) -> BoardState:
        """Choose site and view of shots."""
        self._done.append(self._marks.put(shot_ids, site=site, view=view))
        self._undone.clear()
        return self.read()

    def undo(self) -> BoardState:
        """Take the last change back, also one made before a lock."""
        return self._step(self._done, self._undone, self._groups.undo)

    def redo(self) -> BoardState:
        """Make again what was taken back."""
        return self._step(self._undone, self._done, self._groups.redo)

    def forget_filed(self, shot_ids: Sequence[str]) -> BoardState:
        """These are in their chart; their places are there too."""
        self._marks.forget(shot_ids)
        return self.read()

    def _edited(self, edit: Callable[[], object]) -> BoardState:
        edit()
        self._done.append(None)
        self._undone.clear()
        return self.read()

    def _step(
        self, back: list[dict[str, Place] | None], forth: list[dict[str, Place] | None], step: Callable[[], object]
    ) -> BoardState:
        """None in the history is a change of groups; what is older than this desk can only be one of those."""
        last = back.pop() if back else None
        if last is None:
            step()
            forth.append(None)
        else:
            forth.append(self._marks.read())
            self._marks.write(last)
        return self.read()

    def recent(self, patient_id: str) -> tuple[Place, ...]:
        """Places to offer for this patient, what was used last first."""
        return self._recent.of(patient_id, self._marks.read().values())


def _given_to(
    group: Group, shots: Mapping[str, InboxShot], given: Mapping[str, tuple[str, str]]
) -> tuple[str, str] | None:
    """Patient and visit that all shots of a group were assigned to; None while one waits, or where they differ."""
    found = {given.get(shots[one].group, ("", "")) for one in group.shot_ids if one in shots}
    (only,) = found if len(found) == 1 else (("", ""),)
    return only if only[0] else None


def job_counts(session: Session, job_id: str) -> JobCounts:
    """How many groups of a job are to be filed, and how many of these a person has to look at."""
    groups = GroupBoard(session, job_id)
    found, shots = groups.groups(), groups.shots()
    waiting = [one for one in found if any(not shots[shot_id].group for shot_id in one.shot_ids if shot_id in shots)]
    return JobCounts(len(waiting), sum(1 for one in waiting if one.basis is GroupBasis.PLEASE_LOOK))
