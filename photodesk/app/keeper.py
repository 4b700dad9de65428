"""The keeper process: no Qt, no patient's data, two ways to run.

With windows it is the process the person starts: it keeps a desk in front and a spare behind it. For a command it is
the command's child and serves that one desk; when the command's pipe ends, it writes `STOP` and exits.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from photodesk.app.keeper_books import Books, OpenKeys
from photodesk.app.keeper_desks import Desks, keeps_ending
from photodesk.app.keeper_end import after_taking, refuse_wiped
from photodesk.app.keeper_feed import AuditOutlet
from photodesk.app.keeper_imports import Imports
from photodesk.app.keeper_loop import Loop, Peer
from photodesk.app.keeper_requests import Requests
from photodesk.app.keeper_syncer import SYNCER, Syncing
from photodesk.app.keeper_triggers import Triggers
from photodesk.app.time_watch import TimeWatch
from photodesk.background.processes import harden, spawn
from photodesk.clock import Clock, SystemClock
from photodesk.errors import PhotoDeskError
from photodesk.log.entry import Action, Entry
from photodesk.log.segment_file import DiskSegment, OpenSegment
from photodesk.protocol import messages as m
from photodesk.protocol.channel import Mailbox, pair
from photodesk.store.keyring import secrets_of
from photodesk.store.layout import Layout
from photodesk.store.wiping import is_wiped
from photodesk.store.workstation import WorkstationKeys, open_workstation_keys

TICK_MS = 500  # an unseen sleep locks within a second of waking
_log = logging.getLogger("photodesk.keeper")


def keys_of_store(layout: Layout) -> WorkstationKeys:
    """The workstation's keys; WS is read, used and dropped here."""
    return open_workstation_keys(layout, secrets_of(layout))


