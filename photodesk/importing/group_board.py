"""One import's groups as a signed-in person sees and changes them.

Groups come from what the cards and pauses say (`grouping`) and from edits that the catalog keeps, so that they survive
a lock and are the same for the next person. Nothing here assigns or files: a person confirms a suggestion, and
`InboxFiling.file_shots` does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.desk.camera_clock import ClockOffset, OffsetSource, keep_offset, kept_offset
from photodesk.desk.inbox import InboxShot
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.importing.group_memory import GroupMemory, clinic_separators, group_shot, offset_of_cards
from photodesk.importing.grouping import Edit, Group, GroupBasis, Join, Move, NotCard, Split, group
from photodesk.importing.job import Assignment
from photodesk.importing.separators import LabelReader
from photodesk.importing.suggesting import Suggestion, suggest
from photodesk.log.entry import Action
from photodesk.photos import CameraTime

if TYPE_CHECKING:
    from photodesk.desk.session import Session

__all__ = ["GroupBoard", "Suggestion"]


NOT_READ = "Some of these were copied and not looked at yet: they may be another patient's."


@dataclass(frozen=True)
class _Look:
    """What was read at one time; `said_ms` is what the cards say the camera's clock is off by."""

    shots: Mapping[str, InboxShot]
    groups: tuple[Group, ...]
    by_id: Mapping[str, Group]
    offset: ClockOffset
    said_ms: int | None


