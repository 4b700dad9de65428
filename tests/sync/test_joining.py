"""A new workstation joins with an invitation's code; what attacks it comes to nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from photodesk.crypto import SigningKey
from photodesk.errors import Damaged, PhotoDeskError, Refused
from photodesk.ids import random_id, to_bytes
from photodesk.store import joining as joining_module
from photodesk.store import slots
from photodesk.store.invitation import Package, invitation_keys, new_invitation_code, open_package, seal_package
from photodesk.store.joining import open_joining
from photodesk.store.key_records import What, make_key_record
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.member_entry import (
    KIND,
    AddWorkstation,
    Author,
    Cosigner,
    Invitation,
    decode_entry,
    encode_entry,
)
from photodesk.store.member_rules import INVITATION_MS
from photodesk.store.roles import Role
from photodesk.store.signin import people_for_signin
from photodesk.store.workstation import open_workstation_keys
from tests.store.clinic import OTHER_PASSWORD
from tests.store.fake_keyring import MemoryKeyring
from tests.sync.server_of_members import PIN, Invited, Server, Station, first_station, join, quick


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "password_key", quick)


@pytest.fixture
def first(tmp_path: Path) -> Station:
    return first_station(tmp_path / "a")


def refused(code: str, attempt: Callable[[], object]) -> None:
    with pytest.raises(PhotoDeskError) as error:
        attempt()
    assert error.value.code == code


def test_a_workstation_joins_and_everybody_signs_in_there(first: Station, tmp_path: Path) -> None:
    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    second = first.joined(tmp_path / "b", first.invite())
    first.sync()
    keys = second.sign_in()
    assert keys.desk_keys == first.sign_in().desk_keys
    assert keys.inbox_keys.keys() == first.sign_in().inbox_keys.keys()
    assert keys.database_keys != first.sign_in().database_keys
    assert second.sign_in("Ben Roth", OTHER_PASSWORD).chart_keys == keys.chart_keys
    assert first.members.head == second.members.head
    assert set(second.members.workstations) == {first.workstation_id, second.workstation_id}
    opened = open_workstation_keys(second.layout, second.secrets)
    assert opened.log_public == open_workstation_keys(first.layout, first.secrets).log_public


def test_two_join_at_once_and_both_are_in(first: Station, tmp_path: Path) -> None:
    codes = [first.invite(), first.invite()]
    first.server.before_append = lambda: first.joined(tmp_path / "b", codes[0])  # type: ignore[assignment, return-value]
    third = first.joined(tmp_path / "c", codes[1])
    first.sync()
    assert len(first.members.workstations) == 3
    assert third.members.head == first.members.head
    assert third.sign_in().desk_keys


def test_a_code_works_once(first: Station, tmp_path: Path) -> None:
    code = first.invite()
    first.joined(tmp_path / "b", code)
    refused("code_wrong", lambda: first.joined(tmp_path / "c", code))
    assert not (tmp_path / "c" / "store.json").exists()


def test_a_code_is_over_after_ten_minutes(first: Station, tmp_path: Path) -> None:
    code = first.invite()
    first.clock.now_ms += INVITATION_MS + 1
    refused("code_wrong", lambda: first.joined(tmp_path / "b", code))


def test_somebody_without_a_slot_or_chart_keys_sets_nothing_up(first: Station, tmp_path: Path) -> None:
    first.add(first.sign_in(), "Cleo Lind", Role.FRONT_DESK)
    code = first.invite()
    refused("wrong_password", lambda: first.joined(tmp_path / "b", code, password="another one, long enough"))
    refused("wrong_password", lambda: first.joined(tmp_path / "b", code, name="Nobody"))
    refused("keys_needed", lambda: first.joined(tmp_path / "b", code, name="Cleo Lind", password=OTHER_PASSWORD))
    assert first.joined(tmp_path / "b", code).sign_in(), "a wrong password spends no code"


# -- a server that lies ------------------------------------------------------------------------------------------------


def test_a_server_without_the_code_opens_and_makes_no_package(first: Station) -> None:
    code = first.invite()
    keys = invitation_keys(code)
    sealed = first.server.packages[keys.invitation_id]
    refused("invitation_altered", lambda: open_package(invitation_keys(new_invitation_code()), sealed))
    for at in (0, len(sealed) // 2, len(sealed) - 1):
        bent = bytearray(sealed)
        bent[at] ^= 1
        refused("invitation_altered", lambda bent=bent: open_package(keys, bytes(bent)))
    refused("invitation_altered", lambda: open_package(keys, b""))
    refused("invitation_altered", lambda: open_package(keys, bytes(1 << 20)))


def joins_with(first: Station, root: Path, change: Callable[[Package], Package]) -> Callable[[], object]:
    keys = invitation_keys(first.invite())
    package = change(open_package(keys, first.server.packages[keys.invitation_id]))
    first.server.packages[keys.invitation_id] = seal_package(keys, package)
    return lambda: join(Layout(root), Secrets(MemoryKeyring()), Invited(first.server, keys), first.clock)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, head=bytes(32)),
        lambda one: replace(one, sequence=one.sequence + 1),
        lambda one: replace(one, first_entry=bytes(32)),
        lambda one: replace(one, pin=bytes(32)),
        lambda one: replace(one, receipt_key=bytes(32)),
    ],
    ids=["another head", "a hidden tail", "another clinic", "another server", "another receipt key"],
)
def test_what_the_server_serves_must_be_what_the_package_says(
    first: Station, tmp_path: Path, change: Callable[[Package], Package]
) -> None:
    refused("server_alarm", joins_with(first, tmp_path / "b", change))


def test_a_server_that_hides_entries_or_serves_another_clinic_is_refused(first: Station, tmp_path: Path) -> None:
    other = first_station(tmp_path / "other")
    keys = invitation_keys(first.invite())
    whole = list(first.server.entries)
    package = first.server.packages
    for entries in (whole[:-1], whole[:1], [], other.server.entries, [*whole[:-2], whole[-1]]):
        server = Server(first.server.clinic_id, list(entries), list(first.server.keys), package)
        line = Invited(server, keys)
        root = tmp_path / f"b{len(entries)}"
        refused(
            "server_alarm", lambda line=line, root=root: join(Layout(root), Secrets(MemoryKeyring()), line, first.clock)
        )


def test_another_pin_than_the_packages_is_refused(first: Station, tmp_path: Path) -> None:
    line = Invited(first.server, invitation_keys(first.invite()))
    layout, secrets = Layout(tmp_path / "b"), Secrets(MemoryKeyring())
    seen = b"\x08" * 32
    assert seen != PIN
    refused("server_alarm", lambda: open_joining(layout, secrets, line.package, line.keys, line, seen, first.clock))


class Swapping(Invited):
    """Puts its own keys into the entry that it is to keep."""

    def join(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        entry = decode_entry(entries[0])
        assert isinstance(entry.body, AddWorkstation)
        own = SigningKey.generate()
        swapped = entries[0].replace(entry.body.signing_public, own.public)
        super().join(sequence, previous, [swapped])


def test_swapped_keys_in_the_joining_entry_are_refused_by_every_reader(first: Station, tmp_path: Path) -> None:
    line = Swapping(first.server, invitation_keys(first.invite()))
    refused("members_wrong", lambda: first.joined(tmp_path / "b", "", line=line))
    assert len(first.server.folded().workstations) == 1


def test_foreign_key_records_are_not_taken(first: Station, tmp_path: Path) -> None:
    """Bundles and names are believed from a workstation of the clinic alone, slots as the membership log names them."""
    stranger, clinic_id = SigningKey.generate(), first.server.clinic_id
    good = list(first.server.keys)

    def sign(kind: str, data: bytes) -> bytes:
        return stranger.sign(kind, clinic_id, data)

    forged = [make_key_record(what, b"\x90", first.workstation_id, sign) for what in What]
    first.server.keys = [
        *forged,
        b"",
        b"\xc1",
        bytes(20_000),
        *(one[:-1] + bytes([one[-1] ^ 1]) for one in good),
        *good,
    ]
    second = first.joined(tmp_path / "b", first.invite())
    assert [one.name for one in people_for_signin(second.layout, second.secrets)] == ["Ada Byron"]
    assert second.sign_in()


# -- entries that no reader takes --------------------------------------------------------------------------------------


def entry_of(
    first: Station,
    keys_code: str,
    at_ms: int,
    cosign: SigningKey | None = None,
    invitation_id: str | None = None,
    signing: SigningKey | None = None,
    by: str | None = None,
) -> bytes:
    """A joining entry with something that can be wrong."""
    invitation, clinic_id, members = invitation_keys(keys_code), first.server.clinic_id, first.server.folded()
    keyset, station = first.sign_in(), SigningKey.generate()
    workstation_id = random_id()
    body = AddWorkstation(to_bytes(workstation_id), station.public, SigningKey.generate().public, b"name")
    author = Author(
        keyset.person_id,
        by or workstation_id,
        lambda data: keyset.signing.sign(KIND, clinic_id, data),
        lambda data: (signing or station).sign(KIND, clinic_id, data),
    )
    third = cosign or invitation.signing
    cosigner = Cosigner(invitation_id or invitation.invitation_id, lambda data: third.sign(KIND, clinic_id, data))
    return encode_entry(members.sequence + 1, members.head, at_ms, body, author, cosigner)


def test_an_entry_holds_only_with_the_live_invitation_in_its_time(first: Station) -> None:
    code = first.invite()
    now, stranger = first.clock.now_ms, SigningKey.generate()
    wrong = {
        "another key": entry_of(first, code, now, cosign=stranger),
        "no such invitation": entry_of(first, code, now, invitation_id=random_id()),
        "a person in its place": entry_of(first, code, now, invitation_id=first.founded.person_id),
        "too late": entry_of(first, code, now + INVITATION_MS + 1),
        "long before": entry_of(first, code, now - 2 * INVITATION_MS),
        "not signed by the workstation": entry_of(first, code, now, signing=stranger),
        "in another workstation's name": entry_of(first, code, now, by=first.workstation_id),
    }
    for record in wrong.values():
        with pytest.raises(Damaged):
            first.server.folded().take(decode_entry(record))
    members = first.server.folded()
    members.take(decode_entry(entry_of(first, code, now)))
    assert len(members.workstations) == 2
    first.server.entries.append(entry_of(first, code, now))
    with pytest.raises(Damaged):
        first.server.folded().take(decode_entry(entry_of(first, code, now)))


def test_only_administrators_invite_and_for_ten_minutes_at_most(first: Station) -> None:
    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    body = invitation_keys(new_invitation_code()).body(first.clock.now_ms + INVITATION_MS)
    with pytest.raises(Damaged):
        first.membership(first.sign_in("Ben Roth", OTHER_PASSWORD)).commit([body])
    for wrong in (
        replace_body(body, expires_ms=first.clock.now_ms + INVITATION_MS + 1),
        replace_body(body, expires_ms=first.clock.now_ms),
        replace_body(body, signing_public=b"short"),
        replace_body(body, invitation_id=b"short"),
    ):
        with pytest.raises(Damaged):
            first.membership(first.sign_in()).commit([wrong])
    first.membership(first.sign_in()).commit([body])
    with pytest.raises(Damaged):
        first.membership(first.sign_in()).commit([body])


def replace_body(body: Invitation, **changed: object) -> Invitation:
    fields = {"invitation_id": body.invitation_id, "signing_public": body.signing_public, "expires_ms": body.expires_ms}
    return Invitation(**{**fields, **changed})  # type: ignore[arg-type]


# -- a power cut -------------------------------------------------------------------------------------------------------


class PowerCut(Exception):
    pass


STEPS = ["begin", "write_keys", "write_atomically", "write_slots", "write_store", "names_of", "make_store"]


@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_while_joining_leaves_no_store_and_the_same_folder_joins_again(
    first: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    code = first.invite()
    with monkeypatch.context() as broken:
        broken.setattr(joining_module, step, cut)
        with pytest.raises(PowerCut):
            first.joined(tmp_path / "b", code)
    assert not (tmp_path / "b" / "store.json").exists()
    second = first.joined(tmp_path / "b", first.invite())
    assert second.sign_in().chart_keys
    first.sync()
    assert second.workstation_id in first.members.workstations


def test_a_reply_that_is_lost_after_the_server_took_the_entry_spends_the_code(first: Station, tmp_path: Path) -> None:
    class Losing(Invited):
        def join(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
            super().join(sequence, previous, entries)
            raise Refused("server_offline", "The answer was lost.")

    code = first.invite()
    refused(
        "server_offline", lambda: first.joined(tmp_path / "b", "", line=Losing(first.server, invitation_keys(code)))
    )
    refused("code_wrong", lambda: first.joined(tmp_path / "b", code))
    assert first.joined(tmp_path / "b", first.invite()).sign_in()
