"""Words, lines and cards."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QSizePolicy, QVBoxLayout, QWidget

from photodesk.ui.fonts import TextRole, font
from photodesk.ui.theme import DESK, Theme

L = TypeVar("L", bound=QLayout)


class Text(QLabel):
    """One text in a role and an ink (a colour token of the theme). `elide` shortens it with … instead of widening."""

    def __init__(
        self,
        text: str = "",
        role: TextRole = TextRole.BODY,
        ink: str = "ink",
        *,
        theme: Theme = DESK,
        wrap: bool = False,
        elide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._elide, self._full = theme, elide, text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(role))
        self.setWordWrap(wrap)
        self.set_ink(ink)
        if not wrap:
            self.setMinimumHeight(role.value.line_px)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._full = text
        self.setAccessibleName(text)
        self._show()

    def set_ink(self, ink: str) -> None:
        """Show the text in another colour token."""
        self.setStyleSheet(f"color: {getattr(self._theme, ink)};")

    def full_text(self) -> str:
        """The text before shortening."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        shown = self._full
        if self._elide and self.width() > 0:
            shown = QFontMetrics(self.font()).elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        if shown != self.text():
            self.setText(shown)


class Line(QFrame):
    """A 1 px separator."""

    def __init__(self, *, vertical: bool = False, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setStyleSheet(f"background: {theme.line}; border: none;")
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class Card(QFrame):
    """A panel with a 1 px line and 8 px corners; `body` is its column."""

    def __init__(self, padding_px: int = 20, gap_px: int = 12, *, strong: bool = False) -> None:
        super().__init__()
        self.setObjectName("card_strong" if strong else "card")
        self.body = vbox(self, gap_px, padding_px)


def vbox(owner: QWidget | None = None, gap_px: int = 0, margin_px: int | QMargins = 0) -> QVBoxLayout:
    """A column with its gap and margin."""
    return _tidy(QVBoxLayout(owner) if owner is not None else QVBoxLayout(), gap_px, margin_px)


def hbox(owner: QWidget | None = None, gap_px: int = 0, margin_px: int | QMargins = 0) -> QHBoxLayout:
    """A row with its gap and margin."""
    return _tidy(QHBoxLayout(owner) if owner is not None else QHBoxLayout(), gap_px, margin_px)


def _tidy(layout: L, gap_px: int, margin_px: int | QMargins) -> L:
    layout.setSpacing(gap_px)
    margins = margin_px if isinstance(margin_px, QMargins) else QMargins(margin_px, margin_px, margin_px, margin_px)
    layout.setContentsMargins(margins)
    return layout


def empty(layout: QLayout) -> None:
    """Take every widget out of a layout and end it."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def fact_row(label: str, words: str, theme: Theme, ink: str = "ink") -> QWidget:
    """A quiet label at the left and what is known at the right, wrapped when it is long."""
    holder = QWidget()
    line = hbox(holder, 12)
    line.addWidget(Text(label, TextRole.SMALL, "ink3", theme=theme), 0, Qt.AlignmentFlag.AlignTop)
    value = Text(words, TextRole.SMALL, ink, theme=theme, wrap=True)
    value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    line.addWidget(value, 1)
    return holder


def pass_mouse(widget: QWidget) -> QWidget:
    """Let the mouse through to what lies below."""
    widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return widget
