"""Covers a window: while its photos are presented elsewhere, or until somebody says that they may be shown here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import Button
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING


class Blank(QWidget):
    """Nothing but one sentence and one button. `act` is the button's; `press` hears every key, all else is dead."""

    def __init__(
        self,
        owner: QWidget,
        words: str,
        button: str,
        act: Callable[[], None],
        press: Callable[[QKeyEvent], object] | None = None,
    ) -> None:
        super().__init__(owner)
        self._press = press
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = vbox(self, 24)
        column.addStretch(1)
        said = Text(words, TextRole.HEADING, theme=VIEWING)
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(said)
        self.button = Button(button, height=48, theme=VIEWING)
        self.button.clicked.connect(lambda _checked=False: act())
        row = hbox(None)
        row.addStretch(1)
        row.addWidget(self.button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        owner.installEventFilter(self)
        self.setGeometry(owner.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def lift(self) -> None:
        """Take it away."""
        self.hide()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        if self._press is not None:
            self._press(event)

    def focusNextPrevChild(self, _forward: bool) -> bool:
        self.button.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        owner = self.parentWidget()
        if watched is owner and owner is not None and event.type() == QEvent.Type.Resize:
            self.setGeometry(owner.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(VIEWING.bg))
