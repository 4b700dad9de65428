"""The table of entries: virtual, 42 px rows painted by one delegate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from photodesk.ui.controls.avatar import draw_avatar
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.log.words import action_icon, action_words, flag_icon, what_words
from photodesk.ui.theme import DESK
from photodesk.ui.words import moment_words

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine

ROW_PX, MARGIN_PX = 42, 24
COLUMNS = (("Time", 0.0), ("Person", 0.125), ("Action", 0.285), ("What", 0.41), ("Patient", 0.62), ("Purpose", 0.76))
WHERE = 4  # the patient's column; of one patient it is the workstation's
CHIP_PX = 24
Index = QModelIndex | QPersistentModelIndex


class LineModel(QAbstractListModel):
    """The lines shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[ActivityLine, ...] = ()
        self.more = False
        self.wanted: Callable[[], None] = lambda: None

    def show_lines(self, lines: tuple[ActivityLine, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def add_lines(self, lines: tuple[ActivityLine, ...]) -> None:
        """Show these below; `lines` are all."""
        self.beginInsertRows(QModelIndex(), len(self.lines), len(lines) - 1)
        self.lines = lines
        self.endInsertRows()

    def canFetchMore(self, _parent: Index) -> bool:
        return self.more

    def fetchMore(self, _parent: Index) -> None:
        self.wanted()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Entry {line.sequence}, {action_words(line.action.value)}"
        return line if role == Qt.ItemDataRole.UserRole else None


def column_left(width: float, index: int) -> float:
    """Where a column begins, px."""
    return MARGIN_PX + (width - 2 * MARGIN_PX) * COLUMNS[index][1]


class LineDelegate(QStyledItemDelegate):
    """Paints one entry."""

    def __init__(self, today: date, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.flags_of: Callable[[ActivityLine], str] = lambda _: ""
        self.one_patient = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        if line is None:
            return
        t, box = DESK, QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(t.accent_soft))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(t.hover))
        painter.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), QColor(t.line))
        none_given = line.purpose == "none given"
        cells = (
            (moment_words(line.at_ms, self._today, seconds=True), t.ink2),
            (line.user, t.ink),
            (action_words(line.action.value), t.ink2),
            (what_words(line), t.ink2),
            (line.workstation if self.one_patient else line.patient, t.ink2),
            (line.purpose[:1].upper() + line.purpose[1:], t.warn if none_given else t.ink2),
        )
        painter.setFont(font(TextRole.SMALL))
        for number, (words, ink) in enumerate(cells):
            self._cell(painter, box, number, words, ink)
        if line.user:
            disc = QRectF(box.x() + column_left(box.width(), 1), box.y() + 8, 26, 26)
            draw_avatar(painter, disc, line.user, t)
        symbol = QRectF(box.x() + column_left(box.width(), 2), box.y() + 12, 18, 18)
        paint_icon(painter, action_icon(line.action.value), symbol, t.ink2)
        if chip := self.flags_of(line):
            self._chip(painter, box, chip)
        painter.restore()

    def _chip(self, painter: QPainter, box: QRectF, words: str) -> None:
        """At the right end: icon and word on the warning tint."""
        painter.setFont(font(TextRole.LABEL))
        wide = painter.fontMetrics().horizontalAdvance(words) + 38
        chip = QRectF(box.right() - MARGIN_PX - wide, box.center().y() - CHIP_PX / 2, wide, CHIP_PX)
        rounded(painter, chip, CHIP_PX / 2, DESK.warn_soft)
        paint_icon(painter, flag_icon(words), QRectF(chip.x() + 10, chip.y() + 5, 14, 14), DESK.warn)
        painter.setPen(QColor(DESK.warn))
        painter.drawText(chip.adjusted(29, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _cell(self, painter: QPainter, box: QRectF, number: int, words: str, ink: str) -> None:
        left = column_left(box.width(), number)
        end = column_left(box.width(), number + 1) if number + 1 < len(COLUMNS) else box.width() - MARGIN_PX
        indent = {1: 36, 2: 26}.get(number, 0)
        width = end - left - indent - 10
        painter.setPen(QColor(ink))
        shown = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, round(width))
        cell = QRectF(box.x() + left + indent, box.y(), width + 4, box.height())
        painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter, shown)


class ActivityTable(QListView):
    """`chosen` carries the line, or None."""

    chosen = Signal(object)

    def __init__(self, today: date) -> None:
        super().__init__()
        self.line_model = LineModel(self)
        self.setModel(self.line_model)
        self.delegate = LineDelegate(today, self)
        self.setItemDelegate(self.delegate)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Entries")
        self.selectionModel().currentChanged.connect(self._current)

    def _current(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None)
