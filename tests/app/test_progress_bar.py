"""The bar on a terminal: counts, rate, time left; names of files steer no terminal."""

from __future__ import annotations

import json

import pytest

from photodesk.app import terminal
from photodesk.app.terminal import ProgressPrinter
from photodesk.progress import Progress

MB = 1_000_000


def test_the_bar_tells_rate_and_time_left(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = [0]
    monkeypatch.setattr(terminal.time, "monotonic_ns", lambda: now_ns[0])
    report = ProgressPrinter("bar")
    for second, done in ((1, 10), (3, 20)):
        now_ns[0] = second * 1_000_000_000
        report(Progress("Copying a\x1b[2J.jpg", done, 40, done * 10 * MB, 400 * MB))
    said = capsys.readouterr().err
    assert "20 of 40, 50.0\u00a0MB/s, 4 s left" in said
    assert "\x1b[2J" not in said


def test_json_lines_hold_the_name_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    ProgressPrinter("json")(Progress("Copying a\x1b[2J.jpg", 1, 1, 5, 5))
    line = json.loads(capsys.readouterr().err)
    assert line == {"what": "Copying a\x1b[2J.jpg", "done": 1, "total": 1, "done_bytes": 5, "total_bytes": 5}
