"""Strips below the top bar: emergency access while it lasts and afterwards, and keys that one still waits for."""

from __future__ import annotations

from PySide6.QtCore import QMargins
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.desk.emergency import EnvelopeUse
from photodesk.desk.people_words import own_waiting_sentence
from photodesk.ui.controls import Button, ButtonKind, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.people.envelope_words import BANNER, OPENED, use_words
from photodesk.ui.theme import DESK
from photodesk.ui.window import MainWindow

HEIGHT_PX = 48


class EmergencyStrip(QWidget):
    """A sentence on the tint of what is wrong, with room for buttons."""

    ink, tint, icon = "bad", DESK.bad_soft, "warning-circle"

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self.row = hbox(self, 10, QMargins(28, 0, 16, 1))
        self.row.addWidget(Icon(self.icon, getattr(DESK, self.ink), 20))
        self.text = Text(words, TextRole.SMALL_STRONG, self.ink, elide=True)
        self.row.addWidget(self.text, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.tint))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(DESK.line))


class UsedStrip(EmergencyStrip):
    """Tells an administrator of an opened envelope until they have seen it."""

    def __init__(self, context: PageContext, uses: tuple[EnvelopeUse, ...]) -> None:
        more = f" {len(uses) - 1} more." if len(uses) > 1 else ""
        super().__init__(use_words(uses[-1]) + more)
        self._context = context
        self.show_button = Button("Show", ButtonKind.QUIET, height=32)
        self.show_button.clicked.connect(lambda _checked=False: context.navigate.settings("people"))
        self.seen = Button("I have seen this", height=32)
        self.seen.clicked.connect(lambda _checked=False: self.acknowledge())
        self.row.addWidget(self.show_button)
        self.row.addWidget(self.seen)

    def acknowledge(self) -> None:
        """Signed into the membership log; then the strip goes."""
        context = self._context

        def seen(_: None) -> None:
            self.hide()
            context.navigate.refresh()

        context.tasks.store(
            context.desk.emergency.acknowledge, seen, lambda failure: context.navigate.say(sentence(failure))
        )


class WaitingStrip(EmergencyStrip):
    """Somebody's own keys are still to be given."""

    ink, tint, icon = "warn", DESK.warn_soft, "clock"


def put_strips(window: MainWindow, context: PageContext) -> None:
    """The strip of this session, or of what happened before it; on pages without strips a mark in the corner."""
    waiting = own_waiting_sentence(context.desk.keyset.waits_for)
    if waiting:
        window.put_strip(WaitingStrip(waiting))
    if context.desk.person.emergency:
        window.put_strip(EmergencyStrip(OPENED))
        window.put_corner_mark(BANNER)
        return

    def tell(uses: tuple[EnvelopeUse, ...]) -> None:
        if uses:
            window.put_strip(UsedStrip(context, uses))

    context.tasks.store(context.desk.emergency.unseen, tell, lambda failure: context.navigate.say(sentence(failure)))
