"""The frozen examples of the key files in `tests/vectors/keys.json`, and how they were made.

`python -m tests.store.key_examples` prints them anew. What is drawn from a random source is drawn from a counter under
SHA-256; sealed records (HPKE) draw their own randomness, so a frozen one is only ever opened. The file is final: a
change of any byte here is a new format version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from photodesk.crypto import FLOOR_COST, KemPrivateKey, SigningKey
from photodesk.store.bundle import Bundle, wrap_bundle
from photodesk.store.emergency import new_code as new_envelope_code
from photodesk.store.invitation import Package, invitation_keys, new_invitation_code, seal_package
from photodesk.store.key_records import What, make_key_record, seal_shown_name
from photodesk.store.keys_file import (
    KeysFile,
    encode_keys,
    key_mark,
    make_grant,
    seal_for_recovery,
    wrap_database_key,
    wrap_inbox_key,
)
from photodesk.store.member_entry import (
    KIND,
    AddPerson,
    AddWorkstation,
    Author,
    Body,
    Cosigner,
    ErasePatient,
    Found,
    GrantMade,
    KeyMark,
    Policy,
    RecoveryUsed,
    RemovePerson,
    RevokeWorkstation,
    ServerRestored,
    SetRoles,
    SlotMark,
    SlotSet,
    encode_entry,
    seal_name,
)
from photodesk.store.member_rules import DEAD_SLOT, ENVELOPE_POLICY
from photodesk.store.members import Members
from photodesk.store.recovery import identity, new_code
from photodesk.store.roles import FOUNDER_ROLES, KeyKind, Role
from photodesk.store.slots import FidoPart, SlotKind, make_slot
from photodesk.store.slots_file import ShownPerson, SignInNames, encode_slots
from photodesk.store.store_json import StoreFacts, encode_store, mac_key, make_store
from photodesk.store.workstation import wrap_workstation_keys

CLINIC = bytes.fromhex("c1" * 16)
WORKSTATION, PERSON, SLOT = "a1" * 16, "b2" * 16, "d3" * 16
PASSWORD = "fünf Lampen leise"
DESK, CHART, SECRET, CLINIC_SECRET, BUNDLE_KEY = (bytes([number]) * 32 for number in range(1, 6))
DATABASE = bytes(range(48))
SIGNING, STATION, LOG_SIGNING = (SigningKey(bytes([number]) * 32) for number in (11, 12, 13))
PERSON_KEM, LOG, INBOX = (KemPrivateKey(bytes([number]) * 96) for number in (21, 22, 23))
FOUNDER = ShownPerson(PERSON, "Ada Byron", FOUNDER_ROLES)
FIDO = FidoPart(bytes(range(64)), b"\x31" * 32, b"\x32" * 32)
NAMES = SignInNames("Example Skin Clinic", "Front desk", (FOUNDER,), 2, bytes(32))
AUTHOR = Author(
    PERSON,
    WORKSTATION,
    lambda data: SIGNING.sign(KIND, CLINIC, data),
    lambda data: STATION.sign(KIND, CLINIC, data),
)
SECOND = SigningKey(bytes([14]) * 32)
INVITATION_CODE = "7K3M-9QXT-04WD-ZR6B-H1YC"
PACKAGE = Package(
    CLINIC, b"\x41" * 32, 7, b"\x42" * 32, "https://photos.example:8443", b"\x43" * 32, "PEM", b"\x44" * 32,
    {1: CLINIC_SECRET},
)  # fmt: skip
COSIGNER = Cosigner("b3" * 16, lambda data: SECOND.sign(KIND, CLINIC, data))


def counted(name: str) -> Callable[[int], bytes]:
    """A random source that always gives the same bytes."""
    place = 0

    def draw(size: int) -> bytes:
        nonlocal place
        place += 1
        return hashlib.shake_256(f"{name} {place}".encode()).digest(size)

    return draw


def found_body() -> Found:
    """The first entry's body."""
    keys = {KeyKind.DESK: DESK, KeyKind.CHART: CHART, KeyKind.LOG: LOG.raw, KeyKind.INBOX: INBOX.raw}
    person = bytes.fromhex(PERSON)
    draw = counted("names")
    return Found(
        sealed_clinic_name=seal_name("Example Skin Clinic", CLINIC, CLINIC, DESK, 1, draw),
        person=AddPerson(
            person,
            sorted(FOUNDER_ROLES),
            SIGNING.public,
            PERSON_KEM.public,
            seal_name("Ada Byron", person, CLINIC, DESK, 1, draw),
            [SlotMark(bytes.fromhex(SLOT), bytes(32))],
        ),
        workstation=AddWorkstation(bytes.fromhex(WORKSTATION), STATION.public, LOG_SIGNING.public, b"name"),
        recovery_public=identity(new_code(counted("code"))).public,
        keys=[KeyMark(kind, 1, key_mark(CLINIC, kind, 1, key)) for kind, key in sorted(keys.items())],
    )


def bodies() -> list[Body]:
    """One of each kind that this version writes."""
    person, station, slot = bytes.fromhex(PERSON), bytes.fromhex(WORKSTATION), bytes.fromhex(SLOT)
    return [
        found_body(),
        found_body().person,
        SetRoles(person, [Role.CLINICIAN, Role.FRONT_DESK]),
        RemovePerson(person),
        found_body().workstation,
        RevokeWorkstation(station, 7, bytes(32), True),
        GrantMade(person, KeyKind.CHART, 1, bytes(32)),
        KeyMark(KeyKind.DESK, 2, bytes(32)),
        SlotSet(SlotMark(slot, bytes(32)), person, [slot]),
        Policy("idle.clinician", "5"),
        ErasePatient(bytes.fromhex("e5" * 16)),
        invitation_keys(INVITATION_CODE).body(1_700_000_600_000),
        ServerRestored(5, bytes(32)),
        RecoveryUsed(found_body().person, found_body().workstation, bytes(64)),
    ]


