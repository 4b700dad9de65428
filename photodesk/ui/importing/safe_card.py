"""Screen 6b: the one moment of relief, in words, with what was checked. It never erases by itself."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.importing.erasing import waits_for_server
from photodesk.ui.controls import Button, ButtonKind, Card, Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon, paint_icon
from photodesk.ui.importing.model import ImportModel
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted


class _Check(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(56, 56)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DESK.ok_soft))
        painter.drawEllipse(self.rect())
        paint_icon(painter, "check", QRectF(15, 15, 26, 26), DESK.ok)


class SafeCard(QWidget):
    """`closed` keeps the card and goes on; the other signals ask for what `ui.cards.after_import` does."""

    closed = Signal()
    report_asked = Signal()
    receipt_asked = Signal()
    eject_asked = Signal()
    erase_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self, 0, 24)
        column.addStretch(1)
        self._card = Card(40, 10, strong=True)
        self._card.setFixedWidth(640)
        self._card.body.addWidget(_Check())
        self._card.body.addSpacing(12)
        self._title = Text("", TextRole.TITLE_LARGE)
        self._words = Text("", TextRole.LEAD, "ink2", wrap=True)
        self._card.body.addWidget(self._title)
        self._card.body.addWidget(self._words)
        self._card.body.addSpacing(8)
        self._lines = vbox(None, 0)
        self._card.body.addLayout(self._lines)
        self._note = Text("", TextRole.SMALL, "ink3", wrap=True)
        self._card.body.addSpacing(4)
        self._card.body.addWidget(self._note)
        row = hbox(None, 8)
        report = Button("Save report", ButtonKind.QUIET, height=44)
        report.clicked.connect(self.report_asked)
        self.done = Button("Show the photos", ButtonKind.PRIMARY, key="Enter", height=44)
        self.done.clicked.connect(self.closed)
        receipt = Button("Receipt", ButtonKind.QUIET, height=44)
        receipt.clicked.connect(self.receipt_asked)
        row.addWidget(report)
        row.addWidget(receipt)
        row.addStretch(1)
        row.addWidget(self.done)
        self._card.body.addSpacing(8)
        self._card.body.addWidget(self._card_buttons())
        self._card.body.addLayout(row)
        centred = hbox(None)
        centred.addStretch(1)
        centred.addWidget(self._card)
        centred.addStretch(1)
        column.addLayout(centred)
        column.addStretch(1)

    def _card_buttons(self) -> QWidget:
        """Ejecting and erasing, for an import from a card."""
        self._for_card = QWidget()
        row = hbox(self._for_card, 8)
        row.addStretch(1)
        self.erase = Button("Erase the card", height=44)
        self.erase.clicked.connect(self.erase_asked)
        self.eject = Button("Keep and eject", height=44)
        self.eject.clicked.connect(self.eject_asked)
        row.addWidget(self.erase)
        row.addWidget(self.eject)
        return self._for_card

    def show_model(self, model: ImportModel) -> None:
        """Say what is safe and why."""
        self._for_card.setVisible(model.from_card)
        self.erase.setVisible(model.result is None or not model.result.erased)
        self.erase.set_text(f"Erase {counted(model.total, 'file')}…")
        files = counted(model.total, "file")
        waits = model.not_on_server if model.from_card else 0
        self._title.set_text("Safe to erase the card" if model.from_card and not waits else "Everything is safe")
        source = "the card" if model.from_card else "the folder"
        every = "The one file was" if model.total == 1 else f"All {files} were"
        match = "matches" if model.total == 1 else "match"
        self._words.set_text(f"{every} read back from the encrypted store and {match} {source}, byte for byte.")
        empty(self._lines)
        self._lines.addWidget(Line())
        for icon, tone, words, count in model.safe_lines():
            holder = QWidget()
            holder.setFixedHeight(40)
            row = hbox(holder, 12)
            row.addWidget(Icon(icon, getattr(DESK, tone), 18))
            row.addWidget(Text(words, TextRole.BODY))
            row.addStretch(1)
            row.addWidget(Text(f"{count:,}", TextRole.BODY_STRONG))
            self._lines.addWidget(holder)
            self._lines.addWidget(Line())
        note = f"Nothing was changed in {source}."
        if waits:
            note = f"Do not format the card yet: {waits_for_server(waits)}"
        elif model.from_card:
            note = (
                "Format the card in the camera, or erase these files here and nothing else. A deleted file can"
                " sometimes be recovered from a card, so keep cards in the clinic."
            )
        self._note.set_text(note)
