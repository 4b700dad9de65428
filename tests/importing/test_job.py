"""Which of several truths about a file is its state."""

from __future__ import annotations

import json

import pytest

from photodesk.importing.job import FileState, ImportResult, Outcome, Stage, Stop
from photodesk.importing.report import report_text


def outcome(**known: object) -> Outcome:
    return Outcome(0, "a.jpg", 3, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({"stage": Stage.FILED}, FileState.FILED),
        ({"stage": Stage.ASSIGNED}, FileState.ASSIGNED),
        ({"stage": Stage.VERIFIED}, FileState.VERIFIED),
        ({"stage": Stage.VERIFIED, "label": True}, FileState.LABEL),
        ({"stage": Stage.COPIED}, FileState.FAILED),
        ({}, FileState.FAILED),
        ({"stage": Stage.FOUND, "undecodable": "why"}, FileState.FAILED),
        ({"stage": Stage.FILED, "undecodable": "why"}, FileState.KEPT_AS_IS),
        ({"stage": Stage.FILED, "undecodable": "why", "duplicate": True}, FileState.KEPT_AS_IS),
        ({"stage": Stage.FILED, "duplicate": True, "label": True}, FileState.DUPLICATE),
    ],
)
def test_precedence(known: dict[str, object], state: FileState) -> None:
    assert outcome(**known).state is state


def test_a_document_names_every_file_and_every_state() -> None:
    result = ImportResult("0" * 32, [outcome(stage=Stage.FILED), outcome()], stopped=Stop("x", "Why.", "What to do."))
    document = json.loads(json.dumps(result.document()))
    assert set(document["counts"]) == {state.value for state in FileState}
    assert sum(document["counts"].values()) == 2 == len(document["files"])
    assert result.exit_code == 1
    assert document["stopped"] == {"code": "x", "message": "Why.", "remedy": "What to do."}


def test_the_report_is_one_page_of_counts_and_reasons() -> None:
    text = report_text(ImportResult("0" * 32, [outcome(stage=Stage.FILED), outcome(failure="Torn.")]), 0)
    assert "1  in the chart" in text
    assert "a.jpg  Torn." in text
