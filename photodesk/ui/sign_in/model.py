"""The state of the sign-in page: people, the one chosen, the wait after wrong passwords, the reason of the lock."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from photodesk.errors import PhotoDeskError
from photodesk.protocol.messages import Show
from photodesk.ui.words import counted, role_words

if TYPE_CHECKING:
    from photodesk.desk.entrance import SignInPerson

_REASONS = {
    "asked": "Locked. Sign in to go on.",
    "person": "Locked. Sign in to go on.",
    "system_lock": "Locked with the computer.",
    "screen_lock": "Locked with the computer.",
    "hand_over": "Handed over. Sign in to begin.",
    "lid": "Locked because the lid was closed.",
    "user_switch": "Locked because somebody else used the computer.",
    "remote_disconnect": "Locked because the remote connection ended.",
    "session_ended": "Locked because the computer's session ended.",
    "not_heard": "Locked because PhotoDesk could no longer hear the computer's own lock.",
    "suspend": "Locked because the computer went to sleep.",
    "shutdown": "Locked because the computer was shutting down.",
    "time_jump": "Locked because the computer was asleep.",
    "clock_jump": "Locked because the computer was asleep.",
    "screen_removed": "Locked because a screen was unplugged.",
    "desk_ended": "Locked because the desk stopped. Nothing that was saved is lost.",
    "desk_died": "Locked because the desk stopped. Nothing that was saved is lost.",
    "quit": "",
}


def lock_sentence(reason: str, idle_minutes: int = 0) -> str:
    """Why it locked, in words; a reason that is words already is shown as it is, no reason is none."""
    if reason == "idle":
        after = f"after {counted(idle_minutes, 'minute')} without use" if idle_minutes else "because nobody used it"
        return f"Locked {after}."
    if not reason:
        return "Choose your name and type your password."
    return _REASONS.get(reason, reason if is_sentence(reason) else "Locked. Sign in to go on.")


def is_sentence(reason: str) -> bool:
    """Whether a reason is words for the person (what went wrong) and not a code."""
    return " " in reason


class Step(StrEnum):
    """What the field takes; the text names it."""

    PASSWORD = "Password"  # noqa: S105 - the name of the field
    CODE = "Code of your app, or a backup code"
    PIN = "PIN of your security key"


_WRONG = {"wrong_password", "sign_in_waits", "wrong_code", "code_used"}
_ASKED = {
    Step.PASSWORD: "",
    Step.CODE: "Now the code that your authenticator app shows. Esc goes back.",
    Step.PIN: "Your security key asks for its PIN. Esc goes back.",
}


def is_refusal_of_password(error: BaseException) -> bool:
    """Whether nothing is wrong but the password or the code, or its time."""
    return isinstance(error, PhotoDeskError) and error.code in _WRONG


def is_about_the_key(error: BaseException) -> bool:
    """Whether the security key is what is missing: no password was tried."""
    return isinstance(error, PhotoDeskError) and error.code.startswith("security_key_")


class SignInModel:
    """`now_ms` is monotonic time. The password is never kept here."""

    def __init__(self, people: tuple[SignInPerson, ...], last_slot_id: str = "") -> None:
        self.people = people
        self.last_slot_id = last_slot_id
        self.chosen = next((i for i, who in enumerate(people) if who.slot_id == last_slot_id), 0)
        self.busy = False
        self.step = Step.PASSWORD
        self._busy_words = ""
        self._waits: dict[int, tuple[int, int]] = {}
        self._words = ""

    def return_for(self, slot_id: str, *, known: bool) -> None:
        """Who was here last; `known` when signing in again returns them to their page."""
        self.last_slot_id = slot_id if known else ""
        self.chosen = next((i for i, who in enumerate(self.people) if who.slot_id == slot_id), self.chosen)

    def take_people(self, people: tuple[SignInPerson, ...]) -> None:
        """Others may sign in now; who is chosen stays so where they still may."""
        before = self.person
        self.people = people
        self.chosen = next((i for i, who in enumerate(people) if before and who.person_id == before.person_id), 0)

    def shown(self, push: Show, now_ms: int) -> None:
        """The keeper lets this sign-in be seen: who was here, who comes next, and the wait after a wrong password."""
        if push.slot_id:
            self.return_for(push.slot_id, known=not push.wrong_password)
        if push.next_slot:
            self.return_for(push.next_slot, known=False)
        if push.wrong_password:
            self.say_wrong()
        if push.wait_ms:
            self.rest(push.wait_ms, now_ms)

    @property
    def person(self) -> SignInPerson | None:
        """Who is chosen."""
        return self.people[self.chosen] if self.people else None

    def choose(self, index: int) -> bool:
        """Choose a person; False where there is none at `index` or a password is on its way."""
        if self.busy or self.step is not Step.PASSWORD or not 0 <= index < len(self.people):
            return False
        if index != self.chosen:
            self._words = ""
        self.chosen = index
        return True

    def move(self, step: int) -> bool:
        """Arrow keys: stay within the list."""
        return self.choose(max(0, min(len(self.people) - 1, self.chosen + step)))

    def subtitle(self, index: int) -> str:
        """The line below a name."""
        who = self.people[index]
        words = role_words(who.roles)
        if who.disabled:
            return f"{words} · signing in is switched off here"
        returns = who.slot_id == self.last_slot_id
        return f"{words.split(' · ')[0]} · will return to the last page" if returns else words

    def began(self) -> None:
        """What was typed is on its way."""
        self.busy = True
        self._busy_words = "Opening…"
        self._words = ""

    def say_busy(self, words: str) -> None:
        """What it waits for meanwhile."""
        self._busy_words = words

    def ask(self, step: Step) -> None:
        """The field takes this now."""
        self.busy = False
        self.step = step
        self._words = _ASKED[step]

    def rest(self, wait_ms: int, now_ms: int) -> None:
        """Signing in rests for `wait_ms`, for the person chosen: somebody else may try."""
        self._waits[self.chosen] = now_ms, now_ms + wait_ms

    def failed(self, error: BaseException, words: str, now_ms: int = 0) -> None:
        """It did not work; `words` is the sentence for errors other than a wrong password.

        Where it was too soon, what is left of the wait runs from now on, with its number.
        """
        self.ask(Step.PASSWORD)
        if left_ms := getattr(error, "wait_ms", 0):
            self.rest(left_ms, now_ms)
        self._words = "That did not work." if is_refusal_of_password(error) else words

    def say_wrong(self) -> None:
        """An earlier desk was told a wrong password."""
        self._words = "That did not work."

    def seconds_left(self, now_ms: int) -> int:
        """Whole seconds until the button wakes."""
        return max(0, -(-(self._waits.get(self.chosen, (0, 0))[1] - now_ms) // 1000))

    def share_left(self, now_ms: int) -> float:
        """How much of the wait is left, 0 to 1."""
        began_ms, until_ms = self._waits.get(self.chosen, (0, 0))
        whole = until_ms - began_ms
        return max(0.0, min(1.0, (until_ms - now_ms) / whole)) if whole > 0 else 0.0

    def may_unlock(self, now_ms: int) -> bool:
        """Whether the button is awake."""
        who = self.person
        return not self.busy and who is not None and not who.disabled and self.seconds_left(now_ms) == 0

    def status(self, now_ms: int) -> str:
        """The sentence beside the button."""
        if self.busy:
            return self._busy_words
        who = self.person
        if who is not None and who.disabled:
            return "After ten wrong passwords this person cannot sign in here. Ask an administrator."
        seconds = self.seconds_left(now_ms)
        if seconds:
            return f"That did not work. Try again in {seconds} s."
        return self._words
