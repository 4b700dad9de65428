"""Showing a comparison to a patient: an entry from start to end, and leaving only with the desk's person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from photodesk.desk.actor import Actor
from photodesk.desk.durable import append_async, durable
from photodesk.desk.keeper import Disabled, PendingReceipt, Wait
from photodesk.desk.purpose import Purposes
from photodesk.desk.roles import Right
from photodesk.errors import PhotoDeskError, Refused
from photodesk.log.entry import Action, Entry, Receipt
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.signin import open_slot, people_for_signin

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

    def confirm(self, password: str) -> None:
        """Whether this is the signed-in person's password; counted and throttled like a sign-in.

        Refused `wrong_password`, `sign_in_waits`, `slot_disabled`. Nothing that it opens is kept.
        """
        keeper, person_id = self._actor.keeper, self._actor.person_id
        mine = [who for who in people_for_signin(self._layout, self._secrets) if who.person_id == person_id]
        if not mine or mine[0].disabled:
            raise cannot_leave()
        slot_id = mine[0].slot_id
        attempt = keeper.begin_attempt(slot_id, person_id)
        if isinstance(attempt, Wait):
            raise leaving_waits(attempt.wait_ms)
        if isinstance(attempt, Disabled):
            raise cannot_leave()
        try:
            open_slot(self._layout, self._secrets, slot_id, password)
        except PhotoDeskError as failure:
            if failure.code != "wrong_password":
                keeper.attempt_void(slot_id)
                raise
            keeper.attempt_failed(slot_id, person_id)
            raise Refused("wrong_password", "That is not the password.", "Type it again.") from None
        keeper.attempt_right(slot_id)


def leaving_waits(wait_ms: int) -> Refused:
    """Too soon after wrong passwords."""
    seconds = -(-wait_ms // 1000)
    return Refused("sign_in_waits", f"After wrong passwords, it rests for {seconds} s.", "Wait, then try again.")


def cannot_leave() -> Refused:
    """Ten wrong passwords in a row: what is left is the lock."""
    return Refused(
        "slot_disabled",
        "This person's password is not taken any more.",
        "Lock with Ctrl+L, and let somebody else sign in.",
    )
