"""What the keeper hears of the computer: the session's bus, the system's bus, the display; elsewhere a listening child.

Each is looked for at the start and again every 10 s where it is not there; without any of them PhotoDesk works, and its
settings say what is not heard. One that goes away while somebody is signed in locks: what it would have said would be
missed.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

from photodesk.app.keeper_loop import Loop, Watched
from photodesk.background.logind import Hears, Logind
from photodesk.background.processes import end, spawn
from photodesk.background.screen_savers import MutterIdle, ScreenSavers
from photodesk.background.watch_child import WatchLine
from photodesk.background.x11_idle import X11Idle, display_number

AGAIN_MS, LID_MS = 10_000, 500
LOST = "not_heard"


class Source(Protocol):
    """Something that knows how long nobody has touched this computer."""

    @property
    def name(self) -> str:
        """`desktop`, `x11` or `computer`."""
        ...

    @property
    def there(self) -> bool:
        """Whether it can be asked."""
        ...

    def ask(self, idle_ms: Callable[[int], None]) -> None:
        """Ask; the answer comes later, or not."""
        ...


class Line(Watched, Protocol):
    """What is watched and can be left. `greeted` once something that locks is heard of it."""

    greeted: bool

    def close(self) -> None:
        """Leave."""
        ...


class Computer:
    """Made by a keeper with windows."""

    def __init__(self, loop: Loop, hears: Hears) -> None:
        self._loop, self._hears = loop, hears
        self._lines: dict[str, Line] = {}
        self._sources: dict[str, Source] = {}
        self._logind: Logind | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def start(self) -> None:
        """Look for everything there is, now and again and again."""
        self._look()
        self._loop.every(AGAIN_MS, self._look)
        self._loop.every(LID_MS, self._lid_due)

    def close(self) -> None:
        """Leave all."""
        self._closed = True
        if self._logind is not None:
            self._logind.close()
        for line in self._lines.values():
            self._loop.unwatch(line)
            line.close()
        self._lines.clear()
        if self._child is not None:
            end(self._child)

    @property
    def idle_from(self) -> str:
        """Who tells how long the whole computer was not touched: `desktop`, `x11`, `computer`; "" for nobody."""
        source = self._source()
        return source.name if source is not None else ""

    def ask_idle(self, idle_ms: Callable[[int], None]) -> None:
        """Ask whoever knows; no answer where nobody does."""
        source = self._source()
        if source is not None:
            source.ask(idle_ms)
            self._sent()

    def _source(self) -> Source | None:
        names = ("session", "display", "child")
        return next((self._sources[n] for n in names if n in self._sources and self._sources[n].there), None)

    def _sent(self) -> None:
        for line in self._lines.values():
            self._loop.sent(line)

    def _lid_due(self) -> None:
        if self._logind is not None and not self._closed:
            self._logind.lid_due()
            self._sent()

    # -- looking --

    def _look(self) -> None:
        if self._closed:
            return
        makers: dict[str, Callable[[], Line]] = {
            "system": self._system,
            "session": self._session,
            "display": self._display,
        }
        if not sys.platform.startswith("linux"):
            makers = {"child": self._listener}
        for name, make in makers.items():
            if name in self._lines:
                continue
            try:
                line = make()
            except OSError:  # not there: looked for again
                continue
            self._lines[name] = line
            self._loop.watch(line, partial(self._ended, name))

    def _system(self) -> Line:
        from photodesk.background.bus_line import BusLine, system_bus

        line = BusLine(system_bus())
        self._logind = Logind(line, self._hears)
        return line

    def _session(self) -> Line:
        from photodesk.background.bus_line import BusLine, session_bus

        line = BusLine(session_bus())
        ScreenSavers(line, self._hears)
        self._sources["session"] = MutterIdle(line)
        return line

    def _display(self) -> Line:
        number = display_number()
        if not number:
            raise OSError("no display that hears everything")
        line = X11Idle(number)
        self._sources["display"] = line
        return line

    def _listener(self) -> Line:
        ours, theirs = socket.socketpair()
        with theirs:
            self._child = spawn(["listener", "--fd", str(theirs.fileno())], (theirs.fileno(),))
        line = WatchLine(ours, self._hears)
        self._sources["child"] = line
        return line

    def _ended(self, name: str) -> None:
        line = self._lines.pop(name)
        line.close()
        self._sources.pop(name, None)
        if name == "system" and self._logind is not None:
            self._logind.close()
            self._logind = None
        if name != "display":
            for what in {"system": ("session", "delay"), "session": ("screen_saver",)}.get(name, ("computer",)):
                self._hears.heard(what, False)
        if line.greeted:
            self._hears.lock(LOST)
