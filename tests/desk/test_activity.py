"""Asking the log: filters, order, counts, flags with their reasons, reviews and sign-offs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from photodesk import ids
from photodesk.crypto import SigningKey
from photodesk.desk.activity import ActivityDesk, ActivityQuery, ChainCheck
from photodesk.desk.activity_flags import FlagKind
from photodesk.desk.log_policy import hours_of
from photodesk.desk.session import Session
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action, Entry
from photodesk.log.writer import LogWriter
from photodesk.store.catalog import Catalog
from photodesk.store.roles import Role
from tests.desk.conftest import TestClock, session_of
from tests.desk.logged import WritingKeeper, look, writer_of
from tests.store.conftest import Store, front_desk, make_store

MONDAY = date(2026, 11, 16)
JM, IS = "0a" * 16, "0b" * 16


@dataclass
class Office:
    """A privacy officer's desk over a log that tests write."""

    session: Session
    store: Store
    keeper: WritingKeeper
    clock: TestClock
    writer: LogWriter

    def at(self, day: date, hour: int = 10, minute: int = 0) -> Office:
        self.clock.now_ms = int(datetime(day.year, day.month, day.day, hour, minute).timestamp() * 1000)
        return self

    def write(self, *entries: Entry) -> None:
        for entry in entries:
            self.writer.append(entry)
            self.clock.now_ms += 1000

    @property
    def activity(self) -> ActivityDesk:
        return self.session.activity


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = make_store(tmp_path / "store")
    clock = TestClock()
    keeper = WritingKeeper(store.keeper)
    signing = SigningKey.generate()
    session = session_of(store, store.keyset, keeper, clock)
    keeper.writer = writer_of(store.layout, store.keyset, clock, signing)
    store.catalog.project_people({JM: "Dr. J. Model", IS: "Dr. Iris Sample"})
    made = Office(session, store, keeper, clock, keeper.writer)
    yield made.at(MONDAY)
    keeper.writer.close()
    store.close()


def test_an_answer_is_what_was_asked_newest_first_and_reading_is_an_entry(office: Office) -> None:
    ada, ben = office.store.patient("1", "Test", "Ada"), office.store.patient("2", "Test", "Ben")
    office.write(look(JM, ada.patient_id), look(IS, ada.patient_id, action=Action.EXPORT), look(JM, ben.patient_id))
    found = office.activity.read(ActivityQuery(patient_id=ada.patient_id))
    assert [(one.user, one.patient, one.action) for one in found[1:]] == [
        ("Dr. Iris Sample", "Test, Ada", Action.EXPORT),
        ("Dr. J. Model", "Test, Ada", Action.VIEW),
    ]
    assert found[0].action is Action.LOG_READ
    assert office.keeper.entries[-1].patient_id == ada.patient_id
    by_person = office.activity.read(ActivityQuery(person_id=JM, actions=frozenset({Action.VIEW})))
    assert [one.patient for one in by_person] == ["Test, Ben", "Test, Ada"]
    assert by_person[0].chain != by_person[1].chain
    assert office.activity.read(ActivityQuery(person_id="ff" * 16)) == []
    assert office.activity.read(ActivityQuery(workstation_id="ff" * 16)) == []
    early = office.activity.read(ActivityQuery(until_ms=found[-1].at_ms + 1))
    assert [one.user for one in early] == ["Dr. J. Model"]


def test_reading_goes_on_where_it_ended_over_workstations_and_segments(office: Office) -> None:
    other = writer_of(office.store.layout, office.store.keyset, office.clock, SigningKey.generate(), ids.random_id())
    patient = office.store.patient().patient_id
    for day in range(3):
        for hour in range(4):
            office.at(date(2026, 11, 9 + day), 9 + hour)
            office.write(look(JM, patient))
            other.append(look(IS, patient))
    other.close()
    reading = office.activity.ask(ActivityQuery(patient_id=patient, actions=frozenset({Action.VIEW})))
    first, rest = reading.lines(5), reading.lines()
    together = first + rest
    assert len(first) == 5
    assert len(together) == 24
    assert [one.at_ms for one in together] == sorted((one.at_ms for one in together), reverse=True)
    assert [one.key for one in reading.oldest_first()] == [one.key for one in reversed(together)]
    summary = reading.summary()
    assert (summary.total, sum(summary.days.values()), len(summary.workstations)) == (24, 24, 2)
    assert set(summary.days) == {date(2026, 11, 9 + day) for day in range(3)}
    assert [name for _, name in summary.people if name.startswith("Dr.")] == ["Dr. Iris Sample", "Dr. J. Model"]
    linked = {one.chain: one for one in together}
    assert any(one.previous_chain in linked for one in together)


