"""How a clinic's cards, pauses and wristbands are read: an administrator's decision, kept in the catalog and logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.importing.group_memory import (
    GAP_SETTING,
    LARGEST_GAP_MS,
    LEAST_GAP_MS,
    SEPARATORS_SETTING,
    clinic_gap_ms,
    clinic_separators,
)
from photodesk.importing.grouping import Separators
from photodesk.importing.wristbands import CHECK_SETTING, SETTING, CheckDigit, Pattern, set_pattern
from photodesk.log.entry import Action
from photodesk.store.catalog import Catalog

if TYPE_CHECKING:
    from photodesk.desk.session import Session


@dataclass(frozen=True)
class CardPolicy:
    """When the separator card is photographed, the pause between groups, and the wristbands' pattern ("": off)."""

    separators: Separators
    gap_ms: int
    pattern: str
    check: CheckDigit


def card_policy(catalog: Catalog) -> CardPolicy:
    """As it is now."""
    check = CheckDigit(catalog.setting(CHECK_SETTING) or CheckDigit.NONE.value)
    return CardPolicy(clinic_separators(catalog), clinic_gap_ms(catalog), catalog.setting(SETTING) or "", check)


def set_card_policy(session: Session, policy: CardPolicy) -> None:
    """Keep it, after a `POLICY` entry. Refused `no_right`; Fixable `pattern_unusable`, `gap_unusable`."""
    session.require(Right.MANAGE_POLICY)
    if policy.pattern:
        Pattern.parse(policy.pattern, policy.check)
    if not LEAST_GAP_MS <= policy.gap_ms <= LARGEST_GAP_MS:
        raise Fixable("gap_unusable", "The pause must be between a second and a day.", "Choose another, such as 3 min.")
    actor, catalog = session.actor, session.catalog
    details = {
        "what": "separators and wristbands",
        "shot": policy.separators.value,
        "gap_ms": str(policy.gap_ms),
        "wristbands": "on" if policy.pattern else "off",
        "check": policy.check.value,
    }
    with actor.logged(actor.entry(Action.POLICY, details=details)):
        change = actor.change("separators and wristbands")
        set_pattern(catalog, change, policy.pattern, policy.check)
        catalog.set_setting(change, SEPARATORS_SETTING, policy.separators.value)
        catalog.set_setting(change, GAP_SETTING, str(policy.gap_ms))
