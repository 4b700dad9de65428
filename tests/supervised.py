"""Runs pytest on every core so that a run always ends, and nothing that it started outlives it.

A test process that crashes leaves its keepers, desks and servers running, and they hold the output open: whoever waits
for that waits for ever. Here they fall to this process and end with it. What failed beside other tests is run once
more by itself: a crash, or a machine too slow for two at once, is told by name and counts only where it happens again.

    python -m tests.supervised PYTEST-ARGS
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from tests.journeys.processes import family

LIMIT_S, AGAIN_LIMIT_S = 50 * 60, 10 * 60
MOST_WORKERS = 4  # each grows to 0.8 GB with the screens' tests
PASSED, FAILED, NO_TESTS, TOO_LONG = 0, 1, 5, 124
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)


def main(arguments: Sequence[str]) -> int:
    """The exit status of pytest, 124 where it did not end in time."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    status = run(["-n", str(min(MOST_WORKERS, _cores())), "--dist", "loadfile", *arguments], LIMIT_S)
    if status != FAILED:
        return status
    say("What failed, once more by itself")
    again = run(["--last-failed", "--last-failed-no-failures", "none", *arguments], AGAIN_LIMIT_S)
    if again not in {PASSED, NO_TESTS}:
        return again
    say("What failed beside other tests passes by itself")
    return PASSED


def run(arguments: Sequence[str], limit_s: float) -> int:
    """Run pytest once and end whatever it leaves. 124 where it did not end in time."""
    pytest = subprocess.Popen([sys.executable, "-m", "pytest", "-q", *arguments])
    if sys.platform != "linux":
        return pytest.wait()
    try:
        status = _status_of(pytest.pid, time.monotonic() + limit_s)
    finally:
        end_descendants()
    if status is None:
        say(f"The tests did not end within {limit_s / 60:.0f} minutes")
        return TOO_LONG
    return status


def _status_of(pytest: int, until: float) -> int | None:
    """Wait for a child; whoever else ends meanwhile is an orphan of a test, and gone at once as it is elsewhere."""
    while time.monotonic() < until:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == pytest:
            return os.waitstatus_to_exitcode(status)
        if not pid:
            time.sleep(0.1)
    return None


def _cores() -> int:
    """How many this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 2


def end_descendants() -> None:
    """Kill every descendant of this process, also those whose parents died, and take their exit statuses."""
    until = time.monotonic() + 30
    while time.monotonic() < until and (left := [pid for pid in family(os.getpid()) if pid != os.getpid()]):
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def say(words: str) -> None:
    sys.stdout.write(f"\n== {words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
