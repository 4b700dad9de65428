"""Set-up interrupted at any of its durable steps leaves no store, says so, and hurts nothing that was there."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.crypto import FLOOR_COST, Argon2Cost, sha256
from photodesk.errors import Fixable, PhotoDeskError
from photodesk.store import founding, slots
from photodesk.store.founding import found
from photodesk.store.keyring import LocalSecrets, Secrets
from photodesk.store.layout import Layout
from photodesk.store.signin import people_for_signin
from tests.store.clinic import PASSWORD
from tests.store.fake_keyring import MemoryKeyring

STEPS = ["write_keys", "write_slots", "write_atomically", "write_store", "_make_databases"]


class PowerCut(Exception):
    pass


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    def quick(password: str, salt: bytes, cost: Argon2Cost) -> bytes:
        return sha256(password.encode(), salt, repr(cost).encode())

    monkeypatch.setattr(slots, "password_key", quick)


@pytest.mark.parametrize("step", STEPS)
def test_interrupted_set_up_leaves_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def cut(*_: object) -> None:
        raise PowerCut

    layout = Layout(tmp_path / "store")
    with monkeypatch.context() as broken:
        broken.setattr(founding, step, cut)
        with pytest.raises(PowerCut):
            found(layout, "Clinic", "Room", "Ada", PASSWORD, [], LocalSecrets(layout.secrets_local), FLOOR_COST)
    for attempt in (
        lambda: people_for_signin(layout, LocalSecrets(layout.secrets_local)),
        lambda: found(layout, "Clinic", "Room", "Ada", PASSWORD, [], LocalSecrets(layout.secrets_local), FLOOR_COST),
    ):
        with pytest.raises(Fixable) as fixable:
            attempt()
        assert fixable.value.code in {"store_missing", "store_unfinished"}
        assert fixable.value.remedy


@pytest.mark.parametrize("state", ["locked", "gone"])
def test_without_a_keyring_nothing_is_made(tmp_path: Path, state: str) -> None:
    keyring = MemoryKeyring()
    setattr(keyring, state, True)
    layout = Layout(tmp_path / "store")
    with pytest.raises(PhotoDeskError):
        found(layout, "Clinic", "Room", "Ada", PASSWORD, [], Secrets(keyring), FLOOR_COST)
    assert not layout.members.exists()
    assert not layout.store_json.exists()
