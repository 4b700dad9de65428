from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from photodesk.crypto import FLOOR_COST, sha256
from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.store import slots
from photodesk.store.founding import found
from photodesk.store.keyring import LocalSecrets, Secrets, secrets_of
from photodesk.store.keys_file import open_for_recovery, read_keys
from photodesk.store.layout import Layout
from photodesk.store.recovery import identity
from photodesk.store.roles import FOUNDER_ROLES, KeyKind, Role
from photodesk.store.signin import open_slot, people_for_signin, sign_in_page
from photodesk.store.workstation import open_workstation_keys
from tests.store.clinic import PASSWORD, Clinic, make_clinic


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return make_clinic(tmp_path_factory.mktemp("clinic") / "store")


def test_founder_signs_in_with_every_key(founded: Clinic) -> None:
    page = sign_in_page(founded.layout, founded.secrets)
    assert (page.clinic_name, page.workstation_name) == ("Example Skin Clinic", "Front desk")
    assert [(one.name, one.roles, one.disabled) for one in page.people] == [("Ada Byron", FOUNDER_ROLES, False)]
    keyset = founded.sign_in()
    assert keyset.person_id == founded.founded.person_id
    assert (keyset.desk_epoch, keyset.chart_epoch, keyset.inbox_epoch) == (1, 1, 1)
    assert {name: len(key) for name, key in keyset.database_keys.items()} == {"catalog": 48, "erasure": 48, "index": 48}
    assert keyset.inbox_keys[1].public == keyset.inbox_public
    workstation = open_workstation_keys(founded.layout, founded.secrets)
    assert keyset.log_keys[1].public == workstation.log_public
    assert (workstation.clinic_id, workstation.workstation_id) == (keyset.clinic_id, keyset.workstation_id)


def test_content_id_is_stable_and_of_this_clinic(founded: Clinic) -> None:
    one, again = founded.sign_in(), founded.sign_in()
    assert one.content_id(sha256(b"a")) == again.content_id(sha256(b"a")) != one.content_id(sha256(b"b"))


def test_every_file_is_the_owners_alone_and_names_nobody(founded: Clinic) -> None:
    for path in founded.layout.root.rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
            data = path.read_bytes()
            for word in (b"Example Skin", b"Ada Byron", b"Front desk", PASSWORD.encode()):
                assert word not in data


def test_wrong_password_and_unknown_slot_say_the_same(founded: Clinic) -> None:
    slot = people_for_signin(founded.layout, founded.secrets)[0].slot_id
    for slot_id, password in ((slot, "not the password"), ("00" * 16, PASSWORD)):
        with pytest.raises(Refused) as refused:
            open_slot(founded.layout, founded.secrets, slot_id, password)
        assert refused.value.code == "wrong_password"


