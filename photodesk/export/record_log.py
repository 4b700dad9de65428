"""What left PhotoDesk about one patient, as a table for the patient's own record."""

from __future__ import annotations

from collections.abc import Iterator

from photodesk.clock import rfc3339
from photodesk.desk.activity import ActivityDesk, ActivityLine, ActivityQuery
from photodesk.export.log_export import EXPORT
from photodesk.log.audit_csv import cell
from photodesk.log.entry import Action

_LEAVING = frozenset({Action.EXPORT, Action.SHARE, Action.PRINT})
_COLUMNS = ("at", "disclosure", "what", "photos", "purpose", "recipient", "by", "workstation", "outcome")


def disclosures_csv(activity: ActivityDesk, patient_id: str) -> Iterator[bytes]:
    """What left, to whom, when and why, oldest first, after a `LOG_READ` entry."""
    query = ActivityQuery(patient_id=patient_id, actions=_LEAVING, limit=None)
    reading = activity.ask(query, EXPORT, {"format": "disclosures"})
    for cells in (_COLUMNS, *map(_disclosed, reading.oldest_first())):
        yield (",".join(map(cell, cells)) + "\r\n").encode("utf-8")


def _disclosed(line: ActivityLine) -> tuple[str, ...]:
    return (
        rfc3339(line.at_ms),
        line.details.get("disclosure", ""),
        " ".join(text for text in (line.action.value.lower(), line.rendition) if text),
        str(len(line.photo_ids)),
        line.purpose,
        line.details.get("recipient", ""),
        line.user,
        line.workstation,
        line.outcome,
    )
