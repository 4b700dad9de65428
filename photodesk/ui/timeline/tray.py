"""The tray: A → B with their interval, and the one next step."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.photo_drag import PhotoDrop
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.model import Mark, TimelineModel
from photodesk.ui.timeline.sections import title_of
from photodesk.ui.words import day_words

HEIGHT_PX, PICTURE_PX = 76, 52


class TraySide(QWidget):
    """A or B: its picture, its date and title. `dropped` carries the id of a photo dragged here."""

    dropped = Signal(object)

    def __init__(self, letter: str, source: PictureSource) -> None:
        super().__init__()
        self._letter, self._source, self._photo_id, self._over = letter, source, "", False
        PhotoDrop(self, self.dropped.emit, self._show_over)
        row = hbox(self, 10, QMargins(PICTURE_PX + 10, 0, 0, 0))
        column = vbox(None, 0)
        column.addStretch(1)
        self._day = Text("", TextRole.SMALL_STRONG)
        self._title = Text("", TextRole.SMALL, "ink2")
        column.addWidget(self._day)
        column.addWidget(self._title)
        column.addStretch(1)
        row.addLayout(column)
        self.setFixedHeight(PICTURE_PX)
        source.changed.connect(self.update)

    def show_mark(self, mark: Mark | None) -> None:
        """A photo, or the hint how to choose one."""
        self._photo_id = mark.photo.photo_id if mark else ""
        self._day.set_text(f"{self._letter}  {day_words(mark.visit.day)}" if mark else self._letter)
        self._title.set_text(title_of(mark.photo) if mark else f"Press {self._letter} on a photo")
        self.update()

    def _show_over(self, over: bool) -> None:
        self._over = over
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(0, 0, PICTURE_PX, PICTURE_PX)
        if self._over:
            rounded(painter, QRectF(self.rect()), 6, DESK.accent_soft, DESK.accent, 2)
        pixmap = self._source.pixmap(self._photo_id) if self._photo_id else None
        if pixmap is None:
            rounded(painter, box, 3, "#E4E4E4")
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = min(pixmap.width(), pixmap.height())
        source = QRectF((pixmap.width() - side) / 2, (pixmap.height() - side) / 2, side, side)
        painter.drawPixmap(box, pixmap, source)


class Tray(QWidget):
    """76 high, at the foot of the list. `marked`: a photo was dropped on A or B."""

    compare_asked = Signal()
    clear_asked = Signal()
    marked = Signal()

    def __init__(self, model: TimelineModel, source: PictureSource) -> None:
        super().__init__()
        self._model, self._source, self._expecting = model, source, False
        self.setFixedHeight(HEIGHT_PX)
        row = hbox(self, 12, QMargins(24, 1, 24, 0))
        self._a, self._b = TraySide("A", source), TraySide("B", source)
        self._a.dropped.connect(lambda photo_id: self._put(photo_id, before=True))
        self._b.dropped.connect(lambda photo_id: self._put(photo_id, before=False))
        self._arrow = Icon("arrow-right", DESK.ink2, 16)
        self._apart = Text("", TextRole.SMALL, "ink2")
        for widget in (self._a, self._arrow, self._apart, self._b):
            row.addWidget(widget)
        row.addStretch(1)
        clear = Button("Clear", ButtonKind.QUIET, key="Esc")
        clear.clicked.connect(self.clear_asked)
        self.compare = Button("Compare", ButtonKind.PRIMARY, key="C", height=48)
        self.compare.setFixedWidth(136)
        self.compare.clicked.connect(self.compare_asked)
        row.addWidget(clear)
        row.addSpacing(10)
        row.addWidget(self.compare)

    def expect(self, *, dragged: bool) -> None:
        """A photo is being dragged: there is a place to drop it."""
        self._expecting = dragged
        self.refresh()

    def _put(self, photo_id: object, *, before: bool) -> None:
        model, photo = self._model, str(photo_id)
        if before and model.before != photo:
            model.mark_before(photo)
        elif not before and model.after != photo:
            model.mark_after(photo)
        self.marked.emit()

    def refresh(self) -> None:
        """Show what is marked; hidden while nothing is."""
        model = self._model
        self.setVisible(bool(model.before or model.after or self._expecting))
        self._a.show_mark(model.mark(model.before))
        self._b.show_mark(model.mark(model.after))
        self._apart.set_text(model.interval())
        self._apart.setVisible(model.can_compare)
        self.compare.setEnabled(model.can_compare)
        if self.isVisible():
            self._source.want([p for p in (model.before, model.after) if p])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DESK.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(DESK.line2))
        painter.setPen(Qt.PenStyle.NoPen)
