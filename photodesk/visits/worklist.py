"""What another system says about planned visits, as plain values: a row that was understood, or why one was not.

Rows come from files and networks that are not ours: every text is bounded, nothing is taken on trust, and a row never
says which patient of ours it means; `desk.worklist` decides that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

MAX_FIELD = 200


class RowStatus(StrEnum):
    """What the row wants of the visit."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    ABOUT_PATIENT = "about-patient"
    """Says something about the patient (HL7 A08); changes a visit that is known, and makes none."""


@dataclass(frozen=True)
class WorklistRow:
    """One planned visit. `place` is the line or message it stood in, from 1; 0 where it came by a query.

    `key` is the other system's own number of the visit, "" where it has none. `birth` and `day` are None, and `sex`
    (female, male, other, unknown) "", where the row does not say.
    """

    place: int
    key: str
    mrn: str
    family: str
    given: str = ""
    birth: date | None = None
    sex: str = ""
    day: date | None = None
    at: time | None = None
    room: str = ""
    clinician: str = ""
    status: RowStatus = RowStatus.PLANNED


@dataclass(frozen=True)
class RowProblem:
    """A line that could not be used, in plain words without what it holds. `print_of` is the SHA-256 of its bytes."""

    place: int
    code: str
    message: str
    remedy: str = ""
    print_of: bytes = b""


Read = tuple[WorklistRow | RowProblem, ...]
