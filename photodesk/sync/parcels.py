"""Parcels: what a workstation sends, in its own order, signed by its keeper.

`[version, suite, workstation, send_sequence, previous32, [SHA-256 of each operation], signature]`; send_sequence counts
from 1, previous32 = SHA-256(label ‖ the previous parcel), zeros at first; the workstation signs label ‖ clinic id ‖ the
bytes before the signature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from photodesk import ids
from photodesk.crypto import SUITE, VERSION, label, sha256, verify
from photodesk.errors import Damaged
from photodesk.store.record_version import bad_record, check_version
from photodesk.store.records import signed, split_signature, unpack

KIND = "parcel"
FIRST_PREVIOUS = bytes(32)
MOST_OPERATIONS = 500
OPERATION_BYTES = 256 * 1024
PARCEL_BYTES = 8 * 1024 * 1024
_FIELDS = 7


@dataclass(frozen=True)
class Parcel:
    """A parcel as read; the signature is not checked yet (see `signed_by`)."""

    workstation_id: str
    send_sequence: int
    previous: bytes
    operations: tuple[bytes, ...]
    record: bytes

    def hash(self) -> bytes:
        """What the next parcel names as its previous, 32 bytes."""
        return sha256(label(KIND), self.record)

    def signed_by(self, public: bytes, clinic_id: bytes) -> bool:
        """Whether this workstation key signed exactly these bytes for this clinic."""
        before, signature = split_signature(self.record, KIND)
        return verify(public, signature, KIND, clinic_id, before)

    def lists(self, operations: Sequence[bytes]) -> bool:
        """Whether these are the operations it lists, in its order."""
        return tuple(map(sha256, operations)) == self.operations


def make_parcel(
    workstation_id: str,
    send_sequence: int,
    previous: bytes,
    operations: Sequence[bytes],
    sign: Callable[[bytes], bytes],
) -> bytes:
    """A signed parcel over operations as they stand in their database."""
    hashes = [sha256(operation) for operation in operations]
    return signed([VERSION, SUITE, ids.to_bytes(workstation_id), send_sequence, previous, hashes], sign)


def read_parcel(record: bytes) -> Parcel:
    """A parcel from its bytes. Refused `newer_format`; Damaged `bad_record`."""
    fields = unpack(record, KIND, _FIELDS)
    check_version(*fields[:2])
    workstation, sequence, previous, hashes = fields[2:6]
    sound = (
        isinstance(workstation, bytes)
        and len(workstation) == 16
        and type(sequence) is int
        and 0 < sequence < 1 << 63
        and _is_hash(previous)
        and isinstance(hashes, list)
        and 0 < len(hashes) <= MOST_OPERATIONS
        and all(map(_is_hash, hashes))
    )
    if not sound:
        raise bad_record(KIND)
    split_signature(record, KIND)
    return Parcel(ids.to_text(workstation), sequence, previous, tuple(hashes), record)


@dataclass(frozen=True)
class OperationHead:
    """What an operation says to somebody without a key."""

    operation_id: str
    workstation_id: str
    sequence: int
    previous: bytes
    clock: int
    scope: str
    compartment: int
    epoch: int
    hash: bytes


def operation_head(record: bytes) -> OperationHead:
    """The plain fields of an operation. Refused `newer_format`; Damaged `bad_record`."""
    if len(record) > OPERATION_BYTES:
        raise bad_record("operation")
    fields = unpack(record, "operation", 13)
    check_version(*fields[:2])
    operation_id, workstation, sequence, previous, clock, scope, compartment, epoch, nonce, sealed, signature = fields[
        2:
    ]
    sound = (
        all(isinstance(one, bytes) and len(one) == 16 for one in (operation_id, workstation, scope))
        and all(type(one) is int and 0 <= one < 1 << 64 for one in (sequence, clock, compartment, epoch))
        and _is_hash(previous)
        and isinstance(nonce, bytes)
        and len(nonce) == 12
        and isinstance(sealed, bytes)
        and isinstance(signature, bytes)
        and len(signature) == 64
    )
    if not sound:
        raise Damaged("bad_record", "An operation cannot be read.")
    return OperationHead(
        ids.to_text(operation_id),
        ids.to_text(workstation),
        sequence,
        previous,
        clock,
        ids.to_text(scope),
        compartment,
        epoch,
        sha256(record),
    )


def _is_hash(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == 32
