"""What is remembered of passes, and what follows from it now: the status that windows and `sync status` show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.store.catalog import NAME as CATALOG
from photodesk.store.signer import REMOVED_GENERATION
from photodesk.sync import status as s
from photodesk.sync.alarms import words
from photodesk.sync.line import Contact
from photodesk.sync.spool import Spool
from photodesk.sync.spool_alarm import SpoolAlarms
from photodesk.sync.spool_blobs import BlobSpool
from photodesk.sync.sync_settings import read_settings

SUCCESS, HEARD, OFFLINE_SINCE, TROUBLE, OTHERS, RATE = (
    "last-success",
    "last-heard",
    "offline-since",
    "trouble",
    "others",
    "photo-rate",
)
REVOKED, METERED = "revoked", "metered"
GENERATION = "generation:"
"""Before a database's name: the generation up to which its operations are in the spool."""
MOST_TRANSFERS = 500
_CHART = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Transfer:
    """A pass that moved something, or the first of several that failed alike."""

    at_ms: int
    sent: s.Load
    received: s.Load
    trouble: str


class Standing:
    """Reads and writes of the spool."""

    def __init__(self, spool: Spool, clock: Clock) -> None:
        self._spool = spool
        self._blobs = BlobSpool(spool.file)
        self._clock = clock

    # -- what happened --

    def succeeded(self, sent: s.Load, received: s.Load) -> None:
        """A whole pass is done."""
        now_ms = self._clock.wall_ms()
        told = now_ms.to_bytes(8, "little")
        self._spool.set_facts({SUCCESS: told, HEARD: told, OFFLINE_SINCE: b"", TROUBLE: b"", REVOKED: b""})
        if sent or received:
            self._keep(Transfer(now_ms, sent, received, ""))

    def failed(self, error: PhotoDeskError) -> None:
        """A pass ended with an error: from when on nothing more goes."""
        trouble = s.Trouble(error.code, error.message, error.remedy)
        before = self._trouble()
        facts = {TROUBLE: msgspec.json.encode(trouble)}
        if not self._spool.number(OFFLINE_SINCE):
            facts[OFFLINE_SINCE] = self._clock.wall_ms().to_bytes(8, "little")
        if error.code == "revoked":
            facts[REVOKED] = b"\x01"
        self._spool.set_facts(facts)
        if before is None or before.code != trouble.code:
            self._keep(Transfer(self._clock.wall_ms(), s.Load(), s.Load(), error.message))

    def heard(self) -> None:
        """The server gave a sign of life, and had nothing new."""
        self._spool.set_facts({HEARD: self._clock.wall_ms().to_bytes(8, "little")})

    def others(self, contacts: Sequence[Contact], own: str) -> None:
        """Who else the server says it saw."""
        kept = [s.Other(one.workstation_id, one.last_contact_ms) for one in contacts[:10_000]]
        seen = [one for one in kept if one.workstation_id != own]
        self._spool.set_facts({OTHERS: msgspec.json.encode(seen)})

    def metered(self, *, metered: bool) -> None:
        """Whether nothing travels because the network is paid by what goes over it."""
        if bool(self._spool.fact(METERED)) != metered:
            self._spool.set_facts({METERED: b"\x01" if metered else b""})

    def rate(self, bytes_s: int) -> None:
        """How fast photos travel."""
        self._spool.set_facts({RATE: bytes_s.to_bytes(8, "little")})

    # -- how it stands --

    def now(self, known: Mapping[str, int] | None = None) -> s.SyncStatus:
        """`known` are the databases' generations, to tell whether something here is not in the spool yet."""
        spool, waiting, blobs = self._spool, self._spool.waiting(), self._blobs.waiting()
        alarms = SpoolAlarms(spool.file).standing()
        found = s.SyncStatus(
            to_send=s.Load(waiting.to_send, blobs.photos_out, blobs.bytes_out),
            to_receive=s.Load(waiting.to_take, blobs.photos_in, blobs.bytes_in),
            last_success_ms=spool.number(SUCCESS),
            offline_since_ms=spool.number(OFFLINE_SINCE),
            alarm=words(alarms[0]) if alarms else "",
            trouble=self._trouble(),
            unprepared=known is not None and self._unprepared(known),
            metered=bool(spool.fact(METERED)),
            bytes_s=spool.number(RATE),
            others=self._others(),
            at_ms=self._clock.wall_ms(),
            url=spool.fact("server-url").decode("utf-8", "replace"),
            wrong=blobs.wrong,
        )
        return msgspec.structs.replace(found, **self._state(found))

    def transfers(self, most: int = 200) -> list[Transfer]:
        """The last passes that moved something or failed, the newest first."""
        rows = self._spool.file.rows(
            "SELECT at_ms, sent, received, trouble FROM transfer ORDER BY number DESC LIMIT ?", (most,)
        )
        return [Transfer(int(row[0]), _load(row[1]), _load(row[2]), str(row[3])) for row in rows]

    def _state(self, found: s.SyncStatus) -> dict[str, object]:
        firm = (
            (not found.url, s.NONE),
            (bool(self._spool.fact(REVOKED)), s.REVOKED),
            (bool(found.alarm), s.ALARM),
            (found.metered or read_settings(self._spool).paused, s.PAUSED),
            (found.trouble is not None, s.OFFLINE),
        )
        for holds, state in firm:
            if holds:
                return {"state": state}
        heard = self._spool.number(HEARD)
        if found.to_send or found.to_receive or found.wrong or found.unprepared or not heard:
            return {"state": s.WORKING}
        if abs(found.at_ms - heard) > s.FRESH_MS:
            return {"state": s.OFFLINE, "offline_since_ms": found.offline_since_ms or heard}
        return {"state": s.UP_TO_DATE}

    def _unprepared(self, known: Mapping[str, int]) -> bool:
        """Whether the catalog or a chart went on since its operations were put into the spool, or its photos."""
        rows = self._spool.file.rows("SELECT name, value FROM fact WHERE name GLOB ?", (f"{GENERATION}*",))
        spooled = {str(name)[len(GENERATION) :]: int.from_bytes(value, "little") for name, value in rows}
        sealed = {name: mark[0] for name, mark in self._blobs.chart_marks().items()}
        return any(
            generation > spooled.get(name, 0) or (name != CATALOG and generation > sealed.get(name, 0))
            for name, generation in known.items()
            if generation != REMOVED_GENERATION and (name == CATALOG or _CHART.fullmatch(name))
        )

    def _trouble(self) -> s.Trouble | None:
        try:
            return msgspec.json.decode(self._spool.fact(TROUBLE), type=s.Trouble)
        except (msgspec.MsgspecError, ValueError):
            return None

    def _others(self) -> tuple[s.Other, ...]:
        try:
            return msgspec.json.decode(self._spool.fact(OTHERS), type=tuple[s.Other, ...])
        except (msgspec.MsgspecError, ValueError):
            return ()

    def _keep(self, transfer: Transfer) -> None:
        with self._spool.file.transaction() as connection:
            connection.execute(
                "INSERT INTO transfer (at_ms, sent, received, trouble) VALUES (?, ?, ?, ?)",
                (
                    transfer.at_ms,
                    msgspec.json.encode(transfer.sent),
                    msgspec.json.encode(transfer.received),
                    transfer.trouble,
                ),
            )
            connection.execute(
                "DELETE FROM transfer WHERE number <= (SELECT max(number) FROM transfer) - ?", (MOST_TRANSFERS,)
            )


def moved_between(before: s.SyncStatus, after: s.SyncStatus, operations: int) -> tuple[s.Load, s.Load]:
    """What a pass sent and received: so much less waits, and so many operations moved in all."""
    out, into = (
        _less(one, other) for one, other in ((before.to_send, after.to_send), (before.to_receive, after.to_receive))
    )
    return out, msgspec.structs.replace(into, operations=max(0, operations - out.operations))


def _less(before: s.Load, after: s.Load) -> s.Load:
    return s.Load(
        max(0, before.operations - after.operations),
        max(0, before.photos - after.photos),
        max(0, before.bytes - after.bytes),
    )


def _load(data: bytes) -> s.Load:
    return msgspec.json.decode(data, type=s.Load)
