"""What the records section shows, read at once on the store thread, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from photodesk.desk.erasure_lines import ErasureLine
from photodesk.desk.retention import HoldLine, KeptLine
from photodesk.desk.retention_rules import RetentionRule
from photodesk.desk.roles import Right
from photodesk.desk.second_person import second_people
from photodesk.ui.controls import Tone
from photodesk.ui.words import counted, day_words, moment

if TYPE_CHECKING:
    from photodesk.desk.session import Session

DAY_MS = 86_400_000
CHIPS = {"requested": Tone.WARN, "running": Tone.WARN, "revoked": Tone.PLAIN, "erased": Tone.OK}
STATES = {"requested": "Hidden", "running": "Waits", "revoked": "Revoked", "erased": "Erased"}
NAMES = {"standard": "Standard", "long": "Long", "permanent": "Permanent"}


@dataclass(frozen=True)
class RecordsView:
    """`seconds` are the other administrators as choices of a list; empty where nobody else has to sign."""

    due: tuple[KeptLine, ...]
    holds: tuple[HoldLine, ...]
    erasures: tuple[ErasureLine, ...]
    classes: dict[str, RetentionRule]
    seconds: tuple[tuple[str, str], ...]
    now_ms: int
    may_erase: bool
    may_set_classes: bool

    @property
    def ready(self) -> int:
        """How many erasures can be carried out now."""
        return sum(1 for line in self.erasures if line.is_due)


def read_records(desk: Session) -> RecordsView:
    """Everything of the section, for the store thread."""
    seconds: tuple[tuple[str, str], ...] = ()
    if desk.erasures.needs_second():
        seconds = tuple((who.slot_id, who.name) for who in second_people(desk.actor, desk.layout, desk.secrets))
    return RecordsView(
        desk.retention.records(),
        desk.retention.holds(),
        desk.erasures.erasures(),
        desk.retention.classes(),
        seconds,
        desk.clock.wall_ms(),
        desk.may(Right.ERASE_PATIENTS),
        desk.may(Right.MANAGE_POLICY),
    )


def due_words(line: KeptLine) -> str:
    """`Standard · last visit 12 Nov 2010 · kept until 12 Nov 2020`."""
    last = f"last visit {day_words(line.last_visit)}" if line.last_visit else "no visit"
    until = f"kept until {day_words(line.due)}" if line.due else "kept for ever"
    return " · ".join((NAMES.get(line.retention, line.retention), last, until))


def hold_words(line: HoldLine) -> str:
    """Why, by whom and since when."""
    return " · ".join(part for part in (line.reason, line.by, f"since {_day(line.at_ms)}") if part)


def erasure_title(line: ErasureLine) -> str:
    """Who it is while that is known, else the erasure's own number."""
    if line.patient is not None:
        return f"{line.patient.display_name} · {line.patient.mrn}"
    return f"Erasure {line.erasure.erasure_id[:8]}"


def erasure_words(line: ErasureLine, now_ms: int) -> str:
    """How far it is, in words."""
    erasure, state = line.erasure, line.erasure.state.value
    if state == "requested":
        left = max(0, -(-(line.due_at_ms - now_ms) // DAY_MS))
        when = f"can be revoked, {counted(left, 'day')} left" if left else "can be erased now, or revoked"
        return " · ".join(part for part in (erasure.reason, line.requested_by, when) if part)
    if state == "running":
        return "Authorised. The next clinician who signs in carries it out."
    if state == "revoked":
        return f"Revoked · asked for on {_day(erasure.requested_at_ms)}"
    waiting = [place.name for place in erasure.places if not place.at_ms]
    confirmed = f"not confirmed yet: {', '.join(waiting)}" if waiting else "confirmed everywhere"
    return f"Erased on {_day(erasure.erased_at_ms)} · {confirmed}"


def rule_words(rule: RetentionRule) -> str:
    """What a class says."""
    if rule.years is None:
        return "For ever"
    return f"{counted(rule.years, 'year')} after the last visit; of minors until they are {rule.minors_until}"


def _day(at_ms: int) -> str:
    return day_words(moment(at_ms).date())
