"""Joining a clinic from the first run's window: implements `ui.setup.join_model.JoinsClinic`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from photodesk.app.joining import Attempt
from photodesk.background.waiting_key import WaitingKeyReader
from photodesk.clock import Clock
from photodesk.desk.entrance import SignInPerson
from photodesk.errors import Fixable


class WindowJoining:
    """One attempt after the other; used by one thread at a time."""

    def __init__(self, store: Path, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._attempt: Attempt | None = None

    def open(self, url: str, code: str, *, password_only: bool) -> Sequence[SignInPerson]:
        self._leave()
        self._attempt = Attempt(self._store, url, code, self._clock, password_only=password_only)
        return self._attempt.people()

    def finish(self, slot_id: str, password: str, workstation: str) -> None:
        attempt = self._attempt
        who = next((one for one in attempt.people() if one.slot_id == slot_id), None) if attempt is not None else None
        if attempt is None or who is None:
            raise Fixable("person_unknown", "Nobody of the clinic was chosen.", "Choose who you are.")
        attempt.finish(who.name, password, workstation, WaitingKeyReader())
        self._leave()

    def _leave(self) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            attempt.__exit__()
