"""The recovery kit on paper: the same drawing for a printer and a PDF."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF
from PySide6.QtGui import QColor, QPagedPaintDevice, QPageLayout, QPageSize, QPdfWriter

from photodesk.ui.paper import QUIET, begin_page, draw_words, paint_qr, qr_rows
from photodesk.ui.words import day_words


def write_pdf(path: str, code: str, groups: tuple[str, ...], clinic: str, workstation: str, day: date) -> bool:
    """One A4 page; False where the file cannot be written."""
    writer = QPdfWriter(path)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(20, 20, 20, 20), QPageLayout.Unit.Millimeter)
    writer.setTitle("PhotoDesk recovery kit")
    writer.setResolution(300)
    written = paint_kit(writer, code, groups, clinic, workstation, day)
    if written:
        with suppress(OSError):  # a stick's file system may have no rights of its own
            Path(path).chmod(0o600)
    return written


def paint_kit(
    device: QPagedPaintDevice, code: str, groups: tuple[str, ...], clinic: str, workstation: str, day: date
) -> bool:
    """Draw the page on a printer or a PDF; False where the device does not begin."""
    begun = begin_page(device)
    if begun is None:
        return False
    painter, width = begun[0], begun[1].width()
    draw_words(painter, QRectF(0, 0, width, 40), "PhotoDesk recovery kit", 24, 600)
    where = f"{clinic} · {workstation} · {day_words(day)}"
    draw_words(painter, QRectF(0, 44, width, 24), where, 13, 400, QUIET)
    for index, group in enumerate(groups):
        x, y = (index % 5) * (width / 5), 100 + (index // 5) * 74
        painter.setPen(QColor("#C4C4C4"))
        painter.drawRoundedRect(QRectF(x, y, width / 5 - 10, 62), 6, 6)
        draw_words(painter, QRectF(x + 10, y + 6, 60, 16), str(index + 1), 10, 400, QUIET)
        draw_words(painter, QRectF(x, y + 22, width / 5 - 10, 32), group, 20, 600, mono=True, centred=True)
    paint_qr(painter, QRectF(0, 350, 190, 190), qr_rows(code))
    lines = (
        "With this code the clinic's photos can be opened when every password is forgotten or every computer is lost.",
        "Nobody else has a copy, and nobody can make one later.",
        "Keep it sealed, in a safe, with the date and two signatures. Two people should know where.",
        "Never keep it on this computer, in mail, in a chat or in a photo roll.",
        "",
        "Signatures: ______________________    ______________________",
    )
    for number, line in enumerate(lines):
        draw_words(painter, QRectF(210, 352 + number * 34, width - 210, 34), line, 12, 400)
    return painter.end()
