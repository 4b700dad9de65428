"""Sections made of the cards that other parts bring: camera cards and codes, the worklist, photo series."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from photodesk.ui.cards.policy_card import ErasePolicyCard
from photodesk.ui.page import PageContext
from photodesk.ui.settings.protocols_section import ProtocolsSection
from photodesk.ui.settings.section import Section
from photodesk.ui.settings.separator_card import SeparatorPolicyCard
from photodesk.ui.worklist import WorklistSection


class RefreshedCard(Protocol):
    """A card that reads again what it shows."""

    def refresh(self) -> None:
        """Read again."""
        ...


class CardSection(Section):
    """Some cards under one title."""

    def __init__(self, context: PageContext, title: str, *cards: RefreshedCard) -> None:
        super().__init__(context, title)
        self.cards = cards
        for card in cards:
            if isinstance(card, QWidget):
                self.column.addWidget(card)

    def refresh(self) -> None:
        for card in self.cards:
            card.refresh()


def camera_cards(context: PageContext) -> Section:
    """When cards may be erased, and how separator cards and wristbands are read."""
    return CardSection(context, "Camera cards", ErasePolicyCard(context), SeparatorPolicyCard(context))


def worklist(context: PageContext) -> Section:
    """Where the day's visits come from."""
    return CardSection(context, "Today's visits", WorklistSection(context))


def series(context: PageContext) -> Section:
    """The clinic's series of standard views."""
    return CardSection(context, "Photo series", ProtocolsSection(context))
