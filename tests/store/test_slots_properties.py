"""Slots, slot file and wrapped keys under tampering."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodesk.crypto import FLOOR_COST, Argon2Cost
from photodesk.errors import Damaged, PhotoDeskError, Refused
from photodesk.store import slots as slots_module
from photodesk.store.slots import Slot, make_slot, read_slot
from photodesk.store.slots_file import encode_slots, read_slots
from tests.store.clinic import PASSWORD, Clinic, make_clinic

CLINIC, SLOT, PERSON = bytes(range(16)), "11" * 16, "22" * 16
SECRET, BUNDLE_KEY = bytes(32), b"\x07" * 32


@pytest.fixture(scope="module")
def slot() -> Slot:
    return make_slot(CLINIC, SLOT, PERSON, PASSWORD, SECRET, 1, BUNDLE_KEY, FLOOR_COST, os.urandom)


def test_slot_opens_with_password_and_secret_only(slot: Slot) -> None:
    assert slot.open(CLINIC, PASSWORD, SECRET) == BUNDLE_KEY
    for password, secret in ((PASSWORD + " ", SECRET), (PASSWORD, b"\x01" * 32)):
        with pytest.raises(Refused) as refused:
            slot.open(CLINIC, password, secret)
        assert refused.value.code == "wrong_password"
    with pytest.raises(Damaged):
        slot.open(bytes(16), PASSWORD, SECRET)


def test_any_flipped_byte_of_a_slot_is_refused(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The derivation is replaced by a fast stand-in that still depends on every input."""

    def quick(password: str, salt: bytes, cost: Argon2Cost) -> bytes:
        from photodesk.crypto import sha256

        return sha256(password.encode(), salt, repr(cost).encode())

    monkeypatch.setattr(slots_module, "password_key", quick)
    made = make_slot(CLINIC, SLOT, PERSON, PASSWORD, SECRET, 1, BUNDLE_KEY, FLOOR_COST, os.urandom)

    @settings(max_examples=400, deadline=None)
    @given(st.integers(0, len(made.record) - 1), st.integers(1, 255))
    def flipped(at: int, flip: int) -> None:
        record = made.record[:at] + bytes([made.record[at] ^ flip]) + made.record[at + 1 :]
        with pytest.raises(PhotoDeskError):
            read_slot(record).open(CLINIC, PASSWORD, SECRET)

    flipped()


@pytest.mark.parametrize("cost", [Argon2Cost(1024, 3, 1), Argon2Cost(65_536, 1, 1), Argon2Cost(8_388_608, 3, 1)])
def test_costs_outside_the_range_are_refused_in_both_directions(slot: Slot, cost: Argon2Cost) -> None:
    with pytest.raises(Refused) as refused:
        make_slot(CLINIC, SLOT, PERSON, PASSWORD, SECRET, 1, BUNDLE_KEY, cost, os.urandom)
    assert refused.value.code == "cost_out_of_range"
    fields = msgspec.msgpack.decode(slot.record)
    fields[5:8] = [cost.memory_kib, cost.passes, cost.lanes]
    with pytest.raises(Refused):
        read_slot(msgspec.msgpack.encode(fields)).open(CLINIC, PASSWORD, SECRET)


def test_reserved_kind_and_newer_version_are_refused(slot: Slot) -> None:
    fields = msgspec.msgpack.decode(slot.record)
    with pytest.raises(Damaged):
        read_slot(msgspec.msgpack.encode([*fields[:2], 3, *fields[3:]]))
    with pytest.raises(Refused) as refused:
        read_slot(msgspec.msgpack.encode([2, *fields[1:], b"more"]))
    assert refused.value.code == "newer_format"


def test_an_older_slot_cannot_be_served_again(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path / "store")
    store = bytes.fromhex(clinic.founded.clinic_id)
    file = read_slots(clinic.layout, store)
    secret = clinic.secrets.get(f"{clinic.founded.clinic_id}/{clinic.founded.workstation_id}/workstation-secret")
    old, stolen = file.slots[0], "stolen password"
    other = make_slot(store, old.slot_id, old.person_id, stolen, SECRET, 1, BUNDLE_KEY, FLOOR_COST, os.urandom)
    names = file.names(secret)
    clinic.layout.slots.write_bytes(encode_slots(store, file.workstation_id, (other,), names, secret, os.urandom))
    from photodesk.store.signin import open_slot, people_for_signin

    assert [one.disabled for one in people_for_signin(clinic.layout, clinic.secrets)] == [True]
    with pytest.raises(Damaged) as damaged:
        open_slot(clinic.layout, clinic.secrets, old.slot_id, stolen)
    assert damaged.value.code == "slot_replaced"


def _sign_in(clinic: Clinic) -> None:
    clinic.sign_in()


@pytest.mark.parametrize("file", ["keys", "slots", "workstation_key"])
def test_every_flipped_byte_of_a_key_file_is_refused(tmp_path_factory: pytest.TempPathFactory, file: str) -> None:
    """What a sign-in or the keeper's start reads; recovery copies are checked where they are used."""
    from photodesk.store.keys_file import encode_keys, read_keys
    from photodesk.store.signin import open_slot, people_for_signin
    from photodesk.store.workstation import open_workstation_keys

    clinic = make_clinic(tmp_path_factory.mktemp("tamper") / "store")
    slot = people_for_signin(clinic.layout, clinic.secrets)[0].slot_id
    if file == "keys":
        from dataclasses import replace

        whole = read_keys(clinic.layout, bytes.fromhex(clinic.founded.clinic_id))
        clinic.layout.keys.write_bytes(encode_keys(replace(whole, recovery=())))
    path: Path = getattr(clinic.layout, file)
    good = path.read_bytes()
    step = max(1, len(good) // 25)

    def use() -> None:
        open_workstation_keys(clinic.layout, clinic.secrets)
        open_slot(clinic.layout, clinic.secrets, slot, PASSWORD)

    use()
    for at in range(0, len(good), step):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x20]) + good[at + 1 :])
        with pytest.raises(PhotoDeskError):
            use()


def test_missing_files_are_named(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path / "store")
    checks: list[tuple[Path, str, Callable[[], object]]] = [
        (clinic.layout.keys, "keys_missing", clinic.sign_in),
        (clinic.layout.workstation_key, "workstation_key_missing", clinic.signer),
        (clinic.layout.slots, "slots_missing", clinic.sign_in),
        (clinic.layout.members, "members_missing", clinic.sign_in),
    ]
    for path, code, use in checks:
        data = path.read_bytes()
        path.unlink()
        with pytest.raises(Damaged) as damaged:
            use()
        assert damaged.value.code == code
        path.write_bytes(data)
    assert clinic.sign_in()
