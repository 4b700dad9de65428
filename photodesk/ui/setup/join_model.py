"""The state of joining a clinic: which step, what was typed, whether `Continue` is awake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from photodesk.desk.entrance import SignInPerson
from photodesk.ui.setup.key_storage import KeyStorage
from photodesk.ui.sync.connect_dialog import tidy_address

CODE_LETTERS = 20


class JoinStep(IntEnum):
    """In order."""

    INVITATION = 1
    WORKSTATION = 2
    PERSON = 3
    READY = 4


JOIN_STEPS = (
    (JoinStep.INVITATION, "Server and code"),
    (JoinStep.WORKSTATION, "This workstation"),
    (JoinStep.PERSON, "Who you are"),
    (JoinStep.READY, "Ready"),
)


class JoinsClinic(Protocol):
    """One attempt to join. Both may wait for the server; errors are sentences of ours."""

    def open(self, url: str, code: str, *, password_only: bool) -> Sequence[SignInPerson]:
        """Look at the invitation; who may sign in here then. Refused `code_wrong`, `server_alarm`."""
        ...

    def finish(self, slot_id: str, password: str, workstation: str) -> None:
        """Make the store as this person. Refused `wrong_password`, `keys_needed`, `code_wrong`."""
        ...


@dataclass
class JoinModel(KeyStorage):
    """What was typed and chosen so far. `busy` says what is under way, "" for nothing."""

    address: str = ""
    code: str = ""
    workstation: str = ""
    people: Sequence[SignInPerson] = ()
    slot_id: str = ""
    password: str = field(default="", repr=False)
    step: JoinStep = JoinStep.INVITATION
    busy: str = ""

    @property
    def url(self) -> str:
        """The server's address as it is used."""
        return tidy_address(self.address)

    @property
    def letters(self) -> str:
        """The code without its hyphens."""
        return "".join(self.code.split()).replace("-", "").upper()

    def code_sentence(self) -> str:
        """What is still missing of the code."""
        missing = CODE_LETTERS - len(self.letters)
        if not self.letters:
            return "Five groups of four, shown at a workstation that belongs to the clinic already."
        if missing > 0:
            return f"{missing} more to type."
        return "" if missing == 0 else f"{-missing} too many."

    @property
    def may_continue(self) -> bool:
        """Whether the next step may come."""
        if self.busy:
            return False
        if self.step is JoinStep.INVITATION:
            return bool(self.url) and len(self.letters) == CODE_LETTERS
        if self.step is JoinStep.WORKSTATION:
            return bool(self.workstation.strip()) and self.settled
        return self.step is JoinStep.PERSON and bool(self.slot_id and self.password)

    @property
    def may_go_back(self) -> bool:
        """Not while something is under way; from the first step it leads to founding a clinic."""
        return not self.busy and self.step < JoinStep.READY

    def opened(self, people: Sequence[SignInPerson]) -> None:
        """The invitation is good: these may sign in."""
        self.busy, self.people, self.step = "", tuple(one for one in people if not one.disabled), JoinStep.PERSON
        self.slot_id = self.people[0].slot_id if len(self.people) == 1 else ""

    def failed(self, code: str) -> None:
        """It went no further; a code that is over is typed anew."""
        self.busy, self.password = "", ""
        if code in {"code_wrong", "server_alarm", "invitation_over"}:
            self.step, self.code = JoinStep.INVITATION, ""

    def joined(self) -> None:
        """The store is made."""
        self.busy, self.step = "", JoinStep.READY
