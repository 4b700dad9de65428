"""The syncer process: `python -m photodesk syncer --fd N --store S`, a child of the keeper that runs while locked.

It holds no key and opens no database of the clinic: the keeper signs for it, and what it carries lies sealed in the
spool. It listens to the server's events and asks now and then; it ends with the keeper.
"""

from __future__ import annotations

import os
import queue
import random
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from photodesk.app.listening import Listening
from photodesk.app.sync_passes import ClinicPasses
from photodesk.app.time_watch import TimeWatch
from photodesk.background.clinic_http import Spend
from photodesk.background.keeper_link import KeeperLink, Push
from photodesk.background.metered import Metered
from photodesk.background.processes import harden
from photodesk.clock import Clock, SystemClock
from photodesk.errors import Cancelled, PhotoDeskError
from photodesk.progress import Cancel
from photodesk.protocol.messages import SyncNow
from photodesk.store.layout import Layout
from photodesk.sync.bandwidth import Bandwidth
from photodesk.sync.line import Changed, EventLine
from photodesk.sync.pacing import Pacing
from photodesk.sync.passing import Passed
from photodesk.sync.spool import Spool
from photodesk.sync.standing import Standing, moved_between
from photodesk.sync.status import SyncStatus, encode_status
from photodesk.sync.sync_settings import read_settings

TICK_S = 5.0
TELL_MS = 1_000


class Passes(Protocol):
    """What makes passes (`ClinicPasses`)."""

    def run(self, cancel: Cancel) -> Passed:
        """A whole pass."""
        ...

    def line(self) -> EventLine:
        """The line it goes over."""
        ...

    def is_news(self, event: Changed) -> bool:
        """Whether the server is further than what was fetched."""
        ...

    def hang_up(self) -> None:
        """The next pass connects anew."""
        ...


class Link(Protocol):
    """What it asks of the keeper beside signatures."""

    def generations(self) -> dict[str, int]:
        """How far each database is."""
        ...

    def sync_state(self, status: bytes) -> None:
        """How it stands."""
        ...


class Syncer:
    """Passes, one after the other, until the keeper is gone. `passes_of` gets who is told of every piece of a photo."""

    def __init__(
        self,
        link: Link,
        spool: Spool,
        clock: Clock,
        passes_of: Callable[[Spend], Passes],
        metered: Callable[[int], bool],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._link = link
        self._clock = clock
        self._spool = spool
        self._news = threading.Event()
        self._ending = threading.Event()
        self._cancel = Cancel()
        self._width = Bandwidth(self._spool, clock, self._ending.wait)
        self._standing = Standing(self._spool, clock)
        self._passes = passes_of(self._moved)
        self._pacing = Pacing(clock, chance)
        self._watch = TimeWatch(clock)
        self._listening = Listening(clock, self._standing, self._passes.is_news, self._news.set)
        self._metered = metered
        self._told_ms = -TELL_MS
        self._told = SyncStatus()
        self._known = link.generations()
        self._was_resting = False

    def pushed(self, push: Push) -> None:
        """The keeper says that something waits (called on the link's thread)."""
        if isinstance(push, SyncNow):
            self._news.set()

    def run(self) -> None:
        """Until `end`."""
        self._tell()
        while not self._ending.is_set():
            if self._may_go():
                self._pass()
            self._rest()

    def end(self) -> None:
        """From any thread: stop between two requests."""
        self._ending.set()
        self._cancel.set()
        self._news.set()

    # -- one pass --

    def _pass(self) -> None:
        before, self._known = self._standing.now(), self._link.generations()
        try:
            passed = self._passes.run(self._cancel)
        except Cancelled:
            self._pacing.done(listening=False)
        except PhotoDeskError as error:
            self._hang_up()
            self._standing.failed(error)
            self._pacing.failed(error)
        else:
            after = self._standing.now()
            self._standing.succeeded(*moved_between(before, after, passed.moved.get("operations", 0)))
            self._pacing.done(listening=self._listening.hears, lacks=after.to_receive.bytes)
            self._listening.begin(self._passes.line())
        self._tell()

    def _moved(self, size: int) -> None:
        """A piece of a photo is about to go, or came."""
        self._width.spend(size)
        if self._clock.monotonic_ms() - self._told_ms >= TELL_MS:
            self._standing.rate(self._width.bytes_s)
            self._tell()

    def _tell(self) -> None:
        self._told_ms = self._clock.monotonic_ms()
        told = self._standing.now(self._known)
        if replace(told, at_ms=self._told.at_ms) != self._told:
            self._told = told
            self._link.sync_state(encode_status(told))

    # -- between passes --

    def _hang_up(self) -> None:
        self._listening.stop()
        self._passes.hang_up()

    def _may_go(self) -> bool:
        """Whether the person, and the network's price, let anything travel now."""
        settings = read_settings(self._spool)
        resting = settings.paused or (settings.pause_on_metered and self._metered(self._clock.monotonic_ms()))
        self._standing.metered(metered=resting and not settings.paused)
        if resting != self._was_resting:
            self._was_resting = resting
            if resting:
                self._hang_up()
            self._tell()
        return not resting

    def _rest(self) -> None:
        """Wait until a pass is due, looking up every few seconds."""
        while not self._ending.is_set() and (self._was_resting or self._pacing.wait_s > 0):
            if self._news.wait(TICK_S if self._was_resting else min(TICK_S, self._pacing.wait_s)):
                self._news.clear()
                self._pacing.news()
            if self._watch.jump_ms():
                self._hang_up()
                self._pacing.woke()
            if self._was_resting and self._may_go():
                self._pacing.woke()


def main(fd: int, store: Path) -> int:
    """The process. The end of the pipe ends it."""
    harden()
    early: queue.SimpleQueue[Push] = queue.SimpleQueue()
    link = KeeperLink(socket.socket(fileno=fd), "syncer", on_push=early.put, on_gone=lambda: os._exit(0))
    layout, clock = Layout(store), SystemClock()
    spool = Spool(layout.spool)
    syncer = Syncer(link, spool, clock, lambda spend: ClinicPasses(layout, link, spool, clock, spend), Metered().now)
    link.watch(syncer.pushed)
    while not early.empty():
        syncer.pushed(early.get())
    syncer.run()
    link.close()
    return 0
