"""The home page's list: cards in the readers with their next step, and cards that are not cleared yet."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from photodesk.ui.cards.acting import CardActions
from photodesk.ui.cards.model import CardState, ShownCard, uncleared_words
from photodesk.ui.controls import Button, ButtonKind, Card, Line, LinkButton, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted

SHOWN_UNCLEARED = 3
_ICONS = {
    CardState.SAFE: ("check-circle", "ok"),
    CardState.UNSAFE: ("warning-circle", "warn"),
}


class CardsCard(Card):
    """Hidden while there is no card to tell of."""

    def __init__(self, actions: CardActions) -> None:
        super().__init__(20, 12)
        self._actions, self._watch = actions, actions.watch
        self.body.addWidget(Text("Camera cards", TextRole.SUBHEADING))
        self._in, self._uncleared = vbox(None, 12), vbox(None, 8)
        self.body.addLayout(self._in)
        self.body.addLayout(self._uncleared)
        actions.watch.changed.connect(self.show_model)
        self.show_model()

    def show_model(self) -> None:
        """Show what is in, and what is not cleared."""
        model = self._watch.model
        self.setVisible(bool(model.cards or model.uncleared))
        empty(self._in)
        empty(self._uncleared)
        for card in model.cards:
            self._in.addWidget(self._card(card))
        inside = {card.seen.row.card_id for card in model.cards if card.seen is not None}
        away = [row for row in model.uncleared if row.card_id not in inside]
        if not away:
            return
        if model.cards:
            self._uncleared.addWidget(Line())
        self._uncleared.addWidget(Text(f"{counted(len(away), 'card')} not cleared yet", TextRole.LABEL, "ink3"))
        for row in away[:SHOWN_UNCLEARED]:
            holder = QWidget()
            line = hbox(holder, 8)
            line.addWidget(Text(uncleared_words(row, self._watch.now), TextRole.SMALL, "ink2", wrap=True), 1)
            done = LinkButton("Mark cleared")
            done.setAccessibleName("This card was formatted in the camera")
            done.clicked.connect(partial(self._clear, row.card_id))
            line.addWidget(done, 0, Qt.AlignmentFlag.AlignTop)
            self._uncleared.addWidget(holder)

    def _card(self, card: ShownCard) -> QWidget:
        holder = QWidget()
        column = vbox(holder, 4)
        head = hbox(None, 12)
        icon, tone = _ICONS.get(card.state, ("hard-drive", "ink2"))
        head.addWidget(Icon(icon, getattr(DESK, tone), 20), 0, Qt.AlignmentFlag.AlignTop)
        words = vbox(None, 2)
        words.addWidget(Text(card.title, TextRole.SMALL_STRONG, wrap=True))
        if card.under:
            words.addWidget(Text(card.under, TextRole.SMALL, "ink3", elide=True))
        words.addWidget(Text(card.sentence(self._watch.now), TextRole.SMALL, "ink2", wrap=True))
        head.addLayout(words, 1)
        column.addLayout(head)
        row = hbox(None, 8)
        row.addSpacing(32)
        if card.can_import:
            start = Button("Go on" if card.unfinished is not None else "Import", height=32)
            start.clicked.connect(partial(self._import, card))
            row.addWidget(start)
        if card.can_eject:
            out = Button("Eject", ButtonKind.SECONDARY if not card.can_import else ButtonKind.QUIET, height=32)
            out.clicked.connect(partial(self._eject, card))
            row.addWidget(out)
        if card.may_be_erased and self._watch.model.may_erase:
            erase = Button("Erase", ButtonKind.QUIET, height=32)
            erase.setAccessibleName(f"Erase {card.title}")
            erase.clicked.connect(partial(self._erase, card))
            row.addWidget(erase)
        row.addStretch(1)
        column.addLayout(row)
        return holder

    def _import(self, card: ShownCard, _checked: bool = False) -> None:
        self._actions.import_card(card.root)

    def _eject(self, card: ShownCard, _checked: bool = False) -> None:
        self._actions.eject(card.root)

    def _erase(self, card: ShownCard, _checked: bool = False) -> None:
        self._actions.erase(card.root, self)

    def _clear(self, card_id: str, _checked: bool = False) -> None:
        self._actions.clear(card_id)
