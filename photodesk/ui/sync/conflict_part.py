"""A conflict to review: the photo, both values side by side with who, when and where, and what to do about it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QMargins, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from photodesk.desk.conflict import Side
from photodesk.ui.controls import Button, ButtonKind, KeyHint, Text, ThumbnailWell, hbox, pass_mouse, vbox
from photodesk.ui.controls.hovering import HoverButton
from photodesk.ui.controls.painting import draw_focus_ring, rounded
from photodesk.ui.fonts import TextRole
from photodesk.ui.sync import words
from photodesk.ui.sync.model import ReviewModel
from photodesk.ui.theme import DESK

CHOICE_PX, PHOTO_PX, EDGE_PX = 186, 188, 24
QUIET_PADDING_PX = 14


class ValueCard(HoverButton):
    """One of the two values. Checked: this one is kept."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFixedHeight(CHOICE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._number = number
        column = vbox(self, 0, QMargins(16, 14, 16, 14))
        top = hbox(None, 8)
        self._workstation = Text("", TextRole.SMALL, "ink2", elide=True)
        top.addWidget(self._workstation, 1)
        top.addWidget(KeyHint(str(number)))
        column.addLayout(top)
        column.addSpacing(6)
        self._value = Text("", TextRole.HEADING, wrap=True)
        column.addWidget(self._value)
        self._field = Text("", TextRole.SMALL, "ink2", elide=True)
        column.addWidget(self._field)
        column.addStretch(1)
        self._person = Text("", TextRole.SMALL, elide=True)
        self._at = Text("", TextRole.SMALL, "ink2")
        column.addWidget(self._person)
        column.addWidget(self._at)
        for text in (self._workstation, self._value, self._field, self._person, self._at):
            pass_mouse(text)

    def sizeHint(self) -> QSize:
        return QSize(222, CHOICE_PX)

    def nextCheckState(self) -> None:
        """The model says which is chosen, not the click."""

    def show_value(self, value: Side, field: str, today: date, *, chosen: bool) -> None:
        """Show this value."""
        shown = words.value_words(value.words)
        self._workstation.set_text(value.workstation or "A workstation")
        self._value.set_text(shown if len(shown) <= 60 else shown[:59] + "…")
        self._field.set_text(field)
        self._person.set_text(value.person or "Somebody who left")
        self._at.set_text(words.at_words(value.at_ms, today))
        self.setChecked(chosen)
        self.setAccessibleName(f"{self._number}: {shown}, {value.workstation}, {value.person}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(self.rect())
        if self.isChecked():
            rounded(painter, box, 8, DESK.panel, DESK.accent, 2)
        else:
            rounded(painter, box, 8, DESK.hover if self._hovered else DESK.panel, DESK.line2)
        if self.hasFocus():
            draw_focus_ring(painter, box.adjusted(3, 3, -3, -3), 6, DESK.accent)


class ConflictPart(QWidget):
    """Shows a `ReviewModel`; says what was asked. `opened` for the photo at full size."""

    chose = Signal(object)
    kept = Signal()
    left = Signal()
    opened = Signal()

    def __init__(self, model: ReviewModel, today: date) -> None:
        super().__init__()
        self._model, self._today = model, today
        column = vbox(self, 0, QMargins(EDGE_PX, 18, EDGE_PX, 8))
        top = hbox(None, 12)
        self._title = Text("", TextRole.SUBHEADING)
        top.addWidget(self._title, 1)
        self._count = Text("", TextRole.SMALL, "ink3")
        top.addWidget(self._count)
        column.addLayout(top)
        column.addSpacing(2)
        self._under = Text("", TextRole.SMALL, "ink2", wrap=True)
        column.addWidget(self._under)
        self._blocks = Text("", TextRole.SMALL_STRONG, "warn", wrap=True)
        column.addWidget(self._blocks)
        column.addSpacing(14)
        row = hbox(None, 14)
        self.well = ThumbnailWell(PHOTO_PX, CHOICE_PX)
        row.addWidget(self.well)
        self.cards = (ValueCard(1), ValueCard(2))
        for number, card in enumerate(self.cards, 1):
            card.clicked.connect(lambda _checked=False, which=number: self.chose.emit(which))
            row.addWidget(card, 1)
        column.addLayout(row)
        column.addSpacing(18)
        column.addLayout(self._buttons())
        self.show_model()

    def _buttons(self) -> QHBoxLayout:
        row = hbox(None, 8, QMargins(-QUIET_PADDING_PX, 0, 0, 0))
        self.open_button = Button("Open the photo", ButtonKind.QUIET, key="Space")
        self.open_button.clicked.connect(lambda _checked=False: self.opened.emit())
        row.addWidget(self.open_button)
        row.addStretch(1)
        self.later_button = Button("Decide later", key="Esc")
        self.later_button.clicked.connect(lambda _checked=False: self.left.emit())
        row.addWidget(self.later_button)
        self.keep_button = Button("Keep", ButtonKind.PRIMARY, key="Enter")
        self.keep_button.clicked.connect(lambda _checked=False: self.kept.emit())
        row.addWidget(self.keep_button)
        return row

    def show_model(self) -> None:
        """Bring everything to what the model says."""
        line, chosen = self._model.line, self._model.chosen
        if line is None or chosen is None:
            return
        conflict, here = line.conflict, self._model.here_chosen
        self._title.set_text(words.conflict_title(line))
        self._count.set_text(self._model.count)
        self._under.set_text(words.conflict_under(line))
        blocks = words.conflict_blocks(line)
        self._blocks.set_text(blocks)
        self._blocks.setVisible(bool(blocks))
        first, second = self.cards
        first.show_value(conflict.here, conflict.what, self._today, chosen=here)
        second.show_value(conflict.there, conflict.what, self._today, chosen=not here)
        self.well.setVisible(bool(conflict.photo_id))
        self.open_button.setVisible(bool(conflict.patient_id))
        self.open_button.set_text("Open the photo" if conflict.photo_id else "Open the chart")
        self.keep_button.set_text(words.keep_words(chosen.words))
        self.keep_button.setEnabled(not self._model.busy)
