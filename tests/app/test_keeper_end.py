"""What the keeper does once the membership log that came says something else about this workstation or its person."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from photodesk.app.keeper_end import CHANGED, SHUT_OUT, after_taking, refuse_wiped
from photodesk.app.keeper_members import TakingMembers
from photodesk.app.paths import existing_store
from photodesk.errors import PhotoDeskError
from photodesk.protocol.messages import MembersTaken
from photodesk.store import slots
from photodesk.store.founding import found
from photodesk.store.keyring import LocalSecrets
from photodesk.store.layout import Layout
from photodesk.store.people import add_person, remove_person
from photodesk.store.roles import Role
from photodesk.store.wiping import NOTICE
from tests.store.clinic import FLOOR_COST, OTHER_PASSWORD, PASSWORD, Clinic
from tests.store.fake_keyring import MemoryKeyring
from tests.sync.server_of_members import quick


@dataclass
class Ends:
    """Remembers what it was told."""

    front: Any = None
    told: list[str] = field(default_factory=list)

    def lock(self, reason: str, _next_slot: str = "") -> None:
        self.told.append(reason)

    def end_all(self) -> None:
        self.told.append("end_all")

    def start_anew(self) -> None:
        self.told.append("start_anew")

    def end(self) -> None:
        self.told.append("end")


class House:
    """A keeper's parts; the store is real and keeps its secrets in a file."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout(root)
        secrets = LocalSecrets(self.layout.secrets_local)
        founded = found(self.layout, "Clinic", "Room 1", "Ada Byron", PASSWORD, [], secrets, FLOOR_COST)
        self.clinic = Clinic(self.layout, secrets, MemoryKeyring(), founded)
        self.said: list[Any] = []
        keys = SimpleNamespace(clinic_id=bytes.fromhex(founded.clinic_id), workstation_id=founded.workstation_id)
        self.books: Any = SimpleNamespace(keys=keys, close=self.said.append)
        self.problem: PhotoDeskError | None = None
        self.desks, self.imports, self.syncing = Ends(), Ends(), Ends()
        self.stopped = False

    def quit(self) -> None:
        self.stopped = True

    def signed_in(self, person_id: str, *roles: Role) -> None:
        self.desks.front = SimpleNamespace(person_id=person_id, role=" ".join(sorted(roles)))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(slots, "password_key", quick)
    return House(tmp_path / "store")


def changed(*, revoked: bool = False, wipe: bool = False) -> MembersTaken:
    return MembersTaken(1, True, revoked, wipe)


def test_only_who_left_or_has_other_roles_is_locked_out(house: House) -> None:
    clinic = house.clinic
    by = clinic.sign_in()
    person = add_person(clinic.membership(by), "Ben Roth", [Role.CLINICIAN], OTHER_PASSWORD, FLOOR_COST)
    house.signed_in(person, Role.CLINICIAN)
    after_taking(house, changed())
    assert house.desks.told == []
    house.signed_in(person, Role.CLINICIAN, Role.FRONT_DESK)
    after_taking(house, changed())
    house.signed_in(person, Role.CLINICIAN)
    remove_person(clinic.membership(by), person)
    after_taking(house, changed())
    assert house.desks.told == [CHANGED, CHANGED]
    house.desks.front = None
    after_taking(house, changed())
    assert len(house.desks.told) == 2


def test_a_workstation_that_was_shut_out_locks_and_keeps_its_store(house: House) -> None:
    after_taking(house, changed(revoked=True))
    assert house.desks.told == [SHUT_OUT]
    assert house.layout.store_json.exists()
    assert not house.stopped


def test_the_order_to_erase_ends_everybody_first_and_leaves_a_notice(house: House) -> None:
    after_taking(house, changed(revoked=True, wipe=True))
    assert house.desks.told == [SHUT_OUT, "end_all"]
    assert (house.imports.told, house.syncing.told) == (["end_all"], ["end"])
    assert house.said, "the log's last entry"
    assert house.problem is not None
    assert house.problem.code == "wiped"
    assert house.stopped
    assert [path.name for path in house.layout.root.iterdir()] == [NOTICE]
    after_taking(house, changed(revoked=True, wipe=True))
    for again in (lambda: refuse_wiped(house.layout), lambda: existing_store(house.layout.root)):
        with pytest.raises(PhotoDeskError) as refused:
            again()
        assert refused.value.code == "wiped"


def test_after_the_order_was_carried_out_a_window_says_so(house: House) -> None:
    house.signed_in(house.clinic.founded.person_id)
    after_taking(house, changed(revoked=True, wipe=True))
    assert house.desks.told == [SHUT_OUT, "end_all", "start_anew"]
    assert house.problem is not None
    assert "removed from the clinic" in house.problem.message
    assert not house.stopped


def test_what_was_left_of_an_erased_store_goes_at_the_next_start(house: House) -> None:
    (house.layout.root / NOTICE).write_text("erased")
    with pytest.raises(PhotoDeskError):
        refuse_wiped(house.layout)
    assert not house.layout.catalog.exists()


def test_the_keeper_lays_into_the_spool_what_others_need_and_reads_nothing_twice(house: House) -> None:
    taking, signer = TakingMembers(house.layout), house.clinic.signer()
    signed: list[str] = []

    def sign(kind: str, data: bytes) -> bytes:
        signed.append(kind)
        return signer.sign(kind, data)

    assert not taking.take(1, sign).changed
    assert set(signed) == {"key-record"}
    count = len(signed)
    assert count >= 6, "a slot, a bundle, grants, the inbox key, copies for the kit, a name"
    assert taking.take(2, sign).number == 2
    assert len(signed) == count
