"""What waits to be filed, group by group, for the home page: when it was taken, how many, whose it may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from photodesk.errors import Fixable
from photodesk.importing.group_board import GroupBoard
from photodesk.importing.grouping import Group, GroupBasis

if TYPE_CHECKING:
    from photodesk.desk.session import Session


@dataclass(frozen=True)
class WaitingGroup:
    """A group that somebody has to file. `first` and `last` are camera times as corrected; `name` a suggestion."""

    job_id: str
    photos: int
    first: datetime | None
    last: datetime | None
    name: str
    please_look: bool
    picture_ids: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    """All photos that wait, those of them that are assigned, the newest groups, and the photos not in these."""

    photos: int
    assigned: int
    groups: tuple[WaitingGroup, ...]
    more: int


def waiting(session: Session, most: int) -> Waiting:
    """Read the inbox; `most` groups, of the newest import first. For the store thread."""
    jobs = session.inbox.jobs()
    shots = [shot for job in jobs for shot in job.shots]
    found: list[WaitingGroup] = []
    shown = 0
    for job in reversed(jobs):
        if len(found) >= most:
            break
        board = GroupBoard(session, job.job.job_id)
        groups, here = board.groups(), board.shots()
        for group in groups:
            left = [one for one in group.shot_ids if one in here and not here[one].group]
            if left and len(found) < most:
                found.append(_waiting(session, board, group))
                shown += len(left)
    assigned = sum(1 for shot in shots if shot.group)
    return Waiting(len(shots), assigned, tuple(found), max(0, len(shots) - assigned - shown))


def _waiting(session: Session, board: GroupBoard, group: Group) -> WaitingGroup:
    times = sorted(time.local() for one in group.shot_ids if (time := board.camera_time(one)) is not None)
    suggestion = board.suggestion(group.group_id)
    name = ""
    if suggestion is not None:
        try:
            name = session.patients.get(suggestion.patient_id).display_name
        except Fixable:
            name = ""  # the patient is not in this catalog any more: then nobody is suggested
    shots = board.shots()
    pictures = tuple(one for one in group.photo_ids if one in shots and shots[one].shot.has_thumbnail)
    look = group.basis is GroupBasis.PLEASE_LOOK
    first, last = (times[0], times[-1]) if times else (None, None)
    return WaitingGroup(board.job_id, len(group.photo_ids), first, last, name, look, pictures[:2])
