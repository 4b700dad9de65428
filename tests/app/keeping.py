"""A keeper in a thread of the test, with keys made here and desks that are scripts instead of windows."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from photodesk import ids
from photodesk.app.keeper import Keeper
from photodesk.app.keeper_loop import Peer
from photodesk.background.keeper_link import KeeperLink, Push
from photodesk.clock import SystemClock
from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.errors import Refused
from photodesk.log.entry import Entry
from photodesk.log.reader import read
from photodesk.log.segment_file import DiskSegment, OpenSegment
from photodesk.log.verify import Verdict, verify
from photodesk.protocol import messages as m
from photodesk.protocol.channel import Mailbox, pair
from photodesk.store.layout import Layout
from photodesk.store.workstation import WorkstationKeys

PERSON, SLOT = "a" * 32, "b" * 32


@dataclass
class Clinic:
    """Keys of one workstation, and the folder they keep."""

    root: Path
    clinic_id: bytes = field(default_factory=lambda: ids.to_bytes(ids.random_id()))
    workstation_id: str = field(default_factory=ids.random_id)
    signing: SigningKey = field(default_factory=SigningKey.generate)
    log_signing: SigningKey = field(default_factory=SigningKey.generate)
    kem: KemPrivateKey = field(default_factory=KemPrivateKey.generate)

    def __post_init__(self) -> None:
        self.layout = Layout(self.root)
        self.root.mkdir(exist_ok=True)
        self.layout.store_json.write_text("{}")

    def open_keys(self, _layout: Layout) -> WorkstationKeys:
        return WorkstationKeys(
            workstation_signing=self.signing,
            log_signing=self.log_signing,
            mac_key=b"m" * 32,
            log_public=self.kem.public,
            log_epoch=1,
            clinic_id=self.clinic_id,
            workstation_id=self.workstation_id,
        )

    def entries(self) -> list[Entry]:
        return [one.entry for one in read(self.layout.log, {1: self.kem}, self.clinic_id)]

    def actions(self) -> list[str]:
        return [f"{entry.action}:{entry.outcome}".rstrip(":") for entry in self.entries()]

    def verify(self) -> Verdict:
        return verify(self.layout.log, {self.workstation_id: self.log_signing.public})


@contextmanager
def command_link(
    clinic: Clinic, open_segment: OpenSegment = DiskSegment, clock: SystemClock | None = None
) -> Iterator[KeeperLink]:
    """A keeper that serves one command, and the command's link. Collected at the end."""
    ours, theirs = socket.socketpair()
    keeper = Keeper(clinic.layout, clinic.open_keys, clock=clock, open_segment=open_segment)
    thread = threading.Thread(target=lambda: keeper.run_for_command(theirs), name="keeper")
    thread.start()
    link: KeeperLink | None = None
    try:
        link = KeeperLink(ours, "command")
        yield link
    finally:
        if link is not None:
            link.close()
        thread.join(10)
        ours.close()


@dataclass(eq=False)
class ScriptedDesk:
    """A desk without windows: draws nothing, says what it is told to say."""

    link: KeeperLink
    pushes: queue.SimpleQueue[Push]
    ended: threading.Event

    def heard(self, kind: type[m.Message]) -> Push:
        """The next push of this kind (others are dropped)."""
        while not isinstance(push := self.pushes.get(timeout=5), kind):
            continue
        return push

    def sign_in(self) -> None:
        self.link.begin_attempt(SLOT, PERSON)
        self.link.unlocked(PERSON, ("clinician",))


class Room:
    """A keeper with windows whose desks are scripts; `desks.get()` gives each as it is started."""

    def __init__(self, clinic: Clinic) -> None:
        self.desks: queue.SimpleQueue[ScriptedDesk] = queue.SimpleQueue()
        self.importers: queue.SimpleQueue[ScriptedDesk] = queue.SimpleQueue()
        self.keeper = RoomKeeper(clinic, self)
        self._thread = threading.Thread(target=self.keeper.run_with_windows, name="keeper")
        self._all: list[ScriptedDesk] = []
        self._thread.start()

    def connect(self, sock: socket.socket, part: str) -> None:
        """Called by the keeper when it starts a child."""
        threading.Thread(target=self._child, args=(sock, part), name="child", daemon=True).start()

    def _child(self, sock: socket.socket, part: str) -> None:
        pushes: queue.SimpleQueue[Push] = queue.SimpleQueue()
        ended = threading.Event()
        try:
            link = KeeperLink(sock, part, pushes.put, ended.set)
        except Refused:  # the keeper ended before it had said anything
            return
        child = ScriptedDesk(link, pushes, ended)
        self._all.append(child)
        (self.desks if part == "desk" else self.importers).put(child)

    def on_keeper(self, work: Callable[[], None]) -> None:
        """Do something on the keeper's thread, with the next message it gets."""
        self.keeper.waiting.append(work)

    def wait(self) -> None:
        """Until the keeper has ended by itself."""
        self._thread.join(10)
        assert not self._thread.is_alive()

    def end(self) -> None:
        if self._thread.is_alive():
            self.keeper.quit()
        for child in self._all:
            child.link.close()
        self._thread.join(10)
        assert not self._thread.is_alive()


class RoomKeeper(Keeper):
    """Starts scripts instead of processes."""

    def __init__(self, clinic: Clinic, room: Room) -> None:
        super().__init__(clinic.layout, clinic.open_keys)
        self._room = room
        self.waiting: list[Callable[[], None]] = []

    def _start(self, part: str, before: tuple[str, ...], after: tuple[str, ...], fds: tuple[int, ...] = ()) -> Peer:
        ours, theirs = pair()
        peer = Peer(Mailbox(ours, m.ToKeeper), None, part)
        self.loop.add(peer)
        self._room.connect(theirs, part)
        return peer

    def _said(self, peer: Peer, said: list[m.Message]) -> None:
        while self.waiting:
            self.waiting.pop()()
        super()._said(peer, said)
