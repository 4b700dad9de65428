"""The only writer of a workstation's log.

`append` returns when the entry is on the disk. Frames are made against a draft of the log's state, written and synced
in one piece, and only then does the state move on: a failed write leaves the log as it was. After a failed write the
segment is cut back to its last whole frame; a failed sync, or a failed cut, is final for this writer. One thread
uses it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from photodesk import ids
from photodesk.clock import Clock
from photodesk.crypto import SigningKey, encrypt, seal_to
from photodesk.errors import Fixable
from photodesk.log.entry import Entry, Receipt, encode
from photodesk.log.frames import (
    BODY_LIMIT_BYTES,
    ENTRY_KIND,
    HEADER,
    NO_TAG,
    TAG_BYTES,
    Kind,
    SegmentHeader,
    before_body,
    finish,
    nonce,
)
from photodesk.log.generations import GenerationList
from photodesk.log.records import (
    BODY_KEY_KIND,
    Checkpoint,
    NewKey,
    encode_new_key,
    encode_torn_tail,
    sign_checkpoint,
)
from photodesk.log.recovery import LogEnd, find_end
from photodesk.log.segment import segment_path
from photodesk.log.segment_file import DiskSegment, OpenSegment, SegmentFile, create_segment
from photodesk.log.verify import CHECKPOINT_ENTRIES

SEGMENT_BYTES = 4 << 20
SEGMENT_AGE_MS = 86_400_000
CHECKPOINT_AGE_MS = 60_000


def not_writable(error: OSError) -> Fixable:
    """The sentence for a log that can not be written, and what to do about it."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Fixable(
            "log_not_writable", "The log can not be written: the disk is full.", "Make room on the disk, then go on."
        )
    return Fixable(
        "log_not_writable",
        f"The log can not be written ({os.strerror(error.errno or errno.EIO)}).",
        "Nothing is shown until it can. Check the disk, then start PhotoDesk again.",
    )


class _Draft:
    """Frames that continue the log, before they are on the disk."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer
        self.sequence = writer.next_sequence
        self.chain = writer.chain
        self.unsigned = writer.unsigned
        self.data = bytearray()
        self.checkpoint: Checkpoint | None = None

    def add(self, kind: Kind, body: bytes, key_id: int = 0) -> Receipt:
        """One frame; an entry's body is encrypted here."""
        writer, sealed = self._writer, kind is Kind.ENTRY
        wall_ms, monotonic_ms = writer.clock.wall_ms(), writer.clock.monotonic_ms()
        before = before_body(len(body), self.sequence, kind, wall_ms, monotonic_ms, key_id)
        tag = NO_TAG
        if sealed:
            body = writer.seal_body(self.sequence, body, before)
            body, tag = body[:-TAG_BYTES], body[-TAG_BYTES:]
        frame, self.chain = finish(before, body, tag, self.chain)
        self.data += frame
        receipt = Receipt(writer.workstation_id, self.sequence, self.chain)
        self.sequence += 1
        self.unsigned += sealed
        return receipt

    def sign(self) -> None:
        """A checkpoint of everything so far."""
        self.checkpoint = self._writer.signed(self.sequence - 1, self.chain)
        self.add(Kind.CHECKPOINT, self.checkpoint.encoded)
        self.unsigned = 0


