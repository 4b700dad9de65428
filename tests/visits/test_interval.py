"""The time between two visits, as a person says it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from photodesk.visits import interval_words

START = date(2026, 8, 28)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "same day"),
        (1, "1 day"),
        (13, "13 days"),
        (14, "2 weeks"),
        (84, "12 weeks"),
        (200, "7 months"),
        (731, "2 years"),
    ],
)
def test_interval_words(days: int, words: str) -> None:
    assert interval_words(START, START + timedelta(days)) == words
    assert interval_words(START + timedelta(days), START) == words
