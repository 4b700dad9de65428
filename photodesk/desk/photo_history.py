"""Who changed what about a photo, when and why: from the operations of every chart that held it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from photodesk.desk.actor import Actor
from photodesk.desk.photo_edit import PhotoEditDesk
from photodesk.desk.roles import Right
from photodesk.errors import PhotoDeskError
from photodesk.log.entry import Action
from photodesk.store.catalog import Catalog
from photodesk.store.chart_corrections import Presence
from photodesk.store.charts import Charts
from photodesk.store.operations import Operation

_TOLD = ("visit_id", "body_site", "standard_view", "tags")
_PRESENCE = {
    Presence.HERE: "restored",
    Presence.HIDDEN: "deleted",
    Presence.MOVED: "moved away",
    Presence.PURGED: "purged",
}


@dataclass(frozen=True)
class HistoryLine:
    """One change. `patient_id` is whose chart it is in; `what` one of a few words; `changes` new values by field.

    `what`: filed, moved here, moved away, deleted, restored, purged, changed, original added, picture made anew.
    """

    at_ms: int
    patient_id: str
    what: str
    person_id: str
    person: str
    workstation_id: str
    reason: str
    changes: Mapping[str, Any]


class HistoryDesk:
    """Reads histories. Looking at one opens the records it lies in, which is an entry for each."""

    def __init__(self, actor: Actor, catalog: Catalog, charts: Charts, photo_edit: PhotoEditDesk) -> None:
        self._actor = actor
        self._catalog = catalog
        self._charts = charts
        self._photo_edit = photo_edit

    def of(self, photo_id: str, screen: str = "history") -> tuple[HistoryLine, ...]:
        """The earliest change first; also of a photo that is deleted. Fixable `photo_unknown`, Refused `no_right`."""
        self._actor.require(Right.SEE_CHART)
        lines: list[tuple[int, HistoryLine]] = []
        for patient_id in self._patients(photo_id):
            self._actor.log(self._actor.entry(Action.RECORD_OPENED, patient_id, photo_ids=(photo_id,), screen=screen))
            chart = self._charts.open(patient_id)
            item = chart.item(photo_id)
            if item is None:
                continue
            originals = [one.original_id for one in item.originals]
            for operation in chart.operations_of(list(dict.fromkeys([photo_id, *originals]))):
                line = self._line(patient_id, photo_id, operation)
                if line is not None:
                    lines.append((operation.clock, line))
        return tuple(line for _, line in sorted(lines, key=lambda pair: pair[0]))

    def _patients(self, photo_id: str) -> list[str]:
        """Whose charts held it, the present one first."""
        found: dict[str, None] = {}
        moves = self._catalog.moves_of(photo_id)
        deletion = self._catalog.deletion(photo_id)
        try:
            found[self._photo_edit.patient_of(photo_id)] = None
        except PhotoDeskError:
            if deletion is None:
                raise
        if deletion is not None:
            found[deletion.patient_id] = None
        for move in moves:
            found.update({move.patient_id: None, move.to_patient_id: None})
        return list(found)

    def _line(self, patient_id: str, photo_id: str, operation: Operation) -> HistoryLine | None:
        edit = operation.edit
        what = _what(operation, photo_id)
        if not what:
            return None
        changes = {name: edit.fields[name] for name in _TOLD if name in edit.fields}
        if edit.entity == "original":
            changes = {"name": edit.fields.get("name", "")}
        for name in ("moved_from", "moved_to"):
            if edit.fields.get(name):
                changes[name] = edit.fields[name]
        return HistoryLine(
            operation.clock >> 16,
            patient_id,
            what,
            operation.person,
            self._catalog.person_name(operation.person),
            operation.workstation,
            operation.reason,
            changes,
        )


def _what(operation: Operation, photo_id: str) -> str:
    """In a word; "" for an operation that is only part of another change."""
    edit = operation.edit
    if edit.entity == "original":
        alone = edit.verb == "add" and edit.entity_id != photo_id and "gone" not in edit.fields
        return "original added" if alone and "sha256" in edit.fields else ""
    if edit.entity not in ("photo", "attachment"):
        return ""
    if edit.fields.get("moved_from"):
        return "moved here"
    if edit.verb == "add":
        return "filed"
    if "presence" in edit.fields:
        return _PRESENCE[Presence(edit.fields["presence"])]
    return "changed" if any(name in edit.fields for name in _TOLD) else "picture made anew"
