"""The state of set-up: which step, what was typed, whether `Continue` is awake."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from photodesk.desk.entrance import Judgement, Strength, asked_groups, group_matches, groups, judge
from photodesk.ui.setup.key_storage import KeyStorage

if TYPE_CHECKING:
    from photodesk.desk.entrance import Founded


class Step(IntEnum):
    """In order."""

    CLINIC = 1
    ADMINISTRATOR = 2
    STORAGE = 3
    RECOVERY = 4


STEPS = (
    (Step.CLINIC, "Clinic and workstation"),
    (Step.ADMINISTRATOR, "Administrator"),
    (Step.STORAGE, "Storage and keys"),
    (Step.RECOVERY, "Recovery kit"),
)
STRENGTH_WORDS = {Strength.WEAK: "", Strength.GOOD: "Good", Strength.STRONG: "Strong"}


@dataclass
class SetupModel(KeyStorage):
    """What was typed so far, and what was made of it."""

    clinic: str = ""
    workstation: str = ""
    person: str = ""
    password: str = ""
    again: str = ""
    step: Step = Step.CLINIC
    busy: bool = False
    code: str = ""
    asked: tuple[int, int] = (0, 0)
    typed: tuple[str, str] = ("", "")

    def judgement(self) -> Judgement:
        """How good the password is, by length and blocklist."""
        return judge(self.password, tuple(name for name in (self.clinic, self.person, self.workstation) if name))

    def password_sentence(self) -> tuple[str, bool]:
        """The sentence below the passwords, and whether all is well."""
        if not self.password:
            return "At least 10 characters. A few words are easiest to remember and hardest to guess.", False
        judgement = self.judgement()
        if judgement.strength is Strength.WEAK:
            return judgement.reason, False
        if not self.again:
            return f"{STRENGTH_WORDS[judgement.strength]}. Type it once more.", False
        if self.again != self.password:
            return "The two passwords differ.", False
        return f"{STRENGTH_WORDS[judgement.strength]}. Both match.", True

    @property
    def may_continue(self) -> bool:
        """Whether the next step may come."""
        if self.busy:
            return False
        if self.step is Step.CLINIC:
            return bool(self.clinic.strip() and self.workstation.strip())
        if self.step is Step.ADMINISTRATOR:
            return bool(self.person.strip()) and self.password_sentence()[1]
        if self.step is Step.STORAGE:
            return self.settled
        return self.matches() == (True, True)

    @property
    def may_go_back(self) -> bool:
        """Not from the first step, and not once the clinic is made."""
        return not self.busy and Step.CLINIC < self.step < Step.RECOVERY

    def founded(self, founded: Founded) -> None:
        """The clinic is made: the passwords are not needed any more, the code is shown once."""
        self.password = self.again = ""
        self.busy, self.step, self.code = False, Step.RECOVERY, founded.recovery_code
        self.asked = asked_groups()

    def groups(self) -> tuple[str, ...]:
        """The code as shown."""
        return groups(self.code) if self.code else ()

    def matches(self) -> tuple[bool, bool]:
        """Whether each of the two groups was typed right."""
        if not self.code:
            return False, False
        first, second = (group_matches(self.code, n, t) for n, t in zip(self.asked, self.typed, strict=True))
        return first, second
