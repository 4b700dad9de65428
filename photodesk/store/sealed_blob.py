"""Sealed blobs: a photo's copy anywhere outside its chart (formats, "Sealed blob").

Header, 104 bytes: `PDSB`, version, suite, kind, log2 of the chunk size (20); plaintext length u64, padded length u64
(Padmé); blob uuid 16, HKDF salt 32, key commitment 32. Then chunks of 1 MiB, each with a 16-byte tag; the plaintext is
padded with zeros. HKDF(salt, photo key, label ‖ header[0:40]) gives 64 bytes: AES-256-GCM key ‖ commitment. Nonce:
7 zero bytes ‖ chunk index u32 ‖ 1 on the last chunk, else 0. Associated data: label ‖ clinic id ‖
SHA-256(label ‖ header). Blob id: SHA-256(label ‖ length u64 ‖ SHA-256 of each 8 MiB part of the whole file).
Padmé: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PETS 2019, algorithm 1.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from photodesk import ids
from photodesk.crypto import SUITE, VERSION, decrypt, derive, encrypt, label, sha256
from photodesk.errors import Damaged, Refused

MAGIC = b"PDSB"
HEADER_BYTES = 104
CHUNK_LOG2 = 20
CHUNK_BYTES = 1 << CHUNK_LOG2
TAG_BYTES = 16
ID_PART_BYTES = 8 << 20
_KIND = "sealed-blob"


class BlobKind(IntEnum):
    """What a blob holds."""

    ORIGINAL = 1
    SCREEN = 2
    THUMBNAIL = 3
    ATTACHMENT = 4
    SNAPSHOT = 5


@dataclass(frozen=True)
class BlobHeader:
    """What the first 104 bytes say."""

    kind: BlobKind
    plain_bytes: int
    padded_bytes: int
    uuid: bytes
    salt: bytes
    commitment: bytes

    @property
    def first(self) -> bytes:
        """Bytes 0 to 40."""
        fixed = MAGIC + bytes([VERSION, SUITE, self.kind, CHUNK_LOG2])
        return fixed + self.plain_bytes.to_bytes(8, "little") + self.padded_bytes.to_bytes(8, "little") + self.uuid

    @property
    def raw(self) -> bytes:
        """All 104 bytes."""
        return self.first + self.salt + self.commitment

    @property
    def chunks(self) -> int:
        """How many chunks follow; an empty blob has one."""
        return max(1, -(-self.padded_bytes // CHUNK_BYTES))


def padme(length: int) -> int:
    """The padded length of a plaintext: at most 12 % more."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def seal_blob(
    chunks: Iterable[bytes],
    plain_bytes: int,
    kind: BlobKind,
    photo_key: bytes,
    clinic_id: bytes,
    uuid: bytes | None = None,
    salt: bytes | None = None,
) -> Iterator[bytes]:
    """The blob in pieces: the header, then chunk after chunk. ValueError if the stream is not `plain_bytes` long.

    `uuid` (16 bytes) and `salt` (32 bytes) are random unless a frozen example gives them.
    """
    blank = BlobHeader(
        kind, plain_bytes, padme(plain_bytes), uuid or ids.to_bytes(ids.random_id()), salt or os.urandom(32), bytes(32)
    )
    key, commitment = _keys(blank, photo_key)
    header = BlobHeader(kind, plain_bytes, blank.padded_bytes, blank.uuid, blank.salt, commitment)
    yield header.raw
    bound = sha256(label(_KIND), header.raw)
    held = bytearray()
    index = given = 0
    for piece in _padded(chunks, header):
        held += piece
        given += len(piece)
        if given > header.padded_bytes:
            break
        while len(held) >= CHUNK_BYTES and index < header.chunks - 1:
            yield encrypt(key, _nonce(index, header), bytes(held[:CHUNK_BYTES]), _KIND, clinic_id, bound)
            del held[:CHUNK_BYTES]
            index += 1
    if given != header.padded_bytes:
        raise ValueError("the stream is not as long as was said")
    yield encrypt(key, _nonce(index, header), bytes(held), _KIND, clinic_id, bound)


