"""Phosphor icons, regular weight, in the theme's colours, and PhotoDesk's own mark.

The font is the one QtAwesome carries. QtAwesome itself is not imported: it loads every font and every class of Qt
first, which takes longer than all else up to the sign-in.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from photodesk.ui.theme import DESK, Theme

GLYPH_SHARE = 0.875  # of the icon's height: leaves room for the font's bearing


@cache
def _phosphor() -> tuple[str, dict[str, str]]:
    """The family of the icon font, registered with Qt once, and its code points in hex by name."""
    package = find_spec("qtawesome")
    folder = Path(package.submodule_search_locations[0]) if package and package.submodule_search_locations else Path()
    font_file = next((folder / "fonts").glob("phosphor-[0-9]*.ttf"))
    names: dict[str, str] = json.loads(next((folder / "fonts").glob("phosphor-charmap-*.json")).read_bytes())
    number = QFontDatabase.addApplicationFontFromData(font_file.read_bytes())
    return QFontDatabase.applicationFontFamilies(number)[0], names


def code_point(name: str) -> str:
    """The character of an icon in hex; a question mark's where there is none of that name, for painting never fails."""
    names = _phosphor()[1]
    return names.get(name) or names["question"]


def paint_icon(painter: QPainter, name: str, box: QRectF, colour: str) -> None:
    """Draw the icon `name` (without a `ph.` prefix) into `box`, sharp at the painter's device ratio."""
    family = _phosphor()[0]
    rect = box.toRect()
    face = QFont(family)
    face.setPixelSize(max(1, round(GLYPH_SHARE * rect.height())))
    painter.save()
    painter.setOpacity(1.0)
    painter.setPen(QColor(colour))
    painter.setFont(face)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, chr(int(code_point(name), 16)))
    painter.restore()


def icon_pixmap(name: str, colour: str, size: QSize, ratio: float) -> QPixmap:
    """The icon alone, `size` in logical px at this device ratio."""
    pixmap = QPixmap((size.toSizeF() * ratio).toSize())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, name, QRectF(pixmap.rect()), colour)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


class Icon(QLabel):
    """An icon beside text; 18 px unless told. It says nothing to a screen reader: the word beside it does."""

    def __init__(self, name: str, colour: str = DESK.ink2, size_px: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size_px = size_px
        self.setFixedSize(size_px, size_px)
        self.show_icon(name, colour)

    def show_icon(self, name: str, colour: str) -> None:
        """Show another icon."""
        size = QSize(self._size_px, self._size_px)
        self.setPixmap(icon_pixmap(name, colour, size, self.devicePixelRatioF()))


class Mark(QWidget):
    """The product's mark: two plates, the earlier and the later photo."""

    def __init__(self, size_px: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedSize(size_px, size_px)

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = float(self.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.ink))
        painter.drawRoundedRect(QRectF(0, 0, side, side), side * 8 / 36, side * 8 / 36)
        draw_plates(painter, QRectF(0, 0, side, side), self._theme.panel if self._theme.name == "desk" else "#1A1A1A")


def draw_plates(painter: QPainter, box: QRectF, colour: str) -> None:
    """The two plates of the mark, without their ground."""
    unit = box.width() / 36
    pen = QPen(QColor(colour), 2 * unit)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(box.x() + 10 * unit, box.y() + 11.5 * unit, 8 * unit, 13 * unit), 2 * unit, 2 * unit)
    painter.drawPolyline(
        [
            QRectF(box.x() + 21 * unit, box.y() + 11.5 * unit, 0, 0).topLeft(),
            QRectF(box.x() + 26.5 * unit, box.y() + 11.5 * unit, 0, 0).topLeft(),
            QRectF(box.x() + 26.5 * unit, box.y() + 24.5 * unit, 0, 0).topLeft(),
            QRectF(box.x() + 21 * unit, box.y() + 24.5 * unit, 0, 0).topLeft(),
        ]
    )


def window_icon() -> QIcon:
    """The mark as an icon of the window."""
    pixmap = QPixmap(128, 128)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(DESK.ink))
    painter.drawRoundedRect(QRectF(0, 0, 128, 128), 28, 28)
    draw_plates(painter, QRectF(0, 0, 128, 128), DESK.panel)
    painter.end()
    return QIcon(pixmap)
