"""The screens' states, without a window."""

from __future__ import annotations

from datetime import date, time
from types import SimpleNamespace

import pytest

from photodesk.desk.signing_in import SignInWaits
from photodesk.desk.visits import PlannedVisit
from photodesk.errors import Fixable, Refused
from photodesk.importing.job import ImportResult, Outcome, Stage
from photodesk.patients import PatientSummary
from photodesk.progress import Progress
from photodesk.ui.home.model import HomeModel, Shown, matched_parts
from photodesk.ui.importing.model import ImportModel, ImportProgress, Phase
from photodesk.ui.patients.models import PatientForm, VisitForm, field_of, parse_day, parse_time
from photodesk.ui.setup.model import SetupModel, Step
from photodesk.ui.sign_in.model import SignInModel, lock_sentence
from photodesk.ui.words import day_words, role_words, size_words
from photodesk.visits import Visit
from tests.ui.conftest import TODAY, people


def who(name: str, slot: str, *, disabled: bool = False) -> SimpleNamespace:
    return SimpleNamespace(person_id=slot, name=name, roles=("clinician",), slot_id=slot, disabled=disabled)


def test_the_throttle_is_a_sentence_with_a_running_number() -> None:
    model = SignInModel((who("Alex", "1"), who("Iris", "2")), "2")
    assert model.chosen == 1
    model.began()
    model.failed(Refused("wrong_password", "x"), "")
    model.rest(12_000, 1_000)
    assert model.status(1_000) == "That did not work. Try again in 12 s."
    assert not model.may_unlock(1_000)
    assert model.status(12_500) == "That did not work. Try again in 1 s."
    assert model.may_unlock(13_000)
    assert model.status(13_000) == "That did not work."
    model.began()
    model.failed(SignInWaits(5_000), "", 20_000)
    assert model.status(21_500) == "That did not work. Try again in 4 s."
    model.choose(0)
    assert model.may_unlock(21_500), "the wait is one person's"
    model.choose(1)
    assert not model.may_unlock(21_500)


def test_choosing_stays_in_the_list_and_rests_while_busy() -> None:
    model = SignInModel((who("Alex", "1"), who("Iris", "2")))
    assert model.move(-1)
    assert model.chosen == 0
    assert not model.choose(7)
    model.began()
    assert not model.choose(1)


def test_a_disabled_person_cannot_unlock() -> None:
    model = SignInModel((who("Alex", "1", disabled=True),))
    assert not model.may_unlock(0)
    assert "administrator" in model.status(0)


def test_lock_sentences_name_the_reason() -> None:
    assert lock_sentence("idle", 5) == "Locked after 5 minutes without use."
    assert "sleep" in lock_sentence("suspend")
    assert lock_sentence("asked") == "Locked. Sign in to go on."


@pytest.mark.parametrize(
    ("name", "typed", "parts"),
    [
        ("Test, Ada", "tes", ((0, 3),)),
        ("Sample-Tessa, Kim", "tes", ((7, 3),)),
        ("Müller, Åsa", "mu as", ((0, 2), (8, 2))),
        ("Test, Ada", "xyz", ()),
    ],
)
def test_matched_parts(name: str, typed: str, parts: tuple[tuple[int, int], ...]) -> None:
    assert matched_parts(name, typed) == parts


def test_late_answers_of_a_search_are_dropped() -> None:
    model = HomeModel(TODAY, "me")
    model.typed("te")
    model.typed("tes")
    assert not model.answered("te", [PatientSummary(people()[0], 1, TODAY)])
    assert model.chosen is None
    assert model.answered("tes", [PatientSummary(people()[0], 1, TODAY)])
    assert model.chosen is not None
    assert (model.chosen.age, model.chosen.last_visit) == ("58 y", "Here today")
    model.typed("test")
    assert model.chosen is None, "Enter would open who was found for another text"
    model.typed("tes")
    model.answered("tes", [])
    assert model.nothing_found.startswith("Nobody found for \u201ctes\u201d.")


