"""One calm sentence in place of, or above, what cannot be shown, with at most one way on."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QTimer, Signal
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import LinkButton
from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import sentence
from photodesk.ui.theme import DESK, Theme

REST_MS = 250


class Message(QWidget):
    """`acted`: the way on was taken."""

    acted = Signal()

    def __init__(self, theme: Theme = DESK) -> None:
        super().__init__()
        row = hbox(self, 10, QMargins(24, 20, 24, 12))
        self._words = Text("", TextRole.BODY, "ink2", theme=theme, wrap=True)
        self._action = LinkButton("", theme=theme)
        self._action.clicked.connect(self.acted)
        row.addWidget(self._words, 1)
        row.addWidget(self._action)
        self._resting = QTimer(self, singleShot=True, interval=REST_MS)
        self._resting.timeout.connect(self.hide)

    def rest(self) -> None:
        """Hide it, unless it is said again at once: what is tried again must not flicker."""
        if self.isVisible():
            self._resting.start()
        else:
            self.hide()

    def say(self, words: str, action: str = "") -> None:
        """Show it."""
        self._resting.stop()
        self._words.set_text(words)
        self._action.set_text(action)
        self._action.setVisible(bool(action))
        self.show()

    def text(self) -> str:
        """What is said."""
        return self._words.full_text()


def why_not_shown(failure: BaseException) -> str:
    """The sentence for photos that could not be shown."""
    if getattr(failure, "code", "") == "log_not_writable":
        return "Photos cannot be shown: the activity log cannot be written. Free some space or call your administrator."
    return sentence(failure)