class Keeper:
    """One store's keeper. `desk_arguments` are passed on to every desk; None serves only peers that are added.

    `desk_fds` are inherited by every desk: the demo's password comes to its desks that way.
    """

    def __init__(
        self,
        layout: Layout,
        open_keys: OpenKeys = keys_of_store,
        clock: Clock | None = None,
        desk_arguments: Sequence[str] | None = None,
        open_segment: OpenSegment = DiskSegment,
        desk_fds: Sequence[int] = (),
    ) -> None:
        self.layout = layout
        self._desk_fds = tuple(desk_fds)
        self.clock = clock or SystemClock()
        self.books: Books | None = None
        self.problem: PhotoDeskError | None = None
        self._open_keys, self._open_segment = open_keys, open_segment
        self._desk_arguments = desk_arguments
        self._command: Peer | None = None
        self.loop = Loop(self.clock, self._said, self._gone)
        self.desks = Desks(self.loop, self._start_desk, self._locked, self._give_up, self._has_sign_in)
        self.imports = Imports(self.loop, partial(self._start, "importer", ("importer", "--fd"), ()), self._summarised)
        self._feed = AuditOutlet(self.loop, self.clock, lambda: self._start("feed", ("audit-feed", "--fd"), ()))
        store = ("--store", str(layout.root))
        syncer = partial(self._start, SYNCER, (SYNCER, "--fd"), store)
        self.syncing = Syncing(
            self.loop, self.clock, layout, syncer, self._desks, lambda taken: after_taking(self, taken)
        )
        self._requests = Requests(self.loop, self, self.imports, self.syncing)
        self._watch = TimeWatch(self.clock)
        self._triggers = Triggers(self.loop, self.desks, self._sign_log)

    # -- running --

    def run_for_command(self, sock: socket.socket) -> int:
        """Serve one command until its pipe ends; the exit status."""
        self._try_to_open()
        self._command = Peer(Mailbox(sock, m.ToKeeper), part="command")
        self.loop.add(self._command)
        return self._run()

    def run_with_windows(self) -> int:
        """Serve desks until the person quits; the exit status. Before set-up the desk shows the set-up page."""
        if self.layout.store_json.exists() or is_wiped(self.layout):
            self._try_to_open()
        self.desks.start()
        self._triggers.start()
        if self.books is not None:
            self.syncing.begin()
        return self._run()

    def _run(self) -> int:
        self.loop.every(TICK_MS, self._tick)
        try:
            self.loop.run()
        finally:
            self._close()
        return 0 if self.problem is None else self.problem.exit_code

    def _try_to_open(self) -> None:
        try:
            self.open_store()
        except PhotoDeskError as error:
            self.problem = error

    def _close(self) -> None:
        """End all children, then say the last words."""
        last = [entry for peer in (self.desks.front, self._command) if (entry := lock_entry(peer, "quit"))]
        self._triggers.close()
        self.desks.end_all()
        self.imports.end_all()
        self.syncing.end()
        if self._command is not None and not self._command.gone:
            self._command.mailbox.close()
        if self.books is not None:
            self._try(lambda books: books.close(*last))
            self.books = None
        self._feed.end()
        self.loop.close()

    def _give_up(self) -> None:
        self.problem = keeps_ending()
        sys.stderr.write(f"photodesk: {self.problem}\n")
        self.quit()

    def _has_sign_in(self) -> bool:
        """Whether there is a clinic to sign in to, or a sentence why not."""
        return self.books is not None or self.problem is not None

    # -- House: what requests may do --

    def open_store(self) -> None:
        """Open keys and log; errors as `Books`. After a set-up the window gets its spare now."""
        refuse_wiped(self.layout)
        self.books = Books(self.layout, self._open_keys, self.clock, self._open_segment, self._feed.heard)
        self._feed.begin(self.layout, self.books.keys)
        self.desks.spare_wanted()

    def is_front(self, peer: Peer) -> bool:
        """Whether this desk should be seen."""
        return peer is self.desks.front or peer is self._command

    def lock(self, peer: Peer, reason: str, next_slot: str = "") -> None:
        """Lock the desk in front; a command is ended, and so is a desk that asks without being in front."""
        if peer is self._command:
            self.quit()
        elif peer is self.desks.front:
            self.desks.lock(reason, next_slot)
        else:
            self.loop.drop(peer)

    def quit(self) -> None:
        """End everything."""
        self.loop.stop()

    def wrong_password(self, peer: Peer, wait_ms: int) -> None:
        """The desk that held it is replaced."""
        self.desks.wrong_password(peer, wait_ms)

    def desk_said(self, peer: Peer, message: m.Message) -> None:
        """What only desks with windows say."""
        self.desks.heard(peer, message)
        if isinstance(message, m.SpareReady):
            self.loop.post(peer, self.imports.summary())
            self.syncing.greet(peer)

    # -- what happens --

    def _said(self, peer: Peer, said: list[m.Message]) -> None:
        self._requests.handle(peer, said)

    def _gone(self, peer: Peer) -> None:
        if peer is self._command:
            self.quit()
        elif peer.part == "importer":
            self.loop.let_end(peer)
            self.imports.gone(peer)
        elif peer.part == SYNCER:
            self.loop.let_end(peer)
            self.syncing.gone(peer)
        elif peer.part == "feed":
            self._feed.gone(peer)
        else:
            self.desks.gone(peer)
            self.loop.drop(peer)

    def _tick(self) -> None:
        self._try(lambda books: books.checkpoint_if_due())
        jump_ms = self._watch.jump_ms()
        if not jump_ms:
            return
        seconds = str(jump_ms // 1000)
        self._try(lambda books: books.append(Entry(Action.TIME_JUMP, details={"seconds": seconds})))
        if jump_ms > 0:
            self.desks.lock("time_jump")

    def _locked(self, peer: Peer, reason: str) -> None:
        if entry := lock_entry(peer, reason):
            self._try(lambda books: books.append(entry))
            self._try(lambda books: books.signed_in())
            self._sign_log()
        self._triggers.locked()

    def _sign_log(self) -> None:
        self._try(lambda books: books.checkpoint())

    def _summarised(self, summary: m.ImportSummary) -> None:
        for peer in self._desks()[:2]:
            if peer is not None and not peer.person_id:
                self.loop.post(peer, summary)

    def _desks(self) -> tuple[Peer | None, ...]:
        return self.desks.front, self.desks.spare, self._command

    def _try(self, work: Callable[[Books], object]) -> None:
        """Locking, ending and ticking go on where the log can not be written."""
        if self.books is None:
            return
        try:
            work(self.books)
        except PhotoDeskError as error:
            _log.warning("the log was not written: %s", error.code)

    # -- children --

    def _start_desk(self) -> Peer:
        more = tuple(self._desk_arguments or ())
        return self._start("desk", ("desk", "--keeper-fd"), ("--store", str(self.layout.root), *more), self._desk_fds)

    def _start(self, part: str, before: tuple[str, ...], after: tuple[str, ...], fds: tuple[int, ...] = ()) -> Peer:
        ours, theirs = pair()
        with theirs:
            process = spawn([*before, str(theirs.fileno()), *after], (theirs.fileno(), *fds))
        peer = Peer(Mailbox(ours, m.ToKeeper), process, part)
        self.loop.add(peer)
        return peer


def lock_entry(peer: Peer | None, reason: str) -> Entry | None:
    """The entry that says that this peer's person is not there any more; None where nobody was."""
    if peer is None or not peer.person_id:
        return None
    outcome = "not_opened" if " " in reason else reason  # a sentence for the next sign-in says why nothing opened
    return Entry(Action.LOCK, peer.person_id, peer.role, outcome=outcome)


def main_for_command(fd: int, store: Path) -> int:
    """`photodesk keeper --fd N --store S`, a command's child. A terminal's Ctrl+C is the command's matter."""
    harden()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keeper = Keeper(Layout(store))
    keeper.loop.on_signal((signal.SIGTERM,), keeper.quit)
    return keeper.run_for_command(socket.socket(fileno=fd))


def main_with_windows(store: Path, desk_arguments: Sequence[str] = (), desk_fds: Sequence[int] = ()) -> int:
    """`photodesk` itself. SIGTERM, SIGINT and SIGHUP lock and end everything."""
    harden(die_with_parent=False)
    keeper = Keeper(Layout(store), desk_arguments=desk_arguments, desk_fds=desk_fds)
    keeper.loop.on_signal((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), keeper.quit)
    return keeper.run_with_windows()
