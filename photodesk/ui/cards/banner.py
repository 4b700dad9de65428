"""The quiet strip below the top bar that announces a card. It takes no focus and covers nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QWidget

from photodesk.ui.cards.acting import CardActions
from photodesk.ui.cards.model import announcement
from photodesk.ui.controls import Button, ButtonKind, Text, hbox
from photodesk.ui.controls.popover import is_asking
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted

HEIGHT_PX = 48
IMPORT_KEY = "Ctrl+Shift+I"


class CardBanner(QWidget):
    """Shows the announced card of a watch. `Ctrl+Shift+I` imports it from anywhere in the window."""

    def __init__(self, actions: CardActions, window: QWidget) -> None:
        super().__init__()
        self._actions, self._watch, self._root = actions, actions.watch, Path()
        self.setFixedHeight(HEIGHT_PX)
        row = hbox(self, 10, QMargins(28, 0, 16, 1))
        row.addWidget(Icon("hard-drive", DESK.ink2, 20))
        self.text = Text("", TextRole.SMALL_STRONG, elide=True)
        self._more = Text("", TextRole.SMALL, "ink3")
        row.addWidget(self.text, 1)
        row.addWidget(self._more)
        self.start = Button("Import", key="Ctrl Shift I", height=32)
        self.later = Button("Later", ButtonKind.QUIET, height=32)
        row.addWidget(self.start)
        row.addWidget(self.later)
        for button in (self.start, self.later):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.start.clicked.connect(self.import_card)
        self.later.clicked.connect(self.put_off)
        self._key = QShortcut(QKeySequence(IMPORT_KEY), window)
        self._key.setAutoRepeat(False)
        self._key.activated.connect(lambda: None if is_asking(window) else self.import_card())
        actions.watch.changed.connect(self.show_model)
        actions.watch.came.connect(self._announce)
        self.show_model()

    def show_model(self) -> None:
        """Show the announced card, or nothing."""
        card = self._watch.model.announced_card
        self.setVisible(card is not None)
        self._key.setEnabled(card is not None)
        if card is None:
            return
        self._root = card.root
        self.text.set_text(announcement(card, self._watch.now))
        self.start.set_text("Go on" if card.unfinished is not None else "Import")
        others = self._watch.model.others_waiting
        self._more.set_text(f"{counted(others, 'more card')} in" if others else "")

    def import_card(self) -> None:
        """Import the card that is shown."""
        self._actions.import_card(self._root)

    def put_off(self) -> None:
        """Not now: the home page keeps the card."""
        self._actions.dismiss(self._root)

    def _announce(self, _card: object) -> None:
        """For screen readers: said once, the focus stays where it is."""
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DESK.accent_soft))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(DESK.line))
