"""Settings: how separator cards, pauses and wristbands are read, as the clinic's policy says."""

from __future__ import annotations

from photodesk.desk.roles import Right
from photodesk.importing.card_policy import CardPolicy, card_policy
from photodesk.importing.grouping import Separators
from photodesk.ui.controls import Card, Line, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.words import NBSP

LABEL_PX = 200
WORDS = {
    Separators.AUTO: "First, or first and last: the photos of each card tell which",
    Separators.FIRST: "Before the first photo of a patient",
    Separators.FIRST_AND_LAST: "Before the first photo of a patient and again after the last",
}
CHANGING = "An administrator changes it on the command line: photodesk separators set"
NEVER = "What is not certain is never filed by itself: a person confirms every group."


class SeparatorPolicyCard(Card):
    """Says the policy; `refresh` reads it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(24, 12)
        self._context = context
        self.body.addWidget(Text("Separator cards", TextRole.SUBHEADING))
        self.shot, self.pause, self.wristbands = (
            self._line(name) for name in ("Photographed", "A new group begins", "Wristbands")
        )
        self.body.addWidget(Line())
        note = f"{NEVER} {CHANGING}" if context.desk.may(Right.MANAGE_POLICY) else NEVER
        self.body.addWidget(Text(note, TextRole.SMALL, "ink2", wrap=True))

    def refresh(self) -> None:
        """Ask for the policy."""
        catalog = self._context.desk.catalog
        say = self._context.navigate.say
        self._context.tasks.store(lambda: card_policy(catalog), self.show_policy, lambda wrong: say(sentence(wrong)))

    def show_policy(self, policy: CardPolicy) -> None:
        """Put it in words."""
        self.shot.set_text(WORDS[policy.separators])
        self.pause.set_text(f"After a pause of {policy.gap_ms / 60_000:g}{NBSP}min")
        self.wristbands.set_text(f"Read by the pattern {policy.pattern}" if policy.pattern else "Not read")

    def _line(self, name: str) -> Text:
        row = hbox(None, 12)
        label = Text(name, TextRole.BODY, "ink3")
        label.setFixedWidth(LABEL_PX)
        words = Text("", TextRole.BODY, wrap=True)
        row.addWidget(label)
        row.addWidget(words, 1)
        self.body.addLayout(row)
        return words
