"""The short form of `python -m tests.soak.server`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.soak.server import run


def test_a_few_seconds_of_faults_lose_nothing() -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert run(6, Path(folder)) == []
