"""The frozen bytes of every key record: written the same, and opened, for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from photodesk.crypto import verify
from photodesk.store.bundle import open_bundle
from photodesk.store.emergency import tidy_code
from photodesk.store.invitation import invitation_keys, open_package
from photodesk.store.key_records import KIND as KEY_RECORD
from photodesk.store.key_records import open_shown_name
from photodesk.store.keys_file import database_key, inbox_key, open_for_recovery, read_grant, read_keys
from photodesk.store.layout import Layout
from photodesk.store.member_entry import KIND, SlotSet, decode_entry, open_name
from photodesk.store.records import split_signature
from photodesk.store.recovery import identity
from photodesk.store.roles import KeyKind
from photodesk.store.slots import read_slot
from photodesk.store.slots_file import read_slots
from photodesk.store.store_json import check_mac, mac_key, read_store
from photodesk.store.workstation import unwrap_workstation_keys
from tests.store import key_examples as made

FROZEN = json.loads((Path(__file__).resolve().parents[1] / "vectors" / "keys.json").read_text("utf-8"))
REPEATABLE = {name: bytes.fromhex(record) for name, record in FROZEN["repeatable"].items()}
SEALED = {name: bytes.fromhex(record) for name, record in FROZEN["sealed"].items()}


def test_the_same_bytes_are_written_today() -> None:
    assert made.repeatable() == FROZEN["repeatable"]


def test_slot_opens() -> None:
    slot = read_slot(REPEATABLE["slot"])
    assert slot.open(made.CLINIC, made.PASSWORD, made.CLINIC_SECRET) == made.BUNDLE_KEY


def test_slot_with_a_security_key_opens() -> None:
    slot = read_slot(REPEATABLE["slot_fido"])
    assert (slot.fido_credential, slot.fido_salt) == (made.FIDO.credential, made.FIDO.salt)
    assert slot.open(made.CLINIC, made.PASSWORD, made.CLINIC_SECRET, made.FIDO.output) == made.BUNDLE_KEY


def test_bundle_and_wrapped_keys_open(tmp_path: Path) -> None:
    bundle = open_bundle(REPEATABLE["bundle"], made.CLINIC, made.PERSON, made.BUNDLE_KEY)
    assert (bundle.signing.raw, bundle.kem.raw) == (made.SIGNING.raw, made.PERSON_KEM.raw)
    layout = Layout(tmp_path)
    layout.keys.write_bytes(REPEATABLE["keys_file"])
    keys = read_keys(layout, made.CLINIC)
    held = {KeyKind.DESK: {1: made.DESK}, KeyKind.CHART: {1: made.CHART}}
    assert database_key(keys.databases[0], keys, held, made.SECRET) == ("catalog", made.DATABASE)
    opened = inbox_key(keys.inbox[0], made.CLINIC, {1: made.CHART})
    assert opened is not None
    assert opened[1].raw == made.INBOX.raw


def test_slots_file_and_workstation_key_open(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.slots.write_bytes(REPEATABLE["slots_file"])
    assert read_slots(layout, made.CLINIC).names(made.SECRET) == made.NAMES
    pair = unwrap_workstation_keys(REPEATABLE["workstation_key"], made.CLINIC, made.WORKSTATION, made.SECRET)
    assert [key.raw for key in pair] == [made.STATION.raw, made.LOG_SIGNING.raw]


def test_store_json_reads(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.store_json.write_bytes(REPEATABLE["store_json"])
    store = read_store(layout)
    check_mac(store, mac_key(made.SECRET))
    assert (store.clinic, store.keyring) == (made.CLINIC, "SecretService")


@pytest.mark.parametrize("body", made.bodies(), ids=lambda body: type(body).__name__)
def test_membership_entries_read(body: object) -> None:
    entry = decode_entry(REPEATABLE[f"member_entry.{type(body).__name__}"])
    assert entry.body == body
    assert entry.record.startswith(entry.cosigned)
    assert (entry.sequence, entry.author_id, entry.workstation_id) == (9, made.PERSON, made.WORKSTATION)


def test_a_cosigned_entry_reads_and_verifies() -> None:
    entry = decode_entry(REPEATABLE["member_entry_cosigned"])
    assert entry.cosigner_id == made.COSIGNER.person_id
    assert verify(made.SECOND.public, entry.cosignature, made.KIND, made.CLINIC, entry.cosigned)


def test_an_envelope_opens() -> None:
    code = tidy_code(REPEATABLE["envelope_code"].decode().lower())
    assert read_slot(REPEATABLE["slot_emergency"]).open(made.CLINIC, code, made.CLINIC_SECRET) == made.BUNDLE_KEY
    opened = decode_entry(REPEATABLE["member_entry_envelope_opened"]).body
    assert isinstance(opened, SlotSet)
    assert opened.slot.hash == bytes(32)


def test_names_in_entries_open() -> None:
    sealed = made.found_body().person.sealed_name
    assert open_name(sealed, bytes.fromhex(made.PERSON), made.CLINIC, {1: made.DESK}) == "Ada Byron"


def test_sealed_records_open() -> None:
    assert read_grant(SEALED["grant"]).open(made.CLINIC, made.PERSON_KEM) == made.CHART
    opener = identity(REPEATABLE["recovery_code"].decode())
    assert opener.raw == REPEATABLE["recovery_identity"]
    assert open_for_recovery(SEALED["recovery"], made.CLINIC, opener) == (KeyKind.CHART, 1, made.CHART)
    secret = open_for_recovery(SEALED["recovery_workstation"], made.CLINIC, opener)
    assert secret == (KeyKind.WORKSTATION_SECRET, 1, made.SECRET)


def test_an_invitations_package_opens_with_its_code_and_a_name_with_the_clinic_secret() -> None:
    keys = invitation_keys(made.INVITATION_CODE)
    assert open_package(keys, REPEATABLE["invitation_package"]) == made.PACKAGE
    assert invitation_keys(REPEATABLE["invitation_code"].decode()).invitation_id != keys.invitation_id
    entry = decode_entry(REPEATABLE["member_entry_joining"])
    assert entry.cosigner_id == keys.invitation_id
    assert verify(keys.signing.public, entry.cosignature, KIND, made.CLINIC, entry.cosigned)
    assert open_shown_name(REPEATABLE["shown_name"], made.CLINIC, {1: made.CLINIC_SECRET}) == (made.PERSON, "Ada Byron")
    before, signature = split_signature(REPEATABLE["key_record"], KEY_RECORD)
    assert verify(made.STATION.public, signature, KEY_RECORD, made.CLINIC, before)
