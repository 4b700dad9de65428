"""Presenting: logged from start to end; leaving it takes the desk's own person, counted like a sign-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST, SigningKey
from photodesk.desk.keeper import Allowed, Disabled, Wait
from photodesk.desk.session import Session
from photodesk.desk.signing_in import sign_in
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from tests.desk.conftest import Desk, ListKeeper
from tests.store.clinic import PASSWORD, Clinic, make_clinic
from tests.store.conftest import Keeper as Signing

PHOTOS = ("a" * 32, "b" * 32)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return make_clinic(tmp_path_factory.mktemp("clinic") / "store")


@pytest.fixture
def signed_in(clinic: Clinic) -> Iterator[tuple[Session, ListKeeper]]:
    signer = clinic.signer()

    class Workstation(Signing):
        def sign(self, kind: str, data: bytes) -> bytes:
            return signer.sign(kind, data)

    keeper = ListKeeper(Workstation(SigningKey.generate(), bytes(16)))
    session = sign_in(clinic.layout, clinic.secrets, keeper, "Ada Byron", PASSWORD, SystemClock(), cost=FLOOR_COST)
    keeper.attempts.clear()
    yield session, keeper
    session.close()


def _code(session: Session, password: str) -> str:
    with pytest.raises(Refused) as caught:
        session.presenting.confirm(password)
    return caught.value.code


def test_it_is_logged_from_start_to_end(desk: Desk) -> None:
    patient = "7" * 32
    begun = desk.session.presenting.begin(patient, PHOTOS, "curtain", "2 of 2")
    desk.clock.now_ms += 61_000
    desk.session.presenting.end(begun, "password").result()
    started, ended = desk.keeper.entries[-2:]
    assert (started.action, ended.action) == (Action.PRESENT, Action.PRESENT)
    assert (started.outcome, ended.outcome) == ("started", "ended")
    assert started.photo_ids == ended.photo_ids == PHOTOS
    assert (started.patient_id, started.screen, started.details["shown_on"]) == (patient, "present", "2 of 2")
    assert (ended.details["duration_ms"], ended.details["how"]) == ("61000", "password")
    assert ended.details["started"] == str(begun.receipt.sequence)


def test_without_a_log_nothing_is_presented(desk: Desk) -> None:
    desk.keeper.full = True
    with pytest.raises(Fixable, match="activity log cannot be written"):
        desk.session.presenting.begin("7" * 32, PHOTOS, "curtain", "1 of 1")
    assert Action.PRESENT not in desk.keeper.actions()


def test_a_front_desk_presents_nothing(counter: Desk) -> None:
    with pytest.raises(Refused, match="compare photos"):
        counter.session.presenting.begin("7" * 32, PHOTOS, "curtain", "1 of 1")


def test_only_the_desks_person_ends_it(signed_in: tuple[Session, ListKeeper]) -> None:
    session, keeper = signed_in
    assert _code(session, "not-" + PASSWORD) == "wrong_password"
    session.presenting.confirm(PASSWORD)
    assert [what.split()[0] for what in keeper.attempts] == ["began", "failed", "began", "right"]
    assert len({what.split()[1] for what in keeper.attempts}) == 1


def test_wrong_passwords_wait_like_at_the_sign_in(signed_in: tuple[Session, ListKeeper]) -> None:
    session, keeper = signed_in
    keeper.attempt = Wait(4_100)
    with pytest.raises(Refused, match="5 s"):
        session.presenting.confirm(PASSWORD)
    keeper.attempt = Disabled()
    assert _code(session, PASSWORD) == "slot_disabled"
    keeper.attempt = Allowed()
    assert all(what.startswith("began") for what in keeper.attempts)
