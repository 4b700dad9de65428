"""Settings: when cards may be erased, as the clinic's policy says."""

from __future__ import annotations

from photodesk.desk.roles import Right
from photodesk.importing.erasing import EraseWhen
from photodesk.ui.controls import Card, Line, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext, sentence

LABEL_PX = 200
WORDS = {
    EraseWhen.VERIFIED: "Once every file was read back from the store and matches",
    EraseWhen.FILED: "Once every photo is in a chart",
    EraseWhen.SERVER: "Once every photo is on the clinic server, with all that was made from it",
}
CHANGING = "An administrator changes it on the command line: photodesk cards policy"
NEVER = "A card is never formatted, and nothing is written to it before erasing is asked for."


class ErasePolicyCard(Card):
    """Says the policy; `refresh` reads it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(24, 12)
        self._context = context
        self.body.addWidget(Text("Camera cards", TextRole.SUBHEADING))
        row = hbox(None, 16)
        label = Text("Erased", TextRole.BODY, "ink3")
        label.setFixedWidth(LABEL_PX)
        self._when = Text("", TextRole.BODY, wrap=True)
        row.addWidget(label)
        row.addWidget(self._when, 1)
        self.body.addLayout(row)
        self.body.addWidget(Line())
        note = f"{NEVER} {CHANGING}" if context.desk.may(Right.MANAGE_POLICY) else NEVER
        self.body.addWidget(Text(note, TextRole.SMALL, "ink2", wrap=True))

    def refresh(self) -> None:
        """Ask for the policy."""
        cards = self._context.desk.cards
        self._context.tasks.store(lambda: cards.erase_when, self._show, self._failed)

    def _show(self, when: str) -> None:
        self._when.set_text(WORDS.get(EraseWhen(when), when))

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
