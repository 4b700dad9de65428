"""What the clinic decides about its activity log, each under a name of the clinic's policies.

| name | value | without it |
| --- | --- | --- |
| `log.hours` | opening hours: `mon-fri 07:00-18:00; sat 08:00-12:00` | `mon-fri 07:00-19:00` |
| `log.burst` | so many patients within ten minutes are flagged | 12 |
| `log.sign-off-days` | a sign-off is due after so many days | 7 |
| `log.staff-names` | what a patient's report calls staff: `names` or `roles` | `names` |
| `log.atna` | `host:port` of an audit repository for the live feed, see `background.audit_feed` | `off` |
| `log.atna-ca` | certificates that vouch for the repository: PEM, or base64 | those the system trusts |

A value that cannot be read counts as none: a policy never hides a flag.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from photodesk.errors import PhotoDeskError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_WORDS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
DEFAULT_HOURS = "mon-fri 07:00-19:00"
DEFAULT_BURST = 12
DEFAULT_SIGN_OFF_DAYS = 7
BURST_MS = 600_000
_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")
_FEED = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]{0,252}):(\d{1,5})")

Get = Callable[[str], str | None]


@dataclass(frozen=True)
class Hours:
    """When the clinic is open: minutes of the day from, until, by weekday (Monday 0)."""

    spans: tuple[tuple[tuple[int, int], ...], ...]

    def closed(self, weekday: int, minute: int) -> str:
        """Why this is after hours, in words; "" where the clinic is open."""
        spans = self.spans[weekday]
        if any(begin <= minute < end for begin, end in spans):
            return ""
        if not spans:
            return f"The clinic is closed on {DAY_WORDS[weekday]}."
        ended = [end for _, end in spans if end <= minute]
        if len(ended) == len(spans):
            return f"The clinic closes at {_clock(max(ended))}."
        return f"The clinic opens at {_clock(min(begin for begin, _ in spans if begin > minute))}."


def hours_of(text: str) -> Hours:
    """Opening hours as the policy writes them; ValueError."""
    spans: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for part in text.lower().split(";"):
        found = _SPAN.fullmatch(" ".join(part.split()))
        if found is None or found[1] not in DAYS or (found[2] or "mon") not in DAYS:
            raise ValueError("opening hours are written mon-fri 07:00-19:00; sat 08:00-12:00")
        begin, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
        first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
        if not (first <= last and 0 <= begin < end <= 24 * 60):
            raise ValueError("opening hours go from earlier to later")
        for day in range(first, last + 1):
            spans[day].append((begin, end))
    return Hours(tuple(tuple(sorted(each)) for each in spans))


def fits_hours(value: str) -> bool:
    """Whether these are opening hours."""
    try:
        hours_of(value)
    except ValueError:
        return False
    return True


def feed_of(value: str) -> tuple[str, int] | None:
    """(host, port) of the receiver of the live feed, or None for none."""
    found = _FEED.fullmatch(value)
    return (found[1], int(found[2])) if found and 0 < int(found[2]) < 65_536 else None


def fits_feed(value: str) -> bool:
    """Whether this is a receiver, or none."""
    return value == "off" or feed_of(value) is not None


def trust_of(value: str) -> str:
    """Certificates as PEM, "" for none; ValueError. One may also be given as the base64 of its bytes, in one line."""
    if not value or "-----BEGIN CERTIFICATE-----" in value:
        return value
    raw = base64.b64decode("".join(value.split()), validate=True)
    if not raw.startswith(b"\x30"):
        raise ValueError("a certificate is a DER sequence")
    lines = base64.encodebytes(raw).decode("ascii")
    return f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n"


def fits_trust(value: str) -> bool:
    """Whether these are certificates, or none."""
    try:
        return len(value) < 60_000 and "PRIVATE" not in trust_of(value)
    except ValueError:
        return False


class LogPolicy:
    """The clinic's decisions, read anew each time."""

    def __init__(self, get: Get) -> None:
        self._get = get

    @property
    def hours(self) -> Hours:
        """When looking is not after hours."""
        try:
            return hours_of(self._value("log.hours") or DEFAULT_HOURS)
        except ValueError:
            return hours_of(DEFAULT_HOURS)

    @property
    def burst(self) -> int:
        """So many patients of one person within `BURST_MS` are many."""
        return self._number("log.burst", DEFAULT_BURST)

    @property
    def sign_off_days(self) -> int:
        """How often the log is signed off."""
        return self._number("log.sign-off-days", DEFAULT_SIGN_OFF_DAYS)

    @property
    def names_staff(self) -> bool:
        """Whether a patient's report names people, or says their roles alone."""
        return self._value("log.staff-names") != "roles"

    def _value(self, name: str) -> str:
        try:
            return self._get(name) or ""
        except PhotoDeskError:
            return ""  # where policies cannot be read the strictest that a clinic begins with holds

    def _number(self, name: str, otherwise: int) -> int:
        value = self._value(name)
        return int(value) if re.fullmatch(r"[1-9]\d{0,3}", value) else otherwise


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
