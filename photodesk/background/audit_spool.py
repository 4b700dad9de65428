"""What the live feed has still to send: bounded, in memory, sealed in a file while the receiver cannot be reached.

Record, sealed whole under a key that the keeper derives from the workstation's secret: `[1, 1, lost, [[sequence, at ms,
person, role, action, patient, [photo…], purpose, outcome]…]]`. Where more waits than fits, the oldest goes and is
counted; the log itself keeps everything.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from pathlib import Path

import msgspec

from photodesk.crypto import AEAD_NONCE_BYTES, SUITE, VERSION, decrypt, encrypt
from photodesk.errors import Damaged
from photodesk.protocol.feeding import FeedEntry

KIND = "audit-spool"
MOST_ENTRIES = 10_000


class AuditSpool:
    """First in, first out. `lost` counts what did not fit since it was last told."""

    def __init__(self, path: Path, key: bytes, clinic_id: bytes, most: int = MOST_ENTRIES) -> None:
        self._path, self._key, self._clinic_id, self._most = path, key, clinic_id, most
        self._waiting: deque[FeedEntry] = deque()
        self.lost = 0
        self._kept = False
        self._load()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, entry: FeedEntry) -> None:
        """Wait as the last."""
        self._waiting.append(entry)
        self._bound()

    def take(self) -> FeedEntry:
        """The first; IndexError where none waits."""
        return self._waiting.popleft()

    def put_back(self, entries: Iterable[FeedEntry]) -> None:
        """Taken, but perhaps not received: they wait as the first again, in this order."""
        self._waiting.extendleft(reversed(list(entries)))
        self._bound()

    def keep(self) -> None:
        """Bring the file to what waits; where nothing does there is no file. OSError."""
        if not self._waiting and not self.lost:
            if self._kept:
                self._path.unlink(missing_ok=True)
            self._kept = False
            return
        rows = [msgspec.structs.astuple(entry) for entry in self._waiting]
        record = msgspec.msgpack.encode([VERSION, SUITE, self.lost, rows])
        nonce = os.urandom(AEAD_NONCE_BYTES)
        data = nonce + encrypt(self._key, nonce, record, KIND, self._clinic_id)
        aside = self._path.with_name(f".{self._path.name}.new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)
        with os.fdopen(os.open(aside, flags, 0o600), "wb") as file:
            file.write(data)
        aside.replace(self._path)
        self._kept = True

    def _bound(self) -> None:
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self.lost += 1

    def _load(self) -> None:
        """A file of another key, or one that was changed, is nothing to send: the log has it all."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return
        self._kept = True
        try:
            record = decrypt(self._key, data[:AEAD_NONCE_BYTES], data[AEAD_NONCE_BYTES:], KIND, self._clinic_id)
            version, suite, lost, rows = msgspec.msgpack.decode(record)
            if (version, suite) == (VERSION, SUITE):
                self.lost = int(lost)
                for sequence, at_ms, person, role, action, patient, photos, purpose, outcome in rows:
                    more = (tuple(photos), purpose, outcome)
                    self._waiting.append(FeedEntry(sequence, at_ms, person, role, action, patient, *more))
        except (Damaged, msgspec.DecodeError, TypeError, ValueError):
            self.lost += 1
