"""Which fields a person reviews when two workstations changed them without knowing of each other, and what deletes.

Of every other field the last writer's value stands and the other one stays in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

SEEN = "seen"  # what a deletion knew of the entity: clocks by field

REVIEWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "patient": frozenset({"mrn", "family", "given", "birth", "sex"}),
        "visit": frozenset({"day", "at", "room", "clinician_id"}),
        "keeping": frozenset({"retention", "hold", "hold_reason"}),
        "same_person": frozenset({"main_id"}),
        "photo": frozenset({"visit_id", "body_site", "standard_view", "tags"}),
        "attachment": frozenset({"visit_id"}),
        "visit_text": frozenset({"title", "reason"}),
        "record": frozenset({"notes"}),
        "mark": frozenset({"points", "text", "lesion_id"}),
        "scale": frozenset({"across_mm", "down_mm", "points", "known_mm"}),
        "lesion": frozenset({"name", "body_site"}),
        "comparison": frozenset({"name", "content"}),
    }
)

_GONE = ("gone", frozenset({1}))
_PRESENCE = ("presence", frozenset({"hidden", "moved", "purged"}))
_DELETES: Mapping[str, tuple[str, frozenset[Any]]] = MappingProxyType(
    {
        "photo": _PRESENCE,
        "attachment": _PRESENCE,
        "visit": ("cancelled", frozenset({1})),
        "mark": _GONE,
        "scale": _GONE,
        "lesion": _GONE,
        "comparison": _GONE,
    }
)

BLOCKING = frozenset(
    {
        ("patient", "mrn"),
        ("patient", "family"),
        ("patient", "given"),
        ("patient", "birth"),
        ("same_person", "main_id"),
        ("photo", "body_site"),
        ("photo", "standard_view"),
    }
)
"""What nobody may learn wrong: while it is open, nothing of it is exported."""


def reviewed(entity: str) -> frozenset[str]:
    """Fields of an entity whose concurrent values a person decides about."""
    return REVIEWED.get(entity, frozenset())


def deleting_field(entity: str) -> str:
    """The field that says whether it is deleted; "" where it cannot be."""
    return _DELETES[entity][0] if entity in _DELETES else ""


def deletes(entity: str, fields: Mapping[str, Any]) -> bool:
    """Whether an edit of these fields deletes the entity."""
    rule = _DELETES.get(entity)
    if rule is None or rule[0] not in fields:
        return False
    value = fields[rule[0]]
    return isinstance(value, int | str) and value in rule[1]
