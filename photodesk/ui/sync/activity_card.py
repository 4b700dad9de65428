"""What was sent and received, pass by pass, and why a pass failed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins
from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.sync.standing import Transfer
from photodesk.ui.controls import Card, Line, LinkButton, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.sync import words
from photodesk.ui.sync.watch import ServerWatch
from photodesk.ui.theme import DESK
from photodesk.ui.words import moment_words

FEW, MANY = 10, 200
TIME_PX = 150


class ActivityCard(Card):
    """The newest first; ten unless more are asked for."""

    def __init__(self, context: PageContext, watch: ServerWatch) -> None:
        super().__init__(0, 0)
        self._context, self._watch = context, watch
        self._most = FEW
        self.shown: tuple[Transfer, ...] = ()
        head = hbox(None, 12, QMargins(24, 18, 24, 14))
        head.addWidget(Text("Sent and received", TextRole.SUBHEADING), 1)
        self.more = LinkButton("Show more")
        self.more.clicked.connect(self._show_more)
        head.addWidget(self.more)
        self.body.addLayout(head)
        self._rows = vbox(None, 0)
        self.body.addLayout(self._rows)

    def refresh(self) -> None:
        """Read the passes."""
        most, server = self._most + 1, self._watch.server
        self._context.tasks.store(lambda: server.transfers(most), self._took, self._failed)

    def _show_more(self, _checked: bool = False) -> None:
        self._most = MANY
        self.refresh()

    def _took(self, transfers: Sequence[Transfer]) -> None:
        self.more.setVisible(len(transfers) > self._most)
        shown = tuple(transfers[: self._most])
        if shown == self.shown and self._rows.count():
            return
        self.shown = shown
        empty(self._rows)
        for transfer in self.shown:
            self._rows.addWidget(Line())
            self._rows.addWidget(self._row(transfer))
        if not self.shown:
            self._rows.addWidget(Line())
            nothing = Text("Nothing was sent or received yet.", TextRole.BODY, "ink2")
            holder = QWidget()
            vbox(holder, 0, QMargins(24, 12, 24, 14)).addWidget(nothing)
            self._rows.addWidget(holder)

    def _row(self, transfer: Transfer) -> QWidget:
        holder = QWidget()
        row = hbox(holder, 12, QMargins(24, 10, 24, 10))
        at = Text(moment_words(transfer.at_ms, local_today(self._context.desk.clock)), TextRole.BODY, "ink3")
        at.setFixedWidth(TIME_PX)
        row.addWidget(at)
        trouble = bool(transfer.trouble)
        icon = "warning-circle" if trouble else "arrows-down-up"
        row.addWidget(Icon(icon, DESK.warn if trouble else DESK.ink2))
        row.addWidget(Text(words.transfer_words(transfer), TextRole.BODY, "warn" if trouble else "ink", wrap=True), 1)
        return holder

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
