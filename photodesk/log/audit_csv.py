"""The log as a table after RFC 4180: every cell in quotes, lines end with CR LF, UTF-8.

A cell that a spreadsheet would take for a formula begins with an apostrophe instead, as it does where one is typed:
the text is then read and not run.
"""

from __future__ import annotations

import unicodedata

from photodesk.clock import rfc3339
from photodesk.log.audit_codes import Told

COLUMNS = (
    "at",
    "workstation",
    "workstation_id",
    "entry",
    "person",
    "person_id",
    "role",
    "action",
    "patient",
    "mrn",
    "patient_id",
    "photos",
    "photo_ids",
    "purpose",
    "outcome",
    "details",
)
_RUNS = ("=", "+", "-", "@", "|", "%")


def header() -> str:
    """The first line."""
    return _row(COLUMNS)


def line(told: Told) -> str:
    """One entry."""
    return _row(
        (
            rfc3339(told.at_ms),
            told.workstation,
            told.workstation_id,
            str(told.sequence),
            told.user,
            told.person_id,
            told.role,
            told.action,
            told.patient,
            told.mrn,
            told.patient_id,
            str(len(told.photo_ids)),
            " ".join(told.photo_ids),
            told.purpose,
            told.outcome,
            "; ".join(f"{name}={value}" for name, value in sorted(told.details.items())),
        )
    )


def cell(text: str) -> str:
    """A quoted cell that no spreadsheet runs. Zero bytes are dropped."""
    text = text.replace("\0", "")
    begin = unicodedata.normalize("NFKC", text).lstrip(" \u200b\ufeff")[:1]
    if begin in _RUNS or text[:1] in {"\t", "\r", "\n"}:
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'


def _row(cells: tuple[str, ...]) -> str:
    return ",".join(cell(each) for each in cells) + "\r\n"
