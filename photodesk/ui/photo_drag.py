"""Dragging a photo inside PhotoDesk: from a list, a grid or a filmstrip onto a place that takes one.

What is dragged never leaves the process: the data other programs could ask for is empty, and the place that takes it
asks the widget it came from.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from photodesk.ui.controls.painting import rounded
from photodesk.ui.icons import paint_icon

FORMAT = "application/x-photodesk-photo"
CARD_PX = 40


class PhotoDrag(QObject):
    """Begins a drag on `widget` when the pointer leaves where it went down on a photo. `photo_at` tells which, or "".

    `began` and `ended` let the page show where it can go.
    """

    def __init__(
        self,
        widget: QWidget,
        photo_at: Callable[[QPoint], str],
        began: Callable[[], None] = lambda: None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(widget)
        self._widget, self._photo_at, self._began, self._ended = widget, photo_at, began, ended
        self._from = QPoint()
        self.photo_id = ""
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        at = event.position().toPoint()
        if event.type() == QEvent.Type.MouseButtonPress:
            plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
            self._from, self.photo_id = at, self._photo_at(at) if plain else ""
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self.photo_id = ""
        elif event.type() == QEvent.Type.MouseMove and self.photo_id and event.buttons() & Qt.MouseButton.LeftButton:
            if (at - self._from).manhattanLength() >= QApplication.startDragDistance():
                self.start()
            return True
        return False

    def start(self) -> None:
        """Drag the photo that the pointer went down on; returns when it was let go."""
        data = QMimeData()
        data.setData(FORMAT, b"")
        drag = QDrag(self._widget)
        drag.setMimeData(data)
        drag.setPixmap(_card(self._widget.devicePixelRatioF()))
        drag.setHotSpot(QPoint(CARD_PX // 2, CARD_PX // 2))
        self._widget.setProperty(FORMAT, self.photo_id)
        self._began()
        try:
            drag.exec(Qt.DropAction.CopyAction)
        finally:
            self._widget.setProperty(FORMAT, "")
            self.photo_id = ""
            self._ended()


class PhotoDrop(QObject):
    """Lets `widget` take a dragged photo: `dropped` gets its id, `over` whether one is above it now."""

    def __init__(
        self, widget: QWidget, dropped: Callable[[str], None], over: Callable[[bool], None] = lambda _over: None
    ) -> None:
        super().__init__(widget)
        self._dropped, self._over = dropped, over
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent):  # entering and moving are drop events too
            photo_id = dragged_photo(event)
            if not photo_id:
                return False
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            moving = isinstance(event, QDragMoveEvent | QDragEnterEvent)
            self._over(moving)
            if not moving:
                self._dropped(photo_id)
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._over(False)
        return False


def dragged_photo(event: QDropEvent) -> str:
    """The id of the photo of this desk that is dragged; "" for everything else."""
    source = event.source()
    known = source.property(FORMAT) if source is not None and event.mimeData().hasFormat(FORMAT) else ""
    return str(known or "")


def _card(ratio: float) -> QPixmap:
    """What follows the pointer: no photo, since the pointer may leave the window."""
    made = QPixmap(QSize(round(CARD_PX * ratio), round(CARD_PX * ratio)))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    rounded(painter, QRectF(0, 0, CARD_PX, CARD_PX), 6, "#F2F2F2", "#1A1A1A")
    paint_icon(painter, "image", QRectF(9, 9, 22, 22), "#1A1A1A")
    painter.end()
    return made
