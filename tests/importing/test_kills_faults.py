"""`kill -9` of every process of an import at random instants: nothing lost, nothing doubled, the check is clean."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.importing.killing import kill_at_random

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")


def test_a_few_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    assert len(kill_at_random(tmp_path, 2, 20261121)) >= 2


@pytest.mark.thorough
def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    assert len(kill_at_random(tmp_path, 200, 7)) >= 200
