"""Whether the activity log still holds together, for everybody at the desk: reading it needs a right, this needs none.

A window checks every byte once after sign-in, in the background; a command only the newest part, so that it starts
fast.
"""

from __future__ import annotations

from photodesk.clock import Clock
from photodesk.desk.activity import ChainCheck
from photodesk.log.verify import Verdict, verify, verify_newest
from photodesk.store.layout import Layout
from photodesk.store.store_json import read_store

NEWEST_BYTES = 16 << 20


class ChainDesk:
    """Checks the log's chain and remembers the last answer. Any thread."""

    def __init__(self, layout: Layout, clock: Clock) -> None:
        self._layout = layout
        self._clock = clock
        self.last: ChainCheck | None = None

    def check(self) -> ChainCheck:
        """Every byte of every workstation's log. OSError where it cannot be read."""
        store = read_store(self._layout)
        found = verify(self._layout.log, store.log_signing_keys, required=(store.workstation_id,))
        self.last = self._told(found)
        return self.last

    def check_newest(self) -> ChainCheck:
        """The newest `NEWEST_BYTES` of this workstation's log."""
        store = read_store(self._layout)
        return self._told(
            verify_newest(
                self._layout.log,
                store.workstation.workstation_id,
                store.log_signing_keys[store.workstation_id],
                NEWEST_BYTES,
            )
        )

    def _told(self, found: Verdict) -> ChainCheck:
        at_ms, where = self._clock.wall_ms(), found.where
        if found.exit_code == 0 or where is None:
            return ChainCheck(found.exit_code == 0, found.entries, at_ms)
        return ChainCheck(False, found.entries, at_ms, where.workstation_id, where.sequence)


def broken_sentence(check: ChainCheck, workstation: str) -> str:
    """What to say where the chain does not hold; `workstation` is the name of the one that is meant, "" unknown."""
    name = workstation or f"workstation {check.workstation_id[:8]}"
    changed = f"The log on {name} was changed at entry {check.sequence:,}."
    return f"{changed} Call your privacy officer; keep the computer on."
