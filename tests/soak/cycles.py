"""A day of locking in an hour: sign in, look, lock, again and again, by one trigger after the other.

    python -m tests.soak.cycles --times 500 [--minutes 60]

After each lock the memory of all our processes is searched. Processes, the keeper's descriptors, threads and private
memory are counted at rest: after the tenth cycle and at the end they must be the same. The log must be whole.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.journeys.screen import wait_until
from tests.soak.leaks import Counted, count
from tests.soak.locks import TRIGGERS, Figures, lock_once
from tests.soak.room import SoakRoom, load, say, soak_room

NAMES = tuple(
    name for name, trigger in TRIGGERS.items() if trigger.screens == 1 and not trigger.ends_all and not trigger.due_s
)
FIRST, EVERY = 10, 50


def counted(room: SoakRoom) -> Counted:
    """At rest."""
    return count(room.windows.process.pid, room.windows.keeper)


def run(times: int, folder: Path, minutes: float = 1_000) -> list[str]:
    """What does not hold after so many cycles, or after so many minutes."""
    ends = time.monotonic() + minutes * 60
    figures = {name: Figures() for name in NAMES}
    first: Counted | None = None
    with soak_room(folder) as room:
        for number in range(1, times + 1):
            if time.monotonic() > ends:
                times = number - 1
                break
            name = NAMES[number % len(NAMES)]
            lock_once(room, TRIGGERS[name], figures[name])
            if number == min(FIRST, times - 1):
                first = counted(room)
                say(f"{number:4} cycles  {first.line()}   ({load()})")
            elif number % EVERY == 0:
                say(f"{number:4} cycles  {counted(room).line()}; {_left(figures)}   ({load()})")
        wait_until(lambda: first is None or counted(room).processes == first.processes, "rest", 20)
        last = counted(room)
    say(f"{times:4} cycles  {last.line()}   ({load()})")
    wrong = last.more_than(first or last)
    for name, those in figures.items():
        if those.lock_ms:
            say(those.line(name))
            wrong += [f"{name}: {one}" for one in those.wrong()]
    room.clinic.extra_environment = {}
    verdict = room.clinic.json("log", "verify", sign_in=False)
    if verdict["result"] != "intact":
        wrong.append(f"the log is {verdict['result']}")
    return wrong


def _left(figures: dict[str, Figures]) -> str:
    found = set().union(*(those.left for those in figures.values()))
    return f"left in memory: {sorted(found)}" if found else "nothing left in memory"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=1_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="photodesk-soak-") as folder:
        wrong = run(given.times, Path(folder), given.minutes)
    for one in wrong:
        say(f"does not hold: {one}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
