"""How this workstation and the clinic server stand, as values and as a sentence that a person understands.

Nothing here says that all is done unless that was seen: up to date means that nothing waits in either direction and
that the server said so within `FRESH_MS`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from photodesk.clock import rfc3339

UP_TO_DATE, WORKING, OFFLINE, ALARM = "up_to_date", "working", "offline", "alarm"
PAUSED, REVOKED, NONE = "paused", "revoked", "none"
FRESH_MS = 5 * 60_000
ONLINE_MS = 3 * 60_000


class Load(msgspec.Struct, frozen=True):
    """What still has to travel one way."""

    operations: int = 0
    photos: int = 0
    bytes: int = 0

    def __bool__(self) -> bool:
        return bool(self.operations or self.photos or self.bytes)


class Trouble(msgspec.Struct, frozen=True):
    """Why the last pass failed, in our words."""

    code: str
    message: str
    remedy: str = ""


class Other(msgspec.Struct, frozen=True):
    """Another workstation, as the server says it saw it last."""

    workstation_id: str
    last_contact_ms: int


class SyncStatus(msgspec.Struct, frozen=True):
    """`state` is one of the words above. `unprepared`: changes here that are not in the spool yet: they need somebody
    to sign in. `alarm` is a sentence. `bytes_s`: how fast photos went last. `wrong`: copies that the server gave out
    otherwise than they were sealed; they are asked for again later.
    """

    state: str = NONE
    to_send: Load = Load()
    to_receive: Load = Load()
    last_success_ms: int = 0
    offline_since_ms: int = 0
    alarm: str = ""
    trouble: Trouble | None = None
    unprepared: bool = False
    metered: bool = False
    bytes_s: int = 0
    others: tuple[Other, ...] = ()
    at_ms: int = 0
    url: str = ""
    wrong: int = 0

    @property
    def others_online(self) -> int:
        """How many other workstations were in contact just now."""
        return sum(self.at_ms - other.last_contact_ms < ONLINE_MS for other in self.others)

    @property
    def unasked(self) -> bool:
        """Whether nothing failed, and only nobody asked the server for a while."""
        return self.state == OFFLINE and self.trouble is None

    def document(self) -> dict[str, Any]:
        """As `sync status --json` prints it."""
        trouble = self.trouble and {"code": self.trouble.code, "message": self.trouble.message}
        return {
            "state": self.state if self.state in {UP_TO_DATE, WORKING, ALARM} else self._said_state(),
            "to_send": msgspec.structs.asdict(self.to_send),
            "to_receive": msgspec.structs.asdict(self.to_receive),
            "last_success_at": rfc3339(self.last_success_ms) if self.last_success_ms else None,
            "alarm": self.alarm or None,
            "offline_since": rfc3339(self.offline_since_ms) if self.offline_since_ms and not self.unasked else None,
            "paused": self.state == PAUSED,
            "revoked": self.state == REVOKED,
            "server": self.url or None,
            "trouble": trouble or None,
            "wrong": self.wrong,
            "workstations_online": self.others_online,
            "words": words(self),
        }

    def _said_state(self) -> str:
        """The command line knows four states: what is shut out is an alarm, all else is not in contact."""
        return ALARM if self.state == REVOKED else OFFLINE


def encode_status(status: SyncStatus) -> bytes:
    """For a message between processes."""
    return msgspec.json.encode(status)


def decode_status(data: bytes) -> SyncStatus:
    """From those bytes; an empty status where they are none."""
    try:
        return msgspec.json.decode(data, type=SyncStatus)
    except (msgspec.MsgspecError, ValueError):
        return SyncStatus()


def words(status: SyncStatus) -> str:
    """One sentence."""
    said: dict[str, Callable[[], str]] = {
        NONE: lambda: "This workstation works without a clinic server",
        REVOKED: lambda: "This workstation was shut out of the clinic",
        ALARM: lambda: status.alarm or "The clinic server is not to be believed; work goes on here",
        PAUSED: lambda: f"Paused{' on a metered network' * status.metered}{_comma(_waiting(status))}",
        OFFLINE: lambda: _offline(status),
        UP_TO_DATE: lambda: "All photos are on the server",
    }
    return said.get(status.state, lambda: _working(status))()


def _working(status: SyncStatus) -> str:
    waiting = _waiting(status)
    if waiting:
        left = _left(status)
        return f"{waiting}, {left}" if left else waiting
    if status.wrong:
        return f"{_many(status.wrong, 'picture')} on the server not as sealed, asked for again later"
    if status.unprepared:
        return "Changes wait to be sent at the next sign-in"
    return "Comparing with the clinic server"


def _offline(status: SyncStatus) -> str:
    if status.trouble is not None and status.trouble.code != "server_offline":
        return f"{status.trouble.message} Nothing is lost"
    if not status.offline_since_ms:
        return "Offline, nothing is lost"
    since, now = (datetime.fromtimestamp(ms / 1000) for ms in (status.offline_since_ms, status.at_ms))
    when = f"{since:%H:%M}" if since.date() == now.date() else f"{since.day} {since:%b %Y, %H:%M}"
    if status.unasked:
        return f"All photos were on the server at {when}, it was not asked since"
    return f"Offline since {when}, nothing is lost"


def _waiting(status: SyncStatus) -> str:
    out, into = status.to_send, status.to_receive
    if out.photos or into.photos:
        parts = [f"{_many(load.photos, 'photo')} to {verb}" for load, verb in _both(status) if load.photos]
    else:
        parts = [f"{_many(load.operations, 'change')} to {verb}" for load, verb in _both(status) if load.operations]
    return ", ".join(parts)


def _both(status: SyncStatus) -> tuple[tuple[Load, str], tuple[Load, str]]:
    return (status.to_send, "send"), (status.to_receive, "receive")


def _left(status: SyncStatus) -> str:
    total = status.to_send.bytes + status.to_receive.bytes
    if not status.bytes_s or not total:
        return ""
    seconds = total / status.bytes_s
    if seconds < 60:
        return "less than a minute"
    return f"{round(seconds / 60):,} min" if seconds < 5400 else f"{round(seconds / 3600):,} h"


def _comma(rest: str) -> str:
    return f", {rest}" if rest else ""


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
