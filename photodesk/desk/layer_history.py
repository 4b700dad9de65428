"""Who drew what over a photo, when, and what stood there before: from the chart's operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from photodesk.store.conflict_rules import SEEN
from photodesk.store.operations import Operation


@dataclass(frozen=True)
class LayerChange:
    """One change of a mark or of a scale. `changes`: (before, after) by field; before is None where nothing stood.

    `what`: drawn, changed, taken away, brought back.
    """

    at_ms: int
    person_id: str
    entity: str
    entity_id: str
    what: str
    changes: Mapping[str, tuple[Any, Any]]


def layer_changes(operations: Iterable[Operation]) -> tuple[LayerChange, ...]:
    """Changes of marks and scales among these operations, which come the earliest first."""
    states: dict[tuple[str, str], dict[str, Any]] = {}
    found: list[LayerChange] = []
    for operation in operations:
        edit = operation.edit
        if edit.entity not in {"mark", "scale"}:
            continue
        known = (edit.entity, edit.entity_id) in states
        state = states.setdefault((edit.entity, edit.entity_id), {})
        changes = {
            name: (state.get(name), value)
            for name, value in edit.fields.items()
            if name not in {"gone", SEEN} and state.get(name) != value
        }
        what = _what(state, edit.fields, known=known)
        state.update(edit.fields)
        found.append(LayerChange(operation.clock >> 16, operation.person, edit.entity, edit.entity_id, what, changes))
    return tuple(found)


def _what(state: Mapping[str, Any], fields: Mapping[str, Any], *, known: bool) -> str:
    if fields.get("gone"):
        return "taken away"
    if not known:
        return "drawn"
    return "brought back" if state.get("gone") else "changed"