def test_what_is_unusual_is_flagged_and_says_why(office: Office) -> None:
    seen = office.store.patient("1", "Test", "Ada")
    office.store.visit(seen, MONDAY)
    alike = office.store.patient("2", "Sample", "Otto")
    own = office.store.patient("3", "Model", "Jo")
    for one in (alike, own):
        office.store.visit(one, MONDAY)
    office.at(MONDAY, 10).write(look(IS, seen.patient_id, "treatment"), look(IS, alike.patient_id, "treatment"))
    office.at(MONDAY, 11).write(look(JM, own.patient_id, "treatment"))
    office.at(MONDAY, 22, 47).write(look(JM, seen.patient_id), look(JM, seen.patient_id))
    office.at(date(2026, 12, 26), 10).write(look(IS, seen.patient_id, "legal"))
    office.at(date(2026, 12, 28), 10).write(look(JM, seen.patient_id))
    found = office.activity.reading(ActivityQuery()).flagged()
    told = [(one.patient_id, [(flag.kind, flag.words) for flag in one.flags]) for one in found]
    assert told == [
        (alike.patient_id, [(FlagKind.SAME_NAME, "The patient has the same family name as the person who looked.")]),
        (
            own.patient_id,
            [(FlagKind.OWN_RECORD, "The patient has the name of the person who looked: it may be their own record.")],
        ),
        (
            seen.patient_id,
            [(FlagKind.AFTER_HOURS, "The clinic closes at 19:00. No purpose was given.")],
        ),
        (
            seen.patient_id,
            [(FlagKind.AFTER_HOURS, "The clinic is closed on Saturdays. No visit that day.")],
        ),
        (seen.patient_id, [(FlagKind.NO_VISIT, "No visit of this patient within 14 days, and no purpose was given.")]),
    ]
    assert found[2].entries == 2
    flagged = office.activity.read(ActivityQuery(flagged=True, person_id=JM))
    assert [one.patient for one in flagged] == ["Test, Ada", "Test, Ada", "Model, Jo"]


def test_many_patients_at_once_and_many_more_than_usual_are_flagged(office: Office) -> None:
    patients = [office.store.patient(str(number), "Test", f"N{number}") for number in range(40)]
    for day in (9, 10, 11, 12):
        for number, one in enumerate(patients[:6]):
            office.store.visit(one, date(2026, 11, day))
            office.at(date(2026, 11, day), 9 + number).write(look(IS, one.patient_id, "treatment"))
    for number, one in enumerate(patients):
        office.store.visit(one, MONDAY)
        office.at(MONDAY, 8 + number // 10, 5 * (number % 10)).write(look(IS, one.patient_id, "treatment"))
    for one in patients[:13]:
        office.at(MONDAY, 16).write(look(JM, one.patient_id, "treatment"))
    flags = [flag for one in office.activity.reading(ActivityQuery()).flagged() for flag in one.flags]
    assert [(flag.kind, flag.words) for flag in flags] == [
        (FlagKind.UNUSUAL_VOLUME, "40 patients on one day; 6 are usual for this person."),
        (FlagKind.MANY_AT_ONCE, "12 patients within ten minutes."),
    ]


def test_opening_hours_are_read_and_said() -> None:
    hours = hours_of("Mon-Fri 07:00-12:00; mon-thu 13:30-18:00; sat 08:00-12:00")
    assert hours.closed(0, 7 * 60) == ""
    assert hours.closed(0, 12 * 60) == "The clinic opens at 13:30."
    assert hours.closed(4, 13 * 60) == "The clinic closes at 12:00."
    assert hours.closed(0, 60) == "The clinic opens at 07:00."
    assert hours.closed(6, 600) == "The clinic is closed on Sundays."
    for wrong in (
        "",
        "mon",
        "mon 9-17",
        "fri-mon 08:00-17:00",
        "xyz 08:00-17:00",
        "mon 18:00-08:00",
        "mon 08:00-25:00",
    ):
        with pytest.raises(ValueError, match="opening hours"):
            hours_of(wrong)


def test_what_was_reviewed_is_open_no_more(office: Office) -> None:
    patient = office.store.patient().patient_id
    office.at(MONDAY, 23).write(look(JM, patient))
    (flagged,) = office.session.log_review.open_flags()
    review = office.session.log_review.review(*flagged.key, "was called in")
    assert office.session.log_review.open_flags() == []
    assert office.session.log_review.reviews() == {flagged.key: review}
    assert office.keeper.entries[-1].details["what"] == "reviewed"
    assert "called" not in str(office.keeper.entries)
    with pytest.raises(Fixable, match="no such entry"):
        office.session.log_review.review("ff" * 16, 1)


def test_a_log_cut_behind_a_sign_off_is_missed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ActivityDesk, "check", lambda _: ChainCheck(True, 1, 0))
    patient = office.store.patient().patient_id
    office.write(look(JM, patient))
    path = office.store.layout.log / office.store.keyset.workstation_id / "1.pdlog"
    before = path.read_bytes()
    office.write(look(JM, patient), look(JM, patient))
    review = office.session.log_review
    assert review.lost() is None
    made = review.sign_off()
    assert review.lost() is None
    assert review.standing().last == made == review.sign_offs()[0]
    ((workstation_id, (sequence, _)),) = made.up_to.items()
    path.write_bytes(before)
    again = session_of(office.store, office.store.keyset, office.keeper, office.clock)
    assert again.log_review.lost() == (workstation_id, sequence)


def test_only_a_privacy_officer_asks(tmp_path: Path) -> None:
    made = make_store(tmp_path / "store")
    store = made.reopened(front_desk(made.keyset))
    session = session_of(store, store.keyset, WritingKeeper(store.keeper), TestClock())
    assert Role.PRIVACY_OFFICER not in store.keyset.roles
    for work in (session.activity.read, session.log_review.reviews, session.log_review.sign_off):
        with pytest.raises(Refused):
            work()
    assert isinstance(session.catalog, Catalog)
    store.close()
