"""The panel of one entry: what is known, and its place in the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from photodesk.ui.controls import Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.log.words import action_words, shown_words, what_words
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, long_day_words, moment, role_words

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine

WIDTH_PX = 332


class DetailPanel(QWidget):
    """Hidden while nothing is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        self._column = vbox(self, 10, QMargins(20, 22, 20, 20))
        self._inner = QWidget()
        self._column.addWidget(self._inner)
        self.hide()

    def float_over(self, floating: bool) -> None:
        """With an outline of its own above the table, or as a column beside it."""
        outline = f"border: 1px solid {DESK.line2}; border-radius: 10px;" if floating else "border: none;"
        self.setStyleSheet(f"QWidget#panel {{ background: {DESK.panel}; {outline} }}")

    def show_line(self, line: ActivityLine | None) -> None:
        """Show an entry."""
        self.setVisible(line is not None)
        empty(self._column)
        if line is None:
            return
        self._inner = QWidget()
        inner = vbox(self._inner, 10)
        at = moment(line.at_ms)
        title = (
            f"{action_words(line.action.value)} {counted(len(line.photo_ids), 'photo')}"
            if line.photo_ids
            else (action_words(line.action.value))
        )
        inner.addWidget(Text(title, TextRole.HEADING))
        inner.addWidget(Text(f"{long_day_words(at.date())}, {at:%H:%M:%S}", TextRole.SMALL, "ink2"))
        inner.addSpacing(10)
        facts = (
            ("Person", line.user),
            ("Role", role_words(line.role.split())),
            ("Patient", line.patient),
            ("What", what_words(line)),
            ("Shown as", shown_words(line)),
            ("Purpose", line.purpose),
        )
        for name, value in facts:
            if value:
                inner.addLayout(_fact(name, value))
        inner.addSpacing(6)
        inner.addWidget(Line())
        inner.addWidget(Text("Place in the chain", TextRole.LABEL, "ink3"))
        inner.addLayout(_fact("Entry", f"{line.sequence:,}"))
        inner.addLayout(_fact("Workstation", line.workstation_id[:8], code=True))
        if line.chain:
            digits = line.chain.hex()
            inner.addLayout(_fact("Gives", f"{digits[:4]} {digits[4:8]} … {digits[-4:]}", code=True))
        inner.addStretch(1)
        self._column.addWidget(self._inner)


def _fact(name: str, value: str, *, code: bool = False) -> QHBoxLayout:
    row = hbox(None, 12)
    label = Text(name, TextRole.SMALL, "ink3")
    label.setFixedWidth(96)
    row.addWidget(label)
    row.addWidget(Text(value, TextRole.CODE_SMALL if code else TextRole.SMALL, wrap=True), 1)
    return row
