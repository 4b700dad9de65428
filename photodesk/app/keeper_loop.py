"""The keeper's one thread: channels of children, timers, signals. Nothing in it waits for one child alone."""

from __future__ import annotations

import heapq
import itertools
import selectors
import signal
import socket
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from photodesk.background.processes import end
from photodesk.clock import Clock
from photodesk.errors import Refused
from photodesk.protocol import messages as m
from photodesk.protocol.channel import ChannelClosed, Mailbox

REAP_MS = 2_000
REAP_STEP_MS = 50


@dataclass(eq=False)
class Peer:
    """A child, or the command that started the keeper, and who is signed in there."""

    mailbox: Mailbox[m.Message]
    process: subprocess.Popen[bytes] | None = None
    part: str = ""
    person_id: str = ""
    role: str = ""
    slot_id: str = ""
    job_id: str = ""
    ready: bool = False
    trying: bool = False
    gone: bool = False


def signed_in(peer: Peer) -> None:
    """`Refused("locked")` unless somebody is signed in there (an importer works in its starter's name)."""
    if not peer.person_id:
        raise Refused("locked", "Nobody is signed in.", "Sign in first.")


@dataclass(order=True)
class Timer:
    """Something to do at a monotonic instant, unless cancelled."""

    at_ms: int
    number: int
    work: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Not any more."""
        self.cancelled = True


class Watched(Protocol):
    """A descriptor beside the children's channels: a bus, a display. `turn` takes what came and sends what can go."""

    @property
    def wants_to_send(self) -> bool:
        """Whether something waits for room."""
        ...

    def fileno(self) -> int:
        """The descriptor."""
        ...

    def turn(self) -> None:
        """Read and write without waiting; `OSError` when the other side is gone or talks nonsense."""
        ...


@dataclass(eq=False)
class _Line:
    """What is watched, and who hears that it ended."""

    watched: Watched
    on_end: Callable[[], None]


OnMessages = Callable[[Peer, list[m.Message]], None]
OnGone = Callable[[Peer], None]


