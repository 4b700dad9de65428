"""Help in the window: the topics to choose from, and one of them below as a page to read."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from photodesk.ui.controls import Card, Dropdown, Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.help.blocks import Block, Code, Heading, Paragraph, Steps, Table, blocks
from photodesk.ui.help.topics import Topic, topics
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import Section
from photodesk.ui.theme import DESK

NUMBER_PX, ROLE_PX = 24, 104


class HelpSection(Section):
    """Reads the topics once; nothing in them is about a patient."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Help")
        self._topics = {one.name: one for one in topics()}
        first = next(iter(self._topics))
        self.choice = Dropdown(
            "Topic", tuple((one.name, one.title) for one in self._topics.values()), value=first, width=360
        )
        self.choice.picked.connect(self.show_topic)
        line = hbox()
        line.addWidget(self.choice)
        line.addStretch(1)
        self.column.addLayout(line)
        card = Card(28, 0)
        self._page = vbox(None, 12)
        card.body.addLayout(self._page)
        self.column.addWidget(card)
        self.show_topic(first)

    def show_topic(self, name: str) -> None:
        """Show one topic."""
        empty(self._page)
        topic: Topic = self._topics[name]
        self._page.addWidget(Text(topic.title, TextRole.HEADING))
        for block in blocks(topic.text):
            self._page.addWidget(_widget(block))


def _widget(block: Block) -> QWidget:
    if isinstance(block, Steps):
        return _steps(block)
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Code):
        return _code(block)
    if isinstance(block, Heading):
        heading = Text(block.text, TextRole.SUBHEADING)
        heading.setContentsMargins(0, 12, 0, 0)
        return heading
    return _readable(block)


def _readable(block: Paragraph) -> Text:
    return Text(block.text, TextRole.BODY, wrap=True)


def _steps(block: Steps) -> QWidget:
    holder = QWidget()
    column = vbox(holder, 8)
    for mark, words in block.rows:
        row = hbox(None, 8)
        shown = Text(mark, TextRole.BODY_STRONG, "ink3")
        shown.setFixedWidth(NUMBER_PX)
        row.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(_readable(Paragraph(words)), 1)
        column.addLayout(row)
    return holder


def _code(block: Code) -> QWidget:
    code = Text(block.text, TextRole.CODE_SMALL, wrap=True)
    code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    code.setStyleSheet(f"color: {DESK.ink}; background: {DESK.sunk}; border-radius: 6px; padding: 10px 12px;")
    return code


def _table(block: Table) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(QMargins(0, 4, 0, 4))
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    for row, cells in enumerate(block.rows):
        for column, words in enumerate(cells):
            quiet = row == 0 or words == "–"
            text = Text(words, TextRole.LABEL if row == 0 else TextRole.SMALL, "ink3" if quiet else "ink")
            if column:
                text.setMinimumWidth(ROLE_PX)
                text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(text, row * 2, column)
        grid.addWidget(Line(), row * 2 + 1, 0, 1, len(cells))
    return holder
