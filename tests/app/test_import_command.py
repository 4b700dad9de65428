"""`import` at the terminal: Ctrl+C is obeyed and answered at once, and the end is told in few lines."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator

import pytest

from photodesk.app.commands_import import STOPPING, _summary, stopped_by_interrupt
from photodesk.app.terminal import ProgressPrinter
from photodesk.importing.job import ImportResult, Outcome, Stage, Stop


@pytest.fixture
def interrupts() -> Iterator[None]:
    """A terminal's Ctrl+C, also where the tests run in the background and were told to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_ctrl_c_is_answered_once_at_once_and_asks_to_stop(capfd: pytest.CaptureFixture[str]) -> None:
    with stopped_by_interrupt(ProgressPrinter("none")) as cancel:
        signal.raise_signal(signal.SIGINT)
        assert cancel.requested
        assert capfd.readouterr().err == f"{STOPPING}\n"
        signal.raise_signal(signal.SIGINT)
    assert capfd.readouterr().err == ""
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_what_reads_progress_gets_a_row_and_quiet_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    ProgressPrinter("json").interrupt(STOPPING)
    assert json.loads(capfd.readouterr().err)["what"] == STOPPING
    ProgressPrinter("none", quiet=True).interrupt(STOPPING)
    assert capfd.readouterr().err == ""


def test_a_reason_shared_by_hundreds_of_files_is_one_line() -> None:
    doubles = [
        Outcome(
            0,
            f"IMG_{number:04}.JPG",
            1,
            stage=Stage.FILED,
            duplicate=True,
            where=f"It is in the store already (photo {number:032x}).",
        )
        for number in range(264)
    ]
    broken = Outcome(0, "x.jpg", 1, failure="It cannot be read.")
    text = _summary(ImportResult("0" * 32, [*doubles, broken], stopped=Stop("cancelled", "Stopped.", "Again.")))
    assert text.splitlines() == [
        "265 files: 264 duplicates, 1 failed.",
        "  264 files: It is in the store already. (IMG_0000.JPG, IMG_0001.JPG, IMG_0002.JPG and 261 more)",
        "  x.jpg: It cannot be read.",
        "Stopped. Again.",
    ]
