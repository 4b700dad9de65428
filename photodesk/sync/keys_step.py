"""Second step of a pass: this workstation's key records go up, patients' erasure keys go both ways. All sealed.

A patient's key is sent before the first operation about them, so it is there when their operations come: `ErasureStep`
asks for the keys of patients that the operations of this pass have brought.
"""

from __future__ import annotations

from itertools import pairwise

from photodesk.progress import Cancel
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.line import PAGE, KeyLine, SealedErasureKey
from photodesk.sync.spool import Spool
from photodesk.sync.spool_erasure import SpoolErasure
from photodesk.sync.spool_members import SpoolMembers

LISTED = "erasure-listed"
"""The fact that every erasure key of the server was listed once."""
KEY_BYTES = 4 * 1024
MOST_KEYS = 5_000_000
MOST_ASKED = 50
FIRST_SCOPE = "0" * 32


class KeysStep:
    """What is sent the keeper (key records) and desks (erasure keys) have laid into the spool."""

    name = "keys"

    def __init__(self, line: KeyLine, spool: Spool) -> None:
        self._line = line
        self._spool = spool
        self._records = SpoolMembers(spool.file)
        self._erasure = SpoolErasure(spool.file)

    def run(self, cancel: Cancel) -> int:
        """How many records and keys moved."""
        return self._send_records(cancel) + self._send_erasure_keys(cancel) + self._list_erasure_keys(cancel)

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

    def _list_erasure_keys(self, cancel: Cancel) -> int:
        """All of them, once: a workstation that has just joined."""
        if self._spool.fact(LISTED):
            return 0
        came, listed, after = 0, 0, FIRST_SCOPE
        while page := self._line.erasure_keys(after):
            cancel.check()
            listed += len(page)
            _check(page, after, listed)
            came += self._erasure.add_in({one.scope: one.sealed for one in page})
            after = page[-1].scope
            if len(page) < PAGE:
                break
        self._spool.set_facts({LISTED: b"\x01"})
        return came


class ErasureStep:
    """Runs behind the operations: keys of patients that are new here."""

    name = "operations"

    def __init__(self, line: KeyLine, spool: Spool) -> None:
        self._line = line
        self._erasure = SpoolErasure(spool.file)

    def run(self, cancel: Cancel) -> int:
        """Always 0: keys are no operations. A key that does not come is asked for again by the next pass."""
        for scope in self._erasure.missing(MOST_ASKED):
            cancel.check()
            before = f"{int(scope, 16) - 1:032x}"
            page = self._line.erasure_keys(before)
            _check(page, before, len(page))
            self._erasure.add_in({one.scope: one.sealed for one in page})
        return 0


def _check(page: list[SealedErasureKey], after: str, listed: int) -> None:
    scopes = [after, *(one.scope for one in page)]
    if len(page) > PAGE or listed > MOST_KEYS or any(len(one.sealed) > KEY_BYTES for one in page):
        raise Contradiction(Attack.RESOURCES, "it serves erasure keys without end")
    if any(later <= earlier for earlier, later in pairwise(scopes)):
        raise Contradiction(Attack.KEYS, "its erasure keys are out of order")
