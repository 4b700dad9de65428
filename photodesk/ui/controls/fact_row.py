"""A fact on a page: a quiet label of one width, what is known, and something small beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole


def fact_row(name: str, value: str, label_px: int, side: QWidget | None = None) -> QWidget:
    """The row; a long value wraps, label and `side` stay at its first line."""
    holder = QWidget()
    row = hbox(holder, 16)
    label = Text(name, TextRole.BODY, "ink3")
    label.setFixedWidth(label_px)
    row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Text(value, TextRole.BODY, wrap=True), 1)
    if side is not None:
        row.addWidget(side, 0, Qt.AlignmentFlag.AlignTop)
    return holder
