"""Entries in words: what a person did, to what, with which icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photodesk.ui.words import counted

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine
    from photodesk.desk.activity_flags import Flagged

ACTIONS: dict[str, tuple[str, str]] = {
    "VIEW": ("eye", "Viewed"),
    "VIEW_END": ("eye-slash", "Stopped viewing"),
    "COMPARE": ("columns", "Compared"),
    "PRESENT": ("monitor", "Presented"),
    "SEARCH": ("magnifying-glass", "Searched"),
    "IMPORT": ("download-simple", "Imported"),
    "FILE": ("tray", "Filed"),
    "EDIT": ("pencil-simple", "Changed"),
    "CONSENT": ("check-circle", "Consent"),
    "EXPORT": ("export", "Exported"),
    "PRINT": ("printer", "Printed"),
    "SHARE": ("export", "Shared"),
    "MOVE": ("arrow-right", "Moved"),
    "DELETE": ("x-circle", "Deleted"),
    "ERASE": ("x-circle", "Erased"),
    "MERGE": ("link-simple", "Merged"),
    "RECORD_OPENED": ("user-circle", "Opened"),
    "UNLOCK": ("lock-simple-open", "Unlocked"),
    "UNLOCK_FAILED": ("warning-circle", "Wrong password"),
    "LOCK": ("lock-simple", "Locked"),
    "START": ("power", "Started"),
    "STOP": ("power", "Stopped"),
    "LOG_READ": ("list-bullets", "Read the log"),
    "PERSON": ("users-three", "People"),
    "WORKSTATION": ("desktop-tower", "Workstation"),
    "POLICY": ("shield-check", "Policy"),
    "BACKUP": ("hard-drive", "Backed up"),
    "RESTORE": ("hard-drive", "Restored"),
    "TIME_JUMP": ("clock", "Time jump"),
    "DAMAGE": ("warning-circle", "Damage found"),
}
FLAG_ICONS = {
    "After hours": "moon",
    "No visit": "calendar-blank",
    "Same name": "users-three",
    "Own record": "user-circle",
    "Many patients": "stack",
    "Unusual volume": "stack",
}
_SCREENS = {"photo": "full size"}
_SHOWN_AS = {"thumbnail": "Thumbnails", "screen": "Screen size", "original": "Original"}


def action_words(action: str) -> str:
    """`VIEW` → `Viewed`."""
    return ACTIONS.get(action, ("circle", action.capitalize()))[1]


def action_icon(action: str) -> str:
    """The icon's name."""
    return ACTIONS.get(action, ("circle", ""))[0]


def flag_words(flagged: Flagged) -> str:
    """The chip of a flagged entry: `After hours`, or the first of several and how many more."""
    first = flagged.flags[0].kind.value.capitalize()
    return first if len(flagged.flags) == 1 else f"{first} +{len(flagged.flags) - 1}"


def flag_icon(words: str) -> str:
    """The icon of a chip."""
    return FLAG_ICONS.get(words.partition(" +")[0], "flag")


def what_words(line: ActivityLine) -> str:
    """What it was about: `2 photos, compare`; the reason of a lock; what was changed."""
    parts = []
    if line.photo_ids:
        parts.append(counted(len(line.photo_ids), "photo"))
    what = line.details.get("what") or line.details.get("reason") or ""
    if what:
        parts.append(what)
    if line.screen:
        parts.append(_SCREENS.get(line.screen, line.screen))
    if line.outcome:
        parts.append(line.outcome.replace("_", " "))
    words = ", ".join(parts)
    return words[:1].upper() + words[1:] if words else ""


def shown_words(line: ActivityLine) -> str:
    """`Screen size, 11 seconds`."""
    parts = [_SHOWN_AS.get(line.rendition, line.rendition)] if line.rendition else []
    duration = line.details.get("duration_ms", "")
    if duration.isdigit():
        parts.append(counted(max(1, round(int(duration) / 1000)), "second"))
    return ", ".join(parts)
