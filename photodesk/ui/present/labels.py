"""What may be said of a pair in front of a patient: which is earlier, and what is not as the camera took it."""

from __future__ import annotations

from collections.abc import Sequence

from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode

BEFORE, AFTER = "Before", "After"


def end_words(model: CompareModel) -> tuple[str, str]:
    """The words at the left and at the right; photos of one day have no before and after."""
    a, b = model.frame(Side.A), model.frame(Side.B)
    if a is None or b is None:
        return "", ""
    if a.visit.day == b.visit.day:
        return "First", "Second"
    return (BEFORE, AFTER) if a.visit.day < b.visit.day else (AFTER, BEFORE)


def row_words(model: CompareModel, photo_ids: Sequence[str]) -> tuple[str, str]:
    """Of three photos or more: which end is the first visit, where they hang in the order of time."""
    days = [frame.visit.day for frame in map(model.frame_of, photo_ids) if frame is not None]
    if len(set(days)) < 2:
        return "", ""
    if days == sorted(days):
        return "First", "Last"
    return ("Last", "First") if days == sorted(days, reverse=True) else ("", "")


def note_words(model: CompareModel) -> str:
    """What has to be said of photos that are not shown as the cameras took them; "" where there is nothing to say."""
    told = []
    if model.mode is not Mode.SIDE_BY_SIDE and not model.aligned:
        told.append("Shown as taken, not aligned")
    if model.aligned and model.laying is not None and model.laying.bent:
        told.append("Skin bent by landmarks")
    if model.light is not None:
        told.append("Colour and light matched")
    return " · ".join(told)
