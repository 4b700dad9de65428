"""Retention, legal hold and erasing at a desk: rights, days, two persons, entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from photodesk.crypto import FLOOR_COST
from photodesk.desk.retention_rules import RetentionRule, fits, rule_of, years_after
from photodesk.desk.second_person import second_person
from photodesk.desk.session import Session
from photodesk.desk.signing_in import sign_in
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.patients import Patient, PatientDraft
from photodesk.store.keeping_book import ErasureState, KeepingBook
from photodesk.store.members_log import MembersLog
from photodesk.store.roles import Role
from photodesk.visits import VisitDraft
from tests.desk.clinic_desk import list_keeper
from tests.desk.conftest import ListKeeper, TestClock
from tests.store.clinic import OTHER_PASSWORD, PASSWORD, Clinic, make_clinic
from tests.store.inbox import RENDITIONS, shot_of

DAY_MS = 86_400_000


class Desks:
    """One clinic, one keeper and one clock for several people in turn."""

    def __init__(self, root: Path) -> None:
        self.clinic: Clinic = make_clinic(root)
        self.keeper: ListKeeper = list_keeper(self.clinic)
        self.clock = TestClock()

    @contextmanager
    def sits(self, name: str = "Ada Byron", password: str = PASSWORD) -> Iterator[Session]:
        layout, secrets = self.clinic.layout, self.clinic.secrets
        session = sign_in(layout, secrets, self.keeper, name, password, self.clock, cost=FLOOR_COST)
        try:
            yield session
        finally:
            session.close()

    def days(self, count: int) -> None:
        """So many days go by, and somebody signs in every few of them."""
        for _ in range(0, count, 5):
            self.clock.now_ms += 5 * DAY_MS
            with self.sits():
                pass


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    return Desks(tmp_path / "store")


def patient(session: Session, mrn: str = "4711", born: date = date(1960, 2, 29), last: date | None = None) -> Patient:
    made = session.patients.add(PatientDraft(mrn, "Okafor", "Ngozi", born))
    session.visits.add(VisitDraft(made.patient_id, last or date(2010, 6, 1)))
    return made


def test_classes_say_when_a_record_may_go() -> None:
    standard = rule_of("10 25")
    assert standard == RetentionRule(10, 25)
    assert standard.due(date(1960, 5, 1), date(2016, 11, 20)) == date(2026, 11, 20)
    assert standard.due(date(2010, 5, 1), date(2016, 11, 20)) == date(2035, 5, 1), "a child, until 25"
    assert standard.due(date(1999, 5, 1), date(2016, 11, 20)) == date(2026, 11, 20), "17 then: ten years are later"
    assert rule_of("for ever").due(date(1960, 5, 1), date(2016, 11, 20)) is None
    assert years_after(date(2000, 2, 29), 25) == date(2025, 3, 1)
    assert [fits(text) for text in ("10 25", "for ever", "0 0", "10", "ten 25", "10 25 1", "200 1")] == [
        *(True, True, True),
        *(False, False, False, False),
    ]


def test_what_is_due_is_listed_and_nothing_is_deleted(desks: Desks) -> None:
    with desks.sits() as session:
        old, fresh = patient(session), patient(session, "4712", last=date(2026, 1, 1))
        assert [line.patient for line in session.retention.records()] == [old]
        assert {line.patient: line.due for line in session.retention.records(every=True)} == {
            old: date(2020, 6, 1),
            fresh: date(2036, 1, 1),
        }
        session.retention.set_class(old.patient_id, "long")
        assert session.retention.records() == ()
        session.policy.set("retention.long", "12 12")
        assert [line.retention for line in session.retention.records()] == ["long"]
        with pytest.raises(Fixable, match="no such class"):
            session.retention.set_class(old.patient_id, "short")
        session.retention.hold(old.patient_id, "a court asks")
        assert session.retention.records() == ()
        assert [(one.patient, one.reason, one.by) for one in session.retention.holds()] == [
            (old, "a court asks", "Ada Byron")
        ]
        with pytest.raises(Fixable, match="already"):
            session.retention.hold(old.patient_id, "again")
        session.retention.release(old.patient_id, "closed")
        assert session.retention.holds() == ()
        assert [line.patient for line in session.retention.records()] == [old]
        said = [entry.details["what"] for entry in desks.keeper.entries if entry.action is Action.EDIT]
        assert said[-3:] == ["retention class", "hold set", "hold released"]
        assert "a court asks" not in str(desks.keeper.entries)


def test_a_hold_stops_deleting_purging_and_erasing(desks: Desks) -> None:
    with desks.sits() as session:
        who = patient(session)
        visit = session.visits.of_patient(who.patient_id)[0]
        chart = session.charts.open(who.patient_id)
        made = [shot_of(bytes([number]) * 99, f"{number}.JPG") for number in range(2)]
        one, two = (
            chart.file_shot(session.actor.change("t"), shot, source, RENDITIONS, visit.visit_id).photo_id
            for shot, source in made
        )
        assert session.catalog.index is not None
        session.catalog.index.put(chart.photos())
        session.corrections.delete([one], "not sharp")
        session.retention.hold(who.patient_id, "a court asks")
        with pytest.raises(Refused) as caught:
            session.corrections.delete([two], "not sharp")
        assert caught.value.code == "legal_hold"
        with pytest.raises(Refused) as caught:
            session.erasures.request(who.patient_id, "asked for")
        assert caught.value.code == "legal_hold"
    desks.days(40)
    with desks.sits() as session:
        assert session.corrections.purge_due() == 0
        session.retention.release(who.patient_id, "closed")
        assert session.corrections.purge_due() == 1


def test_an_erasure_waits_thirty_days_and_can_be_revoked(desks: Desks) -> None:
    with desks.sits() as session:
        who = patient(session, last=date(2026, 1, 1))
        with pytest.raises(Refused) as caught:
            session.erasures.request(who.patient_id, "asked for")
        assert (caught.value.code, "2036-01-01" in caught.value.message) == ("not_due_yet", True)
        with pytest.raises(Fixable) as named:
            session.erasures.request(who.patient_id, "Ngozi Okafor asked for it", "her right")
        assert named.value.code == "reason_tells_who"
        line = session.erasures.request(who.patient_id, "asked for", "the patient's right, GDPR article 17")
        assert (line.is_due, line.due_at_ms - desks.clock.now_ms) == (False, 30 * DAY_MS)
        assert session.erasures.run() == ()
        session.erasures.revoke(line.erasure.erasure_id)
        assert session.patients.by_mrn("4711") == who
        line = session.erasures.request(who.patient_id, "asked for", "the patient's right, GDPR article 17")
    desks.clock.now_ms += 400 * DAY_MS
    with desks.sits() as session:
        assert session.erasures.run() == (), "a clock that jumps ahead erases nobody"
    desks.days(30)
    with desks.sits() as session:
        (done,) = session.erasures.run()
        assert (done.erasure.state, done.patient) == (ErasureState.ERASED, None)
        with pytest.raises(Fixable, match="no such patient"):
            session.patients.by_mrn("4711")
        with pytest.raises(Fixable) as over:
            session.erasures.revoke(line.erasure.erasure_id)
        assert over.value.code == "erasure_over"
        assert [one.name for one in done.erasure.places] == ["Front desk"]
    said = [entry.details["what"] for entry in desks.keeper.entries if entry.action is Action.ERASE]
    assert said == ["requested", "revoked", "requested", "authorised", "begun", "erased"]
    assert {entry.patient_id for entry in desks.keeper.entries if entry.action is Action.ERASE} == {who.patient_id}
    members = MembersLog.open(desks.clinic.layout.members, done_clinic(desks)).members
    assert members.erased == {done.erasure.chart_id}


def done_clinic(desks: Desks) -> bytes:
    return desks.clinic.sign_in().clinic_id


def test_two_administrators_sign_and_a_clinician_carries_out(desks: Desks) -> None:
    with desks.sits() as session:
        who = patient(session)
        add = session.people.add
        add("Bo Lind", {Role.ADMINISTRATOR}, OTHER_PASSWORD)
        add("Cem Oz", {Role.PRIVACY_OFFICER}, OTHER_PASSWORD)
        add("Dee Vu", {Role.CLINICIAN}, OTHER_PASSWORD)
    with desks.sits("Dee Vu", OTHER_PASSWORD) as session:
        for refused in (
            lambda: session.erasures.request(who.patient_id, "asked for"),
            session.retention.records,
            lambda: session.retention.hold(who.patient_id, "x"),
        ):
            with pytest.raises(Refused) as caught:
                refused()
            assert caught.value.code == "no_right"
    with desks.sits("Cem Oz", OTHER_PASSWORD) as session:
        with pytest.raises(Refused) as caught:
            session.erasures.request(who.patient_id, "asked for")
        assert caught.value.code == "second_needed"
        second = second_person(session.actor, session.layout, session.secrets, "Bo Lind", OTHER_PASSWORD)
        line = session.erasures.request(who.patient_id, "asked for", second=second)
        assert (line.requested_by, line.second_by) == ("Cem Oz", "Bo Lind")
    desks.days(30)
    with desks.sits("Cem Oz", OTHER_PASSWORD) as session:
        with pytest.raises(Refused) as caught:
            session.erasures.run()
        assert caught.value.code == "second_needed"
        second = second_person(session.actor, session.layout, session.secrets, "Bo Lind", OTHER_PASSWORD)
        (running,) = session.erasures.run(second)
        assert running.erasure.state is ErasureState.RUNNING, "a privacy officer opens no chart"
        with pytest.raises(Fixable, match="cannot be revoked"):
            session.erasures.revoke(line.erasure.erasure_id)
    with desks.sits("Dee Vu", OTHER_PASSWORD) as session:
        assert session.alarms.sentences == ()
    with desks.sits() as session:
        (done,) = session.erasures.erasures()
        assert done.erasure.state is ErasureState.ERASED
        assert session.catalog.person_name(done.erasure.carried_out_by) == "Dee Vu"
        assert session.catalog.person_name(done.erasure.cosigned_by) == "Bo Lind"


def test_killed_after_it_was_authorised_it_is_not_revoked_any_more_and_goes_on(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The membership log says so before the catalog does: a kill in between must not lose that."""
    with desks.sits() as session:
        who = patient(session)
        line = session.erasures.request(who.patient_id, "asked for")
    desks.days(30)
    with desks.sits() as session, monkeypatch.context() as killed:

        def nothing(*_: object) -> None:
            raise KeyboardInterrupt

        killed.setattr(KeepingBook, "authorise", nothing)
        with pytest.raises(KeyboardInterrupt):
            session.erasures.run()
    with desks.sits() as session:
        with pytest.raises(Fixable, match="cannot be revoked"):
            session.erasures.revoke(line.erasure.erasure_id)
        (done,) = session.erasures.run()
        assert done.erasure.state is ErasureState.ERASED
