"""Thousands of histories of workstations that change one patient out of contact: all end in the same state.

    python -m tests.soak.histories --times 10000 [--first 0] [--joining]

With `--joining` workstations make snapshots of the chart, and others join and fill it from one of them. Each is
named by its seed; one that does not hold is printed with what differs, and the others go on.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from tests.soak.room import say
from tests.sync.history import by_chance
from tests.sync.joining_history import joining_by_chance

EVERY = 500


def run(times: int, first: int = 0, history: Callable[[int], object] = by_chance) -> list[int]:
    """Seeds of the histories that did not hold."""
    failed, began = [], time.monotonic()
    for number in range(times):
        try:
            history(first + number)
        except AssertionError as error:
            failed.append(first + number)
            say(f"seed {first + number}: {error}")
        if (number + 1) % EVERY == 0:
            seconds = time.monotonic() - began
            say(f"{number + 1} histories in {seconds:.0f} s, {len(failed)} that do not hold")
    return failed


def main() -> int:
    """0 where every history held."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.histories")
    parser.add_argument("--times", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--joining", action="store_true")
    given = parser.parse_args()
    failed = run(given.times, given.first, joining_by_chance if given.joining else by_chance)
    say(f"{given.times} histories, {len(failed)} that do not hold: {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
