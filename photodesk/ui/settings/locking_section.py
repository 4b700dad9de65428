"""When this desk locks, whose idleness is meant, what else locks it here, and the clinic's idle times to change."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.desk.entrance import Role
from photodesk.desk.idle import FRONT_DESK, OTHERS, PRESENTING, PRESENTING_POLICY, IdleLimit
from photodesk.desk.policy import PolicyValue
from photodesk.desk.roles import Right
from photodesk.protocol.messages import Computer
from photodesk.ui.controls import Card, Dropdown, Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.nothing_outside import recording_words
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import LABEL_PX, Section, fact_card
from photodesk.ui.words import counted, role_words

SECOND_MS, MINUTE_MS = 1000, 60_000
OFFERED_MINUTES = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60)
SOURCES = {
    "desktop": "anywhere on this computer, as the desktop tells",
    "x11": "anywhere on this computer, as the display tells",
    "computer": "anywhere on this computer, as the system tells",
    "": "in PhotoDesk's windows; this desktop does not tell of input elsewhere",
}
HEARD = (
    ({"session", "computer"}, "the computer's lock, another user, the lid"),
    ({"delay", "computer"}, "sleep and shutdown, which wait until the desk is locked"),
    ({"screen_saver", "computer"}, "the screen saver"),
)
ALWAYS = "Always: Ctrl+L, a screen unplugged, a clock that shows an unseen sleep, PhotoDesk's own end."
EVERYWHERE = "Counts on every workstation of the clinic, at a desk's next sign-in."
ASK = "An administrator changes these times."


def minutes(limit_ms: int) -> str:
    """`5 minutes`."""
    return counted(limit_ms // MINUTE_MS, "minute")


def heard_words(computer: Computer) -> tuple[str, str]:
    """What locks this desk from outside, and what is not heard here."""
    heard = set(computer.heard)
    there = [words for any_of, words in HEARD if any_of & heard]
    missing = [words for any_of, words in HEARD if not any_of & heard]
    return _sentence(there), _sentence(missing)


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


class LockingSection(Section):
    """Facts for everybody; the times can be changed by who may change the clinic's policy."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Locking")
        self._facts = vbox(None)
        self.column.addLayout(self._facts)
        self.times = Card(24, 12)
        self.times.body.addWidget(Text("Idle times", TextRole.SUBHEADING))
        self._rows = vbox(None, 12)
        self.times.body.addLayout(self._rows)
        self.times.body.addWidget(Line())
        may = context.desk.may(Right.MANAGE_POLICY)
        self.times.body.addWidget(Text(EVERYWHERE if may else ASK, TextRole.SMALL, "ink2", wrap=True))
        self.column.addWidget(self.times)
        self._may = may
        self._show_facts()

    def refresh(self) -> None:
        self._show_facts()
        self.context.tasks.store(self.context.desk.policy.everything, self._took, self.failed)

    def _show_facts(self) -> None:
        empty(self._facts)
        locking = self.context.locking
        if locking is None:
            return
        working_ms, presenting_ms = locking.limits_ms
        heard, missing = heard_words(locking.computer)
        facts = [
            ("Locks after", f"{minutes(working_ms)} without input {SOURCES[locking.computer.idle_from]}"),
            ("Presenting a patient", f"{minutes(presenting_ms)} without input"),
            ("Locks with", heard or "Nothing of this computer's: neither its lock nor its sleep is heard here"),
        ]
        if heard and missing:
            facts.append(("Not heard here", missing))
        facts += [
            ("Lock now", "Ctrl L"),
            ("Hand over", "Ctrl Shift L: lock, and sign in as somebody else"),
            ("Recordings", recording_words()),
        ]
        self._facts.addWidget(fact_card("", tuple(facts), f"{ALWAYS} Imports go on while locked."))

    def _took(self, values: tuple[PolicyValue, ...]) -> None:
        empty(self._rows)
        known = {value.rule.name: value for value in values}
        for role in Role:
            self._add(role_words([role]), known[f"idle.{role}"], FRONT_DESK if role is Role.FRONT_DESK else OTHERS)
        self._add("Presenting", known[PRESENTING_POLICY], PRESENTING)

    def _add(self, name: str, value: PolicyValue, limit: IdleLimit) -> None:
        now_ms = limit.of(int(value.value) * SECOND_MS)
        holder = QWidget()
        row = hbox(holder, 16)
        label = Text(name, TextRole.BODY, "ink3")
        label.setFixedWidth(LABEL_PX)
        row.addWidget(label)
        if self._may:
            offered = {minute * MINUTE_MS for minute in OFFERED_MINUTES if minute * MINUTE_MS <= limit.cap_ms} | {
                now_ms
            }
            choices = tuple((str(ms // SECOND_MS), minutes(ms)) for ms in sorted(offered))
            choice = Dropdown(f"Idle time: {name}", choices, value=str(now_ms // SECOND_MS), width=160)
            choice.picked.connect(partial(self._change, value.rule.name))
            row.addWidget(choice)
        else:
            row.addWidget(Text(minutes(now_ms), TextRole.BODY))
        row.addStretch(1)
        row.addWidget(Text(f"at most {minutes(limit.cap_ms)}", TextRole.SMALL, "ink3"))
        self._rows.addWidget(holder)

    def _change(self, policy: str, value: object) -> None:
        desk = self.context.desk

        def changed(_none: None) -> None:
            if self.context.locking is not None:
                self.context.locking.choose(desk.policy.get)
            self.context.navigate.say("Idle time changed.")
            self.refresh()

        def refused(failure: BaseException) -> None:
            self.failed(failure)
            self.refresh()

        self.context.tasks.store(partial(desk.policy.set, policy, str(value)), changed, refused)