class GroupBoard:
    """The groups of one job. Reads packs and the catalog, writes the catalog: for the store thread.

    `groups()` looks anew; everything else speaks of what it last saw. Fixable `job_unknown`, Refused `no_right`.
    """

    def __init__(self, session: Session, job_id: str) -> None:
        self.job_id = job_id
        self._session = session
        self._memory = GroupMemory(session.catalog, job_id)
        self._look: _Look | None = None
        self._offset: tuple[_Look, ClockOffset] | None = None

    def groups(self) -> tuple[Group, ...]:
        """Everything that waits, in the order it was taken."""
        self._look = self._looked()
        return self._look.groups

    def group(self, group_id: str) -> Group:
        """One group; Fixable `group_unknown`."""
        found = self._seen().by_id.get(group_id)
        if found is None:
            raise Fixable("group_unknown", "There is no such group in this import.", "List the inbox again.")
        return found

    def shots(self) -> Mapping[str, InboxShot]:
        """The shots that wait, by id."""
        return self._seen().shots

    def suggestion(self, group_id: str) -> Suggestion | None:
        """Whose photos these may be: what the card says, or the visit at that time. None where it would be a guess."""
        return suggest(self._session, self.group(group_id), self._taken(group_id))

    def assignment(self, group_id: str) -> Assignment | None:
        """What confirming the suggestion would order; without a visit, the patient's of the day of the first photo."""
        suggestion = self.suggestion(group_id)
        if suggestion is None:
            return None
        taken = self._taken(group_id)
        day = taken.local().date() if taken is not None else date.fromisoformat(self._session.today)
        if suggestion.visit_id:
            day = self._session.catalog.visit(suggestion.visit_id).day
        return Assignment(suggestion.patient_id, day, visit_id=suggestion.visit_id)

    def _taken(self, group_id: str) -> CameraTime | None:
        times = [self.camera_time(shot_id) for shot_id in self.group(group_id).shot_ids]
        return min((time for time in times if time is not None), default=None)

    def camera_time(self, shot_id: str) -> CameraTime | None:
        """When a shot was taken, with the job's offset; None where the file does not say."""
        shot = self._seen().shots.get(shot_id)
        written = shot.shot.facts.camera_time if shot is not None else None
        return None if written is None else self.offset.corrected(written)

    # -- by hand ------------------------------------------------------------------------------------------------

    def split(self, shot_id: str) -> str:
        """A new group begins at this shot: its id. Fixable `shot_unknown`."""
        self._known([shot_id])
        made = ids.ordered_id(self._session.clock.wall_ms())
        self._edit(Split(shot_id, made))
        return made

    def join(self, group_id: str, joined_id: str) -> None:
        """The second group becomes part of the first, which keeps its id. Fixable `group_unknown`."""
        for each in (group_id, joined_id):
            self.group(each)
        self._edit(Join(group_id, joined_id))

    def move(self, shot_ids: Sequence[str], group_id: str | None) -> str:
        """Shots go to another group, or with None to a new one: its id. Fixable `shot_unknown`, `group_unknown`."""
        self._known(shot_ids)
        target = ids.ordered_id(self._session.clock.wall_ms()) if group_id is None else self.group(group_id).group_id
        self._edit(Move(tuple(shot_ids), target))
        return target

    def not_card(self, shot_ids: Sequence[str]) -> None:
        """These are clinical photos, whatever code is in them. Fixable `shot_unknown`."""
        self._known(shot_ids)
        self._edit(NotCard(tuple(shot_ids)))

    def undo(self) -> bool:
        """Take the last change by hand back; False where there is none."""
        self._session.require(Right.FILE_SHOTS)
        self._look = None
        return self._memory.undo(self._session.actor.change("grouping undone"))

    def redo(self) -> bool:
        """Make it again; False where there is none."""
        self._session.require(Right.FILE_SHOTS)
        self._look = None
        return self._memory.redo(self._session.actor.change("grouping made again"))

    def _edit(self, edit: Edit) -> None:
        self._session.require(Right.FILE_SHOTS)
        self._memory.add(self._session.actor.change("photos grouped by hand"), edit)
        self._look = None

    # -- pauses and the camera's clock --------------------------------------------------------------------------

    @property
    def gap_ms(self) -> int:
        """The pause after which a new group begins."""
        return self._memory.gap_ms

    def set_gap(self, gap_ms: int) -> None:
        """Change it for this import."""
        self._session.require(Right.FILE_SHOTS)
        self._memory.set_gap(self._session.actor.change("pause between groups"), gap_ms)
        self._look = None

    @property
    def offset(self) -> ClockOffset:
        """What is added to this import's camera times: what a person set, else what the separator cards say."""
        return self._seen().offset

    @property
    def offset_ms(self) -> int:
        """The same in milliseconds."""
        return self.offset.offset_ms

    def suggested_offset(self) -> int | None:
        """What the cards photographed on a screen say, in milliseconds; None without one, or where they disagree."""
        return self._seen().said_ms

    def set_offset(self, offset_ms: int | None) -> None:
        """Set it by hand; None goes back to what the separator cards say. Logged; the files stay as they are."""
        self._session.require(Right.FILE_SHOTS)
        offset = ClockOffset() if offset_ms is None else ClockOffset(offset_ms, OffsetSource.HAND)
        actor = self._session.actor
        details = {"what": "camera clock", "job": self.job_id, "offset_ms": str(offset.offset_ms)}
        with actor.logged(actor.entry(Action.EDIT, details=details)):
            keep_offset(self._session.catalog, actor.change("camera clock"), self.job_id, offset)
        self._look = None
        self._offset = None

    # -- inside -------------------------------------------------------------------------------------------------

    def _seen(self) -> _Look:
        if self._look is None:
            self._look = self._looked()
        return self._look

    def _looked(self) -> _Look:
        session = self._session
        shots = {one.shot.shot_id: one for one in session.inbox.job(self.job_id).shots}
        reader = LabelReader(session.keyset, session.catalog)
        here = [group_shot(one.shot, reader.of(one.shot.facts.codes)) for one in shots.values()]
        gone = [shot for shot in self._memory.gone() if shot.shot_id not in shots]
        seen = (*here, *gone)
        groups = group(
            seen,
            self._memory.gap_ms,
            self._memory.edits,
            clinic_separators(session.catalog),
            frozenset(shot.shot_id for shot in gone),
        )
        groups = tuple(_wary(one, shots) for one in groups)
        said_ms = offset_of_cards(seen)
        offset = kept_offset(session.catalog, self.job_id)
        if offset.source is OffsetSource.NONE and said_ms is not None:
            offset = ClockOffset(said_ms, OffsetSource.SEPARATOR)
        return _Look(shots, groups, {one.group_id: one for one in groups}, offset, said_ms)

    def _known(self, shot_ids: Iterable[str]) -> None:
        if not self._seen().shots.keys() >= set(shot_ids):
            raise Fixable("shot_unknown", "The inbox holds no such shots.", "List the inbox again.")


def _wary(one: Group, shots: Mapping[str, InboxShot]) -> Group:
    """Where shots were not read yet (stopped, killed) a card may be among them: nobody is suggested."""
    if all(shots[shot_id].shot.facts.media_type for shot_id in one.shot_ids if shot_id in shots):
        return one
    return replace(one, patient_id="", visit_id="", basis=GroupBasis.PLEASE_LOOK, reason=NOT_READ)