class LogWriter:
    """Appends to `folder/<workstation id>/`; `folder` is the store's `log`, `log_public_key` is of epoch `log_epoch`.

    Opening recovers: a torn tail is dropped, which is itself a frame; an altered tail stays and the log goes on
    in a new segment (`found_altered`). Opening raises OSError, `Damaged("log_unreadable")` or
    `Fixable("log_not_writable")`.
    """

    def __init__(
        self,
        folder: Path,
        clinic_id: bytes,
        workstation_id: str,
        log_signing_key: SigningKey,
        log_public_key: bytes,
        clock: Clock,
        *,
        log_epoch: int = 1,
        generations: GenerationList | None = None,
        open_segment: OpenSegment = DiskSegment,
    ) -> None:
        self.workstation_id = workstation_id
        self.clock = clock
        self.generations = generations if generations is not None else GenerationList()
        self.last_operation = b""
        self.last_checkpoint: Checkpoint | None = None
        self._folder, self._clinic_id = folder, clinic_id
        self._signing_key, self._open_segment = log_signing_key, open_segment
        self._start_id = ids.random_id()
        self._key, self._key_id = os.urandom(32), 0
        self._final: Fixable | None = None
        self._file: SegmentFile | None = None
        end = find_end(folder, workstation_id)
        self.found_altered, self.dropped_bytes = end.altered, len(end.torn)
        self._adopt(end)
        self._begin(end, log_public_key, log_epoch)

    # -- what others use --

    def append(self, entry: Entry) -> Receipt:
        """Durable when it returns."""
        return self.append_bodies([encode(entry)])[0]

    def append_bodies(self, bodies: Sequence[bytes]) -> list[Receipt]:
        """Several entries with one sync, in order; all durable when it returns, or none."""
        if any(len(body) > BODY_LIMIT_BYTES for body in bodies):
            raise ValueError("an entry is too long for the log")
        self.rotate_if_due()
        draft = _Draft(self)
        receipts: list[Receipt] = []
        for body in bodies:
            receipts.append(draft.add(Kind.ENTRY, body, self._key_id))
            if draft.unsigned >= CHECKPOINT_ENTRIES:
                draft.sign()
        self._commit(draft)
        return receipts

    def checkpoint(self) -> Checkpoint:
        """Sign the log as it stands; the last checkpoint again if nothing was added or committed since."""
        if self.last_checkpoint and not self._news:
            return self.last_checkpoint
        draft = _Draft(self)
        draft.sign()
        self._commit(draft)
        if self.last_checkpoint is None:
            raise AssertionError("a checkpoint was just committed")
        return self.last_checkpoint

    def checkpoint_if_due(self) -> Checkpoint | None:
        """To be called now and then: signs when something is unsigned for 60 s."""
        if self._news and self.clock.monotonic_ms() - self._signed_at_ms >= CHECKPOINT_AGE_MS:
            return self.checkpoint()
        return None

    def close(self) -> None:
        """Sign what is unsigned and close. What can not be signed any more is left to the next start."""
        try:
            if self._final is None:
                self.checkpoint()
        finally:
            self._final = self._final or Fixable("log_not_writable", "The log is closed.", "Start PhotoDesk again.")
            if self._file is not None:
                self._file.close()
                self._file = None

    # -- what a draft needs --

    def seal_body(self, sequence: int, body: bytes, before: bytes) -> bytes:
        """Ciphertext ‖ tag under this start's body key."""
        bound = before + ids.to_bytes(self.workstation_id)
        return encrypt(self._key, nonce(sequence), body, ENTRY_KIND, self._clinic_id, bound)

    def signed(self, sequence: int, chain: bytes) -> Checkpoint:
        """A checkpoint of this state; the first of a segment names the hash of the whole list of generations."""
        return sign_checkpoint(
            self._signing_key,
            self._clinic_id,
            self.workstation_id,
            sequence,
            chain,
            self.clock.wall_ms(),
            self.generations.changed(),
            b"" if self._listed else self.generations.digest(),
            self.last_operation,
        )

    # -- inside --

    @property
    def _news(self) -> bool:
        """Whether a checkpoint would say more than the last one."""
        signed = self.last_checkpoint is not None and self.last_checkpoint.sequence == self.next_sequence - 2
        return not signed or bool(self.generations.changed())

    def _adopt(self, end: LogEnd) -> None:
        self.next_sequence, self.chain, self.unsigned = end.next_sequence, end.chain, end.unsigned
        self._number, self._size, self._first_ms = end.number, end.whole_bytes, end.first_ms
        self._listed = bool(end.checkpoints)
        self._signed_at_ms = self.clock.monotonic_ms()
        for checkpoint in end.checkpoints:
            self.generations.checkpointed(checkpoint)
            self.last_operation = checkpoint.last_operation

    def _begin(self, end: LogEnd, log_public_key: bytes, log_epoch: int) -> None:
        if end.number == 0 or end.altered:
            self.unsigned = 0 if end.altered else self.unsigned
            self._next_segment()
        else:
            self._open()
        draft = _Draft(self)
        if end.torn and self._file is not None:
            self._file.truncate(end.whole_bytes)
            draft.add(Kind.TORN_TAIL, encode_torn_tail(end.torn))
        self._key_id = draft.sequence & 0xFFFFFFFF
        bound = ids.to_bytes(self.workstation_id) + self._key_id.to_bytes(4, "little")
        sealed = seal_to(log_public_key, self._key, BODY_KEY_KIND, self._clinic_id, bound)
        draft.add(Kind.NEW_KEY, encode_new_key(NewKey(log_epoch, self._start_id, sealed)), self._key_id)
        if draft.unsigned:
            draft.sign()
        self._commit(draft)

    def _open(self) -> None:
        self._file = self._open_segment(segment_path(self._folder, self.workstation_id, self._number))

    def _next_segment(self) -> None:
        """Go on in a new file; OSError leaves the old one in use."""
        number = self._number + 1
        header = SegmentHeader(self.workstation_id, number, self.next_sequence, self.chain, self._start_id)
        create_segment(segment_path(self._folder, self.workstation_id, number), header)
        old, self._number = self._file, number
        self._open()
        if old is not None:
            old.close()
        self.chain, self._size, self._first_ms, self._listed = header.chain, HEADER.size, None, False

    def rotate_if_due(self, oldest_ms: int = SEGMENT_AGE_MS) -> None:
        """Go on in a new segment where this one is full, or its first frame so old."""
        age_ms = self.clock.wall_ms() - self._first_ms if self._first_ms is not None else 0
        if self._size < SEGMENT_BYTES and (self._first_ms is None or age_ms < oldest_ms):
            return
        if self.unsigned:
            self.checkpoint()
        try:
            self._next_segment()
        except OSError as error:
            raise not_writable(error) from error

    def _commit(self, draft: _Draft) -> None:
        """Write and sync; the state moves on only then."""
        if self._final is not None or self._file is None:
            raise self._final or Fixable("log_not_writable", "The log is closed.", "Start PhotoDesk again.")
        try:
            self._file.write(bytes(draft.data))
        except OSError as error:
            self._cut_back(error)
            raise not_writable(error) from error
        try:
            self._file.sync()
        except OSError as error:
            self._final = not_writable(error)
            raise self._final from error
        self._first_ms = self.clock.wall_ms() if self._first_ms is None else self._first_ms
        self.next_sequence, self.chain, self.unsigned = draft.sequence, draft.chain, draft.unsigned
        self._size += len(draft.data)
        if draft.checkpoint is not None:
            self.last_checkpoint, self._listed = draft.checkpoint, True
            self.generations.checkpointed(draft.checkpoint)
            self._signed_at_ms = self.clock.monotonic_ms()

    def _cut_back(self, error: OSError) -> None:
        """Drop a half-written frame; if even that fails, this writer is done."""
        try:
            if self._file is not None:
                self._file.truncate(self._size)
        except OSError:
            self._final = not_writable(error)
