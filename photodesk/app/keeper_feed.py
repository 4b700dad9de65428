"""The keeper's side of the live audit feed: entries that are on the disk go on to a child, as ids and codes alone."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from photodesk import ids
from photodesk.app.keeper_loop import Loop, Peer
from photodesk.clock import Clock
from photodesk.crypto import derive, label
from photodesk.desk.log_policy import feed_of, trust_of
from photodesk.errors import PhotoDeskError
from photodesk.log.audit_codes import KNOWN_PURPOSES
from photodesk.log.entry import Receipt, decode
from photodesk.protocol.feeding import FeedEntry, FeedSettings
from photodesk.store.layout import Layout
from photodesk.store.policies import policies
from photodesk.store.roles import Role
from photodesk.store.workstation import WorkstationKeys

EARLY_ENTRIES = 100
RESTART_MS = 10_000
_CODE = re.compile(r"[a-z][a-z_ ]{0,39}")
_ROLES = frozenset(role.value for role in Role)


class AuditOutlet:
    """Hears of every durable entry. Whatever goes wrong here never keeps an entry from the log."""

    def __init__(self, loop: Loop, clock: Clock, start_feeder: Callable[[], Peer]) -> None:
        self._loop, self._clock, self._start_feeder = loop, clock, start_feeder
        self._early: deque[FeedEntry] = deque(maxlen=EARLY_ENTRIES)
        self._settings: FeedSettings | None = None
        self._feeder: Peer | None = None
        self._open = True

    def begin(self, layout: Layout, keys: WorkstationKeys) -> None:
        """Start the feed where the clinic has one; otherwise nothing is kept."""
        self._settings = settings_of(layout, keys)
        if self._settings is None:
            self._open = False
            self._early.clear()
            return
        self._start()

    def heard(self, receipts: Sequence[Receipt], bodies: Sequence[bytes]) -> None:
        """These entries are on the disk."""
        if not self._open:
            return
        at_ms = self._clock.wall_ms()
        for receipt, body in zip(receipts, bodies, strict=True):
            entry = without_texts(receipt.sequence, at_ms, body)
            if self._feeder is None:
                self._early.append(entry)
            else:
                self._loop.post(self._feeder, entry)

    def gone(self, peer: Peer) -> None:
        """The feeder ended: another one soon; what it had not sent, it kept."""
        self._loop.let_end(peer)
        if peer is self._feeder and self._open:
            self._feeder = None
            self._loop.after(RESTART_MS, self._start)

    def end(self) -> None:
        """Nothing more comes: the feeder ends by itself."""
        self._open = False
        if self._feeder is not None:
            self._loop.let_end(self._feeder)
            self._feeder = None

    def _start(self) -> None:
        if self._settings is None or not self._open:
            return
        self._feeder = self._start_feeder()
        self._loop.post(self._feeder, self._settings)
        while self._early:
            self._loop.post(self._feeder, self._early.popleft())


def settings_of(layout: Layout, keys: WorkstationKeys) -> FeedSettings | None:
    """What the clinic decided, or None for no feed."""
    try:
        decided = policies(layout, keys.clinic_id)
        trust = trust_of(decided.get("log.atna-ca", ""))
    except (PhotoDeskError, OSError, ValueError):
        return None  # the sign-in page says what is wrong with the membership log
    receiver = feed_of(decided.get("log.atna", "off"))
    if receiver is None:
        return None
    spool_key = derive(keys.mac_key, keys.clinic_id, label("audit-spool"))
    return FeedSettings(
        *receiver,
        trust,
        ids.to_text(keys.clinic_id),
        keys.workstation_id,
        os.fsencode(spool_path(layout)),
        spool_key,
    )


def spool_path(layout: Layout) -> Path:
    """Where entries wait for a receiver that cannot be reached."""
    return layout.spool / "audit.spool"


def without_texts(sequence: int, at_ms: int, body: bytes) -> FeedEntry:
    """An entry as it may leave: what somebody may have typed is not in it."""
    try:
        entry = decode(body)
    except PhotoDeskError:
        return FeedEntry(sequence, at_ms, "", "", "DAMAGE", "", outcome="unreadable")
    return FeedEntry(
        sequence,
        at_ms,
        entry.person_id,
        " ".join(role for role in entry.role.split() if role in _ROLES),
        entry.action.value,
        entry.patient_id,
        entry.photo_ids,
        entry.purpose if entry.purpose in KNOWN_PURPOSES else "other",
        entry.outcome if not entry.outcome or _CODE.fullmatch(entry.outcome) else "other",
    )
