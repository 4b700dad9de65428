"""How a desk, a command or an importer speaks to the keeper.

Requests are numbered and pipelined: `append_async` returns at once, so that fetching may overlap the disk, and its
future is done when the entry is durable. Any thread may call; one reader thread hands out answers and pushes. When the
keeper is gone every waiting and later request fails with `Refused("locked")` and `on_gone` is called once: a desk ends
itself then, for the end of the pipe means locked.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from photodesk.background.asking import Asking, Push
from photodesk.desk.keeper import Allowed, Attempt, Disabled, Wait
from photodesk.errors import Fixable
from photodesk.log.entry import Entry, Receipt, encode
from photodesk.protocol import messages as m
from photodesk.store.publishing import Publisher

__all__ = ["KeeperLink", "Push"]


class KeeperLink(Asking):
    """Implements `log.Log`, `store.Signer` and `store.Generations` over the keeper's channel.

    Attributes after construction: `founded`, `clinic_id` and `workstation_id` (32 hex digits, empty before set-up),
    `log_public` (the KEM public key of the log), `front` (False for a warm spare), `log_cut`, `problem` (why nobody
    can sign in), `publisher`, the way to the clinic server, which `app` sets, and `commits`, how many changes this
    process committed. An importer or a command gets that problem raised instead.
    """

    def __init__(
        self,
        sock: socket.socket,
        part: str = "desk",
        on_push: Callable[[Push], None] | None = None,
        on_gone: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(sock, on_push, on_gone)
        self.problem: Fixable | None = None
        self.log_cut = False
        self.publisher: Publisher | None = None
        self.commits = 0
        try:
            self._greet(self._ask(m.Hello(self._next(), part), m.Welcome).result())
        except BaseException:
            self.close()
            raise

    def _greet(self, welcome: m.Welcome) -> None:
        self.founded = welcome.founded
        self.clinic_id = welcome.clinic_id
        self.workstation_id = welcome.workstation_id
        self.log_public = welcome.log_public
        self.front = welcome.front
        self.log_cut = welcome.log_cut
        self.problem = None
        if welcome.problem_code:
            self.problem = Fixable(welcome.problem_code, welcome.problem, welcome.problem_remedy)

    # -- the log --

    def append(self, entry: Entry) -> Receipt:
        """Durable when it returns; `Fixable("log_not_writable")` when it could not be made so."""
        return self.append_async(entry).result()

    def append_async(self, entry: Entry) -> Future[Receipt]:
        """Send the entry now; the future is done when it is durable."""
        answer = self._ask(m.Append(self._next(), encode(entry)), m.Appended)
        return _mapped(answer, lambda a: Receipt(a.workstation_id, a.sequence, a.chain))

    def checkpoint(self) -> bytes:
        """The log's signed state now: what receipts and anchors keep."""
        return self._ask(m.MakeCheckpoint(self._next()), m.CheckpointMade).result().checkpoint

    # -- signing and generations --

    def sign(self, kind: str, data: bytes) -> bytes:
        """The workstation's 64-byte signature over label(kind) ‖ clinic id ‖ data."""
        return self._ask(m.Sign(self._next(), kind, data), m.Signed).result().signature

    def committed(self, database: str, generation: int) -> None:
        """A database committed this generation; the next checkpoint lists it."""
        self.commits += 1
        self._tell(m.Committed(database, generation))

    def generation(self, database: str) -> int:
        """The newest generation the log knows of a database, 0 for none: the file may be ahead of it, never behind."""
        return self._ask(m.GenerationOf(self._next(), database), m.Generation).result().generation

    def generations(self) -> dict[str, int]:
        """All that the log knows, by database name; 2⁶⁴ − 1 for one that was removed on purpose."""
        known: dict[str, int] = {}
        more, after = True, ""
        while more:
            answer = self._ask(m.AllGenerations(self._next(), after), m.Generations).result()
            known.update(answer.known)
            more, after = answer.more, answer.known[-1][0] if answer.known else ""
        return known

    # -- signing in, locking --

    def begin_attempt(self, slot_id: str, person_id: str = "") -> Attempt:
        """Count an attempt on disk before any derivation starts."""
        answer = self._ask(m.BeginAttempt(self._next(), slot_id, person_id), m.AttemptAnswer).result()
        if answer.state == "wait":
            return Wait(answer.wait_ms)
        return Disabled() if answer.state == "disabled" else Allowed()

    def attempt_failed(self, slot_id: str, person_id: str = "") -> None:
        """The password did not open the slot: logged; a desk with windows is replaced, for it held the password."""
        self._ask(m.AttemptFailed(self._next(), slot_id, person_id), m.Done).result()

    def attempt_void(self, slot_id: str) -> None:
        """Something else than the password failed: the attempt does not count."""
        self._ask(m.AttemptVoid(self._next(), slot_id), m.Done).result()

    def attempt_right(self, slot_id: str) -> None:
        """The signed-in person's password was typed again and is right: the count of the slot begins again."""
        self._ask(m.AttemptRight(self._next(), slot_id), m.Done).result()

    def unlocked(self, person_id: str, roles: tuple[str, ...] = ()) -> None:
        """The slot opened: logged, attempts forgiven, and from now on entries and signatures are taken."""
        self._ask(m.Unlocked(self._next(), person_id, tuple(roles)), m.Done).result()

    def lock(self, reason: str) -> None:
        """Ask for the lock; this process ends within 300 ms of it."""
        self._ask(m.Lock(self._next(), reason), m.Done).result()

    def ask_lock(self, reason: str, next_slot: str = "") -> None:
        """The same without waiting for the answer: for the GUI thread, where nothing may delay the lock.

        `next_slot` is chosen at the sign-in that follows.
        """
        self._ask(m.Lock(self._next(), reason, next_slot), m.Done)

    def quit(self) -> None:
        """Close PhotoDesk altogether."""
        self._ask(m.Quit(self._next()), m.Done).result()

    def founded_now(self) -> None:
        """Set-up has written the key files: the keeper opens them and starts the log."""
        self._greet(self._ask(m.Founded(self._next()), m.Welcome).result())

    def keep_place(self, sealed: bytes) -> None:
        """Leave opaque bytes with the keeper for the same person's next desk."""
        self._ask(m.KeepPlace(self._next(), sealed), m.Done).result()

    def place(self) -> bytes | None:
        """What the signed-in person left, if anything."""
        return self._ask(m.GetPlace(self._next()), m.Place).result().sealed

    def alive(self, lock_in_ms: int) -> None:
        """Tell the keeper that the person's desk answers, and when idleness would lock it."""
        self._tell(m.Alive(lock_in_ms))

    def spare_ready(self) -> None:
        """The sign-in is drawn out of sight."""
        self._tell(m.SpareReady())

    def shown(self) -> None:
        """The sign-in covers every screen."""
        self._tell(m.Shown())

    def drafts_saved(self) -> None:
        """This desk may be ended."""
        self._tell(m.DraftsSaved())

    # -- the clinic server --

    def sync_now(self) -> None:
        """Something waits in the spool: the syncer looks at once, and is started where it does not run."""
        self._tell(m.SyncNow())

    def sync_state(self, status: bytes) -> None:
        """The syncer tells how it stands."""
        self._tell(m.SyncState(status))

    def take_members(self) -> m.MembersTaken:
        """What the spool holds of members and key records is written by the keeper."""
        return self._ask(m.TakeMembers(self._next()), m.MembersTaken).result()

    # -- imports --

    def start_import(self, job_id: str) -> socket.socket:
        """Start an importer for the signed-in person; the stream to it."""
        return self._import_socket(m.StartImport(self._next(), job_id))

    def attach_import(self, job_id: str) -> socket.socket:
        """The stream to a running importer; `Fixable("import_not_running")` if it has ended."""
        return self._import_socket(m.AttachImport(self._next(), job_id))

    def imports_running(self) -> tuple[m.ImportState, ...]:
        """Jobs whose importer runs."""
        return self._ask(m.ImportsRunning(self._next()), m.Imports).result().states

    def import_state(self, state: m.ImportState) -> None:
        """An importer tells how far it is."""
        self._tell(state)

    def _import_socket(self, request: m.StartImport | m.AttachImport) -> socket.socket:
        answer = self._ask(request, m.ImporterAttached).result()
        return socket.socket(fileno=self._descriptor(answer.number))

    def take_pushed_importer(self) -> socket.socket:
        """In an importer: the stream that came with a pushed `ImporterAttached`."""
        return socket.socket(fileno=self._descriptor(0))


Source = TypeVar("Source")
Target = TypeVar("Target")


def _mapped(source: Future[Source], change: Callable[[Source], Target]) -> Future[Target]:
    """A future of `change(result)`; errors pass through."""
    target: Future[Target] = Future()

    def finish(done: Future[Source]) -> None:
        error = done.exception()
        if error is not None:
            target.set_exception(error)
        else:
            target.set_result(change(done.result()))

    source.add_done_callback(finish)
    return target
