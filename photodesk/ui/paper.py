"""What everything on paper is drawn with: a page in px at 96 dpi for printers and PDFs alike, its words, its codes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPagedPaintDevice, QPainter

INK, QUIET = "#1A1A1A", "#666666"


def begin_page(device: QPagedPaintDevice) -> tuple[QPainter, QSizeF] | None:
    """A painter in px at 96 dpi and the page's size in them; None where the device does not begin."""
    painter = QPainter()
    if not painter.begin(device):
        return None
    scale = device.logicalDpiX() / 96
    painter.scale(scale, scale)
    return painter, QSizeF(device.width() / scale, device.height() / scale)


def qr_rows(code: str, quiet_zone: int = 2) -> tuple[tuple[bool, ...], ...]:
    """The code as a QR symbol, row by row, with a quiet zone of so many cells; True is dark."""
    import segno  # only what is printed or shown to a camera needs it, and it loads slowly

    symbol = segno.make(code, error="m", micro=False)
    return tuple(tuple(bool(cell) for cell in row) for row in symbol.matrix_iter(border=quiet_zone))


def paint_qr(painter: QPainter, box: QRectF, rows: tuple[tuple[bool, ...], ...]) -> None:
    """Draw the symbol into `box` on white."""
    side = box.width() / len(rows)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(box, QColor("#FFFFFF"))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                cell = QRectF(box.x() + x * side, box.y() + y * side, side + 0.3, side + 0.3)
                painter.fillRect(cell, QColor(INK))
    painter.restore()


def draw_words(
    painter: QPainter,
    box: QRectF,
    text: str,
    size_px: int,
    weight: int,
    ink: str = INK,
    *,
    mono: bool = False,
    centred: bool = False,
) -> None:
    """Text from the top of `box`, from the left or `centred`, broken into lines."""
    painter.setFont(words_font(size_px, weight, mono=mono))
    painter.setPen(QColor(ink))
    side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, side | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, text)


def words_font(size_px: int, weight: int, *, mono: bool = False) -> QFont:
    """The face of words on paper."""
    face = QFont()
    face.setFamilies(["DejaVu Sans Mono", "monospace"] if mono else ["Inter", "sans-serif"])
    face.setPixelSize(size_px)
    face.setWeight(QFont.Weight(weight))
    return face
