"""The first rows of a table, each column below what it means: chosen by a person, proposed by the file's headings."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.ui.controls import Dropdown, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.worklist.setup_model import COLUMN_WORDS, SHOWN_ROWS, SetupModel

COLUMN_PX, HEIGHT_PX, MOST_COLUMNS = 168, 204, 40
_CHOICES = tuple((str(value), words) for value, words in COLUMN_WORDS)


class MappingTable(QScrollArea):
    """`chosen` carries (heading, meaning)."""

    chosen = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFixedHeight(HEIGHT_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        holder.setObjectName("scrolled")
        self._columns = hbox(holder, 12, QMargins(0, 0, 0, 12))
        self.setWidget(holder)
        self._dropdowns: dict[str, Dropdown] = {}
        self._shown: tuple[object, ...] = ()

    def show_model(self, model: SetupModel) -> None:
        """Show the sample as it is cut now; the same columns are kept, and the focus with them."""
        proposal = model.proposal
        shown = (proposal.headings, proposal.rows) if proposal else ()
        if shown == self._shown:
            for heading, dropdown in self._dropdowns.items():
                dropdown.set_choices(_CHOICES, model.meaning_of(heading))
            return
        self._shown, self._dropdowns = shown, {}
        empty(self._columns)
        for place, heading in enumerate(proposal.headings[:MOST_COLUMNS] if proposal else ()):
            cells = [row[place] if place < len(row) else "" for row in (proposal.rows if proposal else ())[:SHOWN_ROWS]]
            self._columns.addWidget(self._column(heading, cells, model.meaning_of(heading)))
        self._columns.addStretch(1)

    def _column(self, heading: str, cells: list[str], meaning: str) -> QWidget:
        holder = QWidget()
        holder.setFixedWidth(COLUMN_PX)
        column = vbox(holder, 6)
        dropdown = self._dropdowns[heading] = Dropdown(f"Column {heading}", _CHOICES, value=meaning)
        dropdown.picked.connect(partial(self._picked, heading))
        column.addWidget(dropdown)
        column.addWidget(Text(heading, TextRole.LABEL, "ink3", elide=True))
        for cell in cells:
            column.addWidget(Text(cell, TextRole.SMALL, elide=True))
        column.addStretch(1)
        return holder

    def _picked(self, heading: str, meaning: str) -> None:
        self.chosen.emit(heading, meaning)
