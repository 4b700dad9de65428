"""The bytes of a segment, exactly as `formats` lays them out.

Header, 82 bytes: `PDLG`, version, suite, workstation id 16, segment number u32, first sequence u64, previous chain 32,
start id 16. Frame: length u32, sequence u64, kind u8, CRC-32 of these three u32, wall clock ms u64, monotonic ms u64,
key id u32, ciphertext, tag 16, chain 32; all little-endian. chain = SHA-256(label ‖ previous chain ‖ all above).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum

from photodesk import ids
from photodesk.crypto import SUITE, VERSION, label
from photodesk.errors import Damaged, Refused

MAGIC = b"PDLG"
HEADER = struct.Struct("<4sBB16sIQ32s16s")
HEAD = struct.Struct("<IQB")
CHECKED_HEAD = struct.Struct("<IQBI")
TIMES = struct.Struct("<QQI")
BEFORE_BODY_BYTES = CHECKED_HEAD.size + TIMES.size
TAG_BYTES = 16
CHAIN_BYTES = 32
OVERHEAD_BYTES = BEFORE_BODY_BYTES + TAG_BYTES + CHAIN_BYTES
NO_TAG = bytes(TAG_BYTES)
NO_CHAIN = bytes(CHAIN_BYTES)
BODY_LIMIT_BYTES = 4 << 20
CHAIN_LABEL = label("log-chain")
ENTRY_KIND = "log-entry"
SUFFIX = ".pdlog"


class Kind(IntEnum):
    """What a frame is."""

    ENTRY = 1
    CHECKPOINT = 2
    NEW_KEY = 3
    TORN_TAIL = 4


@dataclass(frozen=True)
class SegmentHeader:
    """The first 82 bytes of a segment. `start_id` (32 hex digits) names the keeper's start that made it."""

    workstation_id: str
    number: int
    first_sequence: int
    previous_chain: bytes
    start_id: str

    def encode(self) -> bytes:
        """The 82 bytes."""
        return HEADER.pack(
            MAGIC,
            VERSION,
            SUITE,
            ids.to_bytes(self.workstation_id),
            self.number,
            self.first_sequence,
            self.previous_chain,
            ids.to_bytes(self.start_id),
        )

    @classmethod
    def decode(cls, data: bytes) -> SegmentHeader:
        """From the first bytes of a segment; `Damaged("bad_log_header")`, or `Refused("newer_format")`."""
        if len(data) < HEADER.size or data[:4] != MAGIC:
            raise Damaged("bad_log_header", "A log segment does not begin as one.")
        _, version, suite, workstation, number, first, previous, start = HEADER.unpack_from(data)
        if (version, suite) != (VERSION, SUITE):
            raise Refused("newer_format", "The log was written by a newer PhotoDesk.", "Update PhotoDesk.")
        return cls(ids.to_text(workstation), number, first, previous, ids.to_text(start))

    @property
    def chain(self) -> bytes:
        """What the first frame continues: SHA-256(label ‖ the whole header)."""
        return chain_start(self.encode())


@dataclass(frozen=True)
class Frame:
    """One frame, taken apart. `body` is the ciphertext of an entry, plain otherwise; `offset` is in bytes.

    `previous_chain` is what its own chain continues.
    """

    offset: int
    sequence: int
    kind: int
    wall_ms: int
    monotonic_ms: int
    key_id: int
    body: bytes
    tag: bytes
    chain: bytes
    previous_chain: bytes


KINDS = frozenset(int(kind) for kind in Kind)


def chain_start(header: bytes) -> bytes:
    """SHA-256(label ‖ header)."""
    return hashlib.sha256(CHAIN_LABEL + header).digest()


def before_body(length: int, sequence: int, kind: Kind, wall_ms: int, monotonic_ms: int, key_id: int) -> bytes:
    """The 37 bytes before a body of `length` bytes; an entry's associated data ends with them and the workstation."""
    head = HEAD.pack(length, sequence, kind)
    return head + zlib.crc32(head).to_bytes(4, "little") + TIMES.pack(wall_ms, monotonic_ms, key_id)


def finish(before: bytes, body: bytes, tag: bytes, previous_chain: bytes) -> tuple[bytes, bytes]:
    """The whole frame, and its chain."""
    covered = before + body + tag
    chain = hashlib.sha256(CHAIN_LABEL + previous_chain + covered).digest()
    return covered + chain, chain


def nonce(sequence: int) -> bytes:
    """4 zero bytes ‖ sequence: unique, for a body key never seals one sequence twice."""
    return bytes(4) + sequence.to_bytes(8, "little")


def frame_at(data: bytes, offset: int) -> Frame:
    """The whole frame that begins at `offset`; the caller has checked that it is there."""
    length, sequence, kind, _ = CHECKED_HEAD.unpack_from(data, offset)
    wall_ms, monotonic_ms, key_id = TIMES.unpack_from(data, offset + CHECKED_HEAD.size)
    body = offset + BEFORE_BODY_BYTES
    tag = body + length
    return Frame(
        offset=offset,
        sequence=sequence,
        kind=kind,
        wall_ms=wall_ms,
        monotonic_ms=monotonic_ms,
        key_id=key_id,
        body=data[body:tag],
        tag=data[tag : tag + TAG_BYTES],
        chain=data[tag + TAG_BYTES : tag + TAG_BYTES + CHAIN_BYTES],
        previous_chain=data[offset - CHAIN_BYTES : offset]
        if offset > HEADER.size
        else chain_start(data[: HEADER.size]),
    )


def is_torn_tail(rest: bytes, sequence: int) -> bool:
    """Whether what follows the last whole frame is what a power cut leaves.

    That is a strict prefix of one valid frame with this sequence, or zeros. Anything else is altered.
    """
    if rest.count(0) == len(rest):
        return True
    head = rest[: HEAD.size]
    if head[4:12] != sequence.to_bytes(8, "little")[: len(head[4:12])]:
        return False
    if len(rest) < HEAD.size:
        return True
    length, _, kind = HEAD.unpack_from(rest)
    crc = zlib.crc32(head).to_bytes(4, "little")
    stored = rest[HEAD.size : CHECKED_HEAD.size]
    if stored != crc[: len(stored)] or kind not in KINDS or length > BODY_LIMIT_BYTES:
        return False
    return len(rest) < OVERHEAD_BYTES + length and _plain_fields_fit(rest, length, kind)


def _plain_fields_fit(rest: bytes, length: int, kind: int) -> bool:
    """Key id and tag, as far as they are there, are what this kind of frame has."""
    if len(rest) >= BEFORE_BODY_BYTES:
        (_, _, key_id) = TIMES.unpack_from(rest, CHECKED_HEAD.size)
        if (key_id == 0) != (kind in {Kind.CHECKPOINT, Kind.TORN_TAIL}):
            return False
    tag = rest[BEFORE_BODY_BYTES + length : BEFORE_BODY_BYTES + length + TAG_BYTES]
    return kind == Kind.ENTRY or tag.count(0) == len(tag)
