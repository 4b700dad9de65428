"""A command on a store whose log was altered says so on standard error, and still works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance

PASSWORD = "quiet lamp on the stairs"
ROOT = Path(__file__).resolve().parents[2]


def test_an_altered_log_is_said_at_every_sign_in(tmp_path: Path) -> None:
    store = tmp_path / "store"
    entrance = Entrance(store, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Exam room 1", "Ada Berg", PASSWORD, password_only=True)
    given = ["patient", "list", "--store", str(store), "--user", "Ada Berg", "--password-stdin", "--quiet"]

    def listed() -> str:
        done = subprocess.run(
            [sys.executable, "-m", "photodesk", *given],
            input=f"{PASSWORD}\n",
            capture_output=True,
            check=True,
            text=True,
            timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
        )
        return done.stderr

    assert listed() == ""
    (segment,) = store.glob("log/*/1.pdlog")
    data = bytearray(segment.read_bytes())
    data[150] ^= 1
    segment.write_bytes(data)
    for _ in range(2):
        assert "The log on Exam room 1 was changed at entry 1. Call your privacy officer;" in listed()
