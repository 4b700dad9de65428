"""Reading entries back: needs a log private key, which only privacy officers are granted.

Chains and signatures are `verify`'s matter; here each entry's own seal vouches for it. An entry that can not be opened
(another epoch, damage) is not left out but comes as a `DAMAGE` entry with outcome `unreadable`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from photodesk import ids
from photodesk.crypto import KemPrivateKey, RecordKey, seal_open
from photodesk.errors import PhotoDeskError
from photodesk.log.entry import Action, Entry, decode
from photodesk.log.frames import (
    BEFORE_BODY_BYTES,
    CHECKED_HEAD,
    ENTRY_KIND,
    TAG_BYTES,
    TIMES,
    Frame,
    Kind,
    SegmentHeader,
    before_body,
    nonce,
)
from photodesk.log.records import BODY_KEY_KIND, read_new_key
from photodesk.log.segment import frames, segment_numbers, segment_path, workstations


@dataclass(frozen=True)
class LoggedEntry:
    """An entry where it stands. `at_ms` is the wall clock, `monotonic_ms` counts within one start.

    `chain` covers it, and follows `previous_chain`. `signed_ms` is when a checkpoint first covered it, where that is
    known (`log.index` tells).
    """

    sequence: int
    at_ms: int
    monotonic_ms: int
    workstation_id: str
    entry: Entry
    chain: bytes
    previous_chain: bytes = b""
    signed_ms: int | None = None


def read(
    folder: Path, private_keys: Mapping[int, KemPrivateKey], clinic_id: bytes, since_ms: int = 0
) -> Iterator[LoggedEntry]:
    """Every entry from `since_ms` on (wall clock), workstation by workstation, oldest first.

    `private_keys` are by epoch of the log key.
    """
    for workstation_id in workstations(folder):
        opener = BodyKeys(workstation_id, private_keys, clinic_id)
        for number in segment_numbers(folder, workstation_id):
            data = segment_path(folder, workstation_id, number).read_bytes()
            yield from _segment(opener, data, since_ms)


def _segment(opener: BodyKeys, data: bytes, since_ms: int) -> Iterator[LoggedEntry]:
    try:
        SegmentHeader.decode(data)
    except PhotoDeskError:
        return
    for frame in frames(data):
        if frame.kind == Kind.NEW_KEY:
            opener.learn(frame)
        elif frame.kind == Kind.ENTRY and frame.wall_ms >= since_ms:
            yield LoggedEntry(
                frame.sequence,
                frame.wall_ms,
                frame.monotonic_ms,
                opener.workstation_id,
                opener.entry(frame),
                frame.chain,
                frame.previous_chain,
            )


class BodyKeys:
    """Body keys of one workstation, as they come by."""

    def __init__(self, workstation_id: str, private_keys: Mapping[int, KemPrivateKey], clinic_id: bytes) -> None:
        self.workstation_id = workstation_id
        self._private_keys = private_keys
        self._clinic_id = clinic_id
        self._sealed: dict[int, Frame] = {}
        self._opened: dict[int, RecordKey] = {}
        self._bound = ids.to_bytes(workstation_id)

    def learn(self, frame: Frame) -> None:
        """Remember a sealed key; it is opened when first needed."""
        self._sealed[frame.key_id] = frame

    def body(self, data: bytes, offset: int) -> bytes:
        """The plain body of the whole entry frame at `offset` of a segment; Damaged, or KeyError without its key."""
        length, sequence, _, _ = CHECKED_HEAD.unpack_from(data, offset)
        (_, _, key_id) = TIMES.unpack_from(data, offset + CHECKED_HEAD.size)
        begin = offset + BEFORE_BODY_BYTES
        bound = data[offset:begin] + self._bound
        return self._key(key_id).open(nonce(sequence), data[begin : begin + length + TAG_BYTES], bound)

    def entry(self, frame: Frame) -> Entry:
        """The entry of this frame, or one that says that it can not be read."""
        try:
            key = self._key(frame.key_id)
            before = before_body(
                len(frame.body), frame.sequence, Kind.ENTRY, frame.wall_ms, frame.monotonic_ms, frame.key_id
            )
            return decode(key.open(nonce(frame.sequence), frame.body + frame.tag, before + self._bound))
        except (PhotoDeskError, KeyError):
            return Entry(Action.DAMAGE, outcome="unreadable")

    def _key(self, key_id: int) -> RecordKey:
        """KeyError where the key or its epoch is not there."""
        if key_id not in self._opened:
            new_key = read_new_key(self._sealed[key_id].body)
            bound = self._bound + key_id.to_bytes(4, "little")
            private = self._private_keys[new_key.epoch]
            key = seal_open(private, new_key.sealed, BODY_KEY_KIND, self._clinic_id, bound)
            self._opened[key_id] = RecordKey(key, ENTRY_KIND, self._clinic_id)
        return self._opened[key_id]
