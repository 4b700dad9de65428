"""What the keeper holds for one store while it is open: the lock, the signing keys, the log, attempts, generations."""

from __future__ import annotations

import errno
import fcntl
import hmac
import logging
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from photodesk import __version__, ids
from photodesk.app.attempts import MAC_BYTES, Attempts, boot_id, save_to
from photodesk.app.keeper_syncer import has_server
from photodesk.clock import Clock
from photodesk.crypto import hmac_sha256, label, sha256
from photodesk.errors import Fixable
from photodesk.log.entry import Action, Entry, Receipt, encode
from photodesk.log.generations import GenerationList
from photodesk.log.records import Checkpoint
from photodesk.log.recovery import checkpoints_after, find_end
from photodesk.log.segment import segment_numbers
from photodesk.log.segment_file import DiskSegment, OpenSegment
from photodesk.log.writer import LogWriter, not_writable
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout, refuse_network, refuse_read_only
from photodesk.store.workstation import WorkstationKeys

LOCK_BYTES = 200
SEAL_MS, SEAL_AT_LOCK_MS = 3_600_000, 600_000  # with a clinic server: how old a segment of the log gets
PERSON_ID = re.compile("[0-9a-f]{32}")
_log = logging.getLogger("photodesk.keeper")
OpenKeys = Callable[[Layout], WorkstationKeys]
Heard = Callable[[Sequence[Receipt], Sequence[bytes]], None]
"""Told of entries that are on the disk, with their bodies."""


