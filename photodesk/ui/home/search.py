"""The search panel: the field, the patients found with the typed part marked, the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QWidget

from photodesk.ui.controls import Card, KeyHint, KeyLine, Line, Row, Text, hbox, vbox
from photodesk.ui.controls.avatar import draw_avatar
from photodesk.ui.controls.painting import draw_hint, rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.home.model import FoundLine, HomeModel
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK

FIELD_PX, ROW_PX, MOST_ROWS, NUMBER_PX = 60, 56, 7, 76


class FoundRow(Row):
    """One patient: avatar, name with marks, birth date and age, record number, last visit."""

    def __init__(self, line: FoundLine) -> None:
        super().__init__(f"{line.name}, {line.born}, {line.mrn}", ROW_PX, line=False, radius_px=6)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCheckable(True)
        self._found = line

    def nextCheckState(self) -> None:
        """The model chooses."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, t, box, line = QPainter(self), DESK, QRectF(self.rect()), self._found
        if self.isChecked():
            rounded(painter, box, 6, t.accent_soft)
        elif self._hovered:
            rounded(painter, box, 6, t.hover)
        draw_avatar(painter, QRectF(16, 12, 32, 32), line.name, t, chosen=self.isChecked())
        width = box.width()
        columns = found_columns(width)
        self._draw_name(painter, QRectF(columns[0], 0, columns[1] - columns[0] - 12, box.height()))
        painter.setFont(font(TextRole.SMALL))
        metrics = QFontMetricsF(painter.font())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(t.ink2))
        painter.drawText(QRectF(columns[1], 0, 200, box.height()), middle, line.born)
        room = columns[3] - columns[2] - 8
        number = metrics.elidedText(line.mrn, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(columns[2], 0, room, box.height()), middle, number)
        painter.setPen(QColor(t.accent_ink if line.here_now else t.ink2))
        painter.drawText(QRectF(columns[3], 0, 160, box.height()), middle, line.last_visit)
        painter.setPen(QColor(t.ink3))
        after = columns[1] + metrics.horizontalAdvance(line.born)
        painter.drawText(QRectF(after, 0, 80, box.height()), middle, f" · {line.age}")
        if self.isChecked():
            draw_hint(painter, width - 16, box.height() / 2, "Enter", (t.panel, t.line2, t.ink2))

    def _draw_name(self, painter: QPainter, box: QRectF) -> None:
        plain, strong = font(TextRole.BODY_STRONG), font(TextRole.BODY, weight=600)
        marked = {i for start, length in self._found.marks for i in range(start, start + length)}
        name = QFontMetricsF(plain).elidedText(self._found.name, Qt.TextElideMode.ElideRight, box.width())
        left, index = box.left(), 0
        while index < len(name):
            end = index
            while end < len(name) and (end in marked) == (index in marked):
                end += 1
            piece, on = name[index:end], index in marked
            painter.setFont(strong if on else plain)
            painter.setPen(QColor(DESK.ink))
            width = QFontMetricsF(painter.font()).horizontalAdvance(piece)
            painter.drawText(QRectF(left, 0, width + 2, box.height()), Qt.AlignmentFlag.AlignVCenter, piece)
            if on:
                painter.fillRect(QRectF(left, box.height() / 2 + 10, width, 1.5), QColor(DESK.accent))
            left, index = left + width, end


def found_columns(width: float) -> tuple[float, float, float, float]:
    """Where name, birth date, record number and last visit begin; in a narrow panel nothing runs into its neighbour."""
    name, room = 66.0, width - 66
    born = name + room * 0.325
    longest = QFontMetricsF(font(TextRole.SMALL)).horizontalAdvance("30 Aug 1968 · 100 y")
    number = max(name + room * 0.51, born + longest + 12)
    return name, born, number, max(name + room * 0.635, number + NUMBER_PX)


