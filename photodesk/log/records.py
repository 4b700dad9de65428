"""The plain bodies of frames that are not entries: checkpoints, new keys, dropped tails; and anchors.

Each is a msgpack array `[version, suite, …]`. Checkpoint: clinic id 16, workstation id 16, sequence, chain, wall ms,
`[[database, generation]…]`, hash of the whole list or empty, hash of the last signed operation or empty, signature 64
over label ‖ clinic id ‖ every byte before the signature. New key: epoch of the log key, start id 16, sealed key. Torn
tail: bytes dropped, their SHA-256. Anchor: `[[checkpoint's bytes]…]`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from photodesk import ids
from photodesk.crypto import SUITE, VERSION, SigningKey, sha256, verify
from photodesk.errors import Damaged, Fixable, Refused

CHECKPOINT_KIND = "log-checkpoint"
BODY_KEY_KIND = "log-body-key"
SIGNATURE_BYTES = 64


@dataclass(frozen=True)
class Checkpoint:
    """The workstation's word for its log: frame `sequence` has this chain. `encoded` are the exact signed bytes."""

    clinic_id: bytes
    workstation_id: str
    sequence: int
    chain: bytes
    at_ms: int
    generations: tuple[tuple[str, int], ...]
    list_hash: bytes
    last_operation: bytes
    encoded: bytes

    def signed_by(self, public: bytes) -> bool:
        """Whether this Ed25519 key signed it."""
        signature = self.encoded[-SIGNATURE_BYTES:]
        return verify(public, signature, CHECKPOINT_KIND, self.clinic_id, self.encoded[:-SIGNATURE_BYTES])


@dataclass(frozen=True)
class NewKey:
    """A body key sealed to the log's public key of `epoch`."""

    epoch: int
    start_id: str
    sealed: bytes


def sign_checkpoint(
    key: SigningKey,
    clinic_id: bytes,
    workstation_id: str,
    sequence: int,
    chain: bytes,
    at_ms: int,
    generations: Iterable[tuple[str, int]],
    list_hash: bytes,
    last_operation: bytes,
) -> Checkpoint:
    """Make and sign a checkpoint."""
    listed = tuple(sorted(generations))
    fields: list[Any] = [clinic_id, ids.to_bytes(workstation_id), sequence, chain, at_ms, listed]
    fields += [list_hash, last_operation, bytes(SIGNATURE_BYTES)]
    unsigned = msgspec.msgpack.encode([VERSION, SUITE, *fields])[:-SIGNATURE_BYTES]
    encoded = unsigned + key.sign(CHECKPOINT_KIND, clinic_id, unsigned)
    return Checkpoint(clinic_id, workstation_id, sequence, chain, at_ms, listed, list_hash, last_operation, encoded)


def read_checkpoint(body: bytes) -> Checkpoint:
    """`Damaged("bad_log_record")` where it is none."""
    row = _record(body, 11)
    try:
        clinic, workstation, sequence, chain, at_ms, listed, list_hash, last_operation, signature = row[2:]
        generations = tuple((str(name), int(generation)) for name, generation in listed)
        if len(signature) != SIGNATURE_BYTES or len(clinic) != 16 or body[-SIGNATURE_BYTES:] != signature:
            raise ValueError("a checkpoint ends with its signature")
        return Checkpoint(
            bytes(clinic),
            ids.to_text(workstation),
            int(sequence),
            bytes(chain),
            int(at_ms),
            generations,
            bytes(list_hash),
            bytes(last_operation),
            bytes(body),
        )
    except (TypeError, ValueError):
        raise _bad() from None


def encode_new_key(key: NewKey) -> bytes:
    """The body of a frame of kind 3."""
    return msgspec.msgpack.encode([VERSION, SUITE, key.epoch, ids.to_bytes(key.start_id), key.sealed])


def read_new_key(body: bytes) -> NewKey:
    """`Damaged("bad_log_record")` where it is none."""
    row = _record(body, 5)
    try:
        return NewKey(int(row[2]), ids.to_text(row[3]), bytes(row[4]))
    except (TypeError, ValueError):
        raise _bad() from None


def encode_torn_tail(dropped: bytes) -> bytes:
    """The body of a frame of kind 4."""
    return msgspec.msgpack.encode([VERSION, SUITE, len(dropped), sha256(dropped)])


def encode_anchor(checkpoints: Iterable[bytes]) -> bytes:
    """An anchor file from checkpoints' exact bytes."""
    return msgspec.msgpack.encode([VERSION, SUITE, list(checkpoints)])


def read_anchor(data: bytes) -> tuple[Checkpoint, ...]:
    """`Fixable("bad_anchor")` where the file is no anchor."""
    try:
        return tuple(read_checkpoint(body) for body in _record(data, 3)[2])
    except (TypeError, Damaged):
        raise Fixable("bad_anchor", "This file is not an anchor of a PhotoDesk log.", "Choose another file.") from None


def _record(body: bytes, length: int) -> list[Any]:
    try:
        row: list[Any] = msgspec.msgpack.decode(body, type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _bad() from None
    if len(row) >= 2 and (row[0], row[1]) != (VERSION, SUITE):
        raise Refused("newer_format", "The log was written by a newer PhotoDesk.", "Update PhotoDesk.")
    if len(row) != length:
        raise _bad()
    return row


def _bad() -> Damaged:
    return Damaged("bad_log_record", "A record of the log can not be read.")
