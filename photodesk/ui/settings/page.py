"""The settings page: facts about locking and storage, and the intended use."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

import photodesk
from photodesk.desk.idle import PRESENTING, IdleLimit, idle_limit
from photodesk.desk.roles import Right
from photodesk.ui.cards.policy_card import ErasePolicyCard
from photodesk.ui.controls import Card, Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import Heading, Page, PageContext, sentence
from photodesk.ui.settings.protocols_section import ProtocolsSection
from photodesk.ui.settings.separator_card import SeparatorPolicyCard
from photodesk.ui.words import counted, role_words
from photodesk.ui.worklist import WorklistSection

MINUTE_MS = 60_000
STATES = {"waiting": " · opens charts once a person who holds the keys has signed in", "removed": " · removed"}
ADDING = "People are added on the command line: photodesk user add"
INTENDED_USE = (
    "PhotoDesk keeps a clinic's patient photos, shows them by visit and side by side, and records who looked at what. "
    "It does not diagnose, measure for treatment decisions, or replace a medical record system."
)
SAID_PLAINLY = (
    "Photos, names and notes are encrypted in the store on this computer and are readable only at a signed-in desk. "
    "Locking ends that desk. Someone with administrator rights on an unlocked computer can see what it shows."
)


def minutes(limit_ms: int) -> str:
    """`5 minutes`."""
    return counted(limit_ms // MINUTE_MS, "minute")


def _signed_in(context: PageContext) -> QWidget:
    person = context.desk.person
    return _card(
        "Signed in",
        (
            ("Person", person.name),
            ("Roles", role_words(person.roles)),
            ("Clinic", context.clinic.name),
            ("Workstation", context.clinic.workstation),
        ),
    )


def _locking(limit: IdleLimit) -> QWidget:
    presenting = f"{minutes(PRESENTING.default_ms)}, at most {minutes(PRESENTING.cap_ms)}"
    return _card(
        "Locking",
        (
            ("Locks after", f"{minutes(limit.default_ms)} without use of PhotoDesk's windows"),
            ("At most", f"{minutes(limit.cap_ms)} in your roles"),
            ("Presenting a patient", presenting),
            ("Lock now", "Ctrl L"),
        ),
        "Input elsewhere on this computer does not count: a desk nobody uses locks. Imports go on while locked.",
    )


def _storage(context: PageContext) -> QWidget:
    charts = "Open at this desk" if context.desk.has_chart_keys else "Do not open at this desk"
    return _card("Storage", (("Where", str(context.desk.layout.root)), ("Charts", charts)), SAID_PLAINLY)


def _about() -> QWidget:
    return _card(
        "About",
        (
            ("Version", photodesk.__version__),
            ("Licence", "Apache-2.0; fonts: Inter, SIL Open Font License"),
        ),
        INTENDED_USE,
    )


class SettingsPage(Page):
    """Nothing here pretends: what cannot be changed yet is stated, not offered."""

    section = "settings"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        vbox(self).addWidget(scroll)
        holder = QWidget()
        holder.setObjectName("scrolled")
        scroll.setWidget(holder)
        row = hbox(holder, 0, QMargins(32, 28, 32, 28))
        column = vbox(None, 20)
        row.addStretch(1)
        row.addLayout(column, 8)
        row.addStretch(1)
        for card in (_signed_in(context), _locking(idle_limit(context.desk.person.roles)), _storage(context)):
            column.addWidget(card)
        self.erasing = ErasePolicyCard(context)
        column.addWidget(self.erasing)
        self.separators = SeparatorPolicyCard(context)
        column.addWidget(self.separators)
        self.worklist = WorklistSection(context)
        column.addWidget(self.worklist)
        self.protocols = ProtocolsSection(context)
        column.addWidget(self.protocols)
        self._people = vbox(None)
        column.addLayout(self._people)
        column.addWidget(_about())
        column.addStretch(1)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll = scroll

    def heading(self) -> Heading:
        return Heading("Settings")

    def entered(self) -> None:
        self._scroll.setFocus()
        self.worklist.refresh()
        self.erasing.refresh()
        self.separators.refresh()
        self.protocols.refresh()
        desk = self.context.desk
        if desk.may(Right.SEE_PEOPLE):
            self.context.tasks.store(self._read_people, self._took_people, self._failed)

    def _read_people(self) -> tuple[tuple[str, str], ...]:
        return tuple(
            (person.name, role_words(person.roles) + STATES.get(person.state, ""))
            for person in self.context.desk.people.everyone()
        )

    def _took_people(self, people: tuple[tuple[str, str], ...]) -> None:
        empty(self._people)
        self._people.addWidget(_card("People", people, ADDING if self.context.desk.may(Right.MANAGE_PEOPLE) else ""))

    def _failed(self, failure: BaseException) -> None:
        self.context.navigate.say(sentence(failure))


def _card(title: str, facts: tuple[tuple[str, str], ...], note: str = "") -> Card:
    card = Card(24, 12)
    card.body.addWidget(Text(title, TextRole.SUBHEADING))
    for name, value in facts:
        row = hbox(None, 16)
        label = Text(name, TextRole.BODY, "ink3")
        label.setFixedWidth(200)
        row.addWidget(label)
        row.addWidget(Text(value, TextRole.BODY, wrap=True), 1)
        card.body.addLayout(row)
    if note:
        card.body.addWidget(Line())
        card.body.addWidget(Text(note, TextRole.SMALL, "ink2", wrap=True))
    return card
