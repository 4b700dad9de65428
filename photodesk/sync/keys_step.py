"""Second step of a pass: this workstation's key records go up, patients' erasure keys go both ways. All sealed."""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

from photodesk.progress import Cancel
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.line import PAGE, KeyLine, OrderLine, SealedErasureKey
from photodesk.sync.spool import Spool
from photodesk.sync.spool_erasure import SpoolErasure
from photodesk.sync.spool_members import SpoolMembers

LISTED = "erasure-listed"
"""The fact with the place of the order up to which the server's erasure keys were listed, and one more."""
KEY_BYTES = 4 * 1024
MOST_KEYS = 5_000_000


class KeysLine(KeyLine, OrderLine, Protocol):
    """What this step asks of the server."""


class KeysStep:
    """What is sent the keeper (key records) and desks (erasure keys) have laid into the spool."""

    name = "keys"

    def __init__(self, line: KeysLine, spool: Spool) -> None:
        self._line = line
        self._spool = spool
        self._records = SpoolMembers(spool.file)
        self._erasure = SpoolErasure(spool.file)

    def run(self, cancel: Cancel) -> int:
        """How many records and keys moved."""
        return self._send_records(cancel) + self._send_erasure_keys(cancel) + self._fetch_erasure_keys(cancel)

    def _send_records(self, cancel: Cancel) -> int:
        sent = 0
        while waiting := self._records.unsent(PAGE):
            cancel.check()
            self._line.put_key_records([record for _, record in waiting])
            self._records.mark_sent([mark for mark, _ in waiting])
            sent += len(waiting)
        return sent

    def _send_erasure_keys(self, cancel: Cancel) -> int:
        sent = 0
        while waiting := self._erasure.unsent(PAGE):
            cancel.check()
            self._line.put_erasure_keys([SealedErasureKey(scope, sealed) for scope, sealed in waiting])
            self._erasure.mark_sent([scope for scope, _ in waiting])
            sent += len(waiting)
        return sent

    def _fetch_erasure_keys(self, cancel: Cancel) -> int:
        """A key comes before its patient's first operation: the list is read where the order has grown."""
        place = self._line.pull(self._spool.order_head()[0], 1).last_place + 1
        if self._spool.number(LISTED) == place:
            return 0
        came, listed, after = 0, 0, "0" * 32
        while page := self._line.erasure_keys(after):
            cancel.check()
            listed += len(page)
            _check(page, after, listed)
            came += self._erasure.add_in({one.scope: one.sealed for one in page})
            after = page[-1].scope
            if len(page) < PAGE:
                break
        self._spool.set_facts({LISTED: place.to_bytes(8, "little")})
        return came


def _check(page: list[SealedErasureKey], after: str, listed: int) -> None:
    scopes = [after, *(one.scope for one in page)]
    if len(page) > PAGE or listed > MOST_KEYS or any(len(one.sealed) > KEY_BYTES for one in page):
        raise Contradiction(Attack.RESOURCES, "it serves erasure keys without end")
    if any(later <= earlier for earlier, later in pairwise(scopes)):
        raise Contradiction(Attack.KEYS, "its erasure keys are out of order")
