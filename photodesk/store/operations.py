"""Operations: every change as a signed, sealed record, committed together with its effect.

Record (formats, "Operation"): `[version, suite, operation_id, workstation, sequence, previous32, clock, scope,
compartment, epoch, nonce12, ciphertext, signature]`. Sealed inside: `[schema, person, reason, entity, entity_id, verb,
{field: [value, replaced clock]}, person_signature]`. Ids are 16 bytes, `entity_id` is text, `clock` is
`wall ms << 16 | counter`, previous32 = SHA-256(label ‖ the previous record of this workstation in this database).
Key = HKDF(salt = EK or 32 zero bytes, ikm = DK or CK of the epoch, label ‖ operation_id).

The person signs label ‖ clinic id ‖ operation_id ‖ scope ‖ compartment (one byte) ‖ the bytes before that signature;
the workstation signs label ‖ clinic id ‖ the record's bytes before its signature.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from photodesk import ids
from photodesk.clock import HybridClock
from photodesk.crypto import (
    AEAD_NONCE_BYTES,
    SUITE,
    VERSION,
    decrypt,
    derive,
    encrypt,
    extract,
    hmac_sha256,
    label,
    sha256,
    verify,
)
from photodesk.errors import Damaged, Refused
from photodesk.store.change import Change
from photodesk.store.conflict_rules import SEEN, deletes
from photodesk.store.projection import Edit, Tables, apply, field_clocks
from photodesk.store.readable import Readable
from photodesk.store.records import pack, signed, split_signature, unpack
from photodesk.store.signer import Signer

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

KIND = "operation"
PERSON_KIND = "operation-person"
SCHEMA = 1
_FIELDS = 13
_Inside = tuple[int, bytes, str, str, str, str, dict[str, tuple[Any, Annotated[int, msgspec.Meta(ge=0)]]], bytes]
_inside = msgspec.msgpack.Decoder(list[Any])
_typed_inside = msgspec.msgpack.Decoder(_Inside)

OPERATION_TABLES = (
    (
        "CREATE TABLE operation (operation_id TEXT PRIMARY KEY, workstation TEXT NOT NULL, sequence INTEGER NOT NULL,"
        " clock INTEGER NOT NULL, entity TEXT NOT NULL, entity_id TEXT NOT NULL, record BLOB NOT NULL,"
        " UNIQUE (workstation, sequence))"
    ),
    "CREATE INDEX operation_clock ON operation (clock)",
    "CREATE INDEX operation_entity ON operation (entity_id, entity)",
    (
        "CREATE TABLE field_clock (entity TEXT NOT NULL, entity_id TEXT NOT NULL, clocks BLOB NOT NULL,"
        " PRIMARY KEY (entity, entity_id)) WITHOUT ROWID"
    ),
)

ERASED_TABLE = (  # operations that went with an erased patient: that they were, and how the chain goes on after them
    "CREATE TABLE erased_operation (workstation TEXT NOT NULL, sequence INTEGER NOT NULL, chain BLOB NOT NULL,"
    " PRIMARY KEY (workstation, sequence)) WITHOUT ROWID"
)


class Compartment(IntEnum):
    """Whose role keys open an operation."""

    DESK = 1
    CLINICAL = 2


@dataclass(frozen=True)
class Scope:
    """What an operation is about: a chart id and that patient's erasure key, or neither."""

    chart_id: str = ids.NO_ID.hex()
    erasure_key: bytes = bytes(32)


@dataclass(frozen=True)
class Operation:
    """One operation, opened."""

    operation_id: str
    workstation: str
    sequence: int
    previous: bytes
    clock: int
    scope: str
    compartment: Compartment
    person: str
    reason: str
    edit: Edit
    replaced: Mapping[str, int]
    inside: bytes = field(default=b"", repr=False)

    def signed_by(self, person_public: bytes, clinic_id: bytes) -> bool:
        """Whether the person signed exactly this."""
        before, signature = split_signature(self.inside, KIND)
        about = ids.to_bytes(self.operation_id) + ids.to_bytes(self.scope) + bytes([self.compartment])
        return verify(person_public, signature, PERSON_KIND, clinic_id, about + before)


