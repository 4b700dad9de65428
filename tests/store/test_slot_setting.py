"""Several slots of one person: kinds, replacing, what each opens with, and what a cut-short change leaves."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.errors import Damaged, Fixable, Refused
from photodesk.store import slot_setting
from photodesk.store.layout import Layout
from photodesk.store.signin import check_store, open_bundle_key, open_slot, people_for_signin
from photodesk.store.slot_setting import new_slot, set_slots
from photodesk.store.slots import NO_FIDO, FidoPart, Slot, SlotKind, make_slot, read_slot
from photodesk.store.slots_file import write_slots
from tests.store.clinic import PASSWORD, Clinic, make_clinic

KEY = FidoPart(b"credential of a key", b"\x05" * 32, b"\x09" * 32)
NEW_PASSWORD = "nine slow herons over ice"


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return make_clinic(tmp_path / "store")


def _slots(clinic: Clinic) -> tuple[Slot, ...]:
    return people_for_signin(clinic.layout, clinic.secrets)[0].slots


def _new(
    clinic: Clinic, password: str = PASSWORD, kind: SlotKind = SlotKind.PASSWORD, fido: FidoPart = NO_FIDO
) -> Slot:
    checked = check_store(clinic.layout, clinic.secrets)
    member, bundle_key = open_bundle_key(checked, clinic.secrets, _slots(clinic)[0].slot_id, PASSWORD)
    return new_slot(checked, clinic.secrets, member.person_id, password, bundle_key, FLOOR_COST, kind, fido)


def _set(clinic: Clinic, made: list[Slot], replaced: list[str]) -> None:
    keyset = clinic.sign_in()
    set_slots(clinic.layout, keyset, clinic.secrets, keyset.person_id, made, replaced, clinic.signer(), SystemClock())


def test_a_new_password_replaces_the_old_one(clinic: Clinic) -> None:
    old = _slots(clinic)[0].slot_id
    made = _new(clinic, NEW_PASSWORD)
    _set(clinic, [made], [old])
    assert [slot.slot_id for slot in _slots(clinic)] == [made.slot_id]
    assert clinic.sign_in(password=NEW_PASSWORD).person_id == made.person_id
    with pytest.raises(Refused) as refused:
        clinic.sign_in()
    assert refused.value.code == "wrong_password"


def test_a_slot_with_a_security_key_opens_with_both_only(clinic: Clinic) -> None:
    old = _slots(clinic)[0].slot_id
    made = _new(clinic, kind=SlotKind.FIDO, fido=KEY)
    _set(clinic, [made], [old])
    who = people_for_signin(clinic.layout, clinic.secrets)[0]
    assert (who.needs_key, who.disabled, who.slot_id) == (True, False, made.slot_id)
    assert (who.security_keys[0].fido_credential, who.security_keys[0].fido_salt) == (KEY.credential, KEY.salt)
    assert open_slot(clinic.layout, clinic.secrets, made.slot_id, PASSWORD, KEY.output).person_id == who.person_id
    for password, output, code in (
        (PASSWORD, None, "security_key_needed"),
        (PASSWORD, bytes(32), "wrong_password"),
        ("another password", KEY.output, "wrong_password"),
    ):
        with pytest.raises(Refused) as refused:
            open_slot(clinic.layout, clinic.secrets, made.slot_id, password, output)
        assert refused.value.code == code


def test_password_key_and_emergency_slots_stand_side_by_side(clinic: Clinic) -> None:
    emergency = _new(clinic, "the envelope's long password", SlotKind.EMERGENCY)
    key = _new(clinic, kind=SlotKind.FIDO, fido=KEY)
    _set(clinic, [emergency, key], [])
    who = people_for_signin(clinic.layout, clinic.secrets)[0]
    assert [slot.kind for slot in who.slots] == [SlotKind.PASSWORD, SlotKind.FIDO, SlotKind.EMERGENCY]
    assert not who.needs_key
    opened = open_slot(clinic.layout, clinic.secrets, emergency.slot_id, "the envelope's long password")
    assert opened.person_id == who.person_id
    _set(clinic, [], [emergency.slot_id])
    assert len(_slots(clinic)) == 2


def test_the_last_slot_stays(clinic: Clinic) -> None:
    with pytest.raises(Fixable) as refused:
        _set(clinic, [], [_slots(clinic)[0].slot_id])
    assert refused.value.code == "last_slot"
    assert clinic.sign_in()


def test_a_replaced_slot_put_back_opens_nothing(clinic: Clinic) -> None:
    before, old = clinic.layout.slots.read_bytes(), _slots(clinic)[0].slot_id
    _set(clinic, [_new(clinic, NEW_PASSWORD)], [old])
    clinic.layout.slots.write_bytes(before)
    with pytest.raises((Damaged, Refused)):
        open_slot(clinic.layout, clinic.secrets, old, PASSWORD)


@pytest.mark.parametrize("step", [1, 2])
def test_a_change_cut_short_leaves_a_way_to_sign_in(clinic: Clinic, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    old, made = _slots(clinic)[0].slot_id, _new(clinic, NEW_PASSWORD)
    writes: list[bytes] = []

    def cut(layout: Layout, data: bytes) -> None:
        writes.append(data)
        if len(writes) == step:
            raise KeyboardInterrupt
        write_slots(layout, data)

    monkeypatch.setattr(slot_setting, "write_slots", cut)
    with pytest.raises(KeyboardInterrupt):
        _set(clinic, [made], [old])
    assert clinic.sign_in(password=PASSWORD if step == 1 else NEW_PASSWORD)


def test_kind_and_credential_fit_each_other() -> None:
    ids = ("11" * 16, "22" * 16)
    made = make_slot(bytes(16), *ids, PASSWORD, bytes(32), 1, bytes(32), FLOOR_COST, os.urandom)
    fields = msgspec.msgpack.decode(made.record)
    for kind, credential in ((2, b""), (1, b"credential"), (4, b"credential"), (2, bytes(1024))):
        with pytest.raises(Damaged):
            read_slot(msgspec.msgpack.encode([*fields[:2], kind, *fields[3:10], credential, *fields[11:]]))
