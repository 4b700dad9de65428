"""Texts of other systems as values: dates, times, sex, status. Nothing is guessed: what is not clear is None."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time

from photodesk.visits.worklist import MAX_FIELD, RowStatus
from photodesk.visits.worklist_source import DateOrder

MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS = 20_000
MAX_LINE_BYTES = 64 * 1024

_SEPARATED = re.compile(r"(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})", re.ASCII)
_COMPACT = re.compile(r"\d{8}", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?|(\d{2})(?:\d{2}(?:\.\d+)?)?)\s*([ap])?\.?(?:m\.?)?",
    re.ASCII | re.I,
)
_HL7_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?([+-]\d{4})?", re.ASCII)
_SEX = {
    "female": "female",
    "f": "female",
    "w": "female",
    "weiblich": "female",
    "frau": "female",
    "male": "male",
    "m": "male",
    "männlich": "male",
    "mann": "male",
    "other": "other",
    "o": "other",
    "d": "other",
    "divers": "other",
    "a": "other",
    "unknown": "unknown",
    "u": "unknown",
    "n": "unknown",
}
_CANCELLED = re.compile(
    r"\b(cancell?ed|cancel|deleted?|storniert|abgesagt|annul\w*|no[- ]?show\w*|discontinued)\b", re.I
)


def tidy(text: str) -> str:
    """NFC, single spaces, no marks of order or width that nobody sees."""
    plain = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf" or c == "\u200d")
    return " ".join(plain.split())


def usable(text: str) -> bool:
    """Whether a tidy text fits and holds no control characters."""
    return len(text) <= MAX_FIELD and not any(unicodedata.category(c) in {"Cc", "Cs", "Cn"} for c in text)


def day_of(text: str, order: DateOrder) -> date | None:
    """A date in this order (ISO 8601 and `YYYYMMDD` always), or None."""
    text = text.strip()
    if _COMPACT.fullmatch(text):
        return _date(text[:4], text[4:6], text[6:])
    match = _SEPARATED.fullmatch(text)
    if match is None:
        return None
    first, middle, last = match.groups()
    if len(first) == 4:
        return _date(first, middle, last)
    if order is DateOrder.YEAR_FIRST or len(last) != 4:
        return None
    return _date(last, middle, first) if order is DateOrder.DAY_FIRST else _date(last, first, middle)


def time_of(text: str) -> time | None:
    """`9:40`, `09.40`, `0940`, `094000`, `9:40 PM`, or None."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minutes = int(match[1]), int(match[2] or match[4])
    if match[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[5].lower() == "p" else 0)
    return time(hour, minutes) if hour < 24 and minutes < 60 else None


def moment_of(text: str, order: DateOrder) -> tuple[date | None, time | None]:
    """Day and time of one text such as `20.11.2026 09:40` or `2026-11-20T09:40:00`; None for each that is not clear."""
    compact = hl7_moment(text.strip())
    if compact != (None, None):
        return compact
    day, _, hour = text.strip().replace("T", " ", 1).partition(" ")
    return day_of(day, order), time_of(re.sub(r"(Z|[+-]\d{2}:?\d{2})$", "", hour))


def hl7_moment(text: str) -> tuple[date | None, time | None]:
    """`YYYYMMDD[HHMM[SS[.S]]][±ZZZZ]` (HL7 v2 TS, DICOM DT); with an offset it is turned to this workstation's time."""
    match = _HL7_MOMENT.fullmatch(text)
    if match is None:
        return None, None
    year, month, day, hour, minute, _, offset = match.groups()
    try:
        if hour is None:
            return date(int(year), int(month), int(day)), None
        zone = f"{offset[:3]}:{offset[3:]}" if offset else ""
        moment = datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:00{zone}")
        moment = moment.astimezone() if offset else moment
    except (ValueError, OverflowError, OSError):
        return None, None
    return moment.date(), moment.time().replace(tzinfo=None)


def sex_of(text: str) -> str:
    """`female`, `male`, `other`, `unknown`; "" where it does not say."""
    return _SEX.get(text.strip().casefold(), "")


def status_of(text: str) -> RowStatus:
    """Cancelled where the word says so (patient not shown included), planned otherwise."""
    return RowStatus.CANCELLED if _CANCELLED.search(text) else RowStatus.PLANNED


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
