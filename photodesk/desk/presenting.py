"""Showing a comparison to a patient: an entry from start to end, and leaving only with the desk's person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
Split = Callable[[str, Sequence[str]], Mapping[str, tuple[str, ...]]]
"""Photos of a patient by the entry of that person whose they are."""


@dataclass(frozen=True)
class Presented:
    """What is presented since when, as its first entry says it; `started_ms` is monotonic.

    `others` say it of the photos of the person's other entries.
    """

    entry: Entry
    started_ms: int
    receipt: Receipt
    others: tuple[Entry, ...] = ()


class PresentingDesk:
    """`PRESENT` entries, and the password that ends it, counted like a sign-in."""

    def __init__(self, actor: Actor, layout: Layout, secrets: Secrets, purposes: Purposes, split: Split) -> None:
        self._actor, self._layout, self._secrets, self._purposes = actor, layout, secrets, purposes
        self._split = split

    def begin(self, patient_id: str, photo_ids: tuple[str, ...], mode: str, shown_on: str) -> Presented:
        """Log that these photos are presented; durable when it returns. `shown_on`: which of how many screens.

        Refused `no_right`, Fixable `log_not_writable`: then nothing is presented.
        """
        self._actor.require(Right.COMPARE)
        entries = [
            self._actor.entry(
                Action.PRESENT,
                one,
                photo_ids=held,
                screen=SCREEN,
                purpose=self._purposes.of(patient_id, None),
                outcome=STARTED,
                details={"mode": mode, "shown_on": shown_on},
            )
            for one, held in self._split(patient_id, photo_ids).items()
        ]
        pending = [append_async(self._actor.keeper, entry) for entry in entries]
        receipts = [durable(one) for one in pending]
        return Presented(entries[0], self._actor.clock.monotonic_ms(), receipts[0], tuple(entries[1:]))

    def end(self, presented: Presented, how: str) -> PendingReceipt:
        """Send the entry of the end: `how` is `password`, `locked` or why; nobody waits, for a lock may be due."""
        details = {
            "duration_ms": str(self._actor.clock.monotonic_ms() - presented.started_ms),
            "how": how,
            "shown_on": presented.entry.details["shown_on"],
            "started": str(presented.receipt.sequence),
        }
        for other in presented.others:
            append_async(self._actor.keeper, replace(other, outcome=ENDED, details=details))
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
