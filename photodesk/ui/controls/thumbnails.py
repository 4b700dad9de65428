"""A well for one thumbnail: empty until its view is logged, then the picture at once. It never fades."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.painting import rounded
from photodesk.ui.decoding import cover_image
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.icons import paint_icon
from photodesk.ui.theme import DESK, Theme

RADIUS_PX = 3


def pixmap_of(
    rendition: bytes, box: QSize, ratio: float = 1.0, colours: DisplayColours | None = None
) -> QPixmap | None:
    """One of our own renditions (JPEG vouched for by the store), cropped to `box` px of a screen of this device ratio
    and these colours; None when it does not decode.

    Only bytes that came through the viewing gate may come here. GUI thread only.
    """
    image = cover_image(rendition, round(box.width() * ratio), round(box.height() * ratio))
    if image.isNull():
        return None
    return QPixmap.fromImage(image if colours is None else colours.shown(image))


def draw_cover(painter: QPainter, box: QRectF, pixmap: QPixmap) -> None:
    """The picture cropped to fill `box`, centred."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scale = max(box.width() / pixmap.width(), box.height() / pixmap.height())
    width, height = box.width() / scale, box.height() / scale
    source = QRectF((pixmap.width() - width) / 2, (pixmap.height() - height) / 2, width, height)
    path = QPainterPath()
    path.addRoundedRect(box, RADIUS_PX, RADIUS_PX)
    painter.save()
    painter.setClipPath(path)
    painter.drawPixmap(box, pixmap, source)
    painter.restore()


class ThumbnailWell(QWidget):
    """The well as a widget, `width` × `height` px. `icon` and `words` stand in for what cannot be shown."""

    def __init__(self, width: int, height: int, *, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pixmap: QPixmap | None = None
        self._icon, self._words = "", ""
        self.setFixedSize(width, height)

    def show_rendition(self, rendition: bytes | None, colours: DisplayColours | None = None) -> None:
        """Show a rendition from the gate in the colours of the screen, or an empty well."""
        self._pixmap = pixmap_of(rendition, self.size(), self.devicePixelRatioF(), colours) if rendition else None
        self.update()

    def show_words(self, icon: str, words: str) -> None:
        """Say why there is no picture."""
        self._icon, self._words = icon, words
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(self.rect())
        if self._pixmap is not None:
            draw_cover(painter, box, self._pixmap)
            return
        if not self._icon:
            rounded(painter, box, RADIUS_PX, self._theme.well if self._theme.name == "viewing" else "#E8E8E8")
            return
        rounded(painter, box, RADIUS_PX, self._theme.panel, self._theme.line2)
        paint_icon(painter, self._icon, QRectF(box.center().x() - 11, box.center().y() - 24, 22, 22), self._theme.ink2)
        painter.setPen(QColor(self._theme.ink2))
        painter.drawText(
            box.adjusted(6, box.height() / 2 + 4, -6, -4),
            Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap,
            self._words,
        )