class SearchPanel(Card):
    """Emits what was typed and what the keys ask for; shows the model."""

    typed = Signal(str)
    opened = Signal(object)
    compared = Signal(object)

    def __init__(
        self,
        model: HomeModel,
        *,
        may_compare: bool,
        may_add: bool = True,
        may_plan: bool = False,
        opens: str = "open",
    ) -> None:
        super().__init__(0, 0, strong=True)
        self._model, self._may_compare, self._may_add, self._opens = model, may_compare, may_add, opens
        self._may_plan = may_plan
        self._rows: list[FoundRow] = []
        self._entered = ("", False)
        self.edit = QLineEdit()
        self.edit.setAccessibleName("Find a patient by name, birth date or record number")
        self.edit.setFont(font(TextRole.SEARCH))
        self.edit.setPlaceholderText("Find a patient")
        self.edit.setFrame(False)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self.typed)
        top = QWidget()
        top.setFixedHeight(FIELD_PX)
        row = hbox(top, 12, QMargins(20, 0, 18, 0))
        row.addWidget(Icon("magnifying-glass", DESK.ink2, 22))
        row.addWidget(self.edit, 1)
        self._hint = Text("Name, birth date or record number", TextRole.SMALL, "ink3")
        self._esc = KeyHint("Esc")
        row.addWidget(self._hint)
        row.addWidget(self._esc)
        self.body.addWidget(top)
        self._line = Line()
        self.body.addWidget(self._line)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list = QWidget()
        self._list.setObjectName("scrolled")
        self._column = vbox(self._list, 0, 6)
        self._scroll.setWidget(self._list)
        self.body.addWidget(self._scroll)
        self._empty = Text("", TextRole.BODY, "ink2", wrap=True)
        self._empty.setContentsMargins(22, 18, 22, 18)
        self.body.addWidget(self._empty)
        self._foot = self._make_foot()
        self.body.addWidget(self._foot)
        self.show_model()

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        column = vbox(foot)
        column.addWidget(Line())
        row = hbox(None, 14, QMargins(18, 8, 18, 8))
        self._count = Text("", TextRole.LABEL, "ink3")
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(KeyLine(("↑", "↓"), "move"))
        row.addWidget(KeyLine(("Enter",), self._opens))
        if self._may_compare:
            row.addWidget(KeyLine(("Ctrl Enter",), "compare latest pair"))
        self._add_visit = KeyLine(("Ctrl Shift N",), "add visit")
        row.addWidget(self._add_visit)
        self.show_wide(True)
        if self._may_add:
            row.addWidget(KeyLine(("Ctrl N",), "new patient"))
        column.addLayout(row)
        return foot

    def show_wide(self, wide: bool) -> None:
        """The key that adds a visit also stands above today's list: it drops first."""
        self._add_visit.setVisible(wide and self._may_plan)

    @property
    def chosen(self) -> FoundLine | None:
        """Who is chosen among the patients found, or nobody."""
        return self._model.chosen

    def show_model(self) -> None:
        """Show what was found."""
        found = self._model.found
        for row in self._rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows = []
        for index, line in enumerate(found):
            row = FoundRow(line)
            row.clicked.connect(lambda _=False, patient_id=line.patient_id: self.opened.emit(patient_id))
            row.setChecked(index == self._model.selected)
            self._rows.append(row)
            self._column.addWidget(row)
        self._scroll.setFixedHeight(min(len(found), MOST_ROWS) * ROW_PX + 12)
        self._scroll.setVisible(bool(found))
        self._empty.set_text(self._model.nothing_found)
        self._empty.setVisible(bool(self._model.nothing_found))
        self._foot.setVisible(bool(found))
        self._line.setVisible(bool(found) or bool(self._model.nothing_found))
        self._esc.setVisible(bool(self._model.text))
        self._count.set_text(self._model.count_words)
        self._open_entered()

    def _open_entered(self) -> None:
        """`Enter` holds for the text it was pressed on, also when the answer comes later (a scanner types fast)."""
        text, compare = self._entered
        chosen = self._model.chosen
        if text and text == self._model.text and chosen is not None:
            self._entered = ("", False)
            (self.compared if compare and self._may_compare else self.opened).emit(chosen.patient_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event) or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self._model.move(-1 if key == Qt.Key.Key_Up else 1)
            for index, row in enumerate(self._rows):
                row.setChecked(index == self._model.selected)
                if index == self._model.selected:
                    self._scroll.ensureWidgetVisible(row, 0, 0)
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            compare = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._entered = (self._model.text, compare)
            self._open_entered()
            return True
        if key == Qt.Key.Key_Escape and self.edit.text():
            self.edit.clear()
            return True
        return False
