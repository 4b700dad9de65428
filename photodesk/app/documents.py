"""What commands print as JSON, with exactly the keys of the command line's contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from photodesk.clock import rfc3339
from photodesk.desk.activity import ActivityLine
from photodesk.desk.inbox import InboxJob
from photodesk.desk.timeline import Timeline
from photodesk.importing.group_board import GroupBoard
from photodesk.importing.grouping import Group
from photodesk.patients import PatientSummary
from photodesk.photos import CameraTime, Original, Photo

Document = dict[str, Any]
NumberOf = Callable[[str], str]


def patient_line(summary: PatientSummary) -> Document:
    """One of `patients`."""
    patient = summary.patient
    return {
        "patient_id": patient.patient_id,
        "mrn": patient.mrn,
        "family": patient.family,
        "given": patient.given,
        "birth": patient.birth.isoformat(),
        "sex": patient.sex.value,
        "photos": summary.photos,
        "last_visit": summary.last_visit.isoformat() if summary.last_visit else None,
    }


def original(of: Original) -> Document:
    """One of `originals`."""
    return {
        "original_id": of.original_id,
        "sha256": of.sha256,
        "bytes": of.size_bytes,
        "media_type": of.media_type,
        "name": of.name,
    }


def photo(of: Photo) -> Document:
    """The photo object. Width and height as displayed; sha256, bytes and media_type are the displayed original's."""
    facts = of.facts
    return {
        "photo_id": of.photo_id,
        "sha256": of.displayed.sha256,
        "bytes": of.displayed.size_bytes,
        "media_type": of.displayed.media_type,
        "width": facts.width_px,
        "height": facts.height_px,
        "camera_time": facts.camera_time.text if facts.camera_time else None,
        "corrected_time": of.taken.text if of.taken else None,
        "body_site": of.body_site or None,
        "standard_view": of.standard_view or None,
        "tags": list(of.tags),
        "orientation_applied": facts.orientation,
        "reason": facts.undecodable or None,
        "originals": [original(each) for each in of.originals],
    }


def timeline(of: Timeline) -> Document:
    """A patient's visits, newest first."""
    return {
        "patient_id": of.patient.patient_id,
        "visits": [
            {
                "visit_id": each.visit.visit_id,
                "date": each.visit.day.isoformat(),
                "title": each.visit.title,
                "reason": each.visit.reason,
                "photos": [photo(one) for one in each.photos],
                "attachments": [
                    {
                        **original(attachment.original),
                        "reason": attachment.reason,
                        "photo_id": attachment.photo_id or None,
                    }
                    for attachment in each.attachments
                ],
            }
            for each in of.visits
        ],
    }


def inbox_job(of: InboxJob, board: GroupBoard, number_of: NumberOf) -> Document:
    """One of `jobs`; `number_of` gives the record number of a patient."""
    groups = board.groups()
    group_of = {shot_id: each.group_id for each in groups for shot_id in each.shot_ids}
    cards = {shot_id for each in groups for shot_id in each.label_ids}
    return {
        "job_id": of.job.job_id,
        "started_at": rfc3339(of.job.started_at_ms),
        "camera_clock": {"offset_ms": board.offset.offset_ms, "source": board.offset.source.value},
        "gap_ms": board.gap_ms,
        "groups": [inbox_group(each, board, number_of) for each in groups],
        "shots": [
            {
                "shot_id": each.shot.shot_id,
                "name": each.shot.name,
                "sha256": each.shot.sha256,
                "state": "label" if each.shot.shot_id in cards and not each.group else each.state,
                "group": group_of.get(each.shot.shot_id),
                "camera_time": _text(each.shot.facts.camera_time),
                "corrected_time": _text(board.camera_time(each.shot.shot_id)),
                "read": bool(each.shot.facts.media_type or each.shot.reason),
            }
            for each in of.shots
        ],
    }


def _text(time: CameraTime | None) -> str | None:
    return time.text if time is not None else None


def inbox_group(of: Group, board: GroupBoard, number_of: NumberOf) -> Document:
    """One of `groups`. Patient and visit are what its cards say; the suggestion is what confirming it would file."""
    suggestion = board.suggestion(of.group_id)
    suggested: Document | None = None
    if suggestion is not None:
        suggested = {
            "patient_id": suggestion.patient_id,
            "mrn": number_of(suggestion.patient_id),
            "visit_id": suggestion.visit_id or None,
            "why": suggestion.why,
        }
    return {
        "group": of.group_id,
        "basis": of.basis.value,
        "reason": of.reason,
        "patient_id": of.patient_id or None,
        "mrn": number_of(of.patient_id) if of.patient_id else None,
        "visit_id": of.visit_id or None,
        "shots": list(of.shot_ids),
        "labels": list(of.label_ids),
        "suggestion": suggested,
    }


def activity_line(line: ActivityLine) -> Document:
    """One of `entries`."""
    return {
        "sequence": line.sequence,
        "at": rfc3339(line.at_ms),
        "workstation_id": line.workstation_id,
        "user": line.user or None,
        "role": line.role or None,
        "action": line.action.value,
        "patient_id": line.patient_id or None,
        "visit_id": line.visit_id or None,
        "photo_ids": list(line.photo_ids),
        "rendition": line.rendition or None,
        "screen": line.screen or None,
        "purpose": line.purpose or None,
        "outcome": line.outcome or None,
        "details": dict(line.details),
    }
