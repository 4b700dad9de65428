"""Desks with windows: the one in front, the warm spare behind it, and the change from one to the other.

Words: the *front* desk is what the person sees, signed in or asking for a password; the *spare* holds no key and has
drawn its sign-in out of sight. A *handover* lets the spare cover every screen, ends the front desk, and makes the spare
the front. Order of a lock: cover (100 ms at most), drafts (300 ms at most), end, `LOCK` with a checkpoint, next spare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from photodesk.app.keeper_loop import Loop, Peer, Timer
from photodesk.errors import Fixable
from photodesk.protocol import messages as m

COVER_MS = 100
DRAFTS_MS = 300
REPLACE_MS = 1_000
NEXT_SPARE_MS = 1_500
IDLE_GRACE_MS = 700
CRASHES_ALLOWED = 3
CRASH_WINDOW_MS = 10_000


def keeps_ending() -> Fixable:
    """The sentence for desks that ended by themselves again and again: nobody is left to show it but the terminal."""
    return Fixable(
        "window_keeps_ending",
        "The window ended unexpectedly four times in a row, so PhotoDesk has closed. What was saved is safe.",
        "Start it again; if it does not stay open, run `photodesk check`.",
    )


@dataclass(eq=False)
class Handover:
    """The front desk is being ended. `show` is what the spare is told."""

    front: Peer
    show: m.Show
    signed_in: bool
    shown: bool = False
    saved: bool = False
    timers: list[Timer] = field(default_factory=list)

    def cancel(self) -> None:
        """What was to happen later does not."""
        for timer in self.timers:
            timer.cancel()


class Desks:
    """Starts, shows and ends desks. `locked(person, role, reason)` is told after a signed-in desk has ended."""

    def __init__(
        self,
        loop: Loop,
        start_desk: Callable[[], Peer],
        locked: Callable[[Peer, str], None],
        give_up: Callable[[], None],
        may_spare: Callable[[], bool] = lambda: True,
    ) -> None:
        self._loop = loop
        self._may_spare = may_spare
        self._start_desk = start_desk
        self._locked = locked
        self._give_up = give_up
        self.front: Peer | None = None
        self.spare: Peer | None = None
        self._handover: Handover | None = None
        self._show_when_ready: m.Show | None = None
        self._idle: Timer | None = None
        self._crashes = 0

    def start(self) -> None:
        """The first desk; its spare follows when it says that it is ready, or a little later."""
        self.start_anew()
        self._loop.every(CRASH_WINDOW_MS, self._forget_crashes)

    def start_anew(self) -> None:
        """A first desk once more, after `end_all`: the store is another one now."""
        self.front = self._start_desk()
        self._next_spare(NEXT_SPARE_MS)

    def heard(self, peer: Peer, message: m.Message) -> None:
        """What only desks with windows say."""
        if isinstance(message, m.SpareReady):
            self.ready(peer)
        elif isinstance(message, m.Shown):
            self.shown(peer)
        elif isinstance(message, m.DraftsSaved):
            self.saved(peer)
        elif isinstance(message, m.Alive):
            self.alive(peer, message.lock_in_ms)

    def ready(self, peer: Peer) -> None:
        """A desk has drawn its sign-in."""
        peer.ready = True
        if peer is self.front and self.spare is None:
            self._next_spare(0)
        elif peer is self.spare and self._show_when_ready is not None:
            show, self._show_when_ready = self._show_when_ready, None
            self._cover(show)

    def spare_wanted(self) -> None:
        """A spare may be started now: before the clinic was set up there was nothing to sign in to."""
        if self.front is not None:
            self._next_spare(0)

    @property
    def locking(self) -> bool:
        """Whether a desk that was signed in, or about to be, is being ended."""
        return self._handover is not None and self._handover.signed_in

    def lock(self, reason: str, next_slot: str = "") -> None:
        """Cover and end the desk that is signed in, or whose password is being tried; else there is nothing to do.

        `next_slot` is who is chosen at the sign-in that follows.
        """
        front = self.front
        if front is None or not (front.person_id or front.trying) or self.locking:
            return
        self._hand_over(Handover(front, m.Show(reason, front.slot_id, next_slot=next_slot), signed_in=True), COVER_MS)

    def wrong_password(self, peer: Peer, wait_ms: int) -> None:
        """The desk that held the password is replaced by the spare, which says so."""
        if peer is self.front and not peer.person_id and self._handover is None:
            show = m.Show("", peer.slot_id, wrong_password=True, wait_ms=wait_ms)
            if self.spare is not None and self.spare.ready:
                self._hand_over(Handover(peer, show, signed_in=False, saved=True), REPLACE_MS)
            else:
                self._show_when_ready = show
                self._next_spare(0)

    def shown(self, peer: Peer) -> None:
        """The spare covers every screen."""
        if self._handover and peer is self.spare:
            self._handover.shown = True
            self._finish_if_done()

    def saved(self, peer: Peer) -> None:
        """The front desk has saved its drafts."""
        if self._handover and peer is self._handover.front:
            self._handover.saved = True
            self._finish_if_done()

    def alive(self, peer: Peer, lock_in_ms: int) -> None:
        """Lock by ourselves if the desk says nothing more until its own idle lock is due."""
        if peer is self.front and peer.person_id:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = self._loop.after(max(0, lock_in_ms) + IDLE_GRACE_MS, lambda: self.lock("idle"))

    def gone(self, peer: Peer) -> None:
        """A desk's pipe has ended."""
        if peer is self.spare:
            self.spare = None
            self._crashed()
            if self._handover is not None:
                self._finish()
            else:
                self._next_spare(NEXT_SPARE_MS)
        elif peer is self.front:
            if self._handover is None:
                self._handover = Handover(peer, m.Show("desk_ended", peer.slot_id), bool(peer.person_id))
                if self.spare is not None and self.spare.ready:
                    self._loop.post(self.spare, self._handover.show)
                if not peer.person_id:
                    self._crashed()
            self._finish()

    def end_all(self) -> None:
        """End every desk at once, whatever was under way between them."""
        if self._handover is not None:
            self._handover.cancel()
        self._handover = self._show_when_ready = None
        for peer in (self.front, self.spare):
            if peer is not None and not peer.gone:
                self._loop.drop(peer)
        self.front = self.spare = None

    # -- inside --

    def _hand_over(self, handover: Handover, cover_ms: int) -> None:
        if self._handover is not None:
            self._handover.cancel()
            handover.shown = self._handover.shown
        self._handover = handover
        if self.spare is None or not self.spare.ready:
            self._finish()
            return
        self._loop.post(self.spare, handover.show)
        self._loop.post(handover.front, m.SaveDrafts(handover.show.reason))
        handover.timers = [
            self._loop.after(cover_ms, lambda: self._cover_late(handover)),
            self._loop.after(max(cover_ms, DRAFTS_MS), lambda: self._finish_this(handover)),
        ]

    def _cover(self, show: m.Show) -> None:
        """The spare became ready after it was wanted."""
        if self.front is not None and not self.front.person_id:
            self._hand_over(Handover(self.front, show, signed_in=False, saved=True), REPLACE_MS)

    def _cover_late(self, handover: Handover) -> None:
        if handover is self._handover and not handover.shown:
            self._finish()

    def _finish_this(self, handover: Handover) -> None:
        if handover is self._handover:
            self._finish()

    def _finish_if_done(self) -> None:
        if self._handover and self._handover.shown and self._handover.saved:
            self._finish()

    def _finish(self) -> None:
        handover, self._handover = self._handover, None
        if handover is None:
            return
        handover.cancel()
        if self._idle is not None:
            self._idle.cancel()
        self._show_when_ready = None
        front = handover.front
        self._loop.drop(front)
        spare, self.spare, self.front = self.spare, None, None
        self._locked(front, handover.show.reason or "wrong_password")
        if spare is None or spare.gone:
            self.front = self._start_desk()
            self._loop.post(self.front, handover.show)
            self._next_spare(NEXT_SPARE_MS)
            return
        self.front = spare
        if not spare.ready:
            self._loop.post(spare, handover.show)
        self._next_spare(NEXT_SPARE_MS)

    def _next_spare(self, delay_ms: int) -> None:
        def start() -> None:
            if self.spare is None and self.front is not None and self._may_spare():
                self.spare = self._start_desk()

        self._loop.after(delay_ms, start)

    def _crashed(self) -> None:
        self._crashes += 1
        if self._crashes == CRASHES_ALLOWED + 1:
            self._give_up()

    def _forget_crashes(self) -> None:
        self._crashes = 0
