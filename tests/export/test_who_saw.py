"""The report for a patient: what it says, whom it names, and that it is a PDF with nothing but its words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from photodesk.desk.activity import ActivityLine
from photodesk.export.pdf_text import BOLD, TextPages
from photodesk.export.who_saw import seen_by, who_saw_pdf
from photodesk.log.entry import Action
from photodesk.patients import Patient, Sex
from tests.export.reading_pdf import words_of

PATIENT = Patient("0c" * 16, "000123", "Ångström-Łuk", "Ада", date(1980, 5, 12), Sex.FEMALE)
MADE = round(datetime(2026, 11, 20, 12, 0).timestamp() * 1000)


def line(
    hour: int, person: str, action: Action, photos: int = 0, purpose: str = "", recipient: str = ""
) -> ActivityLine:
    at = round((datetime(2026, 11, 19, 0, 5) + timedelta(hours=hour)).timestamp() * 1000)
    ids = tuple(f"{number:032x}" for number in range(photos))
    details = {"recipient": recipient} if recipient else {}
    user = {"a": "Dr. J. Model", "b": "Alex Attender"}.get(person, "")
    role = "administrator clinician" if person == "a" else "front-desk"
    return ActivityLine(
        *(hour, at, "w", person, user, role, action, PATIENT.patient_id, "", "", ids, "", "", purpose, "", details),
        workstation="Exam room 1",
    )


LINES = [
    line(9, "a", Action.RECORD_OPENED),
    line(9, "a", Action.VIEW, 2, "treatment"),
    line(10, "a", Action.VIEW, 31, "treatment"),
    line(11, "b", Action.RECORD_OPENED),
    line(33, "a", Action.EXPORT, 1, "referral", "Dr. Reference"),
    line(34, "c", Action.VIEW, 1, "none given"),
]


def test_a_line_is_a_person_and_a_day() -> None:
    told = [(one.day.day, one.when, one.who, one.role, one.what) for one in seen_by(LINES)]
    assert told == [
        (20, "10:05", "A person who left the clinic", "front desk", "Looked at 1 photo."),
        (20, "09:05", "Dr. J. Model", "clinician", "Gave out 1 photo to Dr. Reference."),
        (19, "11:05", "Alex Attender", "front desk", "Opened the record."),
        (19, "09:05–10:05", "Dr. J. Model", "clinician", "Opened the record and looked at 31 photos."),
    ]
    unnamed = seen_by(LINES, names_staff=False)
    assert {(one.who, one.role) for one in unnamed} == {("clinician", ""), ("front desk", "")}


def test_the_report_reads_as_it_was_meant_on_as_many_pages_as_it_takes() -> None:
    data = who_saw_pdf(PATIENT, seen_by(LINES), "Example Skin Clinic", MADE)
    text = words_of(data)
    for words in (
        "Ада Ångström-Łuk, born 12 May 1980 · record number 000123",
        "20 November 2026",
        "Gave out 1 photo to Dr. Reference.",
        "For treatment · Exam room 1",
        "is unchanged",
        "Page 1 of 1",
    ):
        assert words in text
    for word in (b"/Author", b"/Producer", b"/Creator", b"Date", b"photodesk"):
        assert word not in data
    many = [line(24 * day + 9, str(day), Action.VIEW, 1) for day in range(60)]
    longer = words_of(who_saw_pdf(PATIENT, seen_by(many), "", MADE, date(2026, 1, 1), intact=False))
    assert "Page 7 of 7" in longer
    assert "since 1 January 2026" in longer
    assert "had been changed" in longer
    assert "Nobody has opened your record" in words_of(who_saw_pdf(PATIENT, [], "", MADE))


def test_words_are_wrapped_and_cut_where_they_must() -> None:
    pages = TextPages()
    lines = pages.wrapped("one two three " + "w" * 200, 120, 10)
    assert all(pages.width(each, 10) <= 120 for each in lines)
    assert "".join("".join(lines).split()) == "onetwothree" + "w" * 200
    assert pages.width("Wide", 10, BOLD) > pages.width("Wide", 10)
