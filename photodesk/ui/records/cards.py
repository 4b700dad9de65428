"""The cards of the records section: a title, rows with what can be done about each, one quiet sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMargins

from photodesk.ui.controls import Button, Card, Chip, Line, Text, Tone, hbox, vbox
from photodesk.ui.fonts import TextRole

EDGE_PX = 24
Act = tuple[str, Callable[[], None]]


class ListCard(Card):
    """Rows of two lines. `head_button` stands beside the title; it is the one next step where `primary`."""

    def __init__(self, title: str, note: str = "", head_button: Button | None = None) -> None:
        super().__init__(0, 0)
        head = hbox(None, 12, QMargins(EDGE_PX, 16, EDGE_PX, 12))
        words = vbox(None, 2)
        words.addWidget(Text(title, TextRole.SUBHEADING))
        if note:
            words.addWidget(Text(note, TextRole.SMALL, "ink2", wrap=True))
        head.addLayout(words, 1)
        if head_button is not None:
            head.addWidget(head_button)
        self.body.addLayout(head)
        self.buttons: dict[str, Button] = {}

    def add_row(self, title: str, words: str, acts: Sequence[Act] = (), chip: tuple[str, Tone] | None = None) -> None:
        """One line with its buttons at the right."""
        self.body.addWidget(Line())
        row = hbox(None, 12, QMargins(EDGE_PX, 10, EDGE_PX, 10))
        column = vbox(None, 2)
        column.addWidget(Text(title, TextRole.BODY_STRONG, elide=True))
        column.addWidget(Text(words, TextRole.SMALL, "ink2", wrap=True))
        row.addLayout(column, 1)
        if chip is not None:
            row.addWidget(Chip(*chip))
        for name, act in acts:
            button = Button(name, height=36)
            button.setAccessibleName(f"{name}: {title}")
            button.clicked.connect(lambda _=False, wanted=act: wanted())
            self.buttons[f"{name}: {title}"] = button
            row.addWidget(button)
        self.body.addLayout(row)

    def add_words(self, words: str) -> None:
        """What is said where there is no row."""
        self.body.addWidget(Line())
        text = Text(words, TextRole.BODY, "ink2", wrap=True)
        text.setContentsMargins(EDGE_PX, 14, EDGE_PX, 16)
        self.body.addWidget(text)
