"""What the keeper answers to what children say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from photodesk.app.keeper_books import Books
from photodesk.app.keeper_imports import Imports
from photodesk.app.keeper_loop import Loop, Peer, signed_in
from photodesk.app.keeper_syncer import SYNCER, Syncing
from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.log.entry import Action, Entry, decode, encode
from photodesk.log.frames import BODY_LIMIT_BYTES
from photodesk.protocol import messages as m

KEEPERS_OWN = frozenset({Action.START, Action.STOP, Action.LOCK, Action.UNLOCK, Action.UNLOCK_FAILED, Action.TIME_JUMP})

LISTED_GENERATIONS = 10_000


class House(Protocol):
    """What differs between a keeper with windows and one that serves a command."""

    @property
    def books(self) -> Books | None:
        """The open store; None before set-up, or with `problem`."""
        ...

    @property
    def problem(self) -> PhotoDeskError | None:
        """Why the store could not be opened."""
        ...

    def open_store(self) -> None:
        """Set-up is done; errors of opening."""
        ...

    def is_front(self, peer: Peer) -> bool:
        """Whether this desk should be seen."""
        ...

    def lock(self, peer: Peer, reason: str, next_slot: str = "") -> None:
        """Lock what this peer is signed in at; `next_slot` signs in next."""
        ...

    def quit(self) -> None:
        """End everything."""
        ...

    def wrong_password(self, peer: Peer, wait_ms: int) -> None:
        """Replace the desk that held it."""
        ...

    def desk_said(self, peer: Peer, message: m.Message) -> None:
        """`SpareReady`, `Shown`, `DraftsSaved`, `Alive`."""
        ...


class Requests:
    """One for all peers."""

    def __init__(self, loop: Loop, house: House, imports: Imports, syncing: Syncing) -> None:
        self._loop = loop
        self._house = house
        self._imports = imports
        self._syncing = syncing
        self._places: dict[str, bytes] = {}
        self._handlers: dict[type[m.Message], Callable[[Peer, Any], m.Message | None]] = {
            m.Hello: self._hello,
            m.Sign: self._sign,
            m.Committed: self._committed,
            m.GenerationOf: self._generation_of,
            m.AllGenerations: self._all_generations,
            m.BeginAttempt: self._begin_attempt,
            m.AttemptFailed: self._attempt_failed,
            m.AttemptVoid: self._attempt_void,
            m.AttemptRight: self._attempt_right,
            m.Unlocked: self._unlocked,
            m.Lock: self._lock,
            m.Quit: self._quit,
            m.Founded: self._founded,
            m.KeepPlace: self._keep_place,
            m.GetPlace: self._get_place,
            m.StartImport: self._start_import,
            m.AttachImport: self._attach_import,
            m.ImportsRunning: lambda _peer, ask: m.Imports(ask.number, self._imports.states()),
            m.MakeCheckpoint: self._checkpoint,
            m.ImportState: self._imports.told,
            **syncing.handlers(lambda kind, data: self._books().sign(kind, data)),
        }

    def handle(self, peer: Peer, said: list[m.Message]) -> None:
        """Answer everything a peer said, in order; entries that lie together share one sync."""
        entries: list[m.Append] = []
        for message in said:
            if isinstance(message, m.Append):
                entries.append(message)
                continue
            self._append(peer, entries)
            entries = []
            if peer.gone:
                return
            self._one(peer, message)
        self._append(peer, entries)

    def _one(self, peer: Peer, message: m.Message) -> None:
        handler = self._handlers.get(type(message))
        if handler is None:
            self._house.desk_said(peer, message)
            return
        try:
            answer = handler(peer, message)
        except PhotoDeskError as error:
            answer = failed(message.number, error) if isinstance(message, m.Ask) else None
        except ValueError:
            answer = failed(message.number, not_understood()) if isinstance(message, m.Ask) else None
        if answer is not None:
            self._loop.post(peer, answer)

    # -- the log --

    def _append(self, peer: Peer, asked: list[m.Append]) -> None:
        good: list[tuple[int, bytes]] = []
        for one in asked:
            try:
                good.append((one.number, self._body(peer, one.body)))
            except PhotoDeskError as error:
                self._loop.post(peer, failed(one.number, error))
        if not good:
            return
        try:
            receipts = self._books().append_bodies([body for _, body in good])
        except PhotoDeskError as error:
            for number, _ in good:
                self._loop.post(peer, failed(number, error))
            return
        for (number, _), receipt in zip(good, receipts, strict=True):
            answer = m.Appended(number, receipt.workstation_id, receipt.sequence, receipt.chain)
            self._loop.post(peer, answer)

    def _body(self, peer: Peer, body: bytes) -> bytes:
        """The body if this peer may say this: in its own name, and nothing that only the keeper knows."""
        signed_in(peer)
        if len(body) > BODY_LIMIT_BYTES // 2:
            raise not_understood()
        entry = decode(body)
        if entry.action in KEEPERS_OWN or entry.person_id not in {"", peer.person_id}:
            raise Refused("not_yours", "This entry is not this desk's to write.", "Sign in again.")
        if entry.person_id:
            return body
        fields = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
        return encode(Entry(**{**fields, "person_id": peer.person_id, "role": entry.role or peer.role}))

    def _checkpoint(self, peer: Peer, ask: m.MakeCheckpoint) -> m.Message:
        signed_in(peer)
        return m.CheckpointMade(ask.number, self._books().checkpoint().encoded)

    # -- signing, generations --

    def _sign(self, peer: Peer, ask: m.Sign) -> m.Message:
        if not self._syncing.may_sign(peer, ask.kind):
            signed_in(peer)
        return m.Signed(ask.number, self._books().sign(ask.kind, ask.data))

    def _committed(self, peer: Peer, told: m.Committed) -> None:
        signed_in(peer)
        self._books().generations.committed(told.database, told.generation)

    def _generation_of(self, peer: Peer, ask: m.GenerationOf) -> m.Message:
        return m.Generation(ask.number, self._books().generations.known(ask.database))

    def _all_generations(self, peer: Peer, ask: m.AllGenerations) -> m.Message:
        if peer.part != SYNCER:
            signed_in(peer)
        known = self._books().generations.behind(ask.after, LISTED_GENERATIONS + 1)
        return m.Generations(ask.number, known[:LISTED_GENERATIONS], len(known) > LISTED_GENERATIONS)

    # -- signing in and out --

    def _hello(self, peer: Peer, hello: m.Hello) -> m.Message:
        peer.part = peer.part or hello.part
        if self._house.problem is not None and peer.part != "desk":
            raise self._house.problem
        return self._welcome(peer, hello.number)

    def _welcome(self, peer: Peer, number: int) -> m.Message:
        return welcome(self._house.books, self._house.problem, number, front=self._house.is_front(peer))

    def _founded(self, peer: Peer, ask: m.Founded) -> m.Message:
        if self._house.books is None:
            self._house.open_store()
        return self._welcome(peer, ask.number)

    def _begin_attempt(self, peer: Peer, ask: m.BeginAttempt) -> m.Message:
        peer.slot_id = ask.slot_id
        self._syncing.refuse_revoked(self._books().clinic_id, self._books().keys.workstation_id)
        verdict = self._books().attempts.begin(ask.slot_id)
        peer.trying = verdict.state == "allowed"
        if not peer.trying:
            self._books().append(
                Entry(Action.UNLOCK_FAILED, ask.person_id, outcome=verdict.state, details={"slot": ask.slot_id})
            )
        return m.AttemptAnswer(ask.number, verdict.state, verdict.wait_ms)

    def _attempt_failed(self, peer: Peer, ask: m.AttemptFailed) -> m.Message:
        books, details, peer.trying = self._books(), {"slot": ask.slot_id}, False
        books.append(Entry(Action.UNLOCK_FAILED, ask.person_id, outcome="wrong_password", details=details))
        wait_ms = books.attempts.wait_ms(ask.slot_id)
        self._loop.after(0, lambda: self._house.wrong_password(peer, wait_ms))
        return m.Done(ask.number)

    def _attempt_void(self, peer: Peer, ask: m.AttemptVoid) -> m.Message:
        peer.trying = False
        self._books().attempts.take_back(ask.slot_id)
        return m.Done(ask.number)

    def _attempt_right(self, peer: Peer, ask: m.AttemptRight) -> m.Message:
        signed_in(peer)  # for everybody else the count ends with `Unlocked`, which is an entry
        self._books().attempts.forgive(ask.slot_id)
        return m.Done(ask.number)

    def _unlocked(self, peer: Peer, ask: m.Unlocked) -> m.Message:
        role = " ".join(sorted(ask.roles))
        self._books().unlocked(ask.person_id, role, peer.slot_id)
        peer.person_id, peer.role, peer.trying = ask.person_id, role, False
        return m.Done(ask.number)

    def _lock(self, peer: Peer, ask: m.Lock) -> m.Message:
        self._loop.after(0, lambda: self._house.lock(peer, ask.reason, ask.next_slot))
        return m.Done(ask.number)

    def _quit(self, _peer: Peer, ask: m.Quit) -> m.Message:
        self._loop.after(0, self._house.quit)
        return m.Done(ask.number)

    def _keep_place(self, peer: Peer, ask: m.KeepPlace) -> m.Message:
        signed_in(peer)
        self._places[peer.person_id] = ask.sealed
        return m.Done(ask.number)

    def _get_place(self, peer: Peer, ask: m.GetPlace) -> m.Message:
        signed_in(peer)
        return m.Place(ask.number, self._places.get(peer.person_id))

    # -- imports --

    def _start_import(self, peer: Peer, ask: m.StartImport) -> None:
        signed_in(peer)
        self._imports.start(peer, ask)

    def _attach_import(self, peer: Peer, ask: m.AttachImport) -> None:
        signed_in(peer)
        self._imports.attach(peer, ask)

    def _books(self) -> Books:
        if self._house.books is not None:
            return self._house.books
        raise self._house.problem or Fixable("store_missing", "There is no clinic here yet.", "Set one up first.")


def welcome(books: Books | None, problem: PhotoDeskError | None, number: int, *, front: bool) -> m.Welcome:
    """What a child is told of the store: open, not set up yet, or why it cannot be opened."""
    if books is not None:
        keys, cut = books.keys, books.log_cut
        return m.Welcome(number, True, books.clinic_id, keys.workstation_id, keys.log_public, front, log_cut=cut)
    if problem is None:
        return m.Welcome(number, False, "", "", front=front)
    return m.Welcome(number, True, "", "", b"", front, problem.code, problem.message, problem.remedy)


def not_understood() -> Refused:
    """Something no part of this program says."""
    return Refused("not_understood", "The keeper was asked for something it does not do.", "Start PhotoDesk again.")


def failed(number: int, error: PhotoDeskError) -> m.Failed:
    """An error as a message."""
    kind = "refused" if isinstance(error, Refused) else "damaged" if isinstance(error, Damaged) else "fixable"
    return m.Failed(number, kind, error.code, error.message, error.remedy)
