"""How dates, times, people and counts are written on the screens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

NBSP = "\u00a0"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ROLES = {
    "administrator": "Administrator",
    "clinician": "Clinician",
    "front-desk": "Front desk",
    "privacy-officer": "Privacy officer",
}
_ROLE_ORDER = ("clinician", "front-desk", "privacy-officer", "administrator")


def day_words(day: date) -> str:
    """`20 Nov 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day_words(day: date, today: date) -> str:
    """`19 Nov`, with the year where it is another."""
    return f"{day.day} {_MONTHS[day.month - 1]}" + ("" if day.year == today.year else f" {day.year}")


def long_day_words(day: date) -> str:
    """`Friday, 20 November 2026`."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_LONG_MONTHS[day.month - 1]} {day.year}"


def day_and_month_words(day: date) -> str:
    """`Friday, 20 November`."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_LONG_MONTHS[day.month - 1]}"


def time_words(at: time | None) -> str:
    """`09:14`, or nothing."""
    return f"{at:%H:%M}" if at is not None else ""


def moment(at_ms: int) -> datetime:
    """Wall milliseconds as this workstation's local time."""
    return datetime.fromtimestamp(at_ms / 1000)


def moment_words(at_ms: int, today: date, *, seconds: bool = False) -> str:
    """`Today 09:14`, `19 Nov 17:02`, `30 Mar 2025 09:14`."""
    at = moment(at_ms)
    clock = f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
    if at.date() == today:
        return f"Today {clock}"
    day = f"{at.day} {_MONTHS[at.month - 1]}"
    return f"{day} {clock}" if at.year == today.year else f"{day} {at.year} {clock}"


def role_words(roles: Iterable[str]) -> str:
    """`Clinician · Administrator`, what matters at the desk first."""
    held = [str(role) for role in roles]
    return " · ".join(_ROLES.get(role, role) for role in sorted(held, key=_rank))


def _rank(role: str) -> int:
    return _ROLE_ORDER.index(role) if role in _ROLE_ORDER else len(_ROLE_ORDER)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 photo`, `214 photos`, with thousands separated."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size_words(size_bytes: int) -> str:
    """`812 kB`, `1.7 GB`, decimal units as on cards."""
    value = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            return f"{value:.0f}{NBSP}{unit}" if unit in {"bytes", "kB"} or value >= 100 else f"{value:.1f}{NBSP}{unit}"
        value /= 1000
    return ""


def card_name(label: str) -> str:
    """`Camera card EOS_DIGITAL`; without a label `Camera card`."""
    return f"Camera card{NBSP}{label}" if label else "Camera card"
