"""Three to six photos beside each other: one cell each, with its letter, date and visit, and how it lies."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from photodesk.ui.compare.pane import SEAM_PX
from photodesk.ui.compare.photo_canvas import PhotoCanvas
from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import SURROUNDS, VIEWING

LETTERS = "ABCDEF"
HEAD_PX = 36
COLUMNS = {3: 3, 4: 2, 5: 3, 6: 3}


class CellHead(QWidget):
    """Letter, date, visit at the left; how it lies at the right. Nothing covers the photo."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self._letter, self._day, self._visit, self._state = letter, "", "", ""
        self._warns = self._chosen = self._quiet = False
        self.setFixedHeight(HEAD_PX)

    def show_words(self, day: str, visit: str, state: str, *, warns: bool, chosen: bool) -> None:
        """What is said of the photo; `chosen` is the one the keys step."""
        self._day, self._visit, self._state, self._warns, self._chosen = day, visit, state, warns, chosen
        self._tell()
        self.update()

    def hush(self, quiet: bool) -> None:
        """Say nothing, to eyes or to a screen reader: a patient looks on."""
        self._quiet = quiet
        self.setVisible(not quiet)
        self._tell()

    def _tell(self) -> None:
        said = (f"{self._letter} {self._day}", self._visit, self._state)
        self.setAccessibleName("" if self._quiet else ", ".join(filter(None, said)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(self.rect())
        painter.fillRect(self.rect(), QColor(VIEWING.accent_soft if self._chosen else VIEWING.panel))
        plate = QRectF(10, 6, 24, 24)
        rounded(painter, plate, 4, "#F2F2F2")
        painter.setPen(QColor("#1A1A1A"))
        painter.setFont(font(TextRole.BODY_STRONG, weight=600))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._letter)
        small = font(TextRole.SMALL)
        metrics, centre = QFontMetricsF(small), Qt.AlignmentFlag.AlignVCenter
        state = metrics.horizontalAdvance(self._state) + 12
        strong = font(TextRole.BODY_STRONG)
        painter.setFont(strong)
        painter.setPen(QColor(VIEWING.ink))
        painter.drawText(box.adjusted(44, 0, 0, 0), centre, self._day)
        left = 44 + QFontMetricsF(strong).horizontalAdvance(self._day) + 10
        painter.setFont(small)
        painter.setPen(QColor(VIEWING.ink3))
        room = box.width() - left - state - 8
        if room > 40:
            painter.drawText(
                box.adjusted(left, 0, 0, 0), centre, metrics.elidedText(self._visit, Qt.TextElideMode.ElideRight, room)
            )
        painter.setPen(QColor(VIEWING.warn if self._warns else VIEWING.ink2))
        painter.drawText(box.adjusted(0, 0, -12, 0), centre | Qt.AlignmentFlag.AlignRight, self._state)


class Cell(QWidget):
    """A head and a canvas. `chosen` when a hand pressed it."""

    chosen = Signal()

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.head, self.canvas = CellHead(letter), PhotoCanvas(f"Photo {letter}")
        column = vbox(self)
        column.addWidget(self.head)
        column.addWidget(self.canvas, 1)
        self._chooser = Chooser(self)
        self.canvas.take_hand(self._chooser)


class Chooser:
    """The press chooses a cell, and goes on to move its photo."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def press(self, _canvas: PhotoCanvas, _event: QMouseEvent) -> bool:
        """Choose, and take nothing from the canvas."""
        self._cell.chosen.emit()
        return False

    def move(self, _canvas: PhotoCanvas, _event: QMouseEvent) -> bool:
        """Nothing of its own."""
        return False

    release = move


class SeveralView(QWidget):
    """Three in a row, four in a square, five and six in two rows."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SEAM_PX)
        self.cells = tuple(Cell(letter) for letter in LETTERS)
        self.shown: tuple[Cell, ...] = ()
        for cell in self.cells:
            cell.setParent(self)
            cell.hide()
        self.hide()

    def arrange(self, count: int) -> None:
        """Show so many cells."""
        if len(self.shown) == count:
            return
        for cell in self.cells:
            self._grid.removeWidget(cell)
            cell.hide()
        self.shown = self.cells[:count]
        columns = COLUMNS.get(count, 3)
        for index in range(columns):
            self._grid.setColumnStretch(index, 1)
        for index in range(columns, 3):
            self._grid.setColumnStretch(index, 0)
        for index, cell in enumerate(self.shown):
            self._grid.addWidget(cell, index // columns, index % columns)
            cell.show()

    def show_heads(self, shown: bool) -> None:
        """What is said above each photo."""
        for cell in self.cells:
            cell.head.hush(not shown)

    def set_surround(self, grey: int) -> None:
        """The grey around the photos."""
        for cell in self.cells:
            cell.canvas.set_surround(SURROUNDS[grey])

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(VIEWING.line))
