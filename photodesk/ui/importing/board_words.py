"""A group in words: its row at the left, when it was taken, what is next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from photodesk.desk.inbox import InboxShot
from photodesk.importing.grouping import GroupBasis
from photodesk.patients import Patient
from photodesk.ui.importing.board import BoardGroup, BoardState
from photodesk.ui.importing.group_line import GroupLine
from photodesk.ui.words import counted, short_day_words, time_words

_BASIS = {
    GroupBasis.BRACKET: ("qr-code", "Separator card"),
    GroupBasis.TIME: ("clock", "Split by time"),
    GroupBasis.HAND: ("hand-pointing", "Grouped by hand"),
    GroupBasis.PLEASE_LOOK: ("eye", "Please look"),
}


def decided(group: BoardGroup, state: BoardState) -> bool:
    """Whether all its shots belong to somebody already."""
    return all(state.shots[one].group for one in group.all_ids if one in state.shots)


def line_of(
    group: BoardGroup, state: BoardState, patient: Patient | None, today: date, *, guessed: bool, chosen: bool
) -> GroupLine:
    """The row of a group; `patient` is whose it is or, `guessed`, may be."""
    icon, under = _BASIS[group.basis]
    when = span(group, state, today)
    title = when
    if patient is not None:
        title = patient.display_name + ("?" if guessed else "")
    if group.basis is GroupBasis.PLEASE_LOOK:
        under = group.reason or under
    elif patient is not None and group.basis is not GroupBasis.BRACKET:
        under = when
    words, tone, state_icon = "Choose patient", "ink2", ""
    if decided(group, state):
        words, tone, state_icon = "Assigned", "ok", "check-circle"
    elif group.basis is GroupBasis.PLEASE_LOOK and (patient is None or guessed):
        words, tone = "Please look", "warn"
    elif guessed:
        words, tone = "Confirm", "warn"
    elif patient is not None:
        words = "Press Enter" if chosen else "Ready"
    first = next(iter(group.all_ids), "")
    count = counted(len(group.shot_ids), "photo")
    labelled = bool(group.label_ids)
    return GroupLine(group.group_id, title, under, icon, count, words, tone, state_icon, first, label=labelled)


def span(group: BoardGroup, state: BoardState, today: date) -> str:
    """`10:02–10:14`, with the day where it is another; by the camera's clock as corrected."""
    shots = [state.shots[one] for one in group.all_ids if one in state.shots]
    times = sorted(time for shot in shots if (time := taken(shot, state))) or sorted(map(written, shots))
    if not times:
        return "No time known"
    first, last = times[0], times[-1]
    words = time_words(first.time())
    if last.date() == first.date() and time_words(last.time()) != words:
        words += f"–{time_words(last.time())}"
    return words if first.date() == today else f"{short_day_words(first.date(), today)}, {words}"


def taken(shot: InboxShot, state: BoardState) -> datetime | None:
    """When the shot was taken by the corrected camera clock; None where the file does not say."""
    time = shot.shot.facts.camera_time
    return time.local() + timedelta(milliseconds=state.offset_ms) if time is not None else None


def written(shot: InboxShot) -> datetime:
    """When the file was written on the card."""
    return datetime.fromtimestamp(shot.shot.mtime_ms / 1000)