def read_header(raw: bytes) -> BlobHeader:
    """Refused `newer_format` for another version or suite; Damaged where the lengths cannot be."""
    if len(raw) != HEADER_BYTES or raw[:4] != MAGIC:
        raise Damaged("bad_blob", "These bytes are no sealed photo.")
    if (raw[4], raw[5]) != (VERSION, SUITE):
        raise Refused("newer_format", "A sealed photo was written by a newer PhotoDesk.", "Update PhotoDesk.")
    plain, padded = int.from_bytes(raw[8:16], "little"), int.from_bytes(raw[16:24], "little")
    if raw[7] != CHUNK_LOG2 or raw[6] not in set(BlobKind) or padded != padme(plain):
        raise Damaged("bad_blob", "The head of a sealed photo is damaged.")
    return BlobHeader(BlobKind(raw[6]), plain, padded, raw[24:40], raw[40:72], raw[72:104])


def open_blob(stream: BinaryIO, photo_key: bytes, clinic_id: bytes, kind: BlobKind) -> Iterator[bytes]:
    """The plaintext in pieces. The commitment is compared first, in constant time; every piece given out is authentic.

    Damaged for another key, kind, clinic, order, length or any altered byte.
    """
    header = read_header(stream.read(HEADER_BYTES))
    key, commitment = _keys(header, photo_key)
    if header.kind is not kind or not hmac.compare_digest(commitment, header.commitment):
        raise Damaged("not_authentic", "A sealed photo does not match its key.")
    bound = sha256(label(_KIND), header.raw)
    left = header.plain_bytes
    for index in range(header.chunks):
        length = min(CHUNK_BYTES, header.padded_bytes - index * CHUNK_BYTES) + TAG_BYTES
        sealed = stream.read(length)
        if len(sealed) != length:
            raise Damaged("blob_truncated", "A sealed photo is cut short.")
        piece = decrypt(key, _nonce(index, header), sealed, _KIND, clinic_id, bound)
        yield piece[:left]
        left -= min(left, len(piece))
    if stream.read(1):
        raise Damaged("bad_blob", "Bytes follow the end of a sealed photo.")


class BlobName:
    """The id of a blob while its bytes go by; needs no key."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self._parts: list[bytes] = []
        self._part = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        """The next bytes."""
        view = memoryview(piece)
        while view:
            room = ID_PART_BYTES - self.size_bytes % ID_PART_BYTES
            self._part.update(view[:room])
            self.size_bytes += min(room, len(view))
            view = view[room:]
            if self.size_bytes % ID_PART_BYTES == 0:
                self._parts.append(self._part.digest())
                self._part = hashlib.sha256()

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, counted."""
        for piece in pieces:
            self.add(piece)
            yield piece

    def take(self, stream: BinaryIO) -> None:
        """All that is left of a stream."""
        while piece := stream.read(CHUNK_BYTES):
            self.add(piece)

    def digest(self) -> bytes:
        """The 32-byte id of what went by."""
        last = [self._part.digest()] if self.size_bytes % ID_PART_BYTES else []
        return sha256(label("blob-id"), self.size_bytes.to_bytes(8, "little"), *self._parts, *last)

    def hex(self) -> str:
        """The id as a file is named."""
        return self.digest().hex()


def blob_id(stream: BinaryIO) -> bytes:
    """The 32-byte id over the whole file; needs no key."""
    name = BlobName()
    name.take(stream)
    return name.digest()


def fixed_name(photo_key: bytes, kind: BlobKind, plain_sha256: bytes) -> tuple[bytes, bytes]:
    """(uuid, salt) of the blob of exactly this plaintext: HKDF(salt = SHA-256, photo key, label ‖ kind).

    The same plaintext sealed again under its key is the same blob, so that every copy has one id; another plaintext
    never meets this salt. The uuid carries the marks of version 4.
    """
    drawn = derive(photo_key, plain_sha256, label("blob-name") + bytes([kind]), 48)
    return uuid.UUID(bytes=drawn[:16], version=4).bytes, drawn[16:]


def _keys(header: BlobHeader, photo_key: bytes) -> tuple[bytes, bytes]:
    both = derive(photo_key, header.salt, label(_KIND) + header.first, 64)
    return both[:32], both[32:]


def _nonce(index: int, header: BlobHeader) -> bytes:
    return bytes(7) + index.to_bytes(4, "little") + bytes([index == header.chunks - 1])


def _padded(chunks: Iterable[bytes], header: BlobHeader) -> Iterator[bytes]:
    given = 0
    for chunk in chunks:
        given += len(chunk)
        yield chunk
    if given != header.plain_bytes:
        raise ValueError("the stream is not as long as was said")
    left = header.padded_bytes - given
    while left:
        step = min(left, CHUNK_BYTES)
        yield bytes(step)
        left -= step