def take_store_lock(path: Path) -> int:
    """The descriptor that holds `store.lock` until it is closed; `Fixable("store_in_use")`."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unreadable(error) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        raise Fixable(
            "store_in_use",
            "This store is open in another PhotoDesk.",
            "Close the other window, or wait for the other command to end.",
        ) from None
    return fd


class Books:
    """One open store, from `START` to `STOP`."""

    def __init__(
        self,
        layout: Layout,
        open_keys: OpenKeys,
        clock: Clock,
        open_segment: OpenSegment = DiskSegment,
        heard: Heard = lambda _receipts, _bodies: None,
    ) -> None:
        self.layout = layout
        self._sends_log = has_server(layout)
        self._heard = heard
        self.clock = clock
        refuse_network(layout.root)
        refuse_read_only(layout.root)
        self._lock_fd = take_store_lock(layout.lock)
        try:
            self.keys = open_keys(layout)
            begun = bool(segment_numbers(layout.log, self.keys.workstation_id))
            self.generations = self._known_generations()
            self.attempts = Attempts(self.keys.mac_key, self.keys.clinic_id, clock, boot_id(), save_to(layout.attempts))
            self._log = self._open_log(open_segment)
            self.attempts.load(_read(layout.attempts), expected=begun)
            self._opening_entries()
        except BaseException as error:
            os.close(self._lock_fd)
            if isinstance(error, OSError):
                raise unreadable(error) from error
            raise

    def append_bodies(self, bodies: Sequence[bytes]) -> list[Receipt]:
        """Durable when it returns; `Fixable("log_not_writable")`."""
        try:
            receipts = self._log.append_bodies(bodies)
        except OSError as error:
            raise not_writable(error) from error
        self._heard(receipts, bodies)
        return receipts

    def append(self, *entries: Entry) -> None:
        """The keeper's own entries."""
        self.append_bodies([encode(entry) for entry in entries])

    def unlocked(self, person_id: str, role: str, slot_id: str) -> None:
        """Somebody has signed in: their entry, and the count of wrong passwords ends."""
        self.append(Entry(Action.UNLOCK, person_id, role, details={"slot": slot_id}))
        if slot_id:
            self.attempts.forgive(slot_id)
        self.signed_in(person_id, role)

    def signed_in(self, person_id: str = "", role: str = "") -> None:
        """Who is signed in stands in `store.lock`, so that the next start can say whom a keeper's sudden end locked."""
        try:
            os.ftruncate(self._lock_fd, 0)
            os.pwrite(self._lock_fd, f"{person_id} {role}".strip().encode("ascii"), 0)
        except OSError as error:
            _log.warning("store.lock was not written: %s", errno.errorcode.get(error.errno or 0, "?"))

    def sign(self, kind: str, data: bytes) -> bytes:
        """The workstation's signature; the newest operation's hash goes into the next checkpoint."""
        if kind == "operation":
            self._log.last_operation = sha256(data)
        return self.keys.workstation_signing.sign(kind, self.keys.clinic_id, data)

    def checkpoint(self) -> Checkpoint:
        """Sign the log as it stands, and keep the list of generations beside it."""
        made = self._log.checkpoint()
        self._save_generations()
        self._finish_segment(SEAL_AT_LOCK_MS)
        return made

    def checkpoint_if_due(self) -> None:
        """Called about every second."""
        if self._log.checkpoint_if_due() is not None:
            self._save_generations()
        self._finish_segment(SEAL_MS)

    def close(self, *last: Entry) -> None:
        """Append what is left to say, sign, let go of the store, also where the log can not be written."""
        try:
            self.append(*last, Entry(Action.STOP))
            self._log.close()
            self._save_generations()
            self.signed_in()
        finally:
            os.close(self._lock_fd)

    @property
    def clinic_id(self) -> str:
        """32 hex digits."""
        return ids.to_text(self.keys.clinic_id)

    def _open_log(self, open_segment: OpenSegment) -> LogWriter:
        keys = self.keys
        try:
            return LogWriter(
                self.layout.log,
                keys.clinic_id,
                keys.workstation_id,
                keys.log_signing,
                keys.log_public,
                self.clock,
                log_epoch=keys.log_epoch,
                generations=self.generations,
                open_segment=open_segment,
            )
        except OSError as error:
            raise not_writable(error) from error

    def _finish_segment(self, oldest_ms: int) -> None:
        """A whole segment goes to the clinic server; one that is being written does not."""
        if self._sends_log:
            self._log.rotate_if_due(oldest_ms)

    def _known_generations(self) -> GenerationList:
        """The file's list, and what the log says since; where the file is gone or altered, the whole log tells.

        So an older file put back says no less than the newest one.
        """
        data = _read(self.layout.generations) or b""
        record, mac = data[:-MAC_BYTES], data[-MAC_BYTES:]
        ours = hmac.compare_digest(mac, self._generations_mac(record))
        known = GenerationList.decode(record) if ours else GenerationList()
        self.log_cut = known.sequence >= find_end(self.layout.log, self.keys.workstation_id).next_sequence
        if self.log_cut:
            known.sequence = 0
        signer = self.keys.log_signing.public
        for checkpoint in checkpoints_after(self.layout.log, self.keys.workstation_id, known.sequence):
            if checkpoint.signed_by(signer):
                known.checkpointed(checkpoint)
        return known

    def _save_generations(self) -> None:
        """`generations.msgpack`: the list's record and its MAC under a key of WS."""
        record = self.generations.encode()
        write_atomically(self.layout.generations, record + self._generations_mac(record))

    def _generations_mac(self, record: bytes) -> bytes:
        return hmac_sha256(self.keys.mac_key, label("generations"), self.keys.clinic_id, record)

    def _opening_entries(self) -> None:
        entries = [Entry(Action.START, details={"version": __version__})]
        person_id, _, role = os.pread(self._lock_fd, LOCK_BYTES, 0).decode("ascii", "replace").partition(" ")
        if PERSON_ID.fullmatch(person_id):
            entries.append(Entry(Action.LOCK, person_id, role, outcome="keeper_ended"))
            self.signed_in()
        if self._log.found_altered:
            entries.append(Entry(Action.DAMAGE, outcome="log_altered"))
        elif self.log_cut:
            entries.append(Entry(Action.DAMAGE, outcome="log_cut"))
        if self.attempts.lost:
            entries.append(Entry(Action.DAMAGE, outcome="attempts_lost"))
        self.append(*entries)


def unreadable(error: OSError) -> Fixable:
    """The sentence for a file of the store that the system does not let us read or write. No path: it may be a name."""
    return Fixable(
        "file_refused",
        f"A file of the store cannot be opened ({os.strerror(error.errno or errno.EIO)}).",
        "Check that all files of the store belong to you and can be read and written, then try again.",
    )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
