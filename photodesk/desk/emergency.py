"""The sealed envelope of emergency access as administrators see it: how it stands, a new one, who opened it and why.

They are told of each opening at every sign-in until they acknowledge it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from photodesk.crypto import Argon2Cost
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.log.entry import Action
from photodesk.store import emergency as envelopes
from photodesk.store.catalog import Catalog
from photodesk.store.emergency import Envelope
from photodesk.store.epochs import raise_epochs
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.membership import Membership
from photodesk.store.rewrapping import rewrap_charts
from photodesk.store.roles import KeyKind

__all__ = ["USE_SETTING", "EmergencyDesk", "Envelope", "EnvelopeUse"]

USE_SETTING = "emergency-use."  # with the account's id behind it: who opened the envelope, and why


@dataclass(frozen=True)
class EnvelopeUse:
    """One opened envelope: when, and who said they were and why. Both are empty where nothing was kept."""

    person_id: str
    at_ms: int
    who: str
    reason: str


class EmergencyDesk:
    """The envelope as administrators see it."""

    def __init__(
        self, actor: Actor, layout: Layout, keyset: KeySet, secrets: Secrets, catalog: Catalog, cost: Argon2Cost
    ) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._secrets = secrets
        self._catalog = catalog
        self._cost = cost

    def envelope(self) -> Envelope:
        """How the newest envelope stands."""
        self._actor.require(Right.SEE_PEOPLE)
        return envelopes.envelope(self._membership())

    def renew(self) -> str:
        """A new envelope in place of any before; its code, to be printed and kept nowhere else.

        The keys that the one before could open are made anew.
        """
        self._actor.require(Right.MANAGE_PEOPLE)
        with self._actor.logged(self._actor.entry(Action.PERSON, details={"what": "envelope made"})):
            code = envelopes.make_envelope(self._membership(), self._cost)
        kinds = raise_epochs(self._membership())
        if KeyKind.CHART in kinds and not self._catalog.behind_log:
            rewrap_charts(self._catalog)
        return code

    def unseen(self) -> tuple[EnvelopeUse, ...]:
        """The uses this administrator has not acknowledged yet; empty for everybody else."""
        if not self._actor.may(Right.MANAGE_PEOPLE):
            return ()
        return tuple(self._use(use.person_id, use.time_ms) for use in envelopes.unseen_uses(self._layout, self._keyset))

    def uses(self) -> tuple[EnvelopeUse, ...]:
        """Every use there ever was, oldest first."""
        return tuple(self._use(use.person_id, use.time_ms) for use in self.envelope().uses)

    def acknowledge(self) -> None:
        """This administrator has seen every use so far."""
        self._actor.require(Right.MANAGE_PEOPLE)
        with self._actor.logged(self._actor.entry(Action.PERSON, details={"what": "emergency access seen"})):
            envelopes.acknowledge(self._membership())

    def _use(self, person_id: str, at_ms: int) -> EnvelopeUse:
        kept = json.loads(self._catalog.setting(USE_SETTING + person_id) or "{}")
        return EnvelopeUse(person_id, at_ms, str(kept.get("who", "")), str(kept.get("reason", "")))

    def _membership(self) -> Membership:
        return Membership(self._layout, self._keyset, self._secrets, self._actor.keeper, self._actor.clock)
