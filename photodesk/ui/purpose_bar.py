"""A slim bar that asks why somebody looks, where no visit is near. One key answers, `Esc` skips; wells stay empty."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from photodesk.desk.purpose import NONE_GIVEN, PURPOSES, Purposes
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import DESK, Theme

ASKS = "No visit within two weeks. What are you looking for?"


class PurposeBar(QWidget):
    """Asks while it is shown. `decided` says that pixels may be shown: the answer is with the gate already."""

    decided = Signal()

    def __init__(self, purposes: Purposes, patient_id: str, theme: Theme = DESK) -> None:
        super().__init__()
        self._purposes, self._patient_id = purposes, patient_id
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(ASKS)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(QMargins(16, 6, 16, 6))
        self._box.setSpacing(2)
        self._box.addWidget(Text(ASKS, TextRole.SMALL_STRONG, theme=theme), 1)
        row = hbox(None, 2)
        self.answers: list[Button] = []
        for at, purpose in enumerate((*PURPOSES, NONE_GIVEN)):
            words, key = (purpose.capitalize(), str(at + 1)) if purpose != NONE_GIVEN else ("Skip", "Esc")
            button = Button(words, ButtonKind.QUIET, key=key, height=32, theme=theme)
            button.clicked.connect(lambda _=False, said=purpose: self._say(said))
            self.answers.append(button)
            row.addWidget(button)
        row.addStretch(1)
        self._box.addLayout(row)
        self._wide_px = self._box.sizeHint().width()
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        one_line = self.width() >= self._wide_px
        way = QBoxLayout.Direction.LeftToRight if one_line else QBoxLayout.Direction.TopToBottom
        self._box.setDirection(way)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @property
    def asking(self) -> bool:
        """Whether the answer is still out."""
        return not self.isHidden()

    def skip(self) -> bool:
        """No purpose is given; whether the question was asked."""
        if self.asking:
            self._say(NONE_GIVEN)
            return True
        return False

    def press(self, event: QKeyEvent) -> bool:
        """Whether a key answered."""
        at = event.key() - Qt.Key.Key_1
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not self.asking or not plain or not 0 <= at < len(PURPOSES):
            return False
        self._say(PURPOSES[at])
        return True

    def _say(self, purpose: str) -> None:
        self._purposes.say(self._patient_id, purpose)
        self.hide()
        self.decided.emit()
