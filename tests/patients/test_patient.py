"""Bad input gets a code and a remedy; good input is tidied."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from photodesk.errors import Fixable
from photodesk.patients import PatientDraft, Sex, age_years, tidy_mrn, validated

TODAY = date(2026, 11, 21)
GOOD = PatientDraft(mrn=" 000123 ", family="Test", given="Ada  Maria", birth=date(1968, 5, 12), sex=Sex.FEMALE)


def test_tidied() -> None:
    tidy = validated(GOOD, TODAY)
    assert (tidy.mrn, tidy.given) == ("000123", "Ada Maria")


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(GOOD, mrn="  "), "mrn_missing"),
        (replace(GOOD, family=""), "name_missing"),
        (replace(GOOD, birth=date(2026, 11, 22)), "birth_in_future"),
        (replace(GOOD, birth=date(1890, 1, 1)), "birth_too_old"),
        (replace(GOOD, given="x" * 201), "text_unusable"),
        (replace(GOOD, given="a\x07b"), "text_unusable"),
    ],
)
def test_refused_with_a_remedy(draft: PatientDraft, code: str) -> None:
    with pytest.raises(Fixable) as caught:
        validated(draft, TODAY)
    assert caught.value.code == code
    assert caught.value.remedy


def test_age_counts_completed_years() -> None:
    assert age_years(date(1968, 11, 22), TODAY) == 57
    assert age_years(date(1968, 11, 21), TODAY) == 58


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("१०४७११", "104711"),
        ("１０４７１１", "104711"),
        ("P-٤٢", "P-42"),
        ("  A 17/b ", "A 17/b"),
        ("Ä-1²", "Ä-1²"),
    ],
)
def test_digits_of_every_script_are_the_same_record_number(typed: str, kept: str) -> None:
    assert validated(replace(GOOD, mrn=typed), TODAY).mrn == kept == tidy_mrn(kept)
