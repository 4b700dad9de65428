"""The security page: a row for each fact, with its state in a word, and what to do below it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QWidget

from photodesk.background.host_facts import look
from photodesk.desk.roles import Right
from photodesk.desk.security import Fact, State
from photodesk.ui.controls import Button, Card, Chip, Line, LinkButton, Text, Tone, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.security.demanded_card import DemandedCard
from photodesk.ui.settings.section import Section

WORDS = {
    State.OK: ("Good", Tone.OK, "check-circle"),
    State.LOOK: ("Worth a look", Tone.WARN, "warning-circle"),
    State.BAD: ("Do this", Tone.BAD, "x-circle"),
    State.UNKNOWN: ("Not known", Tone.PLAIN, "question"),
}
LEAD = "What protects this workstation now. The same list is printed by: photodesk security"
MOVED = "The secrets lie in the keyring now."
CHIP_PX = 140
PLACES = {"second_factors": "you", "backup": "backup", "anchor": "backup", "recovery_kit": "backup", "check": "health"}


class SecuritySection(Section):
    """Reads again whenever it is shown."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Security")
        self.column.addWidget(Text(LEAD, TextRole.BODY, "ink2", wrap=True))
        self._card = Card(0, 0)
        self.column.addWidget(self._card)
        self.demanded = DemandedCard(context)
        self.column.addWidget(self.demanded)
        self.facts: tuple[Fact, ...] = ()
        self.move_button: Button | None = None

    def refresh(self) -> None:
        desk = self.context.desk
        self.demanded.refresh()
        self.context.tasks.store(lambda: desk.security.facts(look(desk.layout.root)), self.show_facts, self.failed)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Show these."""
        self.facts, self.move_button = facts, None
        empty(self._card.body)
        for number, fact in enumerate(facts):
            if number:
                self._card.body.addWidget(Line())
            self._card.body.addWidget(self._row(fact))

    def _row(self, fact: Fact) -> QWidget:
        holder = QWidget()
        row = hbox(holder, 16, QMargins(20, 16, 20, 16))
        words, tone, icon = WORDS[fact.state]
        side = vbox(None)
        side.addWidget(Chip(words, tone, icon=icon), 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        side.addStretch(1)
        chip = QWidget()
        chip.setFixedWidth(CHIP_PX)
        chip.setLayout(side)
        row.addWidget(chip)
        texts = vbox(None, 2)
        texts.addWidget(Text(fact.title, TextRole.BODY_STRONG))
        texts.addWidget(Text(fact.says, TextRole.BODY, wrap=True))
        if fact.do:
            texts.addWidget(Text(fact.do, TextRole.SMALL, "ink2", wrap=True))
        action = self._action(fact)
        if action is not None:
            texts.addSpacing(6)
            texts.addWidget(action, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(texts, 1)
        return holder

    def _action(self, fact: Fact) -> QWidget | None:
        if not fact.do:
            return None
        if fact.name == "keyring":
            if not self.context.desk.may(Right.MANAGE_POLICY):
                return None
            self.move_button = Button("Move into the keyring", height=36)
            self.move_button.clicked.connect(self._move)
            return self.move_button
        section = PLACES.get(fact.name, "")
        return self._link(section) if section and section in self._sections() else None

    def _sections(self) -> frozenset[str]:
        from photodesk.ui.settings.sections import sections_for

        return frozenset(entry.name for entry in sections_for(self.context))

    def _link(self, section: str) -> LinkButton:
        link = LinkButton("Open")
        link.setAccessibleName(f"Open the settings section {section}")
        link.clicked.connect(partial(self._show_section, section))
        return link

    def _show_section(self, section: str, _checked: bool = False) -> None:
        self.context.navigate.settings(section)

    def _move(self) -> None:
        if self.move_button is not None:
            self.move_button.setEnabled(False)
        self.context.tasks.store(self.context.desk.security.move_into_keyring, self._moved, self._not_moved)

    def _moved(self, _name: str) -> None:
        self.context.navigate.say(MOVED)
        self.refresh()

    def _not_moved(self, failure: BaseException) -> None:
        if self.move_button is not None:
            self.move_button.setEnabled(True)
        self.failed(failure)
