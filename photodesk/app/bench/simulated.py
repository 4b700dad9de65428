"""Workstations that exist for a bench only: a clinic's membership log and parcels, without a store."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from photodesk import ids
from photodesk.crypto import SUITE, VERSION, KemPrivateKey, SigningKey, label, sha256
from photodesk.store.member_entry import (
    KIND,
    AddPerson,
    AddWorkstation,
    Author,
    Body,
    Found,
    KeyMark,
    SlotMark,
    encode_entry,
)
from photodesk.store.members_log import start_of
from photodesk.store.records import signed
from photodesk.store.roles import FOUNDER_ROLES, KeyKind
from photodesk.sync.parcels import FIRST_PREVIOUS, make_parcel
from photodesk.sync.parcels import KIND as PARCEL

SEALED_BYTES = 400  # what an operation of a chart seals, on average


@dataclass
class Simulated:
    """One workstation: its keys, and where its parcels stand."""

    clinic_id: bytes
    workstation_id: str = field(default_factory=ids.random_id)
    signing: SigningKey = field(default_factory=SigningKey.generate)
    send_sequence: int = 0
    previous: bytes = FIRST_PREVIOUS
    made: int = 0

    def body(self) -> AddWorkstation:
        """The entry's body that makes it a workstation."""
        public = SigningKey.generate().public
        return AddWorkstation(ids.to_bytes(self.workstation_id), self.signing.public, public, b"sealed name")

    def parcel(self, count: int, now_ms: int) -> tuple[bytes, list[bytes]]:
        """The next parcel over `count` new operations, and these."""
        operations = [self._operation(now_ms) for _ in range(count)]

        def sign(before: bytes) -> bytes:
            return self.signing.sign(PARCEL, self.clinic_id, before)

        record = make_parcel(self.workstation_id, self.send_sequence + 1, self.previous, operations, sign)
        self.send_sequence, self.previous = self.send_sequence + 1, sha256(label(PARCEL), record)
        return record, operations

    def _operation(self, now_ms: int) -> bytes:
        self.made += 1
        fields = [VERSION, SUITE, os.urandom(16), ids.to_bytes(self.workstation_id), self.made, bytes(32)]
        fields += [now_ms << 16 | self.made & 0xFFFF, os.urandom(16), 1, 1, os.urandom(12), os.urandom(SEALED_BYTES)]
        return signed(fields, lambda before: self.signing.sign("operation", self.clinic_id, before))


def simulated_clinic(count: int, now_ms: int) -> tuple[bytes, list[bytes], list[Simulated]]:
    """(clinic id, membership entries, workstations)."""
    clinic_id, person_id, person = ids.to_bytes(ids.random_id()), ids.random_id(), SigningKey.generate()
    stations = [Simulated(clinic_id) for _ in range(count)]
    roles, kem = sorted(FOUNDER_ROLES), KemPrivateKey.generate().public
    founder = AddPerson(
        ids.to_bytes(person_id), roles, person.public, kem, b"sealed name", [SlotMark(bytes(16), bytes(32))]
    )
    marks = [KeyMark(kind, 1, bytes(32)) for kind in (KeyKind.DESK, KeyKind.CHART)]
    bodies: list[Body] = [Found(b"sealed name", founder, stations[0].body(), bytes(1216), marks)]
    bodies += [one.body() for one in stations[1:]]
    author = Author(
        person_id,
        stations[0].workstation_id,
        lambda data: person.sign(KIND, clinic_id, data),
        lambda data: stations[0].signing.sign(KIND, clinic_id, data),
    )
    entries: list[bytes] = []
    head = start_of(clinic_id)
    for sequence, body in enumerate(bodies, start=1):
        entries.append(encode_entry(sequence, head, now_ms, body, author))
        head = sha256(label(KIND), entries[-1])
    return clinic_id, entries, stations
