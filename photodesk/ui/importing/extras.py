"""Files of an import that stand in no group: still on the card, there before, not copied."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from photodesk.importing.job import FileState, Outcome, Stage
from photodesk.ui.importing.group_line import GroupLine
from photodesk.ui.importing.model import Tile
from photodesk.ui.words import counted


@dataclass(frozen=True)
class Extra:
    """A row and its tiles."""

    line: GroupLine
    tiles: tuple[Tile, ...]


_ROWS = {
    "filed": ("Filed", "For the patient chosen before", "check-circle", "Filed", "ok"),
    "assigned": ("Assigned", "For the patient chosen before", "tray", "Assigned", "ok"),
    "waiting": ("Still on the card", "Not read yet", "clock", "Waiting", "ink3"),
    "already": ("Already in PhotoDesk", "The same files, byte for byte", "copy", "Skipped", "ink3"),
    "failed": ("Not copied", "Each tile says why", "x-circle", "Please look", "bad"),
}


def extras(
    outcomes: Sequence[Outcome], tiles: Sequence[Tile], grouped: Container[str], *, running: bool, from_card: bool
) -> tuple[Extra, ...]:
    """Rows for what no group holds; `grouped` are the shots of groups."""
    found: dict[str, list[Tile]] = {name: [] for name in _ROWS}
    for outcome, tile in zip(outcomes, tiles, strict=True):
        if outcome.shot_id and outcome.shot_id in grouped and not outcome.duplicate:
            continue
        if outcome.duplicate:
            found["already"].append(tile)
        elif outcome.stage is Stage.FILED:
            found["filed"].append(tile)
        elif outcome.stage is Stage.ASSIGNED:
            found["assigned"].append(tile)
        elif outcome.failure or (not running and outcome.state is FileState.FAILED):
            found["failed"].append(tile)
        else:
            found["waiting"].append(tile)
    made = []
    for name, some in found.items():
        title, under, icon, state, tone = _ROWS[name]
        if name == "waiting" and not from_card:
            title = "Still to be read"
        if some:
            words = counted(len(some), "file")
            made.append(Extra(GroupLine(f"extra-{name}", title, under, icon, words, state, tone), tuple(some)))
    return tuple(made)
