"""Every trigger, again and again, in real windows: how soon covered, how soon gone, and nothing left in any memory.

    python -m tests.soak.locks --times 100 [--triggers ctrl_l,sleep] [--screens 2]

Times count from the moment the trigger is pulled. `cover` is until every screen is dark, `lock` until the process with
the keys has ended as well. Triggers that are looked for (lid without UPower, unseen sleep, idleness) have no cover of
their own: their lock says it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from photodesk.ui.words import counted
from tests.background.mock_buses import FREE_SAVER, FREE_SAVER_PATH, LOGIND, LOGIND_PATH, SAVER, SAVER_PATH, SESSION
from tests.journeys.screen import wait_until
from tests.soak.room import (
    MINUTE_MS,
    SHORT_MINUTE_MS,
    SoakRoom,
    gone_within,
    load,
    monitors,
    say,
    since,
    soak_room,
)

COVER_MS, LOCK_MS = 100, 1_000
IDLE_S = 15.0  # five of the copy's short minutes
LOGIND_SESSION = f"{LOGIND}.Session"
LONGEST_S = 10.0


def nothing(_room: SoakRoom) -> None:
    """No more to do."""


@dataclass(frozen=True)
class Trigger:
    """`pull` locks; `back` undoes it while locked; `due_s` is when the lock is due after `pull`."""

    pull: Callable[[SoakRoom], None]
    back: Callable[[SoakRoom], None] = nothing
    covers: bool = True
    screens: int = 1
    due_s: float = 0.0
    ends_all: bool = False

    def seen_as(self, room: SoakRoom) -> dict[tuple[int, int], tuple[int, int, int]]:
        """What is dark once it is covered: the screens that are still there."""
        return dict(list(room.covered.items())[: 1 if self.screens > 1 else None])


def _property(name: str, value: bool | str, before: bool | str) -> Trigger:
    return Trigger(
        lambda room: room.buses.update(SESSION, LOGIND_SESSION, name, value),
        lambda room: room.buses.update(SESSION, LOGIND_SESSION, name, before),
    )


def _saver(service: str, path: str) -> Trigger:
    return Trigger(lambda room: room.buses.session.signal(service, path, service, "ActiveChanged", "b", True))


def _prepare(what: str) -> Trigger:
    return Trigger(
        lambda room: room.buses.prepare(what, begins=True), lambda room: room.buses.prepare(what, begins=False)
    )


def _lid(shut: bool) -> Callable[[SoakRoom], None]:
    return lambda room: room.buses.update(LOGIND_PATH, f"{LOGIND}.Manager", "LidClosed", shut)


def _jump(room: SoakRoom) -> None:
    ahead = room.folder / "ahead"
    beside = ahead.with_suffix(".new")
    beside.write_text(str(int(ahead.read_text()) + 3_600_000))
    beside.replace(ahead)


def _hang(room: SoakRoom) -> None:
    os.kill(room.front(), signal.SIGSTOP)
    room.buses.lock_session()


TRIGGERS: dict[str, Trigger] = {
    "ctrl_l": Trigger(lambda room: room.eye.press("Control_L", "l")),
    "session_lock": Trigger(lambda room: room.buses.lock_session()),
    "locked_hint": _property("LockedHint", True, False),
    "user_switch": _property("Active", False, True),
    "session_closing": _property("State", "closing", "active"),
    "sleep": _prepare("PrepareForSleep"),
    "shutdown": _prepare("PrepareForShutdown"),
    "gnome_saver": _saver(SAVER, SAVER_PATH),
    "common_saver": _saver(FREE_SAVER, FREE_SAVER_PATH),
    "lid": Trigger(_lid(True), _lid(False), covers=False),
    "unseen_sleep": Trigger(_jump, covers=False),
    "idle": Trigger(nothing, covers=False, due_s=IDLE_S),
    "screen_removed": Trigger(lambda room: monitors(room.screen, 1), lambda room: monitors(room.screen, 2), screens=2),
    "desk_hung": Trigger(_hang),
    "desk_killed": Trigger(lambda room: os.kill(room.front(), signal.SIGKILL)),
    "keeper_killed": Trigger(
        lambda room: os.kill(room.windows.keeper, signal.SIGKILL), SoakRoom.start_again, covers=False, ends_all=True
    ),
}


@dataclass
class Figures:
    """What one trigger did."""

    cover_ms: list[float] = field(default_factory=list)
    lock_ms: list[float] = field(default_factory=list)
    left: set[tuple[str, str]] = field(default_factory=set)

    def line(self, name: str) -> str:
        """For the record."""
        cover = f"cover {_spread(self.cover_ms)}" if self.cover_ms else "cover not timed"
        clean = "clean" if not self.left else f"LEFT {sorted(self.left)}"
        return f"{name:16} {len(self.lock_ms):4} locks   {cover:38} lock {_spread(self.lock_ms):32} memory {clean}"

    def wrong(self) -> list[str]:
        """What does not hold."""
        found = [f"left in memory: {sorted(self.left)}"] if self.left else []
        if self.cover_ms and _at(self.cover_ms, 0.99) > COVER_MS:
            found.append(f"cover p99 {_at(self.cover_ms, 0.99):.0f} ms")
        if _at(self.lock_ms, 0.99) > LOCK_MS:
            found.append(f"lock p99 {_at(self.lock_ms, 0.99):.0f} ms")
        return found


def _at(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _spread(values: list[float]) -> str:
    return f"p50 {_at(values, 0.5):4.0f}  p99 {_at(values, 0.99):4.0f}  max {max(values):4.0f} ms"


def lock_once(room: SoakRoom, trigger: Trigger, figures: Figures) -> None:
    """Sign in, look at the photo, pull, time it, search the memory, undo it."""
    front = room.view()
    ends = os.pidfd_open(front)
    try:
        if trigger.due_s:
            time.sleep(trigger.due_s - 0.5)
        start = time.monotonic() + min(0.5, trigger.due_s)
        trigger.pull(room)
        covered = wait_for_dark(room) if trigger.ends_all else room.eye.until(trigger.seen_as(room), LONGEST_S)
        cover_ms = since(start)
        gone = gone_within(ends, LONGEST_S)
        figures.lock_ms.append(since(start))
        assert covered, "not covered"
        assert gone, "the desk did not end"
    finally:
        os.close(ends)
    if trigger.covers:
        figures.cover_ms.append(cover_ms)
    figures.left |= room.left()
    trigger.back(room)
    room.rest()


def wait_for_dark(room: SoakRoom) -> bool:
    """Nothing of ours is shown any more: the display's own ground."""
    wait_until(lambda: room.windows.process.poll() is not None, "the keeper to end")
    wait_until(lambda: not room.seen(), "the photo to go")
    return True


