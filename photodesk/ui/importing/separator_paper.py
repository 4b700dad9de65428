"""Separator cards on paper: eight on a page to be cut, the same drawing for a printer, a PDF and a picture.

The code names nobody; name, number and birth date stand beside it for the human.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from photodesk.importing.separator_cards import SeparatorCard
from photodesk.ui.paper import QUIET, begin_page, draw_words, paint_qr, qr_rows, words_font
from photodesk.ui.words import day_words, time_words

COLUMNS, ROWS = 2, 4
QUIET_ZONE = 4
SMALLEST_PX = 7
CARD_WIDTH, CARD_HEIGHT = 350.0, 250.0
PICTURE_SCALE = 4
CUT_LINE = "#C4C4C4"
HINT = "Photograph this card before the first photo and again after the last."


def print_separators(
    device: QPagedPaintDevice, cards: Sequence[SeparatorCard], texts: Sequence[str], clinic: str
) -> bool:
    """Draw cards on a printer or a PDF, as many pages as it takes; False where the device does not begin."""
    begun = begin_page(device)
    if begun is None:
        return False
    painter, page = begun
    width, height = page.width() / COLUMNS, page.height() / ROWS
    for number, (card, text) in enumerate(zip(cards, texts, strict=True)):
        place = number % (COLUMNS * ROWS)
        if number and not place:
            device.newPage()
        box = QRectF((place % COLUMNS) * width, (place // COLUMNS) * height, width, height)
        paint_card(painter, box, card, text, clinic)
    return painter.end()


def write_pdf(path: Path, cards: Sequence[SeparatorCard], texts: Sequence[str], clinic: str) -> bool:
    """A4 pages; False where the file cannot be written. Only its owner may read the file."""
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(10, 10, 10, 10), QPageLayout.Unit.Millimeter)
    writer.setTitle("PhotoDesk separator cards")
    writer.setResolution(300)
    if not _owned(path):
        return False
    return print_separators(writer, cards, texts, clinic)


def write_png(path: Path, card: SeparatorCard, text: str, clinic: str) -> bool:
    """One card as a picture, 1400 px wide."""
    image = QImage(round(CARD_WIDTH * PICTURE_SCALE), round(CARD_HEIGHT * PICTURE_SCALE), QImage.Format.Format_RGB32)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    painter.scale(PICTURE_SCALE, PICTURE_SCALE)
    paint_card(painter, QRectF(0, 0, CARD_WIDTH, CARD_HEIGHT), card, text, clinic)
    painter.end()
    return _owned(path) and image.save(str(path), "PNG")  # type: ignore[call-overload]


def paint_card(painter: QPainter, box: QRectF, card: SeparatorCard, text: str, clinic: str) -> None:
    """One card with its cut line: the code as large as it fits, the words beside it."""
    painter.setPen(QPen(QColor(CUT_LINE), 1, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)
    side = min(box.height() - 20, box.width() * 0.62)
    code = QRectF(box.x() + 6, box.center().y() - side / 2, side, side)
    paint_qr(painter, code, qr_rows(text, QUIET_ZONE))
    left, top = code.right() + 4, code.top() + 14
    width = box.right() - left - 10
    patient = card.patient
    lines = (
        (patient.family, 17, 600, 44.0),
        (patient.given, 15, 500, 40.0),
        (patient.mrn, 12, 400, 20.0),
        (f"Born {day_words(patient.birth)}", 11, 400, 20.0),
        (f"{day_words(card.day)} {time_words(card.at)}".strip(), 11, 400, 20.0),
        (clinic, 9, 400, 26.0),
    )
    for words, size_px, weight, height in lines:
        room = QRectF(left, top, width, height)
        draw_words(painter, room, words, _fitting(words, room, size_px, weight), weight)
        top += height
    draw_words(painter, QRectF(left, code.bottom() - 44, width, 40), HINT, 8, 400, QUIET)


def _fitting(words: str, room: QRectF, size_px: int, weight: int) -> int:
    """The largest size up to `size_px` at which the words fit, at least 7."""
    wrap = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
    while size_px > SMALLEST_PX:
        needed = QFontMetricsF(words_font(size_px, weight)).boundingRect(
            QRectF(0, 0, room.width(), 10_000), wrap, words
        )
        if needed.height() <= room.height() and needed.width() <= room.width():
            break
        size_px -= 1
    return size_px


def _owned(path: Path) -> bool:
    """Make the file, for its owner only; False where that cannot be."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    except OSError:
        return False
    with suppress(OSError):  # a stick's file system may have no rights of its own
        path.chmod(0o600)
    return True
