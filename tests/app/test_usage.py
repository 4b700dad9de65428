"""Wrong usage is refused before anybody signs in, in words that say what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from photodesk.app.cli import main

PATIENT = ("patient", "add", "--mrn", "1", "--family", "F", "--given", "G", "--birth")
EXPORT = ("export", "0" * 32, "--to", "out")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*PATIENT, "1968-02-30"), "'1968-02-30' is a day that does not exist."),
        ((*PATIENT, "30.2.1968"), "'30.2.1968' is not a day such as 1968-02-29."),
        (("import", "card", "--patient", "1", "--visit", "2026-13-01"), "is a day that does not exist."),
        ((*EXPORT, "--purpose", "", "--recipient", "Dr Lind"), "'--purpose': It must not be empty."),
        ((*EXPORT, "--purpose", "referral", "--recipient", " \t"), "'--recipient': It must not be empty."),
        (("compare", "a", "b", "--to", "p.png", "--purpose", " "), "'--purpose': It must not be empty."),
        (("compare", "a", "b", "--to", "p.png", "--recipient", ""), "'--recipient': It must not be empty."),
        (("demo", "--size", "1024x800"), "--size must be at least 1280x800"),
        (("demo", "--size", "1280x700"), "--size must be at least 1280x800"),
    ],
)
def test_wrong_usage_is_a_sentence(arguments: Sequence[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err
