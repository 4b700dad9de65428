"""One section of the settings: a scrolled column of cards, read again each time it is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.ui.controls import Card, Line, Text, fact_row, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext, sentence

COLUMN_PX = 880
LABEL_PX = 200


class Section(QScrollArea):
    """`column` takes the cards. `refresh` is called whenever the section comes to the screen."""

    def __init__(self, context: PageContext, title: str) -> None:
        super().__init__()
        self.context = context
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        holder.setObjectName("scrolled")
        self.setWidget(holder)
        sides = hbox(holder, 0, QMargins(32, 28, 32, 28))
        inner = QWidget()
        inner.setMaximumWidth(COLUMN_PX)
        outer = vbox(inner, 16)
        outer.addWidget(Text(title, TextRole.TITLE))
        self.column = vbox(None, 16)
        outer.addLayout(self.column)
        outer.addStretch(1)
        sides.addWidget(inner, COLUMN_PX)
        sides.addStretch(1)

    def refresh(self) -> None:
        """Read again what is shown."""

    def said(self, words: str) -> Callable[[], None]:
        """For after a change: say that it is done, and read again what is shown."""

        def done() -> None:
            self.context.navigate.say(words)
            self.refresh()

        return done

    def failed(self, failure: BaseException) -> None:
        """Say why something could not be read or changed."""
        self.context.navigate.say(sentence(failure))


def fact_card(title: str, facts: tuple[tuple[str, str], ...], note: str = "") -> Card:
    """A card of quiet labels and what is known, with a note below a line."""
    card = Card(24, 12)
    if title:
        card.body.addWidget(Text(title, TextRole.SUBHEADING))
    for name, value in facts:
        card.body.addWidget(fact_row(name, value, LABEL_PX))
    if note:
        card.body.addWidget(Line())
        card.body.addWidget(Text(note, TextRole.SMALL, "ink2", wrap=True))
    return card
