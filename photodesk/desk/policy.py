"""What the clinic has decided for all its workstations: read by everybody, set by administrators."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.desk.actor import Actor
from photodesk.desk.policy_rules import RULES, PolicyRule
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.store import policies
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout

_BY_NAME = {rule.name: rule for rule in RULES}


@dataclass(frozen=True)
class PolicyValue:
    """A policy and what holds now; `chosen` where somebody set it."""

    rule: PolicyRule
    value: str
    chosen: bool


class PolicyDesk:
    """The policies of `policy_rules`. What holds is read from the membership log once for each desk."""

    def __init__(self, actor: Actor, layout: Layout, keyset: KeySet) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._known: dict[str, str] | None = None

    def get(self, name: str) -> str:
        """What holds for a policy: what was set, else its default. Fixable `policy_unknown`."""
        rule = _rule(name)
        return self._set().get(name, rule.default)

    def everything(self) -> tuple[PolicyValue, ...]:
        """Every policy there is, in the order of the table."""
        known = self._set()
        return tuple(PolicyValue(rule, known.get(rule.name, rule.default), rule.name in known) for rule in RULES)

    def set(self, name: str, value: str) -> None:
        """Decide for every workstation. Fixable `policy_unknown`, `policy_value`; Refused `no_right`."""
        self._actor.require(Right.MANAGE_POLICY)
        rule = _rule(name)
        if not rule.fits(value):
            raise Fixable("policy_value", f"{name} takes {rule.values}.", "Give one of these.")
        entry = self._actor.entry(Action.POLICY, details={"policy": name, "value": value})
        with self._actor.logged(entry):
            policies.set_policy(self._layout, self._keyset, self._actor.keeper, self._actor.clock, name, value)
        self._set()[name] = value

    def _set(self) -> dict[str, str]:
        if self._known is None:
            self._known = dict(policies.policies(self._layout, self._keyset.clinic_id))
        return self._known


def _rule(name: str) -> PolicyRule:
    rule = _BY_NAME.get(name)
    if rule is None:
        raise Fixable(
            "policy_unknown", f"There is no policy {name}.", "See `photodesk policy list` for those there are."
        )
    return rule
