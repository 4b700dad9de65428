"""What a person types finds the patient, in the notations people use."""

from __future__ import annotations

from datetime import date

import pytest

from photodesk.patients import fold, parse_query


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller", "muller"),
        ("Ångström-Łuk", "angstrom luk"),
        ("  O'Neil  ", "o neil"),
        ("Groß", "gross"),
        ("Đặng", "dang"),
        ("ＴＥＳＴ", "test"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "text",
    [
        "12.05.1968",
        "12/05/1968",
        "1968-05-12",
        "19680512",
        "12051968",
        "12 May 1968",
        "May 12, 1968",
        "12. Mai 1968",
        "12.5.68",
    ],
)
def test_usual_notations_of_a_birth_date(text: str) -> None:
    assert date(1968, 5, 12) in parse_query(text).births


def test_a_date_that_does_not_exist_is_no_birth_date() -> None:
    assert parse_query("31.02.1968").births == ()
    assert parse_query("000123").births == ()


def test_day_first_and_month_first_are_both_tried() -> None:
    assert set(parse_query("3/5/1968").births) == {date(1968, 5, 3), date(1968, 3, 5)}


def test_words_in_any_order() -> None:
    assert parse_query("ada  Test").words == ("ada", "test")