class Loop:
    """`run` until `stop`. `on_messages` gets everything one peer said since last asked, in order."""

    def __init__(self, clock: Clock, on_messages: OnMessages, on_gone: OnGone) -> None:
        self._clock = clock
        self._on_messages = on_messages
        self._on_gone = on_gone
        self._selector = selectors.DefaultSelector()
        self._timers: list[Timer] = []
        self._numbers = itertools.count()
        self._stopped = False
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._wake_write.setblocking(False)
        self._signals: dict[int, Callable[[], None]] = {}
        self._lines: dict[Watched, _Line] = {}

    # -- peers --

    def add(self, peer: Peer) -> None:
        """Listen to it."""
        self._selector.register(peer.mailbox, selectors.EVENT_READ, peer)

    def post(self, peer: Peer, message: m.Message, fds: tuple[int, ...] = ()) -> None:
        """Send without waiting; a peer that can not take it is gone."""
        if peer.gone:
            return
        try:
            peer.mailbox.post(message, fds)
        except ChannelClosed:
            self.after(0, lambda: self._lost(peer))
            return
        self._watch(peer)

    def drop(self, peer: Peer) -> None:
        """Stop listening, close the channel, end the process at once and collect it. `on_gone` is not called."""
        self._forget(peer)
        if peer.process is not None:
            end(peer.process)

    def let_end(self, peer: Peer) -> None:
        """Stop listening; the process ends by itself, or is ended after 2 s."""
        self._forget(peer)
        if peer.process is not None:
            self._reap(peer.process, self._clock.monotonic_ms() + REAP_MS)

    # -- other descriptors --

    def watch(self, watched: Watched, on_end: Callable[[], None]) -> None:
        """Let it take its turn whenever something came; `on_end` once it failed: it is not watched any more then."""
        line = _Line(watched, on_end)
        self._lines[watched] = line
        self._selector.register(watched, _events(watched), line)

    def sent(self, watched: Watched) -> None:
        """Something was given to it to send."""
        if (line := self._lines.get(watched)) is not None:
            self._selector.modify(watched, _events(watched), line)

    def unwatch(self, watched: Watched) -> None:
        """Not any more; closing it is the owner's."""
        if self._lines.pop(watched, None) is not None:
            self._selector.unregister(watched)

    # -- time --

    def after(self, delay_ms: int, work: Callable[[], None]) -> Timer:
        """Do `work` once, in `delay_ms`."""
        timer = Timer(self._clock.monotonic_ms() + delay_ms, next(self._numbers), work)
        heapq.heappush(self._timers, timer)
        return timer

    def every(self, period_ms: int, work: Callable[[], None]) -> None:
        """Do `work` again and again."""

        def again() -> None:
            work()
            self.after(period_ms, again)

        self.after(period_ms, again)

    # -- running --

    def on_signal(self, numbers: Iterable[int], work: Callable[[], None]) -> None:
        """Do `work` in the loop when one of these signals arrives."""
        signal.set_wakeup_fd(self._wake_write.fileno(), warn_on_full_buffer=False)
        for number in numbers:
            self._signals[number] = work
            signal.signal(number, lambda _number, _frame: None)

    def stop(self) -> None:
        """End `run` after what is being done; from any thread."""
        self._stopped = True
        self._wake_write.send(b"\0")

    def run(self) -> None:
        """Until stopped."""
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        while self._step():
            pass

    def _step(self) -> bool:
        """Wait for something and do it; whether to go on."""
        for key, events in self._selector.select(self._wait_s()):
            if key.data is None:
                self._signalled()
            elif isinstance(key.data, _Line):
                self._turn(key.data)
            else:
                self._ready(key.data, events)
            if self._stopped:
                return False
        self._due()
        return not self._stopped

    def close(self) -> None:
        """Let go of descriptors. Peers are the owner's."""
        if self._signals:
            signal.set_wakeup_fd(-1)
        self._selector.close()
        self._wake_read.close()
        self._wake_write.close()

    def _wait_s(self) -> float | None:
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        if not self._timers:
            return None
        return max(0, self._timers[0].at_ms - self._clock.monotonic_ms()) / 1000

    def _due(self) -> None:
        now_ms = self._clock.monotonic_ms()
        while self._timers and self._timers[0].at_ms <= now_ms and not self._stopped:
            timer = heapq.heappop(self._timers)
            if not timer.cancelled:
                timer.work()

    def _signalled(self) -> None:
        for number in self._wake_read.recv(64):
            if work := self._signals.get(number):
                work()

    def _turn(self, line: _Line) -> None:
        if line.watched not in self._lines:
            return
        try:
            line.watched.turn()
        except OSError:
            self.unwatch(line.watched)
            line.on_end()
        else:
            self.sent(line.watched)

    def _ready(self, peer: Peer, events: int) -> None:
        if peer.gone:
            return
        try:
            if events & selectors.EVENT_WRITE:
                peer.mailbox.flush()
                self._watch(peer)
            if events & selectors.EVENT_READ:
                said = peer.mailbox.arrived()
                if said:
                    self._on_messages(peer, said)
        except ChannelClosed:
            self._lost(peer)

    def _watch(self, peer: Peer) -> None:
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.mailbox.wants_to_send else 0)
        if self._selector.get_key(peer.mailbox).events != wanted:
            self._selector.modify(peer.mailbox, wanted, peer)

    def _lost(self, peer: Peer) -> None:
        if not peer.gone:
            self._forget(peer)
            self._on_gone(peer)

    def _forget(self, peer: Peer) -> None:
        if not peer.gone:
            peer.gone = True
            self._selector.unregister(peer.mailbox)
            peer.mailbox.close()

    def _reap(self, process: subprocess.Popen[bytes], until_ms: int) -> None:
        if process.poll() is not None:
            return
        if self._clock.monotonic_ms() >= until_ms:
            end(process)
            return
        self.after(REAP_STEP_MS, lambda: self._reap(process, until_ms))


def _events(watched: Watched) -> int:
    return selectors.EVENT_READ | (selectors.EVENT_WRITE if watched.wants_to_send else 0)
