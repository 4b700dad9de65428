"""A clinic as a server sees it: membership entries, parcels and checkpoints signed by keys made here, no store."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx

from photodesk import ids
from photodesk.crypto import SUITE, VERSION, KemPrivateKey, SigningKey, label, sha256
from photodesk.log.records import sign_checkpoint
from photodesk.store.member_entry import (
    KIND,
    AddPerson,
    AddWorkstation,
    Author,
    Body,
    ErasePatient,
    Found,
    KeyMark,
    RevokeWorkstation,
    SlotMark,
    encode_entry,
)
from photodesk.store.members_log import start_of
from photodesk.store.records import signed
from photodesk.store.roles import FOUNDER_ROLES, KeyKind
from photodesk.sync.blob_parts import PART_BYTES, id_of_parts, part_hash
from photodesk.sync.parcels import FIRST_PREVIOUS, make_parcel
from photodesk.sync.parcels import KIND as PARCEL
from photodesk.sync.statements import SIGN_IN, sign_in_statement

NOW_MS = 1_795_000_000_000


def text(raw: bytes) -> str:
    """Bytes as messages carry them."""
    return b64encode(raw).decode()


def raw(message: str) -> bytes:
    """Bytes out of a message."""
    return b64decode(message, validate=True)


@dataclass
class Workstation:
    """One workstation's keys, and where its parcels and log stand."""

    clinic_id: bytes
    workstation_id: str = field(default_factory=ids.random_id)
    signing: SigningKey = field(default_factory=SigningKey.generate)
    log_signing: SigningKey = field(default_factory=SigningKey.generate)
    send_sequence: int = 0
    previous: bytes = FIRST_PREVIOUS
    made: int = 0

    def body(self) -> AddWorkstation:
        return AddWorkstation(
            ids.to_bytes(self.workstation_id), self.signing.public, self.log_signing.public, b"sealed name"
        )

    def operation(self, scope: str = "00" * 16, size: int = 40, hours_off: int = 0) -> bytes:
        self.made += 1
        fields = [VERSION, SUITE, os.urandom(16), ids.to_bytes(self.workstation_id), self.made, bytes(32)]
        fields += [
            (NOW_MS + hours_off * 3_600_000) << 16 | self.made,
            ids.to_bytes(scope),
            1,
            1,
            os.urandom(12),
            os.urandom(size),
        ]
        return signed(fields, lambda before: self.signing.sign("operation", self.clinic_id, before))

    def parcel(self, operations: list[bytes]) -> bytes:
        record = self.parcel_at(self.send_sequence + 1, self.previous, operations)
        self.send_sequence, self.previous = self.send_sequence + 1, sha256(label(PARCEL), record)
        return record

    def parcel_at(self, sequence: int, previous: bytes, operations: list[bytes]) -> bytes:
        def sign(before: bytes) -> bytes:
            return self.signing.sign(PARCEL, self.clinic_id, before)

        return make_parcel(self.workstation_id, sequence, previous, operations, sign)

    def checkpoint(self, sequence: int, chain: bytes = b"\x07" * 32) -> bytes:
        made = sign_checkpoint(
            self.log_signing, self.clinic_id, self.workstation_id, sequence, chain, NOW_MS, [], b"", b""
        )
        return made.encoded


class Clinic:
    """A founder, workstations, and the membership log between them."""

    def __init__(self) -> None:
        self.raw_id = ids.to_bytes(ids.random_id())
        self.person_id, self.person = ids.random_id(), SigningKey.generate()
        self.first = Workstation(self.raw_id)
        self.entries: list[bytes] = []
        person = AddPerson(
            ids.to_bytes(self.person_id),
            sorted(FOUNDER_ROLES),
            self.person.public,
            KemPrivateKey.generate().public,
            b"sealed name",
            [SlotMark(bytes(16), bytes(32))],
        )
        marks = [KeyMark(kind, 1, bytes(32)) for kind in (KeyKind.DESK, KeyKind.CHART)]
        self.append(Found(b"sealed name", person, self.first.body(), bytes(1216), marks))

    @property
    def clinic_id(self) -> str:
        return self.raw_id.hex()

    @property
    def head(self) -> bytes:
        return sha256(label(KIND), self.entries[-1]) if self.entries else start_of(self.raw_id)

    def entry(self, body: Body, by: Workstation | None = None) -> bytes:
        """An entry that would come next."""
        station = by or self.first
        author = Author(
            self.person_id,
            station.workstation_id,
            lambda data: self.person.sign(KIND, self.raw_id, data),
            lambda data: station.signing.sign(KIND, self.raw_id, data),
        )
        return encode_entry(len(self.entries) + 1, self.head, NOW_MS, body, author)

    def append(self, body: Body) -> bytes:
        self.entries.append(self.entry(body))
        return self.entries[-1]

    def add_workstation(self) -> Workstation:
        made = Workstation(self.raw_id)
        self.append(made.body())
        return made

    def revoke(self, station: Workstation) -> bytes:
        body = RevokeWorkstation(ids.to_bytes(station.workstation_id), station.send_sequence, station.previous, False)
        return self.append(body)

    def erase(self, scope: str) -> bytes:
        return self.append(ErasePatient(ids.to_bytes(scope)))


class Caller:
    """A workstation that speaks to the server."""

    def __init__(self, http: httpx.Client, clinic: Clinic, station: Workstation, pin: bytes) -> None:
        self.http, self.clinic, self.station, self.pin = http, clinic, station, pin
        self.token = ""

    def sign_in(self) -> httpx.Response:
        who = {"clinic_id": self.clinic.clinic_id, "workstation_id": self.station.workstation_id}
        asked = self.http.post("/v1/sign-in/challenge", json=who)
        challenge = raw(asked.json()["challenge"])
        statement = sign_in_statement(self.pin, self.station.workstation_id, challenge)
        signature = self.station.signing.sign(SIGN_IN, self.clinic.raw_id, statement)
        answer = self.http.post("/v1/sign-in", json=who | {"challenge": text(challenge), "signature": text(signature)})
        if answer.status_code == 200:
            self.token = answer.json()["token"]
        return answer

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | given.pop("headers", {})
        return self.http.request(method, path, headers=headers, **given)

    def push(self, parcel: bytes, operations: list[bytes]) -> httpx.Response:
        body = {"parcel": text(parcel), "operations": [text(one) for one in operations]}
        return self.ask("POST", "/v1/operations", json=body)

    def append(self, sequence: int, previous: bytes, entries: list[bytes]) -> httpx.Response:
        body = {"clinic_id": self.clinic.clinic_id, "sequence": sequence, "previous": text(previous)}
        return self.ask("POST", "/v1/members", json=body | {"entries": [text(one) for one in entries]})

    def upload(self, data: bytes) -> httpx.Response:
        cut = [data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES)]
        blob_id = id_of_parts(len(data), list(map(part_hash, cut)))
        begun = self.ask("POST", "/v1/uploads", json={"blob_id": blob_id.hex(), "bytes": len(data)}).json()
        if begun["done"]:
            return httpx.Response(200, json=begun, request=httpx.Request("POST", "https://done.example"))
        for number, part in enumerate(cut):
            if number not in begun["parts"]:
                self.ask("PUT", f"/v1/uploads/{begun['upload_id']}/parts/{number}", content=part).raise_for_status()
        return self.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete")


def found(http: httpx.Client, clinic: Clinic, code: str) -> httpx.Response:
    """Found the clinic on the server."""
    body = {"code": code, "clinic_id": clinic.clinic_id, "entries": [text(one) for one in clinic.entries]}
    return http.post("/v1/clinics", json=body)
