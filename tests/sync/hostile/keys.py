"""Class 1: public keys, grants, invitations, erasure keys that are swapped, old or foreign."""

from __future__ import annotations

import os
from collections.abc import Callable

from photodesk import ids
from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.ids import to_bytes
from photodesk.store.erasure_seal import open_erasure_key, seal_erasure_key
from photodesk.store.invitation import Package, invitation_keys, new_invitation_code, open_package, seal_package
from photodesk.store.key_records import What, make_key_record
from photodesk.store.member_entry import AddPerson, AddWorkstation, GrantMade, Invitation, KeyMark, SlotMark
from photodesk.store.records import pack, unpack
from photodesk.store.roles import KeyKind, Role
from photodesk.sync.keys_step import LISTED
from photodesk.sync.line import KeyRecord, SealedErasureKey
from tests.server.clinic import NOW_MS, Clinic
from tests.store.conftest import make_keyset
from tests.sync.hostile.membership import forged, serve
from tests.sync.hostile.stage import SILENT, Stage, comes_to

INNER = b"a bundle, as it stands in a workstation's files"


def person(person_id: bytes) -> AddPerson:
    """A person with keys of the server's own."""
    keys = SigningKey.generate().public, KemPrivateKey.generate().public
    return AddPerson(person_id, [Role.ADMINISTRATOR], *keys, b"sealed name", [SlotMark(os.urandom(16), bytes(32))])


def workstation_of_the_server(stage: Stage) -> None:
    """The server makes itself a workstation of the clinic."""
    keys = SigningKey.generate().public, SigningKey.generate().public
    serve(stage, [*stage.clinic.entries, forged(stage, AddWorkstation(os.urandom(16), *keys, b"name"))])


def person_of_the_server(stage: Stage) -> None:
    """The server makes itself an administrator."""
    serve(stage, [*stage.clinic.entries, forged(stage, person(os.urandom(16)))])


def keys_of_a_person_swapped(stage: Stage) -> None:
    """The administrator is given keys that the server made: what is sealed to them it could read."""
    serve(stage, [*stage.clinic.entries, forged(stage, person(to_bytes(stage.clinic.person_id)))])


def epoch_of_the_server(stage: Stage) -> None:
    """A new epoch of the inbox's key pair, whose private half the server has."""
    body = KeyMark(KeyKind.INBOX, 2, KemPrivateKey.generate().public)
    serve(stage, [*stage.clinic.entries, forged(stage, body)])


def grant_forged(stage: Stage) -> None:
    """A grant for somebody, that nobody who holds the key made."""
    body = GrantMade(to_bytes(stage.clinic.person_id), KeyKind.CHART, 1, bytes(32))
    serve(stage, [*stage.clinic.entries, forged(stage, body)])


def invitation_of_the_server(stage: Stage) -> None:
    """The server invites itself."""
    body = Invitation(os.urandom(16), SigningKey.generate().public, NOW_MS + 60_000)
    serve(stage, [*stage.clinic.entries, forged(stage, body)])


def give(stage: Stage, record: bytes) -> None:
    """The victim is given this key record."""
    stage.server.kept_records = [KeyRecord(1, record)]
    stage.members_pass()


def signed_by(stage: Stage, key: SigningKey, clinic: bytes, station: str = "") -> bytes:
    """A key record in A's name, or another's."""
    sign: Callable[[str, bytes], bytes] = lambda kind, data: key.sign(kind, clinic, data)  # noqa: E731
    return make_key_record(What.BUNDLE, INNER, station or stage.a.station.workstation_id, sign)


@comes_to(SILENT)
def record_of_the_server(stage: Stage) -> None:
    """A bundle in a workstation's name that the server signed."""
    give(stage, signed_by(stage, SigningKey.generate(), stage.clinic.raw_id))


@comes_to(SILENT)
def record_of_nobody(stage: Stage) -> None:
    """A bundle of a workstation that the clinic never had."""
    give(stage, signed_by(stage, SigningKey.generate(), stage.clinic.raw_id, ids.random_id()))


@comes_to(SILENT)
def record_of_another_clinic(stage: Stage) -> None:
    """A bundle that this very key signed for another clinic."""
    give(stage, signed_by(stage, stage.a.station.signing, Clinic().raw_id))


@comes_to(SILENT)
def record_altered(stage: Stage) -> None:
    """A bit of a bundle is flipped."""
    record = signed_by(stage, stage.a.station.signing, stage.clinic.raw_id)
    give(stage, record[:40] + bytes([record[40] ^ 1]) + record[41:])


@comes_to(SILENT)
def record_relabelled(stage: Stage) -> None:
    """A bundle is served as a slot."""
    fields = unpack(signed_by(stage, stage.a.station.signing, stage.clinic.raw_id), "key-record", 6)
    give(stage, pack([*fields[:2], int(What.SLOT), *fields[3:]]))


def records_out_of_order(stage: Stage) -> None:
    """Key records whose places do not rise."""
    record = signed_by(stage, stage.a.station.signing, stage.clinic.raw_id)
    stage.line.key_records = lambda _after: [KeyRecord(2, record), KeyRecord(1, record)]
    stage.members_pass()


def erasure_keys_out_of_order(stage: Stage) -> None:
    """Erasure keys whose scopes do not rise, so that some are never seen."""
    stage.b.spool.set_facts({LISTED: b""})
    stage.b.spool.set_facts({"erasure-listed": b""})
    stage.line.erasure_keys = lambda _after: [SealedErasureKey("ff" * 16, b"x"), SealedErasureKey("aa" * 16, b"x")]
    stage.members_pass()


@comes_to("not_authentic")
def erasure_keys_swapped(_stage: Stage) -> None:
    """A patient's erasure key is served as another's."""
    keyset = make_keyset()
    open_erasure_key(keyset, "ab" * 16, seal_erasure_key(keyset, "cd" * 16, bytes(32)))


def package() -> Package:
    """What an invitation's code opens."""
    return Package(bytes(16), bytes(32), 1, bytes(32), "https://x", bytes(32), "", bytes(32), {1: bytes(32)})


@comes_to("invitation_altered")
def package_of_the_server(_stage: Stage) -> None:
    """The package of an invitation is one that the server sealed, with its own pin and keys."""
    mine, typed = invitation_keys(new_invitation_code()), invitation_keys(new_invitation_code())
    open_package(typed, seal_package(mine, package()))


@comes_to("invitation_altered")
def package_altered(_stage: Stage) -> None:
    """A bit of the package is flipped."""
    keys = invitation_keys(new_invitation_code())
    sealed = seal_package(keys, package())
    open_package(keys, sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:])


ATTACKS = (
    workstation_of_the_server,
    person_of_the_server,
    keys_of_a_person_swapped,
    epoch_of_the_server,
    grant_forged,
    invitation_of_the_server,
    record_of_the_server,
    record_of_nobody,
    record_of_another_clinic,
    record_altered,
    record_relabelled,
    records_out_of_order,
    erasure_keys_out_of_order,
    erasure_keys_swapped,
    package_of_the_server,
    package_altered,
)
