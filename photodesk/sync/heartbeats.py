"""Heartbeats: every 15 minutes a workstation repeats, signed by its keeper, what it has seen of the clinic.

A heartbeat travels among the operations and has their outer layout, so that the server orders and chains it like one:
compartment 0, epoch 0, no scope, a nonce of zeros, and in place of the ciphertext a plain body
`[1, place, chain32, members, members_head32, [[workstation16, parcel, hash32]…], [[workstation16, entry, chain32]…]]`:
how far it followed the order, how far the membership log, the newest parcel of each other workstation, the newest
checkpoint of each other log. The two lists name what changed since its last one. Sequence and previous32 count its
heartbeats. It names no person and no patient. The label under the signature is its own, so neither can stand for the
other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from photodesk import ids
from photodesk.crypto import SUITE, VERSION, label, sha256, verify
from photodesk.store.record_version import bad_record
from photodesk.store.records import pack, signed, split_signature, unpack
from photodesk.sync.parcels import OperationHead, operation_head

KIND = "heartbeat"
CONTROL = 0  # the compartment of what carries no patient's data
EVERY_MS = 15 * 60_000
FIRST_PREVIOUS = bytes(32)
_SCHEMA = 1
_NO_NONCE = bytes(12)
_MOST_HEADS = 2000


@dataclass(frozen=True)
class Head:
    """How far one workstation's parcels, or its log, were seen: a number and the hash or chain there."""

    workstation_id: str
    number: int
    hash: bytes


@dataclass(frozen=True)
class Sight:
    """What a workstation has seen."""

    place: int
    chain: bytes
    members: int
    members_head: bytes
    parcels: tuple[Head, ...]
    logs: tuple[Head, ...]


@dataclass(frozen=True)
class Heartbeat:
    """One as read; the signature is not checked yet (see `signed_by`)."""

    head: OperationHead
    sight: Sight
    record: bytes

    @property
    def at_ms(self) -> int:
        """The workstation's own clock."""
        return self.head.clock >> 16

    def hash(self) -> bytes:
        """What the workstation's next heartbeat names as its previous, 32 bytes."""
        return sha256(label(KIND), self.record)

    def signed_by(self, public: bytes, clinic_id: bytes) -> bool:
        """Whether this workstation key signed exactly these bytes for this clinic."""
        before, signature = split_signature(self.record, KIND)
        return verify(public, signature, KIND, clinic_id, before)


def make_heartbeat(
    workstation_id: str,
    sequence: int,
    previous: bytes,
    at_ms: int,
    sight: Sight,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """A signed heartbeat; `sequence` counts this workstation's from 1."""
    heads = [
        [[ids.to_bytes(one.workstation_id), one.number, one.hash] for one in some]
        for some in (sight.parcels, sight.logs)
    ]
    body = pack([_SCHEMA, sight.place, sight.chain, sight.members, sight.members_head, *heads])
    fields = [VERSION, SUITE, ids.to_bytes(ids.random_id()), ids.to_bytes(workstation_id), sequence, previous]
    fields += [at_ms << 16, bytes(16), CONTROL, 0, _NO_NONCE, body]
    return signed(fields, sign)


def read_heartbeat(record: bytes) -> Heartbeat:
    """A heartbeat from its bytes. Refused `newer_format`; Damaged `bad_record`."""
    head = operation_head(record)
    nonce, body = unpack(record, KIND, 13)[10:12]
    if head.compartment != CONTROL or head.epoch or head.scope != ids.to_text(bytes(16)) or nonce != _NO_NONCE:
        raise bad_record(KIND)
    split_signature(record, KIND)
    return Heartbeat(head, _sight(body), record)


def _sight(body: bytes) -> Sight:
    schema, place, chain, members, members_head, parcels, logs = unpack(body, KIND, 7)
    if schema != _SCHEMA or not (_is_number(place) and _is_number(members) and _is_hash(chain)):
        raise bad_record(KIND)
    if not _is_hash(members_head):
        raise bad_record(KIND)
    return Sight(place, chain, members, members_head, _heads(parcels), _heads(logs))


def _heads(listed: object) -> tuple[Head, ...]:
    if not isinstance(listed, list) or len(listed) > _MOST_HEADS:
        raise bad_record(KIND)
    return tuple(map(_head, listed))


def _head(one: object) -> Head:
    workstation, number, hashed = one if isinstance(one, list) and len(one) == 3 else (b"", 0, b"")
    if not (isinstance(workstation, bytes) and len(workstation) == 16 and _is_number(number) and _is_hash(hashed)):
        raise bad_record(KIND)
    return Head(ids.to_text(workstation), number, hashed)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _is_hash(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == 32
