"""A choice from a list, as a button with a caret and a popover."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.popover import Popover
from photodesk.ui.controls.rows import Row
from photodesk.ui.controls.text import Text, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import DESK, Theme

MOST_ROWS, ROW_PX = 12, 36


class Dropdown(Button):
    """Choices as (value, words); `picked` carries the value. The button shows the words of the choice."""

    picked = Signal(object)

    def __init__(
        self,
        name: str,
        choices: tuple[tuple[str, str], ...],
        *,
        value: str = "",
        icon: str = "",
        height: int = 36,
        width: int = 240,
        theme: Theme = DESK,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", ButtonKind.SECONDARY, icon=icon, height=height, theme=theme, caret=True, parent=parent)
        self._name, self._width, self._choices, self._value = name, width, choices, value
        self.clicked.connect(self.open_choices)
        self._say()

    @property
    def value(self) -> str:
        """The value chosen."""
        return self._value

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What is offered, as (value, words)."""
        return self._choices

    def set_choices(self, choices: tuple[tuple[str, str], ...], value: str = "") -> None:
        """Offer other choices."""
        self._choices, self._value = choices, value
        self._say()

    def pick(self, value: str) -> None:
        """Choose a value and tell."""
        self._value = value
        self._say()
        self.picked.emit(value)

    def open_choices(self) -> None:
        """Show the list below the button."""
        popover = Popover(self, max(self._width, self.width()), theme=self._theme, padding_px=8)
        popover.body.setSpacing(0)
        column, scroll = self._column(popover)
        for value, words in self._choices:
            row = Row(words, ROW_PX, line=False, radius_px=6, padding_px=12, theme=self._theme)
            row.setCheckable(True)
            row.setChecked(value == self._value)
            row.add(Text(words, TextRole.BODY, theme=self._theme), 1)
            row.clicked.connect(popover.dismiss)
            row.clicked.connect(partial(self._picked, value))
            if scroll is not None:
                row.focused.connect(partial(scroll.ensureWidgetVisible, row))
            column.addWidget(row)
        popover.open()

    def _column(self, popover: Popover) -> tuple[QVBoxLayout, QScrollArea | None]:
        """Where the rows go: many of them scroll."""
        if len(self._choices) <= MOST_ROWS:
            return popover.body, None
        scroll, inner = QScrollArea(), QWidget()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedHeight(MOST_ROWS * ROW_PX)
        scroll.setWidget(inner)
        for bare in (scroll.viewport(), inner):
            bare.setAutoFillBackground(False)
        popover.body.addWidget(scroll)
        return vbox(inner), scroll

    def _picked(self, value: str, _checked: bool = False) -> None:
        self.pick(value)

    def _say(self) -> None:
        words = dict(self._choices).get(self._value, self._name)
        self.set_text(words)
        self.setAccessibleName(f"{self._name}: {words}" if words != self._name else words)
