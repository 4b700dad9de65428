"""Buttons: primary is filled and the one next step, secondary has an outline, quiet has none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.ui.controls.hovering import HoverButton
from photodesk.ui.controls.painting import draw_focus_ring, draw_hint, hint_width, rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.theme import DESK, Theme

RADIUS_PX, GAP_PX, PADDING_PX, ICON_PX = 6, 8, 14, 18


class ButtonKind(Enum):
    """How much a button asks for attention."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"


@dataclass(frozen=True)
class _Look:
    fill: str | None
    outline: str | None
    ink: str
    hint: tuple[str | None, str, str]


class Button(HoverButton):
    """A button with an optional icon and its key on it. 36 high unless told; the key plate is only a reminder."""

    def __init__(
        self,
        text: str,
        kind: ButtonKind = ButtonKind.SECONDARY,
        *,
        icon: str = "",
        key: str = "",
        height: int = 36,
        theme: Theme = DESK,
        caret: bool = False,
        tone: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind, self._icon, self._key, self._theme = kind, icon, key, theme
        self._height, self._caret, self._tone = height, caret, tone
        self.setText(text)
        self.setAccessibleName(text)
        self.setFont(font(TextRole.BODY_STRONG))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Show other words."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_key(self, key: str) -> None:
        """Show another key plate, or none."""
        self._key = key
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: ButtonKind) -> None:
        """Ask for more or less attention."""
        self._kind = kind
        self.update()

    def set_icon_name(self, name: str) -> None:
        """Show another icon, or none."""
        self._icon = name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._content_width() + 2 * PADDING_PX), self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _content_width(self) -> float:
        width = QFontMetricsF(self.font()).horizontalAdvance(self.text()) if self.text() else 0.0
        parts = [width] if self.text() else []
        if self._icon:
            parts.append(ICON_PX)
        if self._key:
            parts.append(hint_width(self._key))
        if self._caret:
            parts.append(14)
        return sum(parts) + GAP_PX * (len(parts) - 1)

    def _look(self) -> _Look:
        t = self._theme
        lifted = self._hovered or self.isDown()
        if not self.isEnabled():
            outline = None if self._kind is ButtonKind.QUIET else t.line
            fill = None if self._kind is ButtonKind.QUIET else t.sunk
            return _Look(fill, outline, t.ink3, (None, t.line2, t.ink3))
        if self._kind is ButtonKind.PRIMARY:
            fill = t.accent_hover if lifted else t.accent
            return _Look(fill, None, t.on_accent, (t.hint_on_accent, t.hint_on_accent, t.on_accent))
        hint = (t.panel if t.name == "desk" else None, t.line2, t.ink2)
        if self.isChecked():
            return _Look(t.accent_soft, t.accent_soft, t.accent_ink, hint)
        ink = getattr(t, self._tone) if self._tone else t.ink
        if self._kind is ButtonKind.SECONDARY:
            return _Look(t.hover if lifted else t.panel, t.line2, ink, hint)
        return _Look(t.hover if lifted else None, None, ink, hint)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        look, box = self._look(), QRectF(self.rect())
        rounded(painter, box, RADIUS_PX, look.fill, look.outline)
        left = (box.width() - self._content_width()) / 2
        middle = box.height() / 2
        if self._icon:
            side = QRectF(left, middle - ICON_PX / 2, ICON_PX, ICON_PX)
            paint_icon(painter, self._icon, side, look.ink)
            left += ICON_PX + GAP_PX
        painter.setFont(self.font())
        painter.setPen(QColor(look.ink))
        words = QRectF(left, 0, QFontMetricsF(self.font()).horizontalAdvance(self.text()) + 2, box.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self._key:
            right = words.right() - 2 + GAP_PX + hint_width(self._key) if self.text() else left + hint_width(self._key)
            draw_hint(painter, right, middle, self._key, look.hint)
        if self._caret:
            paint_icon(painter, "caret-down", QRectF(words.right() + GAP_PX - 2, middle - 7, 14, 14), look.ink)
        if self.hasFocus():
            draw_focus_ring(
                painter, box, RADIUS_PX, self._theme.accent if look.fill != self._theme.accent else self._theme.ink
            )


class LinkButton(Button):
    """Quiet words that act, in the accent ink, without padding."""

    def __init__(self, text: str, *, theme: Theme = DESK, plain: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, ButtonKind.QUIET, height=24, theme=theme, parent=parent)
        self._plain = plain
        self.setFont(font(TextRole.SMALL if plain else TextRole.SMALL_STRONG))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_plain(self, plain: bool) -> None:
        """Plain words are quieter: one of several that is not the one chosen."""
        self._plain = plain
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._content_width()) + 4, 24)

    def _look(self) -> _Look:
        ink = self._theme.ink2 if self._plain else self._theme.accent_ink
        return _Look(None, None, ink if self.isEnabled() else self._theme.ink3, (None, self._theme.line2, ink))
