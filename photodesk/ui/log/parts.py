"""The parts of the activity page and where they stand: card, filters, bars and table, and the panel of one entry."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QMargins, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Text, hbox, vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.log.badge import ChainCard
from photodesk.ui.log.bars import Bars
from photodesk.ui.log.detail import DetailPanel
from photodesk.ui.log.filters import FilterRow
from photodesk.ui.log.model import ActivityModel
from photodesk.ui.log.table import COLUMNS, WHERE, ActivityTable, column_left
from photodesk.ui.theme import DESK

NARROW_PX, FLOAT_TOP_PX = 1400, 92


class _Head(QWidget):
    """The table's column names."""

    def __init__(self, table: ActivityTable) -> None:
        super().__init__()
        self._table = table
        self.setFixedHeight(34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DESK.panel))
        for edge in (0, self.height() - 1):
            painter.fillRect(0, edge, self.width(), 1, QColor(DESK.line))
        painter.setFont(font(TextRole.LABEL))
        painter.setPen(QColor(DESK.ink3))
        for number, (words, _) in enumerate(COLUMNS):
            shown = "Workstation" if number == WHERE and self._table.delegate.one_patient else words
            box = QRectF(column_left(self._table.viewport().width(), number), 0, 160, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)


class ActivityParts:
    """Lays the parts out on `page`."""

    def __init__(self, page: QWidget, today: date) -> None:
        self._whole = whole = hbox(page)
        left = vbox(None)
        top = vbox(None, 16, QMargins(24, 20, 24, 8))
        self.card, self.filters, self.bars = ChainCard(), FilterRow(), Bars(today)
        for part in (self.card, self.filters, self.bars):
            top.addWidget(part)
        left.addLayout(top)
        self.table = ActivityTable(today)
        self._head = _Head(self.table)
        left.addWidget(self._head)
        left.addWidget(self.table, 1)
        self._empty = Text("", TextRole.LEAD, "ink2")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        left.addWidget(self._empty, 1)
        self._empty.hide()
        whole.addLayout(left, 1)
        self.detail = DetailPanel()
        whole.addWidget(self.detail)
        self._floating = False

    def show_model(self, model: ActivityModel) -> None:
        """Bring every part to what the model says."""
        self.card.show_model(model)
        self.filters.show_model(model)
        self.bars.show_bars(model.bars())
        self.table.delegate.one_patient = bool(model.question.patient_id)
        self._empty.set_text(model.sentence)
        self._empty.setVisible(bool(model.sentence))
        self.table.setVisible(not model.sentence)
        self.table.viewport().update()
        self._head.update()
        self.show_chosen(model)

    def show_chosen(self, model: ActivityModel) -> None:
        """The panel of the chosen entry, or none."""
        line = model.chosen
        flagged = model.flags_of(line) if line is not None else None
        self.detail.show_line(line, flagged, reviewed=line is not None and line.key in model.reviewed)

    def fit(self, size: QSize) -> None:
        """Where the table needs the whole width the panel stands above it."""
        narrow = size.width() < NARROW_PX
        if narrow != self._floating:
            self._floating = narrow
            self.detail.float_over(narrow)
            (self._whole.removeWidget if narrow else self._whole.addWidget)(self.detail)
        if narrow:
            width = self.detail.width()
            self.detail.setGeometry(size.width() - width - 20, FLOAT_TOP_PX, width, size.height() - FLOAT_TOP_PX - 20)
            self.detail.raise_()
