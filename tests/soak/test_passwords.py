"""The short form of `python -m tests.soak.passwords`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.passwords import run


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_wrong_passwords_at_most_in_ten_minutes_at_least(tmp_path: Path, seed: int) -> None:
    outcome = run(600, tmp_path, seed)
    assert outcome.wrong() == []
    assert outcome.derivations == 10
    assert outcome.answers["slot_disabled"] > 300
