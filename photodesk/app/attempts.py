"""How often a password may be tried.

Three tries in a row are free, then each waits: 5 s doubling to 320 s; ten in a row rest the slot until it is renewed.
Attempts are counted, and the count is on disk, before a derivation starts. Waits run on the monotonic clock, which
restarts with the machine: after that, or with the file gone or altered although the log has begun, the longest wait due
begins again. File: `[1, 1, boot id, [[slot id, attempts in a row, monotonic ms]…], MAC]`; the MAC is HMAC-SHA-256 under
a key of WS over label ‖ clinic id ‖ every byte before it. It is there from the first start on.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from photodesk.clock import Clock
from photodesk.crypto import SUITE, VERSION, hmac_sha256, label
from photodesk.store.files import write_atomically

FREE_ATTEMPTS = 3
LAST_ATTEMPT = 10
FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 320_000
MAC_BYTES = 32
EVERYONE = ""  # the row of a wait for all slots, after the file was lost


def wait_after_ms(attempts: int) -> int:
    """How long the next try waits after so many in a row, in ms."""
    if attempts < FREE_ATTEMPTS:
        return 0
    return min(FIRST_WAIT_MS << (attempts - FREE_ATTEMPTS), LONGEST_WAIT_MS)


@dataclass(frozen=True)
class Verdict:
    """`state` is "allowed", "wait" or "disabled"."""

    state: str
    wait_ms: int = 0


@dataclass
class _Row:
    attempts: int
    wait_until_ms: int


def boot_id() -> str:
    """Names this run of the machine, on Linux; empty elsewhere, where every start counts as a new one."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


class Attempts:
    """The count of every slot. `save` puts bytes on the disk before it returns."""

    def __init__(
        self, mac_key: bytes, clinic_id: bytes, clock: Clock, boot: str, save: Callable[[bytes], None]
    ) -> None:
        self._mac_key, self._clinic_id, self._clock = mac_key, clinic_id, clock
        self._boot, self._save = boot, save
        self._rows: dict[str, _Row] = {}
        self._before: dict[str, _Row] = {}
        self.lost = False

    def load(self, data: bytes | None, *, expected: bool) -> None:
        """Take the file's content, None if there is none, and make it then. `expected`: there must have been one."""
        now_ms = self._clock.monotonic_ms()
        rows = self._read(data) if data is not None else None
        if rows is None:
            self.lost = expected
            if expected:
                self._rows[EVERYONE] = _Row(LAST_ATTEMPT - 1, now_ms + LONGEST_WAIT_MS)
            self._save(self._encode())
            return
        boot, listed = rows
        for slot_id, attempts, at_ms in listed:
            same_run = bool(boot) and boot == self._boot and at_ms <= now_ms
            self._rows[slot_id] = _Row(attempts, (at_ms if same_run else now_ms) + wait_after_ms(attempts))

    def begin(self, slot_id: str) -> Verdict:
        """Count a try, unless it has to wait; `Fixable` or `Damaged` if the count can not be put on disk."""
        row = self._rows.get(slot_id, _Row(0, 0))
        if row.attempts >= LAST_ATTEMPT:
            return Verdict("disabled")
        now_ms = self._clock.monotonic_ms()
        due_ms = self.wait_ms(slot_id)
        if due_ms > 0:
            return Verdict("wait", due_ms)
        attempts = row.attempts + 1
        self._before[slot_id] = row
        self._rows[slot_id] = _Row(attempts, now_ms + wait_after_ms(attempts))
        self._save(self._encode())
        return Verdict("allowed")

    def wait_ms(self, slot_id: str) -> int:
        """How long the next try has to wait."""
        rows = (self._rows.get(slot_id), self._rows.get(EVERYONE))
        until_ms = max((row.wait_until_ms for row in rows if row is not None), default=0)
        return max(0, until_ms - self._clock.monotonic_ms())

    def take_back(self, slot_id: str) -> None:
        """The try just counted said nothing about the password: the row is as it was before it."""
        before = self._before.pop(slot_id, None)
        if before is None:
            return
        if before.attempts:
            self._rows[slot_id] = before
        else:
            self._rows.pop(slot_id, None)
        self._save(self._encode())

    def forgive(self, slot_id: str) -> None:
        """The slot opened: its count begins again."""
        self._before.pop(slot_id, None)
        if self._rows.pop(slot_id, None) is not None:
            self._save(self._encode())

    def _encode(self) -> bytes:
        rows = [
            [slot_id, row.attempts, row.wait_until_ms - wait_after_ms(row.attempts)]
            for slot_id, row in sorted(self._rows.items())
        ]
        record = msgspec.msgpack.encode([VERSION, SUITE, self._boot, rows, bytes(MAC_BYTES)])[:-MAC_BYTES]
        return record + self._mac(record)

    def _mac(self, record: bytes) -> bytes:
        return hmac_sha256(self._mac_key, label("attempts"), self._clinic_id, record)

    def _read(self, data: bytes) -> tuple[str, list[tuple[str, int, int]]] | None:
        record, mac = data[:-MAC_BYTES], data[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(record)):
            return None
        version, suite, boot, rows, _ = msgspec.msgpack.decode(
            data, type=tuple[int, int, str, list[tuple[str, int, int]], Any]
        )
        return (boot, rows) if (version, suite) == (VERSION, SUITE) else None


def save_to(path: Path) -> Callable[[bytes], None]:
    """Write the file whole, and synced."""
    return lambda data: write_atomically(path, data)
