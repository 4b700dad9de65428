"""Popovers hang below their button; dialogs stand in the middle. Both live inside the window: a lock takes them too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMargins, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QApplication, QGraphicsDropShadowEffect, QVBoxLayout, QWidget

from photodesk.ui.controls.hovering import HoverButton
from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import vbox
from photodesk.ui.theme import DESK, Theme

POINTER_PX, EDGE_PX = 12, 28


def _shadow(owner: QWidget) -> QGraphicsDropShadowEffect:
    effect = QGraphicsDropShadowEffect(owner)
    effect.setBlurRadius(28)
    effect.setOffset(0, 10)
    effect.setColor(QColor(0, 0, 0, 41))
    return effect


class _Veil(QWidget):
    """Covers the window; a click beside the box or `Esc` closes."""

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._before: QWidget | None = window.focusWidget()
        if self._before is not None:
            self._before.destroyed.connect(self._opener_gone)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.box: QWidget = QWidget(self)

    def dismiss(self) -> None:
        """Close and give the focus back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    def _opener_gone(self) -> None:
        """What had the focus was made anew meanwhile, as a list's rows are: the window gives the focus itself."""
        self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        event.accept()
        chosen = self.focused_button() if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} else None
        if chosen is not None:
            chosen.click()

    def focused_button(self) -> HoverButton | None:
        """The row or button in here that has the focus: `Enter` is for it."""
        focused = QApplication.focusWidget()
        return focused if isinstance(focused, HoverButton) and self.box.isAncestorOf(focused) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.box.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        owner = self.parentWidget()
        if event.type() == QEvent.Type.Resize and watched is owner and owner is not None:
            self.setGeometry(owner.rect())
            self._arrange()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        fields = [
            w
            for w in self.box.findChildren(QWidget)
            if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible() and w.isEnabled() and w.focusProxy() is None
        ]
        now = self.focusWidget()
        if not fields:
            return True
        index = fields.index(now) if now in fields else -1 if forward else 0
        fields[(index + (1 if forward else -1)) % len(fields)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _arrange(self) -> None:
        """Put the box where it belongs."""


class Popover(_Veil):
    """Content `width` px wide, below `button`, with a pointer to it. `body` is its column."""

    def __init__(
        self, button: QWidget, width: int, *, theme: Theme = DESK, padding_px: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent or button.window())
        self._button, self._theme = button, theme
        self.box = _Plate(self, theme, pointer=True)
        self.box.setFixedWidth(width)
        margins = QMargins(padding_px, padding_px + POINTER_PX, padding_px, padding_px)
        self.body: QVBoxLayout = vbox(self.box, 8, margins)
        self.box.setGraphicsEffect(_shadow(self.box))

    def open(self) -> None:
        """Show it and take the focus."""
        self._arrange()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.focusNextPrevChild(True)

    def _arrange(self) -> None:
        self.box.adjustSize()
        owner = self.parentWidget() or self
        corner = self._button.mapTo(owner, QPoint(0, self._button.height()))
        wanted = corner.x() + self._button.width() // 2 - self.box.width() // 2
        left = max(EDGE_PX, min(wanted, self.width() - self.box.width() - EDGE_PX))
        top = min(corner.y(), max(0, self.height() - self.box.height() - 8))
        self.box.move(left, top)
        if isinstance(self.box, _Plate):
            self.box.pointer_at(corner.x() + self._button.width() / 2 - left)


class Dialog(_Veil):
    """A box in the middle over a grey veil, for what needs an answer. `Enter` runs `accept`."""

    def __init__(self, window: QWidget, name: str, width: int = 640, *, theme: Theme = DESK) -> None:
        super().__init__(window)
        self._accept: Callable[[], None] | None = None
        self.box = _Plate(self, theme, pointer=False)
        self.box.setFixedWidth(width)
        self.box.setAccessibleName(name)
        self.body: QVBoxLayout = vbox(self.box, 16, 32)
        self.box.setGraphicsEffect(_shadow(self.box))

    def on_accept(self, accept: Callable[[], None]) -> None:
        """What `Enter` does."""
        self._accept = accept

    def open(self) -> None:
        """Show it and put the focus into its first field."""
        self._arrange()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.focusNextPrevChild(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entered = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if entered and self._accept is not None and self.focused_button() is None:
            self._accept()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(26, 26, 26, 90))

    def _arrange(self) -> None:
        self.box.adjustSize()
        self.box.move((self.width() - self.box.width()) // 2, max(16, (self.height() - self.box.height()) // 2))


def is_asking(window: QWidget) -> bool:
    """Whether a dialog of this window waits for an answer: keys are for it, not for what lies behind."""
    return any(dialog.isVisible() for dialog in window.findChildren(Dialog))


class _Plate(QWidget):
    """The box itself, with or without a pointer on its upper edge."""

    def __init__(self, parent: QWidget, theme: Theme, *, pointer: bool) -> None:
        super().__init__(parent)
        self._theme, self._pointer, self._at = theme, pointer, 0.0

    def pointer_at(self, x: float) -> None:
        """Where the pointer stands, px from the left."""
        self._at = max(24.0, min(x, self.width() - 24.0))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t = QPainter(self), self._theme
        box = QRectF(self.rect())
        if not self._pointer:
            rounded(painter, box, 12, t.panel, t.line2)
            return
        rounded(painter, box.adjusted(0, POINTER_PX, 0, 0), 10, t.panel, t.line2)
        foot = POINTER_PX + 1
        tip = QPolygonF([QPointF(self._at - 10, foot), QPointF(self._at, 3), QPointF(self._at + 10, foot)])
        painter.setPen(QColor(t.line2))
        painter.setBrush(QColor(t.panel))
        painter.drawPolyline(tip)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(tip.translated(0, 1))
