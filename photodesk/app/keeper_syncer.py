"""The syncer: a child of the keeper that outlives every desk, started again when it ends by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from photodesk.app.keeper_loop import Loop, Peer, signed_in
from photodesk.app.keeper_members import Sign, TakingMembers
from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.protocol import messages as m
from photodesk.store.layout import Layout
from photodesk.sync.members_step import revoked
from photodesk.sync.spool import Spool

AGAIN_MS, LONGEST_MS = 1_000, 60_000
STEADY_MS = 60_000
SYNCER = "syncer"
SIGNS = frozenset({"server-sign-in", "parcel", "heartbeat"})
"""What the keeper signs for it while nobody is signed in."""
ASKS = frozenset({"server-sign-in"})
"""What it signs for anybody where this workstation was shut out and nobody signs in any more: to hear of an order."""


class Syncing:
    """At most one syncer. `desks` are who is told how it stands, where they are; `taken` hears what the membership
    log says after others changed it.
    """

    def __init__(
        self,
        loop: Loop,
        clock: Clock,
        layout: Layout,
        start: Callable[[], Peer],
        desks: Callable[[], Sequence[Peer | None]],
        taken: Callable[[m.MembersTaken], None],
    ) -> None:
        self._loop = loop
        self._clock = clock
        self._layout = layout
        self._start = start
        self._desks = desks
        self._taken = taken
        self._members = TakingMembers(layout)
        self._peer: Peer | None = None
        self._started_ms = 0
        self._again_ms = AGAIN_MS
        self._waiting = False
        self._ended = False
        self._shut_out = False
        self._last: m.SyncState | None = None

    def begin(self) -> None:
        """Start it where this workstation has a clinic server, unless it runs or is about to."""
        if self._peer is None and not self._waiting and not self._ended and has_server(self._layout):
            self._started_ms = self._clock.monotonic_ms()
            self._peer = self._start()

    def now(self) -> None:
        """A desk has something for it."""
        if self._peer is not None:
            self._loop.post(self._peer, m.SyncNow())
        else:
            self.begin()

    def told(self, peer: Peer, state: m.SyncState) -> None:
        """It says how it stands."""
        if peer is self._peer:
            self._last = state
            self._tell(state)

    def handlers(self, sign: Sign) -> dict[type[m.Message], Callable[[Peer, Any], m.Message | None]]:
        """What it answers to what children say."""
        return {
            m.SyncNow: lambda peer, _told: self._asked(peer),
            m.SyncState: self.told,
            m.TakeMembers: lambda peer, ask: self._take_members(peer, ask, sign),
        }

    def _asked(self, peer: Peer) -> None:
        signed_in(peer)
        self.now()

    def _take_members(self, peer: Peer, ask: m.TakeMembers, sign: Sign) -> m.MembersTaken:
        if peer.part != SYNCER and not self._shut_out:
            signed_in(peer)
        taken = self._members.take(ask.number, sign)
        if taken.changed or taken.revoked:
            self._tell(m.MembersChanged(taken.revoked))
            self._loop.after(0, lambda: self._taken(taken))
        return taken

    def refuse_revoked(self, clinic_id: str, workstation_id: str) -> None:
        """Refused `revoked` where nobody signs in here any more."""
        self._shut_out = self._members.revoked(clinic_id, workstation_id)
        if self._shut_out:
            raise revoked()

    def may_sign(self, peer: Peer, kind: str) -> bool:
        """Whether this is signed though nobody is signed in there."""
        return kind in SIGNS if peer.part == SYNCER else kind in ASKS and self._shut_out

    def gone(self, peer: Peer) -> None:
        """It ended by itself: again, later and later where it ends at once."""
        if peer is not self._peer:
            return
        self._peer = None
        if self._clock.monotonic_ms() - self._started_ms >= STEADY_MS:
            self._again_ms = AGAIN_MS
        wait_ms, self._again_ms = self._again_ms, min(self._again_ms * 2, LONGEST_MS)
        self._waiting = True
        self._loop.after(wait_ms, self._again)

    def greet(self, desk: Peer) -> None:
        """A new desk hears how it stands."""
        if self._last is not None:
            self._loop.post(desk, self._last)

    def end(self) -> None:
        """End it at once; what it has done stays done."""
        self._ended = True
        if self._peer is not None:
            self._loop.drop(self._peer)
            self._peer = None

    def _tell(self, told: m.SyncState | m.MembersChanged) -> None:
        for peer in self._desks():
            if peer is not None:
                self._loop.post(peer, told)

    def _again(self) -> None:
        self._waiting = False
        self.begin()


def has_server(layout: Layout) -> bool:
    """Whether this workstation knows of a clinic server."""
    if not (layout.spool / "sync.db").exists():
        return False
    try:
        spool = Spool(layout.spool)
    except (PhotoDeskError, sqlite3.Error):
        return False
    try:
        return bool(spool.fact("server-url"))
    except sqlite3.Error:
        return False
    finally:
        spool.close()
