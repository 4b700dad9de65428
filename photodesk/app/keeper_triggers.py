"""What locks from outside: what the computer says, and what the signed-in desk is told of it."""

from __future__ import annotations

from collections.abc import Callable

from photodesk.app.computer import Computer
from photodesk.app.keeper_desks import Desks
from photodesk.app.keeper_loop import Loop
from photodesk.protocol import messages as m

TELL_MS = 1_000


class Triggers:
    """Hears the computer (`background.logind.Hears`). `sign` puts a checkpoint into the log before the machine goes."""

    def __init__(self, loop: Loop, desks: Desks, sign: Callable[[], None]) -> None:
        self._loop, self._desks, self._sign = loop, desks, sign
        self._heard: set[str] = set()
        self._goes: list[Callable[[], None]] = []
        self._computer = Computer(loop, self)

    def start(self) -> None:
        """Listen from now on."""
        self._computer.start()
        self._loop.every(TELL_MS, self._tell)

    def close(self) -> None:
        """Not any more."""
        self._computer.close()

    # -- what the computer says --

    def lock(self, reason: str) -> None:
        """Lock now, whoever is signed in."""
        self._desks.lock(reason)

    def leaving(self, reason: str, may_go: Callable[[], None]) -> None:
        """Sleep or shutdown: nothing goes before the desk has ended and the log is signed."""
        self._desks.lock(reason)
        if self._desks.locking:
            self._goes.append(may_go)
        else:
            self._sign()
            may_go()

    def heard(self, what: str, there: bool) -> None:
        """What is listened to now."""
        if there:
            self._heard.add(what)
        else:
            self._heard.discard(what)

    # -- what the keeper says --

    def locked(self) -> None:
        """The desk has ended, and its entry is signed: what waited for that goes on."""
        goes, self._goes = self._goes, []
        for go in goes:
            go()

    def _tell(self) -> None:
        """Once a second: tell the signed-in desk what is heard, and how long nobody touched the computer."""
        front = self._desks.front
        if front is None or not front.person_id:
            return
        heard, source = tuple(sorted(self._heard)), self._computer.idle_from
        if not source:
            self._loop.post(front, m.Computer(heard))
            return

        def told(idle_ms: int) -> None:
            if front is self._desks.front:
                self._loop.post(front, m.Computer(heard, source, idle_ms))

        self._computer.ask_idle(told)
