"""`members.log`: the file of membership entries, appended by compare-and-swap and checked whole on every open.

Header `PDML`, version, suite, clinic id; then frames of u32 length, CRC-32 of those four bytes, entry. The first
entry's previous is SHA-256(label ‖ header), so no byte is uncovered. A torn tail is a strict prefix of one frame, or
zeros after the last whole one: an append that was never acknowledged; the next append cuts it off. Anything else is
altered.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from photodesk.crypto import SUITE, VERSION, label, sha256
from photodesk.errors import Damaged, Fixable
from photodesk.store.files import in_words, sync_folder
from photodesk.store.member_entry import (
    KIND,
    AddWorkstation,
    Author,
    Body,
    Cosigner,
    Publish,
    decode_entry,
    encode_entry,
)
from photodesk.store.member_rules import may_need_two
from photodesk.store.members import Members, altered
from photodesk.store.publishing import SERVER_URL, server_needed
from photodesk.store.record_version import check_version

_MAGIC = b"PDML"
_HEADER_BYTES = 22
_FRAME = struct.Struct("<II")
_LIMIT_BYTES = 1 << 20


@dataclass(frozen=True)
class PreparedEntries:
    """Entries that are signed and not written yet, and the state after them. `publish`: as in `Author`."""

    data: bytes
    after: Members
    records: tuple[bytes, ...] = ()
    publish: Publish | None = None


class MembersLog:
    """The log on disk and the state it amounts to."""

    def __init__(self, path: Path, clinic_id: bytes) -> None:
        self._path = path
        self._clinic_id = clinic_id
        self._whole_bytes = 0
        self.members = Members(clinic_id, start_of(clinic_id))

    @classmethod
    def create(cls, path: Path, clinic_id: bytes) -> MembersLog:
        """A new, empty log; Fixable `store_exists` where the file is there already."""
        log = cls(path, clinic_id)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                _write(descriptor, _header(clinic_id))
            finally:
                os.close(descriptor)
            sync_folder(path.parent)
        except FileExistsError:
            raise Fixable(
                "store_exists", "There is a membership log here already.", "Choose an empty folder."
            ) from None
        except OSError as error:
            raise in_words(error, path.parent, _HEADER_BYTES) from None
        log._whole_bytes = _HEADER_BYTES
        return log

    @classmethod
    def open(cls, path: Path, clinic_id: bytes) -> MembersLog:
        """Read and check the whole log. Damaged `members_altered` or `members_missing`; Refused `newer_format`."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise Damaged("members_missing", "The membership log is missing.") from None
        return cls.read(data, path, clinic_id)

    @classmethod
    def read(cls, data: bytes, path: Path, clinic_id: bytes) -> MembersLog:
        """The log from bytes that are at hand, or will lie, at `path`; errors as `open`."""
        log = cls(path, clinic_id)
        if data[:4] != _MAGIC or len(data) < _HEADER_BYTES:
            raise altered(0)
        check_version(data[4], data[5])
        if data[:_HEADER_BYTES] != _header(clinic_id):
            raise altered(0)
        log._whole_bytes = log._read(data)
        if not log.members.sequence:
            raise altered(1)
        return log

    def append(
        self,
        bodies: Sequence[Body],
        author: Author,
        time_ms: int,
        cosigner: Cosigner | None = None,
        *,
        published: bool = False,
    ) -> None:
        """Add entries, durably, in one write. Fixable `members_changed` where the log grew since it was read.

        The cosigner signs those entries that may need two signatures. `published`: as in `write`.
        """
        self.write(self.prepare(bodies, author, time_ms, cosigner), published=published)

    def prepare(
        self, bodies: Sequence[Body], author: Author, time_ms: int, cosigner: Cosigner | None = None
    ) -> PreparedEntries:
        """Signed entries and the state they will lead to; nothing is written yet.

        Damaged `members_altered` for an entry that would not be accepted.
        """
        sequence, previous, records = self.members.sequence, self.members.head, []
        for body in bodies:
            sequence += 1
            second = cosigner if may_need_two(body) or isinstance(body, AddWorkstation) else None
            record = encode_entry(sequence, previous, time_ms, body, author, second)
            entry = decode_entry(record)
            records.append(record)
            previous = entry.hash()
        return replace(self.prepare_records(records), publish=author.publish)

    def prepare_records(self, records: Sequence[bytes]) -> PreparedEntries:
        """Entries that somebody else has signed, and the state they lead to. Damaged `members_altered`."""
        data = b"".join(map(_frame, records))
        return PreparedEntries(data, self._replayed(data), tuple(records))

    def records_after(self, sequence: int) -> list[bytes]:
        """The exact bytes of the entries behind a number."""
        records, at, data = [], _HEADER_BYTES, self._path.read_bytes()[: self._whole_bytes]
        while at < len(data):
            begin = at + _FRAME.size
            at = begin + _FRAME.unpack_from(data, at)[0]
            records.append(data[begin:at])
        return records[sequence:]

    def write(self, prepared: PreparedEntries, *, published: bool = False) -> None:
        """Append what was prepared on this very state; with a clinic server it is published first.

        `published`: it stands there already, or nobody can ask the server (coming back by the recovery code).
        Fixable `server_offline`, `members_changed`.
        """
        data = prepared.data
        if not published and SERVER_URL in self.members.policies:
            _publish(self.members, prepared)
        try:
            descriptor = os.open(self._path, os.O_RDWR)
            try:
                _hold(descriptor)
                self._swap(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise in_words(error, self._path.parent, len(data)) from None
        self.members = prepared.after
        self._whole_bytes += len(data)

    def _replayed(self, data: bytes) -> Members:
        """The state as it will be; an entry that would not be accepted is never written."""
        fresh = MembersLog(self._path, self._clinic_id)
        fresh._read(self._path.read_bytes()[: self._whole_bytes] + data)
        return fresh.members

    def _swap(self, descriptor: int, data: bytes) -> None:
        current = MembersLog(self._path, self._clinic_id)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            whole = current._read(file.read())
        if current.members.head != self.members.head:
            raise Fixable("members_changed", "The membership log was changed by another program.", "Try again.")
        os.ftruncate(descriptor, whole)
        os.lseek(descriptor, whole, os.SEEK_SET)
        _write(descriptor, data)

    def _read(self, data: bytes) -> int:
        """Take every whole frame; where the last one ends. What this process has checked is not checked again."""
        at = self._remembered(data)
        begun = at
        while at < len(data):
            rest = data[at : at + _FRAME.size]
            if len(rest) < _FRAME.size or (not any(rest) and not any(data[at:])):
                break
            length, check = _FRAME.unpack_from(rest)
            if check != zlib.crc32(rest[:4]) or not 0 < length <= _LIMIT_BYTES:
                raise altered(self.members.sequence + 1)
            end = at + _FRAME.size + length
            if len(data) < end:
                break
            try:
                self.members.take(decode_entry(data[at + _FRAME.size : end]))
            except Damaged:
                raise altered(self.members.sequence + 1) from None
            at = end
        if at > begun:
            _checked[self._clinic_id] = _Checked(at, sha256(data[:at]), self.members.copy())
        return at

    def _remembered(self, data: bytes) -> int:
        """Begin behind the frames that were checked before, where `data` begins with exactly these bytes."""
        before = _checked.get(self._clinic_id)
        if before is None or len(data) < before.size or sha256(data[: before.size]) != before.digest:
            return _HEADER_BYTES
        self.members = before.members.copy()
        return before.size


@dataclass(frozen=True)
class _Checked:
    """The longest beginning of a clinic's log that was checked last: so many bytes of this hash lead to this state."""

    size: int
    digest: bytes
    members: Members


_checked: dict[bytes, _Checked] = {}


def _publish(members: Members, prepared: PreparedEntries) -> None:
    if prepared.publish is None:
        raise server_needed()
    prepared.publish(members.sequence, members.head, prepared.records)


def _header(clinic_id: bytes) -> bytes:
    return _MAGIC + bytes([VERSION, SUITE]) + clinic_id


def start_of(clinic_id: bytes) -> bytes:
    """What the first entry of a clinic's log names as its previous, 32 bytes."""
    return sha256(label(KIND), _header(clinic_id))


def _frame(record: bytes) -> bytes:
    length = struct.pack("<I", len(record))
    return length + struct.pack("<I", zlib.crc32(length)) + record


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


def _hold(descriptor: int) -> None:
    """Keep other writers out until the descriptor is closed (Windows: the store's own lock does)."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)
