"""The short form of `python -m tests.soak.cuts --times 300`."""

from __future__ import annotations

from pathlib import Path

from tests.soak.cuts import run


def test_photos_through_a_network_that_breaks_are_each_there_once(tmp_path: Path) -> None:
    assert run(10, tmp_path, 7) == []
