"""Wrong passwords through the real sign-in, faster than any person, against a real store, keeper and log.

    python -m tests.soak.passwords --times 10000

The guesser waits exactly as long as they are told, sets the wall clock forward and back as they like, and ends and
restarts the keeper. They get ten derivations at most, not before ten minutes have passed, and then none: the right
password does not open the slot either. Only the clock is not the machine's; the password cost is the cheapest legal
one, for what is counted here is not its time.
"""

from __future__ import annotations

import argparse
import random
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from photodesk.app.attempts import LAST_ATTEMPT
from photodesk.app.keeper import Keeper
from photodesk.background.keeper_link import KeeperLink
from photodesk.crypto import FLOOR_COST
from photodesk.desk import signing_in
from photodesk.desk.entrance import Entrance
from photodesk.errors import Refused
from photodesk.log.verify import Result, verify
from photodesk.store.founding import found
from photodesk.store.keyring import LocalSecrets
from photodesk.store.layout import Layout
from photodesk.store.roles import FOUNDER_ROLES
from photodesk.store.store_json import read_store
from tests.log.writing import HandClock
from tests.soak.room import load, say

NAME, RIGHT = "Ada Lane", "seven quiet lanterns drift"
LEAST_MS = 600_000
RESTART_EVERY = 100
DAY_MS = 86_400_000


@dataclass
class Outcome:
    """What the guesser got."""

    answers: Counter[str] = field(default_factory=Counter)
    derivations: int = 0
    disabled_after_ms: int = 0
    opened_afterwards: bool = False
    log: str = ""

    def wrong(self) -> list[str]:
        """What does not hold."""
        found_wrong = []
        if self.derivations > LAST_ATTEMPT or self.answers["wrong_password"] != self.derivations:
            found_wrong.append(f"{self.derivations} derivations, {self.answers['wrong_password']} answers")
        if not self.answers["slot_disabled"] or self.disabled_after_ms < LEAST_MS:
            found_wrong.append(f"disabled after {self.disabled_after_ms / 1000:.0f} s")
        if self.opened_afterwards:
            found_wrong.append("the slot opened after ten wrong passwords")
        if self.log != Result.INTACT:
            found_wrong.append(f"the log is {self.log}")
        return found_wrong

    def line(self) -> str:
        """For the record."""
        told = ", ".join(f"{count:,} {code}" for code, count in sorted(self.answers.items()))
        minutes = self.disabled_after_ms / 60_000
        return f"{told}; {self.derivations} derivations, disabled after {minutes:.1f} min of monotonic time"


@contextmanager
def keeper_of(layout: Layout, clock: HandClock) -> Iterator[KeeperLink]:
    """A keeper of the real store on this clock, and a command's link to it."""
    ours, theirs = socket.socketpair()
    keeper = Keeper(layout, clock=clock)
    thread = threading.Thread(target=lambda: keeper.run_for_command(theirs), name="keeper")
    thread.start()
    link = KeeperLink(ours, "command")
    try:
        yield link
    finally:
        link.close()
        thread.join(20)
        ours.close()


def run(times: int, folder: Path, seed: int = 5) -> Outcome:
    """Guess so often."""
    layout, clock, chance = Layout(folder / "store"), HandClock(), random.Random(seed)  # noqa: S311 - no secret
    found(layout, "Clinic", "Room 1", NAME, RIGHT, FOUNDER_ROLES, LocalSecrets(layout.secrets_local), FLOOR_COST, clock)
    entrance, outcome, start_ms = Entrance(layout.root, clock, FLOOR_COST), Outcome(), clock.monotonic
    real = signing_in.open_slot

    def counting(*arguments: object, **named: object) -> object:
        outcome.derivations += 1
        return real(*arguments, **named)  # type: ignore[arg-type]

    with mock.patch.object(signing_in, "open_slot", counting):
        done = 0
        while done < times:
            with keeper_of(layout, clock) as link:
                for _ in range(min(RESTART_EVERY, times - done)):
                    done += 1
                    _guess(entrance, link, clock, chance, f"wrong {done}", outcome, start_ms)
        clock.move(DAY_MS)
        with keeper_of(layout, clock) as link:
            outcome.opened_afterwards = _opens(entrance, link)
    public = bytes.fromhex(read_store(layout).workstations[0].log_signing_key)
    outcome.log = verify(layout.log, public).result
    return outcome


def _guess(
    entrance: Entrance,
    link: KeeperLink,
    clock: HandClock,
    chance: random.Random,
    password: str,
    outcome: Outcome,
    start_ms: int,
) -> None:
    """One password; the wall clock is anywhere, the monotonic one goes on by the wait that was told, now and then."""
    clock.wall += chance.choice((0, 0, DAY_MS, -DAY_MS, 3_600_000, -7_200_000))
    try:
        entrance.sign_in(link, NAME, password)
    except Refused as refused:
        outcome.answers[refused.code] += 1
        if refused.code == "slot_disabled" and not outcome.disabled_after_ms:
            outcome.disabled_after_ms = clock.monotonic - start_ms
        if refused.code == "sign_in_waits" and chance.random() < 0.03:
            clock.monotonic += refused.wait_ms if isinstance(refused, signing_in.SignInWaits) else 0
        elif refused.code == "sign_in_waits":
            clock.monotonic += 1
    else:
        outcome.answers["opened"] += 1


def _opens(entrance: Entrance, link: KeeperLink) -> bool:
    try:
        entrance.sign_in(link, NAME, RIGHT).close()
    except Refused:
        return False
    return True


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=10_000)
    given = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="photodesk-soak-") as folder:
        outcome = run(given.times, Path(folder))
    say(f"{outcome.line()}   ({time.monotonic() - start:.0f} s, {load()})")
    for one in outcome.wrong():
        say(f"does not hold: {one}")
    return 1 if outcome.wrong() else 0


if __name__ == "__main__":
    sys.exit(main())
