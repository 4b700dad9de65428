"""People, roles, slots, grants and epochs reach every workstation through the server; nothing of them is believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from photodesk.crypto import FLOOR_COST
from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.progress import Cancel
from photodesk.store import slots, taking_members
from photodesk.store.changing import changing_members
from photodesk.store.coming_back import come_back
from photodesk.store.epochs import raise_epochs
from photodesk.store.keys_file import read_keys
from photodesk.store.learning import learn_keys
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import ErasePatient, Policy, RemovePerson, RevokeWorkstation, encode_entry
from photodesk.store.members_log import MembersLog
from photodesk.store.people import remove_person
from photodesk.store.policies import set_policy
from photodesk.store.recovery_keys import open_with_code
from photodesk.store.recovery_kit import renew_kit
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signin import check_store, open_bundle_key, people_for_signin
from photodesk.store.slot_setting import new_slot, set_slots
from photodesk.store.store_json import is_newest
from photodesk.store.taking_members import standing, take_members
from photodesk.store.wiping import NOTICE, is_wiped, remove_rest, wipe_store
from photodesk.sync.contradictions import Contradiction
from photodesk.sync.members_step import MembersStep, fetch_revocation
from tests.store.clinic import OTHER_PASSWORD, PASSWORD
from tests.sync.server_of_members import PIN, Server, Station, first_station, quick


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "password_key", quick)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Station, Station]:
    first = first_station(tmp_path / "a")
    second = first.joined(tmp_path / "b", first.invite())
    first.sync()
    return first, second


def refused(code: str, attempt: Callable[[], object]) -> None:
    with pytest.raises(PhotoDeskError) as error:
        attempt()
    assert error.value.code == code


def names(station: Station) -> set[str]:
    return {one.name for one in people_for_signin(station.layout, station.secrets) if not one.disabled}


def change_password(station: Station, name: str, old: str, new: str) -> None:
    checked = check_store(station.layout, station.secrets)
    who = next(one for one in people_for_signin(station.layout, station.secrets) if one.name == name)
    _, bundle_key = open_bundle_key(checked, station.secrets, who.slot_id, old)
    made = new_slot(checked, station.secrets, who.person_id, new, bundle_key, FLOOR_COST)
    keyset = station.sign_in(name, old)
    signer, clock = station.signer(), station.clock
    set_slots(station.layout, keyset, station.secrets, who.person_id, [made], [who.slot_id], signer, clock)


# -- what travels ------------------------------------------------------------------------------------------------------


def test_a_person_made_at_one_workstation_signs_in_at_the_other(two: tuple[Station, Station]) -> None:
    first, second = two
    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    assert names(second) == {"Ada Byron"}
    assert second.sync() > 0
    assert names(second) == {"Ada Byron", "Ben Roth"}
    keys = second.sign_in("Ben Roth", OTHER_PASSWORD)
    assert keys.chart_keys == first.sign_in().chart_keys
    assert keys.database_keys == second.sign_in().database_keys
    assert second.sync() == 0
    assert is_newest(check_store(second.layout, second.secrets).store, second.members)


def test_a_password_changed_elsewhere_counts_here_and_the_old_one_no_more(two: tuple[Station, Station]) -> None:
    first, second = two
    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    second.sync()
    change_password(second, "Ben Roth", OTHER_PASSWORD, "eleven slow clouds at dawn")
    first.sync()
    assert first.sign_in("Ben Roth", "eleven slow clouds at dawn").chart_keys
    refused("wrong_password", lambda: first.sign_in("Ben Roth", OTHER_PASSWORD))


def test_a_removed_person_signs_in_nowhere_and_opens_nothing_new(two: tuple[Station, Station]) -> None:
    first, second = two
    person = first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    second.sync()
    keyset = first.sign_in()
    remove_person(first.membership(keyset), person)
    assert set(raise_epochs(first.membership(keyset))) == {KeyKind.DESK, KeyKind.CHART, KeyKind.INBOX}
    second.sync()
    assert names(second) == {"Ada Byron"}
    fresh = second.sign_in()
    assert (fresh.desk_epoch, fresh.chart_epoch, fresh.inbox_epoch) == (2, 2, 2)
    assert fresh.inbox_public == keyset.inbox_public
    assert second.catch_up(fresh) == 0
    third = read_keys(second.layout, fresh.clinic_id)
    assert all(to_bytes(person) not in record for record in third.grants)


def test_who_is_signed_in_learns_new_keys_and_who_left_does_not(two: tuple[Station, Station]) -> None:
    first, second = two
    person = first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    second.sync()
    stays, goes = second.sign_in(), second.sign_in("Ben Roth", OTHER_PASSWORD)
    keyset = first.sign_in()
    remove_person(first.membership(keyset), person)
    raise_epochs(first.membership(keyset))
    assert learn_keys(second.layout, second.secrets, stays) == frozenset()
    second.sync()
    learned = learn_keys(second.layout, second.secrets, stays)
    assert learned == {KeyKind.DESK, KeyKind.CHART, KeyKind.INBOX}
    assert (stays.desk_keys, stays.chart_keys) == (keyset.desk_keys, keyset.chart_keys)
    assert (stays.inbox_epoch, stays.inbox_public) == (keyset.inbox_epoch, keyset.inbox_public)
    assert learn_keys(second.layout, second.secrets, goes) == frozenset()
    assert goes.chart_epoch == 1


def test_roles_policies_and_erased_patients_arrive(two: tuple[Station, Station]) -> None:
    first, second = two
    keyset, chart = first.sign_in(), "ab" * 16
    set_policy(first.layout, keyset, first.signer(), first.clock, "card-erase", "never")
    first.membership(keyset).commit([ErasePatient(to_bytes(chart))])
    second.sync()
    assert second.members.policies["card-erase"] == "never"
    assert chart in second.members.erased


def test_a_renewed_recovery_kit_opens_everything_here_too_and_the_old_one_nothing(two: tuple[Station, Station]) -> None:
    first, second = two
    code = renew_kit(first.layout, first.sign_in(), first.secrets, first.signer(), first.clock)
    first.give_keys()
    second.sync()
    keys = read_keys(second.layout, second.members.clinic_id)
    opened = open_with_code(code, second.members, keys)
    assert opened.keys[KeyKind.CHART, 1] == second.sign_in().chart_keys[1]
    refused("recovery_code_of_another", lambda: open_with_code(first.founded.recovery_code, second.members, keys))
    assert second.workstation_id not in opened.workstation_secrets
    second.catch_up(second.sign_in())
    again = open_with_code(code, second.members, read_keys(second.layout, keys.clinic_id))
    assert second.workstation_id in again.workstation_secrets, "the next sign-in seals it to the new kit"


def test_both_change_at_once_and_both_changes_stand(two: tuple[Station, Station]) -> None:
    first, second = two
    keyset = first.sign_in()
    other = second.sign_in()
    first.server.before_append = lambda: second.add(other, "Ben Roth", Role.CLINICIAN)  # type: ignore[assignment, return-value]
    first.add(keyset, "Cleo Lind", Role.FRONT_DESK)
    second.sync()
    assert names(first) == names(second) == {"Ada Byron", "Ben Roth", "Cleo Lind"}


# -- publishing --------------------------------------------------------------------------------------------------------


def test_offline_nobody_is_changed_and_a_sign_in_still_works(two: tuple[Station, Station]) -> None:
    first, second = two
    first.server.offline = True
    before = first.layout.members.read_bytes()
    refused("server_offline", lambda: first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN))
    assert first.layout.members.read_bytes() == before
    assert first.catch_up(first.sign_in()) == 0
    second.server.offline = False
    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)


def test_without_a_way_to_the_server_nothing_is_changed_alone(two: tuple[Station, Station]) -> None:
    first, _ = two
    plain = super(Station, first).signer()
    author = first.sign_in()
    refused(
        "server_offline",
        lambda: set_policy(first.layout, author, plain, first.clock, "card-erase", "never"),
    )


def test_a_power_cut_between_the_server_and_the_own_log_is_healed_by_the_next_pass(
    two: tuple[Station, Station], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two

    class PowerCut(Exception):
        pass

    def publish(sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        Station.publish(first, sequence, previous, entries)
        raise PowerCut

    keyset = first.sign_in()
    with monkeypatch.context() as broken:
        broken.setattr(first, "publish", publish)
        with pytest.raises(PowerCut):
            first.add(keyset, "Ben Roth", Role.CLINICIAN)
    first.catch_up(first.sign_in())  # a sign-in in between settles what is not in the log
    assert names(first) == {"Ada Byron"}
    second.sync()
    first.sync()
    assert names(first) == names(second) == {"Ada Byron", "Ben Roth"}
    assert first.sign_in("Ben Roth", OTHER_PASSWORD).chart_keys


@pytest.mark.parametrize("step", ["write_keys", "write_slots", "settle"])
def test_a_power_cut_while_taking_is_healed_by_the_next_pass(
    two: tuple[Station, Station], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first, second = two

    class PowerCut(Exception):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    with monkeypatch.context() as broken:
        broken.setattr(taking_members, step, cut)
        with pytest.raises(PowerCut):
            second.sync()
    assert second.sign_in().desk_keys
    second.sync()
    assert second.sign_in("Ben Roth", OTHER_PASSWORD).chart_keys


def test_while_a_desk_changes_people_the_keeper_does_not(two: tuple[Station, Station]) -> None:
    first, second = two
    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    with changing_members(second.layout), pytest.raises(Fixable) as busy:
        second.sync()
    assert busy.value.code == "members_busy"
    second.sync()
    assert "Ben Roth" in names(second)


# -- a server that lies ------------------------------------------------------------------------------------------------


def lying(station: Station, entries: list[bytes], keys: list[bytes] | None = None) -> Callable[[], object]:
    server = Server(station.server.clinic_id, entries, station.server.keys if keys is None else keys)
    step = MembersStep(
        station.server.clinic_id.hex(), server, station.spool, station.layout.members, station.take_from_spool
    )
    return lambda: step.run(Cancel())


def alarmed(attempt: Callable[[], object]) -> None:
    with pytest.raises(Contradiction):
        attempt()


def test_a_membership_log_that_is_cut_forked_or_forged_is_an_alarm_and_changes_nothing(
    two: tuple[Station, Station], tmp_path: Path
) -> None:
    first, second = two
    second.sync()
    good = list(first.server.entries)
    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    grown = list(first.server.entries)
    other = first_station(tmp_path / "other")
    before = second.layout.members.read_bytes()
    bent = bytearray(grown[len(good)])
    bent[-1] ^= 1
    alarmed(lying(second, good[:-1]))
    alarmed(lying(second, []))
    alarmed(lying(second, list(other.server.entries)))
    alarmed(lying(second, [*good[:-1], grown[-1]]))
    alarmed(lying(second, [*good, bytes(bent)]))
    alarmed(lying(second, [*good, good[-1]]))
    alarmed(lying(second, [*good, b"\xc1"]))
    alarmed(lying(second, [*good, bytes(100_000)]))
    assert second.layout.members.read_bytes() == before
    lying(second, grown)()
    assert len(second.members.people) == 2


def test_a_wipe_or_a_removal_that_nobody_signed_is_an_alarm(two: tuple[Station, Station]) -> None:
    first, second = two
    stranger = first_station(first.layout.root.parent / "stranger")
    keyset, log = stranger.sign_in(), MembersLog.open(first.layout.members, first.server.clinic_id)
    for body in (
        RevokeWorkstation(to_bytes(second.workstation_id), 0, bytes(32), True),
        RemovePerson(to_bytes(second.sign_in().person_id)),
    ):
        author = author_of(keyset, stranger.signer())
        record = encode_entry(log.members.sequence + 1, log.members.head, first.clock.now_ms, body, author)
        alarmed(lying(second, [*first.server.entries, record]))
    assert not standing(second.members, second.workstation_id).revoked


def test_an_older_slot_served_again_opens_nothing(two: tuple[Station, Station]) -> None:
    first, second = two
    first.add(first.sign_in(), "Ben Roth", Role.CLINICIAN)
    old = list(first.server.keys)
    change_password(first, "Ben Roth", OTHER_PASSWORD, "eleven slow clouds at dawn")
    lying(second, list(first.server.entries), old)()
    refused("slot_replaced", lambda: second.sign_in("Ben Roth", OTHER_PASSWORD))
    second.sync()
    assert second.sign_in("Ben Roth", "eleven slow clouds at dawn")


def test_entries_that_are_here_already_must_be_these(two: tuple[Station, Station]) -> None:
    first, second = two
    other = first.server.entries[0]
    taken = take_members(second.layout, second.secrets, first.server.entries, [])
    assert not taken.changed
    with pytest.raises(Damaged):
        take_members(second.layout, second.secrets, [other[:-1] + bytes([other[-1] ^ 1])], [])


def test_what_the_server_never_had_is_sent_to_it(two: tuple[Station, Station]) -> None:
    """Coming back by the recovery code does not wait for the server."""
    first, second = two
    log = MembersLog.open(first.layout.members, first.server.clinic_id)
    log.append([Policy("card-erase", "never")], author_of(first.sign_in(), first.signer()), 1, published=True)
    assert len(first.server.entries) < log.members.sequence
    first.sync()
    second.sync()
    assert second.members.policies["card-erase"] == "never"


@pytest.mark.parametrize("offline", [False, True])
def test_coming_back_by_the_recovery_code_goes_on_from_what_others_changed(
    two: tuple[Station, Station], offline: bool
) -> None:
    first, second = two
    second.add(second.sign_in(), "Ben Roth", Role.CLINICIAN)
    first.server.offline = offline
    if offline:
        first.sync()
    code = first.founded.recovery_code
    come_back(first.layout, first.secrets, code, "Ada Byron", "six brown hills in fog", FLOOR_COST, way=lambda _: first)
    assert first.sign_in("Ada Byron", "six brown hills in fog").chart_keys
    assert (len(first.server.entries) == first.members.sequence) == (not offline)
    first.server.offline = False
    first.sync()
    first.give_keys()
    second.sync()
    assert second.sign_in("Ada Byron", "six brown hills in fog").chart_keys
    assert names(second) == {"Ada Byron"}, "everybody else's slot rests"


# -- being shut out ----------------------------------------------------------------------------------------------------


class Refusing:
    """The server as a workstation that was shut out sees it."""

    pin = PIN

    def __init__(self, entries: list[bytes]) -> None:
        self.entries = entries

    def challenge(self, _clinic_id: str, _workstation_id: str) -> bytes:
        return bytes(32)

    def revocation(self, _clinic: str, _station: str, _challenge: bytes, _signature: bytes, after: int) -> list[bytes]:
        return self.entries[after:]


def fetch(station: Station, entries: list[bytes]) -> Callable[[], object]:
    sign, log = station.signer().sign, station.layout.members
    clinic_id, line = station.server.clinic_id.hex(), Refusing(entries)
    return lambda: fetch_revocation(
        clinic_id, station.workstation_id, line, station.spool, log, sign, station.take_from_spool
    )


def revoke(first: Station, second: Station, *, wipe: bool) -> None:
    body = RevokeWorkstation(to_bytes(second.workstation_id), 0, bytes(32), wipe)
    first.membership(first.sign_in()).commit([body])


def test_a_workstation_that_is_shut_out_learns_it_from_the_signed_log_alone(two: tuple[Station, Station]) -> None:
    first, second = two
    alarmed(fetch(second, list(first.server.entries)))
    assert not standing(second.members, second.workstation_id).revoked
    revoke(first, second, wipe=False)
    refused("revoked", fetch(second, list(first.server.entries)))
    found = standing(second.members, second.workstation_id)
    assert (found.revoked, found.wipe) == (True, False)
    assert KeyKind.CHART in first.members.owed, "what it held opens nothing that comes later"
    with pytest.raises(Damaged):
        second.add(second.sign_in(), "Ben Roth", Role.CLINICIAN)
    revoke(first, second, wipe=True)
    refused("revoked", fetch(second, list(first.server.entries)))
    assert standing(second.members, second.workstation_id).wipe


def test_a_wipe_leaves_a_notice_and_nothing_else_and_goes_on_after_a_power_cut(
    two: tuple[Station, Station], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, second = two
    layout, clinic_id, station = second.layout, second.server.clinic_id, second.workstation_id
    (layout.charts_folder / "ab").mkdir()
    (layout.charts_folder / "ab" / "x.db").write_bytes(b"a chart")
    second.spool.close()

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("photodesk.store.wiping.shutil.rmtree", cut)
        with pytest.raises(KeyboardInterrupt):
            wipe_store(layout, second.secrets, clinic_id, station)
    assert is_wiped(layout)
    assert not any(key.exists() for key in (layout.workstation_key, layout.keys, layout.slots))
    assert not second.keyring.held
    remove_rest(layout)
    assert [path.name for path in layout.root.iterdir()] in ([NOTICE], [NOTICE, layout.lock.name])
    assert PASSWORD not in (layout.root / NOTICE).read_text()
