"""The list of visits: one row a visit, painted by one delegate, thumbnails only where they are seen."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from photodesk.ui.picture_source import PictureSource
from photodesk.ui.timeline.geometry import DEFAULT_PX, Cell, SectionLayout, lay_out, well_height
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.painting import MARGIN_PX, TOP_PX, SectionPainter
from photodesk.ui.words import counted, day_words

ASK_AFTER_MS = 25
AnyIndex = QModelIndex | QPersistentModelIndex


class VisitRows(QAbstractListModel):
    """Sections as rows; what a screen reader says of a visit."""

    def __init__(self, model: TimelineModel) -> None:
        super().__init__()
        self._model = model

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._model.sections)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole} or not index.isValid():
            return None
        section = self._model.sections[index.row()]
        files = f", {counted(len(section.attachments), 'file')}" if section.attachments else ""
        return f"Visit of {day_words(section.visit.day)}, {counted(len(section.photos), 'photo')}{files}"

    def reset(self) -> None:
        """Sections have changed."""
        self.beginResetModel()
        self.endResetModel()


class VisitDelegate(QStyledItemDelegate):
    """Paints one visit."""

    def __init__(self, owner: VisitList, painter: SectionPainter) -> None:
        super().__init__(owner)
        self._owner, self._painter = owner, painter

    def sizeHint(self, _option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(self._owner.viewport().width(), self._owner.layout_of(index.row()).height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row, rect = index.row(), QRect(option.rect)
        self._painter.paint(painter, rect, row, self._owner.layout_of(row), self._owner.viewport().rect())


class VisitList(QListView):
    """The virtual list. `picked` carries (photo id, add, through); `opened` a photo id; `moved` that it scrolled;
    `menu_asked` that the photo with the focus was clicked with the right button."""

    picked = Signal(object)
    opened = Signal(object)
    moved = Signal()
    menu_asked = Signal()

    def __init__(self, model: TimelineModel, source: PictureSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._source = model, source
        self._layouts: dict[int, SectionLayout] = {}
        self.thumbnail_px = DEFAULT_PX
        self._rows = VisitRows(model)
        self.setModel(self._rows)
        self.setItemDelegate(VisitDelegate(self, SectionPainter(model, source)))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("visits")
        self.setStyleSheet("QListView#visits { background: transparent; border: none; }")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName("Visits")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().setSingleStep(40)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(ASK_AFTER_MS)
        self._ask.timeout.connect(self.ask_for_visible)
        source.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def layout_of(self, row: int) -> SectionLayout:
        """The geometry of a row, computed once."""
        found = self._layouts.get(row)
        if found is None:
            width = self.width() - 2 * MARGIN_PX  # the scroll bar stands in the margin
            found = lay_out(self._model.sections[row], width, self.thumbnail_px)
            self._layouts[row] = found
        return found

    def rebuild(self) -> None:
        """Sections, width or thumbnail size have changed."""
        self._layouts.clear()
        self._source.set_size(self.thumbnail_px, well_height(self.thumbnail_px), self.devicePixelRatioF())
        self._rows.reset()
        self.scheduleDelayedItemsLayout()
        self._ask.start()

    def set_thumbnail_px(self, width_px: int) -> None:
        """Another size of thumbnails; the photo with the focus stays in view."""
        if width_px != self.thumbnail_px:
            self.thumbnail_px = width_px
            self.rebuild()
            self.show_photo(self._model.focus)

    # -- what is seen -------------------------------------------------------------------------------------------

    def visible_rows(self) -> range:
        """Rows that touch the viewport."""
        count = self._rows.rowCount()
        if not count or self.viewport().height() < 2:
            return range(0)
        first = self.indexAt(QPoint(5, 1)).row()
        last = self.indexAt(QPoint(5, self.viewport().height() - 2)).row()
        return range(max(0, first), (last if last >= 0 else count - 1) + 1)

    def visible_photos(self) -> tuple[str, ...]:
        """Ids of the thumbnails that touch the viewport."""
        found: list[str] = []
        high = self.viewport().height()
        for row in self.visible_rows():
            top = self.visualRect(self._rows.index(row)).top() + TOP_PX
            found += [cell.photo_id for cell in self.layout_of(row).between(-top, high - top)]
        return tuple(found)

    def ask_for_visible(self) -> None:
        """Ask the gate for what is seen now, as one batch."""
        if self.isVisible():
            self._source.want(self.visible_photos())
            self.moved.emit()

    def well_of(self, photo_id: str) -> QRect | None:
        """Where a photo's well lies in the viewport."""
        for row, section in enumerate(self._model.sections):
            if any(photo.photo_id == photo_id for photo in section.photos):
                layout = self.layout_of(row)
                cell = next(c for c in layout.cells if c.photo_id == photo_id)
                rect = self.visualRect(self._rows.index(row))
                return QRect(
                    rect.left() + MARGIN_PX + cell.x,
                    rect.top() + TOP_PX + cell.y,
                    layout.well_width,
                    layout.well_height,
                )
        return None

    def photo_beside(self, photo_id: str, by: int) -> str:
        """The nearest photo of the next line down (`by` 1) or up (−1), in this visit or another; itself at the end."""
        well, order = self.well_of(photo_id), self._model.order
        if well is None:
            return photo_id
        at = order.index(photo_id)
        ahead = order[at + 1 : at + 200] if by > 0 else tuple(reversed(order[max(0, at - 200) : at]))
        best, rank = photo_id, (1 << 30, 1 << 30)
        for other_id in ahead:
            other = self.well_of(other_id)
            if other is None or (other.top() - well.top()) * by <= 0:
                continue
            now = (abs(other.top() - well.top()), abs(other.left() - well.left()))
            if now[0] > rank[0]:
                break
            if now < rank:
                best, rank = other_id, now
        return best

    def photo_a_page_on(self, photo_id: str, by: int) -> str:
        """The photo a viewport further down (`by` 1) or up (−1), or the last line on the way."""
        start, found = self.well_of(photo_id), photo_id
        while start is not None:
            beside = self.photo_beside(found, by)
            well = self.well_of(beside)
            if beside == found or well is None:
                break
            found = beside
            if abs(well.top() - start.top()) >= self.viewport().height() - 2 * start.height():
                break
        return found

    def show_photo(self, photo_id: str) -> None:
        """Scroll as little as needed to show a photo whole."""
        well = self.well_of(photo_id)
        if well is None:
            return
        bar, high = self.verticalScrollBar(), self.viewport().height()
        if well.top() < 48:
            bar.setValue(bar.value() + well.top() - 48)
        elif well.bottom() + 34 > high:
            bar.setValue(bar.value() + well.bottom() + 34 - high)
        self.viewport().update()

    def show_row(self, row: int) -> None:
        """Scroll a visit to the top."""
        self.scrollTo(self._rows.index(row), QAbstractItemView.ScrollHint.PositionAtTop)

    def cell_at(self, point: QPoint) -> Cell | None:
        """The thumbnail at a point of the viewport."""
        index = self.indexAt(point)
        if not index.isValid():
            return None
        rect = self.visualRect(index)
        return self.layout_of(index.row()).hit(point.x() - rect.left() - MARGIN_PX, point.y() - rect.top() - TOP_PX)

    # -- events -------------------------------------------------------------------------------------------------

    def _scrolled(self) -> None:
        if not self._ask.isActive():
            self._ask.start()
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.rebuild()
        elif not self._ask.isActive():
            self._ask.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if cell is None or event.button() not in {Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton}:
            return
        held = event.modifiers()
        if event.button() == Qt.MouseButton.RightButton:
            if cell.photo_id not in self._model.selected:
                self.picked.emit((cell.photo_id, False, False))
            self.menu_asked.emit()
            return
        self.picked.emit(
            (
                cell.photo_id,
                bool(held & Qt.KeyboardModifier.ControlModifier),
                bool(held & Qt.KeyboardModifier.ShiftModifier),
            )
        )

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell is not None:
            self.opened.emit(cell.photo_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the page knows the keys
