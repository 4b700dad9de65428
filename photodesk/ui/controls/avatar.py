"""A person or patient as a grey disc with initials; the one that is chosen is black."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import DESK, Theme

_TITLES = {"dr", "dr.", "prof", "prof.", "mr", "mrs", "ms", "mr.", "mrs.", "ms."}


def initials(name: str) -> str:
    """`Dr. Iris Sample` → `IS`; `Test, Ada` → `TA`; `Kim` → `K`."""
    words = [w for w in name.replace(",", " ").split() if w.casefold() not in _TITLES]
    letters = [w[0].upper() for w in words if w[0].isalnum()]
    return "".join(letters[:1] + letters[-1:] if len(letters) > 1 else letters)


def draw_avatar(painter: QPainter, box: QRectF, name: str, theme: Theme, *, chosen: bool = False) -> None:
    """The disc with its initials in `box`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.ink if chosen else theme.well))
    painter.drawEllipse(box)
    painter.setPen(QColor(theme.panel if chosen else theme.ink))
    painter.setFont(font(TextRole.LABEL, weight=600, size_px=max(10, round(box.height() * 0.36))))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(name))


class Avatar(QWidget):
    """The disc as a widget; decoration only."""

    def __init__(self, name: str, size_px: int = 32, *, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._theme, self._chosen = name, theme, False
        self.setFixedSize(size_px, size_px)

    def show_person(self, name: str, *, chosen: bool = False) -> None:
        """Show another person."""
        self._name, self._chosen = name, chosen
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        draw_avatar(QPainter(self), QRectF(self.rect()), self._name, self._theme, chosen=self._chosen)