def test_sign_in_derives_exactly_once(founded: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = slots.password_key
    monkeypatch.setattr(slots, "password_key", lambda *given: calls.append(1) or real(*given))
    founded.sign_in()
    assert calls == [1]


def test_password_is_compared_after_nfkc(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "store")
    secrets = LocalSecrets(layout.secrets_local)
    found(layout, "Clinic", "Room", "Ada", "f\u00fcnf \u2460 Lampen leise", [], secrets, FLOOR_COST)
    slot = people_for_signin(layout, secrets)[0].slot_id
    assert open_slot(layout, secrets, slot, "fu\u0308nf 1 Lampen leise").person_id


def test_recovery_code_opens_every_key(founded: Clinic) -> None:
    keyset, opener = founded.sign_in(), identity(founded.founded.recovery_code)
    keys = read_keys(founded.layout, keyset.clinic_id)
    opened = {(kind, epoch): key for kind, epoch, key in (
        open_for_recovery(record, keyset.clinic_id, opener) for record in keys.recovery
    )}  # fmt: skip
    assert {kind for kind, _ in opened} == set(KeyKind)
    assert opened[KeyKind.DESK, 1] == keyset.desk_keys[1]
    assert opened[KeyKind.CHART, 1] == keyset.chart_keys[1]
    assert opened[KeyKind.LOG, 1] == keyset.log_keys[1].raw
    assert opened[KeyKind.INBOX, 1] == keyset.inbox_keys[1].raw


def test_copied_folder_without_the_keyring_opens_nothing(founded: Clinic, tmp_path: Path) -> None:
    copy = founded.copied(tmp_path / "copy")
    elsewhere = Secrets(type(founded.keyring)())
    with pytest.raises(Fixable, match="does not hold"):
        people_for_signin(copy.layout, elsewhere)


def test_password_only_keeps_the_secrets_in_the_folder(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "store")
    founded = found(layout, "Clinic", "Room", "Ada", PASSWORD, [], LocalSecrets(layout.secrets_local), FLOOR_COST)
    assert founded.keyring_name == "none"
    assert stat.S_IMODE(layout.secrets_local.stat().st_mode) == 0o600
    secrets = secrets_of(layout)
    assert isinstance(secrets, LocalSecrets)
    assert open_slot(layout, secrets, people_for_signin(layout, secrets)[0].slot_id, PASSWORD)


def test_narrowed_founder_is_still_administrator(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path / "store", (Role.FRONT_DESK,))
    keyset = clinic.sign_in()
    assert keyset.roles == {Role.FRONT_DESK, Role.ADMINISTRATOR}
    assert not keyset.chart_keys
    assert not keyset.log_keys
    assert not keyset.inbox_keys
    assert set(keyset.database_keys) == {"catalog", "erasure"}


@pytest.mark.parametrize(
    ("clinic", "user", "password", "code"),
    [
        ("", "Ada", PASSWORD, "name_missing"),
        ("Clinic", " ", PASSWORD, "name_missing"),
        ("Clinic", "Ada", "short", "password_weak"),
    ],
)
def test_bad_input_makes_nothing(tmp_path: Path, clinic: str, user: str, password: str, code: str) -> None:
    layout = Layout(tmp_path / "store")
    with pytest.raises(Fixable) as fixable:
        found(layout, clinic, "Room", user, password, [], LocalSecrets(layout.secrets_local), FLOOR_COST)
    assert fixable.value.code == code
    assert not layout.root.exists()


def test_a_store_is_never_founded_over(founded: Clinic, tmp_path: Path) -> None:
    with pytest.raises(Fixable) as fixable:
        found(founded.layout, "Other", "Room", "Eve", PASSWORD, [], founded.secrets, FLOOR_COST)
    assert fixable.value.code == "store_exists"
    copy = founded.copied(tmp_path / "copy")
    copy.layout.store_json.unlink()
    with pytest.raises(Fixable) as fixable:
        found(copy.layout, "Other", "Room", "Eve", PASSWORD, [], copy.secrets, FLOOR_COST)
    assert fixable.value.code == "store_unfinished"


def test_no_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(Fixable) as fixable:
        people_for_signin(Layout(tmp_path / "nothing"), Secrets())
    assert fixable.value.code == "store_missing"


@pytest.mark.parametrize("field", ["version", "suite"])
def test_newer_store_is_refused_untouched(founded: Clinic, tmp_path: Path, field: str) -> None:
    copy = founded.copied(tmp_path / "copy")
    document = json.loads(copy.layout.store_json.read_text("utf-8"))
    copy.layout.store_json.write_text(json.dumps(document | {field: 2, "unheard_of": True}), "utf-8")
    before = copy.layout.store_json.read_bytes()
    for attempt in (
        lambda: people_for_signin(copy.layout, copy.secrets),
        lambda: open_workstation_keys(copy.layout, copy.secrets),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "newer_format"
    assert copy.layout.store_json.read_bytes() == before


def test_every_flipped_byte_of_store_json_is_refused(founded: Clinic, tmp_path: Path) -> None:
    copy = founded.copied(tmp_path / "copy")
    data = copy.layout.store_json.read_bytes()
    for at in [*range(0, len(data), 37), len(data) - 1]:
        copy.layout.store_json.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(PhotoDeskError) as error:
            people_for_signin(copy.layout, copy.secrets)
        assert error.value.code in {"store_json_altered", "newer_format", "secret_missing"}


def test_swapped_inbox_key_is_noticed_even_with_the_workstation_secret(founded: Clinic, tmp_path: Path) -> None:
    import msgspec

    from photodesk.crypto import KemPrivateKey
    from photodesk.store.keyring import workstation_secret_account
    from photodesk.store.store_json import _mac, mac_key, read_store, write_store

    copy = founded.copied(tmp_path / "copy")
    store = read_store(copy.layout)
    other = msgspec.structs.replace(store.inbox_key, public=KemPrivateKey.generate().public.hex())
    changed = msgspec.structs.replace(store, inbox_key=other)
    secret = copy.secrets.get(workstation_secret_account(store.clinic, store.workstation_id))
    write_store(copy.layout, msgspec.structs.replace(changed, mac=_mac(changed, mac_key(secret)).hex()))
    with pytest.raises(Damaged) as damaged:
        open_workstation_keys(copy.layout, copy.secrets)
    assert damaged.value.code == "store_json_altered"
