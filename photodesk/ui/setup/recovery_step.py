"""The recovery kit: the code in numbered cells, its QR symbol, paper, and two groups typed back."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from photodesk.ui.controls import Button, Card, Line, Text, TextField, hbox, vbox
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import Icon
from photodesk.ui.paper import paint_qr, qr_rows
from photodesk.ui.setup.model import SetupModel
from photodesk.ui.theme import DESK

KEEP = (
    ("lock-simple", "In a safe, on paper", "Sealed, with the date and two signatures."),
    ("users-three", "Two people know where", "So that a holiday never locks you out."),
    ("desktop-tower", "Never on this computer", "Nor in mail, chat or a photo roll."),
)


class CodeCell(QWidget):
    """One group with its number, 58 high, 96 wide where there is room."""

    def __init__(self, number: int, group: str) -> None:
        super().__init__()
        self._number, self._group = number, group
        self.setFixedHeight(58)
        self.setMinimumWidth(68)
        self.setAccessibleName(f"Group {number}: {' '.join(group)}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(self.rect())
        rounded(painter, box, 6, DESK.hover, DESK.line)
        painter.setFont(font(TextRole.HINT))
        painter.setPen(QColor(DESK.ink3))
        painter.drawText(QRectF(0, 5, box.width(), 16), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.setFont(font(TextRole.CODE))
        painter.setPen(QColor(DESK.ink))
        painter.drawText(QRectF(0, 21, box.width(), 28), Qt.AlignmentFlag.AlignCenter, self._group)


class QrSymbol(QWidget):
    """The same code, to scan."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._rows = qr_rows(code)
        self.setFixedSize(132, 132)
        self.setAccessibleName("The recovery code as a QR symbol")

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_qr(QPainter(self), QRectF(self.rect()), self._rows)


class RecoveryStep(QWidget):
    """Built when the code is there. `print_asked`, `save_asked`, `changed`."""

    print_asked = Signal()
    save_asked = Signal()
    changed = Signal()

    def __init__(self, model: SetupModel, *, printers: bool) -> None:
        super().__init__()
        self._model = model
        column = vbox(self, 8)
        column.addWidget(Text("Your recovery kit", TextRole.TITLE_LARGE))
        lead = Text(
            "If every password is forgotten or every computer is lost, this code is the only way back to the photos. "
            "We do not have a copy, and nobody can make one later.",
            TextRole.LEAD,
            "ink2",
            wrap=True,
        )
        lead.setMaximumWidth(720)
        column.addWidget(lead)
        column.addSpacing(20)
        row = hbox(None, 24)
        row.addWidget(self._code_card(printers), 72)
        row.addWidget(_keep_card(), 33)
        column.addLayout(row)
        column.addSpacing(16)
        column.addWidget(self._proof_card())
        column.addStretch(1)

    def _code_card(self, printers: bool) -> Card:
        card = Card(24, 16)
        head = hbox(None, 8)
        head.addWidget(Text("Recovery code", TextRole.SUBHEADING))
        head.addStretch(1)
        head.addWidget(Icon("eye-slash", DESK.ink3, 18))
        head.addWidget(Text("hides when you leave this page", TextRole.SMALL, "ink3"))
        card.body.addLayout(head)
        middle = hbox(None, 24)
        grid = QGridLayout()
        grid.setSpacing(8)
        for index, group in enumerate(self._model.groups()):
            grid.addWidget(CodeCell(index + 1, group), index // 5, index % 5)
        middle.addLayout(grid, 1)
        right = vbox(None, 8)
        right.addWidget(QrSymbol(self._model.code))
        under = Text("The same code, to scan", TextRole.LABEL, "ink3")
        under.setAlignment(Qt.AlignmentFlag.AlignCenter)
        right.addWidget(under)
        right.addStretch(1)
        middle.addLayout(right)
        card.body.addLayout(middle)
        foot = hbox(None, 8)
        if printers:
            print_it = Button("Print", icon="printer", key="Ctrl P", height=40)
            print_it.clicked.connect(self.print_asked)
            foot.addWidget(print_it)
        save = Button("Save as PDF", icon="file-pdf", key="Ctrl S", height=40)
        save.clicked.connect(self.save_asked)
        foot.addWidget(save)
        foot.addStretch(1)
        self._done = Text("", TextRole.SMALL_STRONG, "ok")
        foot.addWidget(self._done)
        card.body.addLayout(foot)
        return card

    def _proof_card(self) -> Card:
        card = Card(24, 0)
        row = hbox(None, 20)
        words = vbox(None, 0)
        words.addStretch(1)
        words.addWidget(Text("Show that you have it", TextRole.SUBHEADING))
        words.addWidget(Text("Type these two groups from the paper.", TextRole.SMALL, "ink2"))
        words.addStretch(1)
        row.addLayout(words, 1)
        self.fields: list[TextField] = []
        self._ticks: list[Icon] = []
        for number in self._model.asked:
            box = vbox(None, 4)
            box.addWidget(Text(f"Group {number}", TextRole.LABEL, "ink3"))
            field = TextField(f"Group {number}", height=44, role=TextRole.CODE)
            field.setFixedWidth(132)
            field.edit.setMaxLength(8)
            field.edit.textEdited.connect(self._typed)
            tick = Icon("check-circle", DESK.ok, 18)
            tick.hide()
            field.row.addWidget(tick)
            self.fields.append(field)
            self._ticks.append(tick)
            box.addWidget(field)
            row.addLayout(box)
        card.body.addLayout(row)
        return card

    def _typed(self, _text: str) -> None:
        for field in self.fields:
            field.edit.setText(field.text().upper())
        self._model.typed = (self.fields[0].text(), self.fields[1].text())
        for tick, match in zip(self._ticks, self._model.matches(), strict=True):
            tick.setVisible(match)
        self.changed.emit()

    def entered(self) -> None:
        """The step is shown."""
        self.fields[0].edit.setFocus()

    def say_done(self, words: str) -> None:
        """`Printed 08:14`."""
        self._done.set_text(words)


def _keep_card() -> Card:
    card = Card(24, 14)
    card.body.addWidget(Text("Where to keep it", TextRole.SUBHEADING))
    for icon, strong, words in KEEP:
        row = hbox(None, 12)
        row.addWidget(Icon(icon, DESK.ink2, 20), alignment=Qt.AlignmentFlag.AlignTop)
        lines = vbox(None, 0)
        lines.addWidget(Text(strong, TextRole.BODY_STRONG))
        lines.addWidget(Text(words, TextRole.SMALL, "ink2", wrap=True))
        row.addLayout(lines, 1)
        card.body.addLayout(row)
    card.body.addWidget(Line())
    card.body.addWidget(
        Text(
            "A PDF on this computer is a copy of the key: print it, then delete the file.",
            TextRole.SMALL,
            "ink3",
            wrap=True,
        )
    )
    card.body.addStretch(1)
    return card
