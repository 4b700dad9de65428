"""Showing a comparison to a patient: an entry from start to end, and leaving only with the desk's person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from photodesk.desk.actor import Actor
from photodesk.desk.durable import append_async, durable
from photodesk.desk.keeper import PendingReceipt
from photodesk.desk.purpose import Purposes
from photodesk.desk.retyping import proven
from photodesk.desk.roles import Right
from photodesk.desk.security_key import KeyReader
from photodesk.errors import Refused
from photodesk.log.entry import Action, Entry, Receipt
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.signin import people_for_signin

SCREEN = "present"
STARTED, ENDED = "started", "ended"


@dataclass(frozen=True)
class Presented:
    """What is presented since when, as its first entry says it; `started_ms` is monotonic."""

    entry: Entry
    started_ms: int
    receipt: Receipt


class PresentingDesk:
    """`PRESENT` entries, and the password that ends it, counted like a sign-in."""

    def __init__(self, actor: Actor, layout: Layout, secrets: Secrets, purposes: Purposes) -> None:
        self._actor, self._layout, self._secrets, self._purposes = actor, layout, secrets, purposes

    def begin(self, patient_id: str, photo_ids: tuple[str, ...], mode: str, shown_on: str) -> Presented:
        """Log that these photos are presented; durable when it returns. `shown_on`: which of how many screens.

        Refused `no_right`, Fixable `log_not_writable`: then nothing is presented.
        """
        self._actor.require(Right.COMPARE)
        entry = self._actor.entry(
            Action.PRESENT,
            patient_id,
            photo_ids=photo_ids,
            screen=SCREEN,
            purpose=self._purposes.of(patient_id, None),
            outcome=STARTED,
            details={"mode": mode, "shown_on": shown_on},
        )
        receipt = durable(append_async(self._actor.keeper, entry))
        return Presented(entry, self._actor.clock.monotonic_ms(), receipt)

    def end(self, presented: Presented, how: str) -> PendingReceipt:
        """Send the entry of the end: `how` is `password`, `locked` or why; nobody waits, for a lock may be due."""
        details = {
            "duration_ms": str(self._actor.clock.monotonic_ms() - presented.started_ms),
            "how": how,
            "shown_on": presented.entry.details["shown_on"],
            "started": str(presented.receipt.sequence),
        }
        return append_async(self._actor.keeper, replace(presented.entry, outcome=ENDED, details=details))

    def confirm(self, password: str, keys: KeyReader | None = None) -> None:
        """Whether this is the signed-in person, with their security key where they sign in with one.

        Counted and throttled like a sign-in: Refused `wrong_password`, `sign_in_waits`, `slot_disabled`; Fixable as
        `KeyReader`. Nothing that it opens is kept.
        """
        people = people_for_signin(self._layout, self._secrets)
        mine = next((who for who in people if who.person_id == self._actor.person_id), None)
        if mine is None:
            raise cannot_leave()
        try:
            proven(self._actor.keeper, self._layout, self._secrets, mine, password, keys)
        except Refused as refused:
            raise cannot_leave() if refused.code == "slot_disabled" else refused from None


def cannot_leave() -> Refused:
    """Ten wrong passwords in a row: what is left is the lock."""
    return Refused(
        "slot_disabled",
        "This person's password is not taken any more.",
        "Lock with Ctrl+L, and let somebody else sign in.",
    )