def repeatable() -> dict[str, str]:
    """Records that come out the same every time, in hexadecimal."""
    slot = make_slot(CLINIC, SLOT, PERSON, PASSWORD, CLINIC_SECRET, 1, BUNDLE_KEY, FLOOR_COST, counted("slot"))
    keyed = make_slot(
        CLINIC, SLOT, PERSON, PASSWORD, CLINIC_SECRET, 1, BUNDLE_KEY, FLOOR_COST, counted("fido"), SlotKind.FIDO, FIDO
    )
    members = Members(CLINIC, bytes(32))
    members._found(found_body())
    members.hashes.append(bytes(32))
    store = make_store(members, StoreFacts(WORKSTATION, "SecretService", PERSON), SIGNING, mac_key(SECRET))
    database = wrap_database_key(CLINIC, WORKSTATION, "catalog", 1, DESK, SECRET, DATABASE, counted("db"))
    inbox = wrap_inbox_key(CLINIC, 1, CHART, INBOX, counted("inbox"))
    bundle = wrap_bundle(Bundle(SIGNING, PERSON_KEM), CLINIC, PERSON, BUNDLE_KEY, counted("bundle"))
    keys = KeysFile(CLINIC, WORKSTATION, (database,), (inbox,), (bundle,), (b"grant",), (b"recovery",))
    records = {
        "slot": slot.record,
        "slot_fido": keyed.record,
        "bundle": bundle,
        "database_key": database,
        "inbox_key": inbox,
        "keys_file": encode_keys(keys),
        "slots_file": encode_slots(CLINIC, WORKSTATION, (slot,), NAMES, SECRET, counted("slots")),
        "workstation_key": wrap_workstation_keys(CLINIC, WORKSTATION, STATION, LOG_SIGNING, SECRET, counted("station")),
        "store_json": encode_store(store),
        "recovery_code": new_code(counted("code")).encode(),
        "recovery_identity": identity(new_code(counted("code"))).raw,
        "key_mark": key_mark(CLINIC, KeyKind.CHART, 1, CHART),
    }
    for body in bodies():
        records[f"member_entry.{type(body).__name__}"] = encode_entry(9, bytes(32), 1_700_000_000_000, body, AUTHOR)
    erasing = ErasePatient(bytes.fromhex("e5" * 16))
    records["member_entry_cosigned"] = encode_entry(9, bytes(32), 1_700_000_000_000, erasing, AUTHOR, COSIGNER)
    records["envelope_code"] = new_envelope_code(counted("envelope")).encode()
    records["slot_emergency"] = make_slot(
        CLINIC, SLOT, PERSON, records["envelope_code"].decode(), CLINIC_SECRET, 1, BUNDLE_KEY, FLOOR_COST,
        counted("slot"), SlotKind.EMERGENCY,
    ).record  # fmt: skip
    dead = SlotSet(SlotMark(bytes.fromhex(SLOT), DEAD_SLOT), bytes.fromhex(PERSON), [bytes.fromhex(SLOT)])
    records["member_entry_envelope_opened"] = encode_entry(9, bytes(32), 1_700_000_000_000, dead, AUTHOR)
    marked = Policy(ENVELOPE_POLICY + PERSON, "1")
    records["member_entry_envelope_made"] = encode_entry(9, bytes(32), 1_700_000_000_000, marked, AUTHOR)
    return {name: record.hex() for name, record in (records | travelling()).items()}


def travelling() -> dict[str, bytes]:
    """What a clinic server carries of people and keys; the signed fields of an invitation stand in the entry."""
    invitation = invitation_keys(INVITATION_CODE)
    joining = Author(PERSON, "a2" * 16, AUTHOR.sign, AUTHOR.workstation_sign)
    newcomer = AddWorkstation(bytes.fromhex("a2" * 16), STATION.public, LOG_SIGNING.public, b"name")
    cosigner = invitation.cosigner(CLINIC)
    name = seal_shown_name(PERSON, "Ada Byron", CLINIC, 1, CLINIC_SECRET)
    return {
        "invitation_code": new_invitation_code(counted("invitation")).encode(),
        "invitation_package": seal_package(invitation, PACKAGE),
        "member_entry_joining": encode_entry(9, bytes(32), 1_700_000_000_000, newcomer, joining, cosigner),
        "shown_name": name,
        "key_record": make_key_record(
            What.NAME, name, WORKSTATION, lambda kind, data: STATION.sign(kind, CLINIC, data)
        ),
    }


def sealed() -> dict[str, str]:
    """Records that can only be opened again, in hexadecimal."""
    recovery = identity(new_code(counted("code"))).public
    return {
        "grant": make_grant(CLINIC, PERSON, PERSON_KEM.public, KeyKind.CHART, 1, CHART).record.hex(),
        "recovery": seal_for_recovery(CLINIC, recovery, KeyKind.CHART, 1, CHART).hex(),
        "recovery_workstation": seal_for_recovery(
            CLINIC, recovery, KeyKind.WORKSTATION_SECRET, 1, SECRET, WORKSTATION
        ).hex(),
    }


if __name__ == "__main__":
    print(json.dumps({"repeatable": repeatable(), "sealed": sealed()}, indent=1))  # noqa: T201