class OperationBook:
    """Writes operations of this workstation into one database and applies them to its tables."""

    def __init__(
        self, keyset: KeySet, signer: Signer, clock: HybridClock, compartment: Compartment, tables: Tables
    ) -> None:
        self._keyset = keyset
        self._signer = signer
        self._clock = clock
        self._compartment = compartment
        self._tables = tables

    @property
    def keyset(self) -> KeySet:
        """The keys it seals with."""
        return self._keyset

    @property
    def tables(self) -> Tables:
        """The tables it projects into."""
        return self._tables

    def resume(self, last_clock: int) -> None:
        """Later operations get a clock above the database's highest."""
        self._clock.seen(last_clock)

    def record(self, connection: Any, change: Change, scope: Scope, edit: Edit) -> int:
        """Seal, sign, store and apply one change inside the caller's transaction; returns its clock."""
        clocks = field_clocks(connection, edit.entity, edit.entity_id)
        if deletes(edit.entity, edit.fields):
            edit = replace(edit, fields={**edit.fields, SEEN: {name: clocks[name][0] for name in sorted(clocks)}})
        replaced = {name: clocks[name][0] if name in clocks else 0 for name in edit.fields}
        clock = self._clock.above(max(replaced.values(), default=0))
        operation_id = ids.ordered_id(clock >> 16)
        sequence, previous = self._last(connection)
        record = self._sealed(operation_id, sequence, previous, clock, scope, change, edit, replaced)
        workstation = self._keyset.workstation_id
        connection.execute(
            "INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?)",
            (operation_id, workstation, sequence, clock, edit.entity, edit.entity_id, record),
        )
        apply(connection, self._tables, edit, clock, workstation)
        return clock

    def _last(self, connection: Any) -> tuple[int, bytes]:
        row = connection.execute(
            "SELECT sequence, record FROM operation WHERE workstation = ? ORDER BY sequence DESC LIMIT 1",
            (self._keyset.workstation_id,),
        ).fetchone()
        last = (0, bytes(32)) if row is None else (int(row[0]), chained(row[1]))
        gone = connection.execute(
            "SELECT sequence, chain FROM erased_operation WHERE workstation = ? ORDER BY sequence DESC LIMIT 1",
            (self._keyset.workstation_id,),
        ).fetchone()
        sequence, previous = last if gone is None else max(last, (int(gone[0]), bytes(gone[1])))
        return sequence + 1, previous

    def _sealed(
        self,
        operation_id: str,
        sequence: int,
        previous: bytes,
        clock: int,
        scope: Scope,
        change: Change,
        edit: Edit,
        replaced: Mapping[str, int],
    ) -> bytes:
        keyset = self._keyset
        about = ids.to_bytes(operation_id) + ids.to_bytes(scope.chart_id) + bytes([self._compartment])
        inside = signed(
            [
                SCHEMA,
                ids.to_bytes(change.actor),
                change.reason,
                edit.entity,
                edit.entity_id,
                edit.verb,
                {name: [value, replaced[name]] for name, value in edit.fields.items()},
            ],
            lambda before: keyset.signing.sign(PERSON_KIND, keyset.clinic_id, about + before),
        )
        epoch, role_key = _newest(keyset, self._compartment)
        nonce = os.urandom(AEAD_NONCE_BYTES)
        raw_id = ids.to_bytes(operation_id)
        fields = [
            VERSION,
            SUITE,
            raw_id,
            ids.to_bytes(keyset.workstation_id),
            sequence,
            previous,
            clock,
            ids.to_bytes(scope.chart_id),
            int(self._compartment),
            epoch,
        ]
        key = _key(role_key, scope.erasure_key, raw_id)
        ciphertext = encrypt(key, nonce, inside, KIND, keyset.clinic_id, pack(fields))
        return signed([*fields, nonce, ciphertext], lambda before: self._signer.sign(KIND, before))


def open_operation(record: bytes, keyset: KeySet, erasure_key_of: Callable[[str], bytes]) -> Operation:
    """Decrypt one record. `erasure_key_of` gives EK by scope (32 zero bytes for none).

    Refused `newer_format` for an unknown version or a newer schema, `no_key` without the role key; Damaged where it
    does not match.
    """
    return open_unpacked(unpack(record, KIND, _FIELDS), keyset, erasure_key_of)


def open_unpacked(fields: list[Any], keyset: KeySet, erasure_key_of: Callable[[str], bytes]) -> Operation:
    """`open_operation` of a record's fields."""

    def key_of(role_key: bytes) -> bytes:
        return _key(role_key, erasure_key_of(ids.to_text(fields[7])), fields[2])

    return _opened(fields, keyset, key_of)


class PatientOperations:
    """Opens many operations about one patient: what their keys have in common is made once an epoch."""

    def __init__(self, keyset: KeySet, erasure_key: bytes) -> None:
        self._keyset = keyset
        self._erasure_key = erasure_key
        self._common: dict[bytes, bytes] = {}

    def open(self, fields: list[Any]) -> Operation:
        """As `open_operation`, of a record's fields."""

        def key_of(role_key: bytes) -> bytes:
            common = self._common.get(role_key)
            if common is None:
                common = self._common[role_key] = extract(self._erasure_key, role_key)
            return hmac_sha256(common, label(KIND), fields[2], b"\x01")  # HKDF-Expand of one block, RFC 5869 §2.3

        return _opened(fields, self._keyset, key_of)


