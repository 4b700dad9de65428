"""The groups of an import at the left: whose they are, how that is known, how many, and what is next."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QEvent, QItemSelectionModel, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.controls.thumbnails import draw_cover, pixmap_of
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.importing.group_line import GroupLine
from photodesk.ui.importing.tile_grid import shots_dragged
from photodesk.ui.importing.tiles import Index
from photodesk.ui.theme import DESK

ROW_PX, WELL, MARGIN_PX, ASK_AFTER_MS = 84, QSize(72, 54), 16, 60


class _Lines(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: tuple[GroupLine, ...] = ()

    def show_lines(self, lines: tuple[GroupLine, ...]) -> None:
        same = [line.group_id for line in self.lines] == [line.group_id for line in lines]
        if not same:
            self.beginResetModel()
        self.lines = lines
        if not same:
            self.endResetModel()
        elif lines:
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDropEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return ", ".join(words for words in (line.title, line.under, line.count, line.state) if words)
        return line if role == Qt.ItemDataRole.UserRole else None


class _Delegate(QStyledItemDelegate):
    def __init__(self, owner: GroupList) -> None:
        super().__init__(owner)
        self._owner = owner

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(100, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(line, GroupLine):
            return
        painter.save()
        box = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, QColor(DESK.accent_soft))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(DESK.hover))
        painter.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), QColor(DESK.line))
        well = QRectF(box.x() + MARGIN_PX, box.y() + (ROW_PX - WELL.height()) / 2, WELL.width(), WELL.height())
        self._well(painter, well, line)
        self._words(painter, box.adjusted(MARGIN_PX + WELL.width() + 12, 0, -MARGIN_PX, 0), line)
        if index.row() == self._owner.drop_row or (chosen and self._owner.hasFocus()):
            draw_focus_ring(painter, box.adjusted(1, 1, -1, -2), 4, DESK.accent)
        painter.restore()

    def _well(self, painter: QPainter, well: QRectF, line: GroupLine) -> None:
        picture = self._owner.pictures.get(line.shot_id)
        if picture is not None:
            draw_cover(painter, well, picture)
            return
        rounded(painter, well, 3, "#E0E0E0")
        if line.label:
            paint_icon(painter, "qr-code", QRectF(well.center().x() - 13, well.center().y() - 13, 26, 26), DESK.ink2)

    def _words(self, painter: QPainter, box: QRectF, line: GroupLine) -> None:
        top, below = QRectF(box.x(), box.y() + 20, box.width(), 20), QRectF(box.x(), box.y() + 43, box.width(), 20)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(TextRole.SMALL))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(DESK.ink2))
        painter.drawText(top, right, line.count)
        count_px = metrics.horizontalAdvance(line.count) + 8
        painter.setPen(QColor(getattr(DESK, line.tone)))
        painter.drawText(below, right, line.state)
        state_px = metrics.horizontalAdvance(line.state) + 8 if line.state else 0.0
        if line.state_icon:
            icon = QRectF(below.right() - state_px - 10, below.center().y() - 8, 16, 16)
            paint_icon(painter, line.state_icon, icon, getattr(DESK, line.tone))
            state_px += 18
        paint_icon(painter, line.icon, QRectF(below.x(), below.y() + 2, 15, 15), DESK.ink2)
        painter.setPen(QColor(DESK.ink2))
        under = QRectF(below.x() + 21, below.y(), below.width() - 21 - state_px, 20)
        elide, middle = Qt.TextElideMode.ElideRight, Qt.AlignmentFlag.AlignVCenter
        painter.drawText(under, middle, metrics.elidedText(line.under, elide, under.width()))
        painter.setFont(font(TextRole.BODY_STRONG))
        painter.setPen(QColor(DESK.ink))
        names = QFontMetricsF(painter.font()).elidedText(line.title, elide, top.width() - count_px)
        painter.drawText(top, middle, names)


class GroupList(QListView):
    """`picked` carries a group's id; `dropped` (shot ids, group id or None below the last); `wanted` shots in sight."""

    picked = Signal(object)
    dropped = Signal(object, object)
    wanted = Signal(object)
    into_tiles = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = _Lines(self)
        self.pictures: dict[str, QPixmap | None] = {}
        self.colours: DisplayColours | None = None
        self.drop_row = -1
        self.previews = True
        self.setModel(self.lines)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListView { background: transparent; }")
        self.setAccessibleName("Groups")
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(ASK_AFTER_MS)
        self._pause.timeout.connect(self.ask)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._pause.start())

    def show_lines(self, lines: tuple[GroupLine, ...], chosen: str) -> None:
        """Show these groups and which is chosen."""
        self.lines.show_lines(lines)
        row = next((row for row, line in enumerate(lines) if line.group_id == chosen), -1)
        if row >= 0 and self.currentIndex().row() != row:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self.lines.index(row), flags)
        elif row >= 0:
            self.selectionModel().select(self.lines.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._pause.start()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        line = current.data(Qt.ItemDataRole.UserRole)
        if isinstance(line, GroupLine):
            self.picked.emit(line.group_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Right:
            self.into_tiles.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or (event.text() and event.text().isprintable()):
            event.ignore()
        else:
            super().keyPressEvent(event)

    # -- pictures --

    def ask(self) -> None:
        """Ask for the first picture of each group in sight."""
        if not self.previews or not self.isVisible() or not self.lines.lines:
            return
        last = self.verticalScrollBar().value() + self.viewport().height()
        rows = range(self.verticalScrollBar().value() // ROW_PX, min(len(self.lines.lines), last // ROW_PX + 1))
        shots = [self.lines.lines[row].shot_id for row in rows]
        found = tuple(shot_id for shot_id in shots if shot_id and shot_id not in self.pictures)
        if found:
            self.pictures.update(dict.fromkeys(found))
            self.wanted.emit(found)

    def took(self, pictures: dict[str, bytes]) -> None:
        """Pictures from the gate."""
        for shot_id, data in pictures.items():
            self.pictures[shot_id] = pixmap_of(data, WELL, self.devicePixelRatioF(), self.colours)
        self.viewport().update()

    def forget(self) -> None:
        """The page was left."""
        self.pictures.clear()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._pause.start()

    # -- tiles dragged here --

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if shots_dragged(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if shots_dragged(event.mimeData()):
            event.acceptProposedAction()
            self._point_at(self.indexAt(event.position().toPoint()).row())

    def dragLeaveEvent(self, _event: QEvent) -> None:
        self._point_at(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        self._point_at(-1)
        line = self.indexAt(event.position().toPoint()).data(Qt.ItemDataRole.UserRole)
        shots = shots_dragged(event.mimeData())
        if shots:
            event.acceptProposedAction()
            self.dropped.emit(shots, line.group_id if isinstance(line, GroupLine) else None)

    def _point_at(self, row: int) -> None:
        self.drop_row = row
        self.viewport().update()
