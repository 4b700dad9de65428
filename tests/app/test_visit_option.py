"""`--visit` takes a day or the id of one of several visits of that day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.bent_store import Bent, make_bent

DAY = "2026-11-20"


@pytest.fixture
def bent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bent:
    return make_bent(tmp_path / "store", monkeypatch)


def test_a_second_visit_of_a_day_is_named_by_its_id(bent: Bent) -> None:
    first = bent.run("timeline", "1").document["visits"][0]["visit_id"]
    wrong = bent.run("inbox", "file", bent.job, "--patient", "2", "--visit", first)
    assert (wrong.code, wrong.error) == (1, "visit_of_another")
    unknown = bent.run("inbox", "file", bent.job, "--patient", "2", "--visit", "ab" * 16)
    assert (unknown.code, unknown.error) == (1, "visit_unknown")
    assert bent.run("inbox", "file", bent.job, "--patient", "1", "--visit", "2026-02-30").code == 2
    filed = bent.run("inbox", "file", bent.job, "--patient", "1", "--visit", first)
    assert (filed.code, filed.document["filed"]) == (0, 2)
    (visit,) = bent.run("timeline", "1").document["visits"]
    assert (visit["visit_id"], len(visit["photos"])) == (first, 4)
