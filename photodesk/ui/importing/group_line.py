"""One row of the list of groups, as words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GroupLine:
    """One row. `shot_id` is the shot in its well; `state` with its tone says what is next or done."""

    group_id: str
    title: str
    under: str
    icon: str
    count: str
    state: str = ""
    tone: str = "ink2"
    state_icon: str = ""
    shot_id: str = ""
    label: bool = False