def test_todays_filters_are_offered_only_where_they_filter() -> None:
    model = HomeModel(TODAY, "me", "Room 2")
    model.take_visits([])
    assert model.visits_sentence == "No visits today. Type a name to open any patient."
    assert model.filters() == ()
    visits = [
        PlannedVisit(Visit(str(n), "p", TODAY, time(9), room, "", "", ""), people()[0])
        for n, room in enumerate(("Room 1", "Room 2"))
    ]
    model.take_visits(visits)
    assert [shown for shown, _ in model.filters()] == [Shown.ALL, Shown.ROOM]
    model.shown = Shown.ROOM
    assert len(model.shown_visits()) == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (PatientForm(family="A", birth="1 Jan 1990"), "mrn"),
        (PatientForm("1", birth="1 Jan 1990"), "family"),
        (PatientForm("1", "A"), "birth"),
        (PatientForm("1", "A", birth="soon"), "birth"),
        (PatientForm("1", "A", birth="3.1.51"), "birth"),
        (PatientForm("1", "A", birth="1 Jan 2031"), "birth"),
    ],
)
def test_bad_input_names_its_field(form: PatientForm, field: str) -> None:
    with pytest.raises(Fixable) as caught:
        form.draft(TODAY)
    assert field_of(caught.value) == field
    assert caught.value.remedy


def test_days_and_times_in_usual_notations() -> None:
    assert parse_day("12 May 1968") == parse_day("1968-05-12") == date(1968, 5, 12)
    assert parse_time("9:40") == parse_time("0940") == time(9, 40)
    assert parse_time(" ") is None
    draft = VisitForm("20 Nov 2026", "09:40", " Room 1 ", "Check", "").draft("p", "c")
    assert (draft.day, draft.at, draft.room, draft.title) == (TODAY, time(9, 40), "Room 1", "Check")


def outcome(name: str, stage: Stage, **more: object) -> Outcome:
    return Outcome(0, name, 1000, "aa" * 32, stage, name, **more)  # type: ignore[arg-type]


def test_three_counters_because_copied_is_not_verified() -> None:
    model = ImportModel()
    model.began("card", 0, from_card=True)
    stages = (Stage.COPIED, Stage.VERIFIED, Stage.FILED, Stage.FOUND)
    found = tuple(outcome(name, stage) for name, stage in zip("abcd", stages, strict=True))
    model.advanced(ImportProgress("Copying", 3, 4, 3000, 4000, found), 1000)
    assert (model.copied, model.verified, model.in_charts, model.total) == (3, 2, 1, 4)
    assert model.foot() == ("Please leave the card in.", "2 files are only on the card.")
    assert model.tiles()[3].caption == "Waiting"
    assert not model.all_safe


def test_safe_is_said_only_when_every_file_is() -> None:
    model = ImportModel()
    model.began("card", 0, from_card=True)
    model.ended(ImportResult("j", [outcome("a", Stage.FILED), outcome("b", Stage.VERIFIED, duplicate=True)]))
    assert model.phase is Phase.DONE
    assert model.all_safe
    assert sum(line[3] for line in model.safe_lines()) == 2
    model.ended(ImportResult("j", [outcome("a", Stage.FILED), outcome("b", Stage.FOUND, failure="It cannot be read.")]))
    assert not model.all_safe
    assert model.tiles()[1].words == "Not copied"


def test_rate_and_time_left() -> None:
    model = ImportModel()
    model.began("card", 0, from_card=False)
    model.advanced(Progress("Copying", 1, 4, 86_000_000, 344_000_000), 1000)
    assert model.rate_words == ("86.0\u00a0MB/s", "3 seconds left")


def test_set_up_continues_only_when_a_step_is_complete() -> None:
    model = SetupModel("Example Skin Clinic", "Room 1")
    assert model.may_continue
    model.step, model.person = Step.ADMINISTRATOR, "Iris"
    model.password = model.again = "short"
    assert not model.may_continue
    model.password = model.again = "horse battery staple reef"
    assert model.may_continue
    model.again = "horse"
    assert model.password_sentence() == ("The two passwords differ.", False)
    model.step = Step.STORAGE
    assert not model.may_continue
    model.password_only = True
    assert model.may_continue


def test_words() -> None:
    assert day_words(date(2026, 11, 20)) == "20 Nov 2026"
    assert role_words(("administrator", "clinician")) == "Clinician · Administrator"
    assert size_words(1_700_000_000) == "1.7\u00a0GB"