def _opened(fields: list[Any], keyset: KeySet, key_of: Callable[[bytes], bytes]) -> Operation:
    """`key_of` gives the operation's key from DK or CK."""
    version, suite, operation_id, workstation, sequence, previous, clock, scope, part, epoch = fields[:10]
    nonce, ciphertext, _ = fields[10:]
    if (version, suite) != (VERSION, SUITE):
        raise Refused("newer_format", "An operation was written by a newer PhotoDesk.", "Update PhotoDesk.")
    compartment = Compartment(part)
    keys = keyset.desk_keys if compartment is Compartment.DESK else keyset.chart_keys
    if epoch not in keys:
        raise Refused("no_key", "The key of this operation is not among this person's keys.", "Sign in as a clinician.")
    inside = decrypt(key_of(keys[epoch]), nonce, ciphertext, KIND, keyset.clinic_id, pack(fields[:10]))
    person, reason, entity, entity_id, verb, values = _told(inside)
    return Operation(
        operation_id=ids.to_text(operation_id),
        workstation=ids.to_text(workstation),
        sequence=sequence,
        previous=previous,
        clock=clock,
        scope=ids.to_text(scope),
        compartment=compartment,
        person=ids.to_text(person),
        reason=reason,
        edit=Edit(entity, entity_id, verb, {name: pair[0] for name, pair in values.items()}),
        replaced={name: pair[1] for name, pair in values.items()},
        inside=inside,
    )


def _told(inside: bytes) -> tuple[bytes, str, str, str, str, dict[str, Any]]:
    """What a person said, whole and of a schema that is known here: this program's or an older one."""
    typed: _Inside | None
    try:
        typed = _typed_inside.decode(inside)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        typed = None  # looked at more closely below: a newer schema may look otherwise
    if typed is not None and typed[0] == SCHEMA and len(typed[1]) == len(ids.NO_ID):
        return typed[1:7]
    try:
        told = _inside.decode(inside)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        told = []
    if told and type(told[0]) is int and told[0] > SCHEMA:
        raise Refused("newer_format", "An operation was written by a newer PhotoDesk.", "Update PhotoDesk.")
    try:
        _, person, reason, entity, entity_id, verb, values, _ = msgspec.convert(told, _Inside)
    except msgspec.ValidationError:
        raise Damaged("bad_record", "An operation record cannot be read.") from None
    if len(person) != len(ids.NO_ID):
        raise Damaged("bad_record", "An operation record cannot be read.")
    return person, reason, entity, entity_id, verb, values


def verify_operation(record: bytes, workstation_public: bytes, clinic_id: bytes) -> bool:
    """Whether the workstation signed exactly these bytes."""
    before, signature = split_signature(record, KIND)
    return verify(workstation_public, signature, KIND, clinic_id, before)


def chained(record: bytes) -> bytes:
    """The previous32 that follows a record."""
    return sha256(label(KIND), record)


def scope_of(record: bytes) -> str:
    """The chart id an operation is about, or zeros."""
    return ids.to_text(unpack(record, KIND, _FIELDS)[7])


def check_chain(rows: list[tuple[int, bytes]], erased: Mapping[int, bytes] = MappingProxyType({})) -> None:
    """Damaged unless (sequence, record) of one workstation run from 1 without gap and each names the one before.

    `erased` are the chains after operations that went with an erased patient, by sequence.
    """
    previous, expected = bytes(32), 1
    for sequence, record in rows:
        while expected < sequence and expected in erased:
            previous, expected = erased[expected], expected + 1
        fields = unpack(record, KIND, _FIELDS)
        if (sequence, fields[4], fields[5]) != (expected, expected, previous):
            raise Damaged("operations_altered", f"The history of changes is not whole at change {expected}.")
        previous, expected = chained(record), expected + 1


def check_history(database: Readable, workstation: str) -> None:
    """`check_chain` of one workstation's operations in a database."""
    rows = database.rows(
        "SELECT sequence, record FROM operation WHERE workstation = ? ORDER BY sequence", (workstation,)
    )
    gone = database.rows("SELECT sequence, chain FROM erased_operation WHERE workstation = ?", (workstation,))
    erased = {int(sequence): bytes(chain) for sequence, chain in gone}
    check_chain([(int(sequence), bytes(record)) for sequence, record in rows], erased)


def _newest(keyset: KeySet, compartment: Compartment) -> tuple[int, bytes]:
    if compartment is Compartment.DESK:
        return keyset.desk_epoch, keyset.desk_keys[keyset.desk_epoch]
    if not keyset.chart_keys:
        raise Refused("no_chart_keys", "This person's role opens no charts.", "Ask a clinician to sign in.")
    return keyset.chart_epoch, keyset.chart_keys[keyset.chart_epoch]


def _key(role_key: bytes, erasure_key: bytes, operation_id: bytes) -> bytes:
    return derive(role_key, erasure_key, label(KIND) + operation_id)
