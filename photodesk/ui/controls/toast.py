"""A toast: one line and at most one action, bottom centre, never a patient's name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMargins, QRectF, QTimer
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import LinkButton
from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING

STAYS_MS, ABOVE_BOTTOM_PX = 6000, 28


class Toast(QWidget):
    """Lives in `parent`; shows one text at a time. White words on ink."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(48)
        row = hbox(self, 16, QMargins(20, 0, 20, 0))
        self._text = Text("", TextRole.BODY_STRONG, theme=VIEWING)
        self._action = LinkButton("", theme=VIEWING)
        row.addWidget(self._text)
        row.addWidget(self._action)
        self._action.hide()
        self._act: Callable[[], None] | None = None
        self._action.clicked.connect(self._run)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, action: str = "", act: Callable[[], None] | None = None, *, stays: bool = False) -> None:
        """Show `text`; with `stays` until `hide`, otherwise 6 s."""
        self._text.set_text(text)
        self._action.set_text(action)
        self._action.setVisible(bool(action))
        self._act = act
        self.setAccessibleName(text)
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.stop()
        if not stays:
            self._timer.start(STAYS_MS)

    def text(self) -> str:
        """What is shown."""
        return self._text.full_text()

    def place(self) -> None:
        """Bottom centre of the parent."""
        owner = self.parentWidget()
        if owner is not None:
            self.move((owner.width() - self.width()) // 2, owner.height() - self.height() - ABOVE_BOTTOM_PX)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start(STAYS_MS)
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        rounded(QPainter(self), QRectF(self.rect()), 8, "#1A1A1A")

    def _run(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()
