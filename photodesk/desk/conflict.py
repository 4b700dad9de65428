"""A conflict in words: what two people said about one thing without knowing of each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from photodesk.errors import Fixable
from photodesk.photos.sites import body_site
from photodesk.photos.views import standard_view

NOTHING = "nothing"
ALONE = "an entry of its own"
_WHAT: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("patient", "mrn"): "Record number",
        ("patient", "family"): "Family name",
        ("patient", "given"): "Given names",
        ("patient", "birth"): "Birth date",
        ("patient", "sex"): "Sex",
        ("same_person", "main_id"): "Same person as",
        ("visit", "day"): "Day of the visit",
        ("visit", "at"): "Time of the visit",
        ("visit", "room"): "Room",
        ("visit", "clinician_id"): "Clinician",
        ("keeping", "retention"): "Class of the record",
        ("keeping", "hold"): "Legal hold",
        ("keeping", "hold_reason"): "Reason of the hold",
        ("photo", "visit_id"): "Visit of the photo",
        ("photo", "body_site"): "Body site",
        ("photo", "standard_view"): "View",
        ("photo", "tags"): "Tags",
        ("attachment", "visit_id"): "Visit of the file",
        ("visit_text", "title"): "Title of the visit",
        ("visit_text", "reason"): "Reason of the visit",
        ("record", "notes"): "Notes",
        ("mark", "points"): "Place of a mark",
        ("mark", "text"): "Text of a mark",
        ("mark", "lesion_id"): "Lesion of a mark",
        ("lesion", "name"): "Name of a lesion",
        ("lesion", "body_site"): "Body site of a lesion",
        ("comparison", "name"): "Name of a comparison",
        ("comparison", "content"): "What a comparison shows",
    }
)
_DELETED: Mapping[str, str] = MappingProxyType(
    {
        "photo": "Deleted photo",
        "attachment": "Deleted file",
        "visit": "Cancelled visit",
        "mark": "Mark that was taken away",
        "scale": "Scale that was taken away",
        "lesion": "Lesion that was taken away",
        "comparison": "Comparison that was dropped",
    }
)


@dataclass(frozen=True)
class Side:
    """One of two values: in words, by whom, where and when (wall ms of that workstation)."""

    words: str
    person_id: str
    person: str
    workstation_id: str
    workstation: str
    at_ms: int


@dataclass(frozen=True)
class Conflict:
    """What a person is to decide. `here` stands now, on every workstation; `there` was written unseen.

    `what` names the thing in words, `about` what it belongs to (`photo`, `patient`, `visit`), `day` the visit's where
    there is one. `patient_id` is "" for what belongs to no patient.
    """

    conflict_id: str
    patient_id: str
    entity: str
    entity_id: str
    field: str
    photo_id: str | None
    about: str
    what: str
    here: Side
    there: Side
    blocks_export: bool
    day: str = ""


def what(entity: str, field: str, *, deleted: bool) -> str:
    """What is in conflict, in words."""
    if deleted:
        return _DELETED.get(entity, "Something that was deleted")
    return _WHAT.get((entity, field), "Scale" if entity == "scale" else "Something that was changed")


def about(entity: str) -> str:
    """What it belongs to, as people call it."""
    called = {"visit_text": "visit", "record": "patient", "keeping": "patient", "same_person": "patient"}
    return {**called, "attachment": "file"}.get(entity, entity)


def words(entity: str, field: str, value: Any, days: Mapping[str, str]) -> str:
    """A value as the screens show it; `days` are the patient's visits' days by id, or names of patients by theirs."""
    if field == "main_id":
        return days.get(str(value), "another entry") if value else ALONE
    if value is None or value in ("", []):
        return NOTHING
    if field == "visit_id":
        return days.get(str(value), "another visit")
    if field == "tags" and isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if field in _IN_WORDS:
        return _IN_WORDS[field](value)
    return str(value)


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def _named(name: Callable[[], str], value: Any) -> str:
    try:
        return name()
    except Fixable:
        return str(value)


_IN_WORDS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "birth": lambda value: _day(str(value)),
        "day": lambda value: _day(str(value)),
        "body_site": lambda value: _named(lambda: body_site(str(value)).name, value),
        "standard_view": lambda value: _named(lambda: standard_view(str(value)).name, value),
        "hold": lambda value: "held" if value else "not held",
        "points": lambda _: "drawn so",
        "content": lambda _: "shown so",
        "lesion_id": lambda _: "another lesion",
    }
)
