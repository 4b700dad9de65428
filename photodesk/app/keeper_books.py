"""What the keeper holds for one store while it is open: the lock, the signing keys, the log, attempts, generations."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from photodesk import __version__, ids
from photodesk.app.attempts import Attempts, boot_id, save_to
from photodesk.clock import Clock
from photodesk.crypto import sha256
from photodesk.errors import Fixable, PhotoDeskError
from photodesk.log.entry import Action, Entry, Receipt, encode
from photodesk.log.generations import GenerationList
from photodesk.log.records import Checkpoint
from photodesk.log.recovery import all_checkpoints
from photodesk.log.segment import segment_numbers
from photodesk.log.segment_file import DiskSegment, OpenSegment
from photodesk.log.writer import LogWriter, not_writable
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout, refuse_network, refuse_read_only
from photodesk.store.workstation import WorkstationKeys

OpenKeys = Callable[[Layout], WorkstationKeys]


def take_store_lock(path: Path) -> int:
    """The descriptor that holds `store.lock` until it is closed; `Fixable("store_in_use")`."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
        self, layout: Layout, open_keys: OpenKeys, clock: Clock, open_segment: OpenSegment = DiskSegment
    ) -> None:
        self.layout = layout
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
        except BaseException:
            os.close(self._lock_fd)
            raise

    def append_bodies(self, bodies: Sequence[bytes]) -> list[Receipt]:
        """Durable when it returns; `Fixable("log_not_writable")`."""
        try:
            return self._log.append_bodies(bodies)
        except OSError as error:
            raise not_writable(error) from error

    def append(self, *entries: Entry) -> None:
        """The keeper's own entries."""
        self.append_bodies([encode(entry) for entry in entries])

    def sign(self, kind: str, data: bytes) -> bytes:
        """The workstation's signature; the newest operation's hash goes into the next checkpoint."""
        if kind == "operation":
            self._log.last_operation = sha256(data)
        return self.keys.workstation_signing.sign(kind, self.keys.clinic_id, data)

    def checkpoint(self) -> Checkpoint:
        """Sign the log as it stands, and keep the list of generations beside it."""
        made = self._log.checkpoint()
        self._save_generations()
        return made

    def checkpoint_if_due(self) -> None:
        """Called about every second."""
        if self._log.checkpoint_if_due() is not None:
            self._save_generations()

    def close(self, *last: Entry) -> None:
        """Append what is left to say, sign, let go of the store, also where the log can not be written."""
        try:
            self.append(*last, Entry(Action.STOP))
            self._log.close()
            self._save_generations()
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

    def _known_generations(self) -> GenerationList:
        """The file's list, brought up to date from the log; with the file gone, the whole log tells."""
        data = _read(self.layout.generations)
        if data is not None and (known := GenerationList.decode(data)).sequence:
            return known
        rebuilt = GenerationList()
        for checkpoint in all_checkpoints(self.layout.log, self.keys.workstation_id):
            rebuilt.checkpointed(checkpoint)
        return rebuilt

    def _save_generations(self) -> None:
        write_atomically(self.layout.generations, self.generations.encode())

    def _opening_entries(self) -> None:
        entries = [Entry(Action.START, details={"version": __version__})]
        if self._log.found_altered:
            entries.append(Entry(Action.DAMAGE, outcome="log_altered"))
        if self.attempts.lost:
            entries.append(Entry(Action.DAMAGE, outcome="attempts_lost"))
        self.append(*entries)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def problem_of(error: PhotoDeskError) -> tuple[str, str, str]:
    """(code, message, remedy), as messages carry them."""
    return error.code, error.message, error.remedy