def run(times: int, names: list[str], screens: int, folder: Path) -> dict[str, Figures]:
    """All of it, said as it goes."""
    done: dict[str, Figures] = {}
    wanted = max([screens, *(TRIGGERS[name].screens for name in names)])
    for part, minute_ms in (("idle", SHORT_MINUTE_MS), ("rest", MINUTE_MS)):
        if these := [name for name in names if (name == "idle") == (part == "idle")]:
            done |= _run(times, these, wanted, folder / part, minute_ms)
    return done


def _run(times: int, names: list[str], wanted: int, folder: Path, minute_ms: int) -> dict[str, Figures]:
    done: dict[str, Figures] = {}
    folder.mkdir()
    with soak_room(folder, wanted, minute_ms) as room:
        for name in names:
            figures = done[name] = Figures()
            for _ in range(times):
                lock_once(room, TRIGGERS[name], figures)
            say(f"{figures.line(name)}   ({load()}, {counted(wanted, 'screen')})")
    return done


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--triggers", default=",".join(TRIGGERS))
    parser.add_argument("--screens", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="photodesk-soak-") as folder:
        done = run(given.times, given.triggers.split(","), given.screens, Path(folder))
    wrong = {name: figures.wrong() for name, figures in done.items() if figures.wrong()}
    for name, found in wrong.items():
        say(f"does not hold: {name}: {'; '.join(found)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
