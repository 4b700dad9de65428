"""Every policy there is: its name, what it means, which values it takes, and what holds until it is set.

A new policy is one more row. A name without a row is refused, for a misspelt policy protects nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from photodesk.desk.idle import FRONT_DESK, OTHERS, PRESENTING, PRESENTING_POLICY, IdleLimit
from photodesk.desk.log_policy import (
    DEFAULT_BURST,
    DEFAULT_HOURS,
    DEFAULT_SIGN_OFF_DAYS,
    fits_feed,
    fits_hours,
    fits_trust,
)
from photodesk.desk.retention_rules import CLASSES, VALUES, fits
from photodesk.store.roles import Role


@dataclass(frozen=True)
class PolicyRule:
    """One policy. `fits` says whether a value is one of its values, `values` says in words which are."""

    name: str
    meaning: str
    default: str
    values: str
    fits: Callable[[str], bool]


def choice(name: str, meaning: str, default: str, *values: str) -> PolicyRule:
    """A policy that is one of a few words."""
    return PolicyRule(name, meaning, default, " or ".join(values), frozenset(values).__contains__)


def number(name: str, meaning: str, default: int, lowest: int, highest: int, unit: str = "") -> PolicyRule:
    """A policy that is a whole number."""
    values = f"{lowest} to {highest}{f' {unit}' if unit else ''}"

    def fits(value: str) -> bool:
        return value.isascii() and value.isdigit() and len(value) < 10 and lowest <= int(value) <= highest

    return PolicyRule(name, meaning, str(default), values, fits)


def _idle(name: str, meaning: str, limit: IdleLimit) -> PolicyRule:
    return number(name, meaning, limit.default_ms // 1000, 60, limit.cap_ms // 1000, "seconds")


RULES: tuple[PolicyRule, ...] = (
    *(
        choice(f"second-factor.{role}", f"a second factor for the role {role}", "optional", "optional", "required")
        for role in Role
    ),
    *(
        _idle(
            f"idle.{role}",
            f"an untouched desk of the role {role} locks after",
            FRONT_DESK if role is Role.FRONT_DESK else OTHERS,
        )
        for role in Role
    ),
    _idle(PRESENTING_POLICY, "an untouched desk that shows photos to a patient locks after", PRESENTING),
    *(
        PolicyRule(f"retention.{name}", f"how long records of the class {name} are kept", default, VALUES, fits)
        for name, default in CLASSES.items()
    ),
    number("backup.every-hours", "a backup is made every", 12, 1, 168, "hours"),
    number("backup.remind-days", "everybody is reminded when the last backup is older than", 3, 1, 90, "days"),
    number("backup.keep-days", "earlier states of charts stay in a backup for", 30, 2, 3650, "days"),
    PolicyRule("log.hours", "when looking is not after hours", DEFAULT_HOURS, DEFAULT_HOURS + " and so on", fits_hours),
    number("log.burst", "one person's patients within ten minutes that are flagged", DEFAULT_BURST, 2, 1000),
    number("log.sign-off-days", "the log is signed off every", DEFAULT_SIGN_OFF_DAYS, 1, 31, "days"),
    choice("log.staff-names", "what a patient's report calls staff", "names", "names", "roles"),
    PolicyRule("log.atna", "where entries are sent as they are made", "off", "off or host:port", fits_feed),
    PolicyRule(
        "log.atna-ca",
        "whom that receiver's name is vouched by",
        "",
        "certificates as PEM or base64, or nothing",
        fits_trust,
    ),
)
