"""The sealed envelope's sheet of paper: the code, and what whoever opens it has to know."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPagedPaintDevice

from photodesk.ui.paper import QUIET, begin_page, draw_words
from photodesk.ui.words import day_words

LINES = (
    "For an emergency in which a patient's photos are needed and no clinician can sign in.",
    "1.  At the sign-in of PhotoDesk choose Emergency access.",
    "2.  Say who you are and why, and type this code.",
    "3.  Charts open, once, until the desk locks. Everything is marked in the activity log.",
    "4.  Tell an administrator afterwards: the code is used up, and a new envelope is due.",
    "",
    "Keep it sealed, apart from the computer, with the date and two signatures over the flap.",
)


def paint_envelope(device: QPagedPaintDevice, code: str, clinic: str, day: date) -> bool:
    """Draw the sheet on a printer or a PDF; False where the device does not begin."""
    begun = begin_page(device)
    if begun is None:
        return False
    painter, width = begun[0], begun[1].width()
    draw_words(painter, QRectF(0, 0, width, 40), "PhotoDesk emergency access", 24, 600)
    draw_words(painter, QRectF(0, 44, width, 24), f"{clinic} · {day_words(day)}", 13, 400, QUIET)
    groups = code.split("-")
    for index, group in enumerate(groups):
        box = QRectF(index * (width / len(groups)), 96, width / len(groups) - 10, 62)
        painter.setPen(QColor("#C4C4C4"))
        painter.drawRoundedRect(box, 6, 6)
        draw_words(painter, box.adjusted(0, 18, 0, 0), group, 20, 600, mono=True, centred=True)
    for number, line in enumerate(LINES):
        draw_words(painter, QRectF(0, 196 + number * 30, width, 30), line, 13, 400)
    draw_words(
        painter, QRectF(0, 430, width, 24), "Signatures: ______________________    ______________________", 13, 400
    )
    return painter.end()
