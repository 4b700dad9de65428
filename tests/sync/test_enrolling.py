"""A clinic founds itself on a server; interrupted anywhere, the same command goes on. Codes, clocks, other servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from photodesk.desk.roles import require
from photodesk.errors import PhotoDeskError, Refused
from photodesk.store import slots
from photodesk.store.invitation import invitation_keys, new_invitation_code
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import Policy
from photodesk.store.members_log import MembersLog
from photodesk.sync.enrolling import InvitationLine, check_clock, found_on_server
from photodesk.sync.line import Invitation
from photodesk.sync.server_facts import ServerFacts, SignedFacts
from photodesk.sync.spool import Spool
from tests.store.clinic import Clinic, make_clinic
from tests.sync.server_of_members import PIN, RECEIPT_KEY, URL, Clock, Server, first_station, quick

CODE = "7K3M-9QXT-04WD-ZR6B-H1YC"
FACTS = SignedFacts(URL, PIN, RECEIPT_KEY)


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "password_key", quick)


class FoundingServer(Server):
    """Also founds, with one code."""

    founded = 0

    def found(self, code: str, clinic_id: str, entries: Sequence[bytes]) -> None:
        if code != CODE:
            raise Refused("code_wrong", "The code is wrong.")
        assert clinic_id == self.clinic_id.hex()
        self.founded += 1
        if not self.entries:
            self.entries = list(entries)
        elif self.entries[: len(entries)] != list(entries)[: len(self.entries)]:
            raise Refused("clinic_exists", "Another.")


class Founding:
    """A store and the server it goes to."""

    def __init__(self, root: Path) -> None:
        self.clinic: Clinic = make_clinic(root)
        self.log_id = bytes.fromhex(self.clinic.founded.clinic_id)
        self.server = FoundingServer(self.log_id)
        self.spool = Spool(self.clinic.layout.spool)
        self.said: list[Any] = []

    def session(self, name: str = "Ada Byron") -> Any:
        clinic, keyset = self.clinic, self.clinic.sign_in(name)

        @contextmanager
        def logged(entry: Any) -> Iterator[None]:
            self.said.append(entry)
            yield

        return SimpleNamespace(
            layout=clinic.layout,
            keyset=keyset,
            clock=Clock(),
            log=clinic.signer(),
            require=lambda right: require(keyset.roles, right),
            actor=SimpleNamespace(entry=lambda action, details: (action, details), logged=logged),
        )

    def found(self, facts: SignedFacts = FACTS, code: str = CODE) -> None:
        found_on_server(self.session(), self.spool, self.server, facts, "PEM", code, lambda: None)

    @property
    def log(self) -> MembersLog:
        return MembersLog.open(self.clinic.layout.members, self.log_id)


@pytest.fixture
def founding(tmp_path: Path) -> Founding:
    return Founding(tmp_path / "a")


def refused(code: str, attempt: Callable[[], object]) -> None:
    with pytest.raises(PhotoDeskError) as error:
        attempt()
    assert error.value.code == code
    assert error.value.remedy or code in {"code_wrong", "clinic_exists"}


def test_the_facts_of_the_server_are_signed_and_only_then_believed(founding: Founding) -> None:
    assert ServerFacts.of(founding.log.members, founding.spool) is None
    founding.found()
    facts = ServerFacts.of(founding.log.members, founding.spool)
    assert facts == ServerFacts(URL, "PEM", PIN, RECEIPT_KEY)
    assert founding.server.entries == founding.log.records_after(0)
    founding.spool.set_facts({"server-url": b"https://other.example"})
    assert ServerFacts.of(founding.log.members, founding.spool) is None
    assert founding.said, "it is in the activity log"


def test_a_wrong_code_changes_nothing(founding: Founding) -> None:
    before = founding.clinic.layout.members.read_bytes()
    refused("code_wrong", lambda: founding.found(code="0000-0000-0000-0000-0000"))
    assert founding.clinic.layout.members.read_bytes() == before
    assert not founding.spool.fact("server-url")


@pytest.mark.parametrize("cut", ["found", "members", "append_members", "after the server took the facts"])
def test_interrupted_anywhere_the_same_command_goes_on(
    founding: Founding, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    class PowerCut(Exception):
        pass

    def broken(*asked: Any) -> None:
        if cut == "after the server took the facts":
            Server.append_members(founding.server, *asked)
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(founding.server, cut if cut in {"found", "members"} else "append_members", broken)
        with pytest.raises(PowerCut):
            founding.found()
    assert SignedFacts.of(founding.log.members) is None
    founding.found()
    assert SignedFacts.of(founding.log.members) == FACTS
    assert founding.server.entries == founding.log.records_after(0)
    founding.found()
    assert len([one for one in founding.log.members.policies if one.startswith("server.")]) == 3


def test_a_longer_log_goes_up_in_several_requests(founding: Founding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photodesk.sync.enrolling.MOST_ENTRIES", 2)
    founding.found()
    assert founding.server.entries == founding.log.records_after(0)


def test_another_server_or_another_history_is_refused(founding: Founding, tmp_path: Path) -> None:
    founding.found()
    refused("server_known", lambda: founding.found(SignedFacts("https://other.example", PIN, RECEIPT_KEY)))
    other = Founding(tmp_path / "other")
    founding.server.entries[-1] = other.log.records_after(0)[0]
    refused("clinic_exists", founding.found)


def test_a_server_that_has_less_is_filled_with_the_code_of_its_terminal(founding: Founding) -> None:
    """A store that was restored from a backup comes with entries its server has never seen."""
    founding.found()
    clinic = founding.clinic
    body = Policy("card-erase", "never")
    founding.log.append([body], author_of(clinic.sign_in(), clinic.signer()), 1, published=True)
    founding.found()
    assert founding.server.entries == founding.log.records_after(0)


@pytest.mark.parametrize(("minutes", "says"), [(11, "ahead of"), (-11, "behind"), (60 * 48, "ahead of")])
def test_a_clock_that_is_far_off_is_said(minutes: int, says: str) -> None:
    clock = Clock()
    check_clock(clock, clock.now_ms - 9 * 60_000)
    with pytest.raises(PhotoDeskError, match=says) as error:
        check_clock(clock, clock.now_ms - minutes * 60_000)
    assert error.value.code == "clock_off"


class Unknowing:
    """A server that has no such invitation."""

    def open_invitation(self, _invitation_id: str) -> Invitation:
        raise Refused("unknown", "The server has no such invitation.")

    def __getattr__(self, _name: str) -> Any:
        raise AssertionError("nothing more is asked")


def test_a_code_that_is_wrong_used_or_over_is_one_sentence() -> None:
    refused("code_wrong", lambda: InvitationLine(Unknowing(), new_invitation_code()))
    for typed in ("", "7K3M", "7K3M-9QXT-04WD-ZR6B-H1Y!", "7K3M-9QXT-04WD-ZR6B-H1YC-AAAA"):
        refused("code_wrong", lambda typed=typed: invitation_keys(typed))
    assert invitation_keys("7k3m9qxto4wdzr6bhiyc").invitation_id == invitation_keys(CODE).invitation_id


def test_a_joined_clinic_names_the_same_facts(tmp_path: Path) -> None:
    station = first_station(tmp_path / "a")
    assert SignedFacts.of(station.members) == FACTS
