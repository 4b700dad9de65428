"""Lines of the worklist that a person should look at: what happened, both sides of it, and what can be done."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from photodesk.desk.worklist import Decision, LookLine
from photodesk.ui.controls import Button, Card, Chip, Line, Text, Tone, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.words import counted, day_words

MOST_LINES, SIDE_PX, BUTTON_PX = 5, 96, 172


class LooksCard(Card):
    """`decided` carries (problem id, Decision). Hidden while there is nothing to look at."""

    decided = Signal(object, object)

    def __init__(self) -> None:
        super().__init__(20, 12)
        head = hbox(None, 10)
        head.addWidget(Text("Please look", TextRole.SUBHEADING))
        self._count = Chip("", Tone.WARN)
        head.addWidget(self._count)
        head.addStretch(1)
        self.body.addLayout(head)
        self._lines = vbox(None, 12)
        self.body.addLayout(self._lines)
        self.hide()

    def show_lines(self, lines: tuple[LookLine, ...]) -> None:
        """The newest first."""
        self.setVisible(bool(lines))
        self._count.show_state(counted(len(lines), "line"), Tone.WARN)
        empty(self._lines)
        for line in lines[:MOST_LINES]:
            self._lines.addWidget(Line())
            self._lines.addWidget(self._line(line))
        if len(lines) > MOST_LINES:
            self._lines.addWidget(Line())
            more = f"And {counted(len(lines) - MOST_LINES, 'line')} more, shown as these are settled."
            self._lines.addWidget(Text(more, TextRole.SMALL, "ink3"))

    def _line(self, line: LookLine) -> QWidget:
        holder, look = QWidget(), line.look
        row = hbox(holder, 16)
        words = vbox(None, 4)
        words.addWidget(Text(look.message, TextRole.BODY_STRONG, wrap=True))
        if line.ours is not None and line.theirs is not None:
            ours = _person(line.ours.display_name, line.ours.birth)
            name = ", ".join(part for part in (line.theirs.family, line.theirs.given) if part)
            words.addLayout(_side("In PhotoDesk", ours))
            words.addLayout(_side("In the line", _person(name, line.theirs.birth)))
        words.addWidget(Text(f"{look.remedy} {_where(line)}".strip(), TextRole.SMALL, "ink2", wrap=True))
        row.addLayout(words, 1)
        row.addLayout(self._buttons(line))
        return holder

    def _buttons(self, line: LookLine) -> QVBoxLayout:
        column = vbox(None, 6)
        choices = [("Looked at", Decision.DISMISS)]
        if line.theirs is not None:
            choices = [
                ("Keep what is here", Decision.KEEP_OURS),
                ("Take theirs", Decision.TAKE_THEIRS),
                ("Another person", Decision.DISMISS),
            ]
        for words, decision in choices:
            button = Button(words)
            button.setFixedWidth(BUTTON_PX)
            button.clicked.connect(partial(self._decide, line.look.problem_id, decision))
            column.addWidget(button)
        column.addStretch(1)
        return column

    def _decide(self, problem_id: str, decision: Decision, _checked: bool = False) -> None:
        self.decided.emit(problem_id, decision)


def _side(label: str, words: str) -> QHBoxLayout:
    row = hbox(None, 8, QMargins(0, 0, 0, 0))
    name = Text(label, TextRole.SMALL, "ink3")
    name.setFixedWidth(SIDE_PX)
    row.addWidget(name)
    row.addWidget(Text(words, TextRole.SMALL), 1)
    return row


def _person(name: str, birth: date | None) -> str:
    return " · ".join(part for part in (name, day_words(birth) if birth else "no birth date") if part)


def _where(line: LookLine) -> str:
    place = f", line\u00a0{line.look.place:,}" if line.look.place else ""
    return f"({line.look.source}{place})" if line.look.source else ""
