"""The activity page: wires its parts to the desk. Reading it is an entry too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from photodesk.clock import local_today
from photodesk.desk.activity import ActivityQuery
from photodesk.desk.roles import Right
from photodesk.ui.controls import Button, Card, Dropdown, Text, hbox, vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import Icon, paint_icon
from photodesk.ui.log.detail import DetailPanel
from photodesk.ui.log.model import PERIODS, ActivityModel
from photodesk.ui.log.table import COLUMNS, ActivityTable, column_left
from photodesk.ui.page import Heading, Key, Page, PageContext, sentence
from photodesk.ui.theme import DESK

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine, ChainCheck

MOST_LINES = 20_000
NARROW_PX, FLOAT_TOP_PX = 1400, 92
NO_RIGHT = "The activity log is read by the privacy officer. Every view is written to it, and reading it is too."


class _Shield(QWidget):
    """The chain's disc."""

    def __init__(self) -> None:
        super().__init__()
        self.good = True
        self.setFixedSize(40, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DESK.ok_soft if self.good else DESK.bad_soft))
        painter.drawEllipse(self.rect())
        name, ink = ("shield-check", DESK.ok) if self.good else ("warning-circle", DESK.bad)
        paint_icon(painter, name, QRectF(10, 10, 20, 20), ink)


class _Head(QWidget):
    """The table's column names."""

    def __init__(self, table: ActivityTable) -> None:
        super().__init__()
        self._table = table
        self.setFixedHeight(34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DESK.panel))
        for edge in (0, self.height() - 1):
            painter.fillRect(0, edge, self.width(), 1, QColor(DESK.line))
        painter.setFont(font(TextRole.LABEL))
        painter.setPen(QColor(DESK.ink3))
        for number, (words, _) in enumerate(COLUMNS):
            box = QRectF(column_left(self._table.viewport().width(), number), 0, 160, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)


class ActivityPage(Page):
    """Only a privacy officer reads; others are told so."""

    section = "activity"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.model = ActivityModel(local_today(context.desk.clock), context.clinic.workstation)
        self.may_read = context.desk.may(Right.READ_LOG)
        if not self.may_read:
            column = vbox(self, 0, 48)
            words = Text(NO_RIGHT, TextRole.LEAD, "ink2", wrap=True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(words)
            return
        self._note = self._make_note()
        self._build()

    def _make_note(self) -> QWidget:
        note = QWidget()
        row = hbox(note, 8)
        row.addWidget(Icon("eye", DESK.ink2, 18))
        row.addWidget(Text("Reading this page is logged too", TextRole.SMALL, "ink2"))
        return note

    def _build(self) -> None:
        self._whole = whole = hbox(self)
        left = vbox(None)
        top = vbox(None, 16, QMargins(24, 20, 24, 16))
        self._badge = Card(0, 0)
        badge = hbox(None, 16, QMargins(20, 15, 20, 15))
        self._shield = _Shield()
        self._title, self._words = Text("", TextRole.SUBHEADING), Text("", TextRole.SMALL, "ink2", wrap=True)
        words = vbox(None, 0)
        words.addWidget(self._title)
        words.addWidget(self._words)
        self._again = Button("Check again")
        self._again.clicked.connect(self.check)
        badge.addWidget(self._shield)
        badge.addLayout(words, 1)
        badge.addWidget(self._again)
        self._badge.body.addLayout(badge)
        top.addWidget(self._badge)
        top.addLayout(self._make_filters())
        left.addLayout(top)
        self.table = ActivityTable(self.model.today)
        self._head = _Head(self.table)
        left.addWidget(self._head)
        self.table.chosen.connect(self._choose)
        left.addWidget(self.table, 1)
        self._empty = Text("", TextRole.LEAD, "ink2")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        left.addWidget(self._empty, 1)
        self._empty.hide()
        whole.addLayout(left, 1)
        self.detail = DetailPanel()
        whole.addWidget(self.detail)
        self._floating = False
        self._show_badge()

    def _make_filters(self) -> QHBoxLayout:
        row = hbox(None, 8)
        self._patient = Dropdown("Any patient", (), icon="user-circle", height=34)
        self._person = Dropdown("Anyone", (), icon="users-three", height=34)
        self._action = Dropdown("Any action", (), icon="eye", height=34)
        self._period = Dropdown("Period", PERIODS, value="30", icon="calendar-blank", height=34)
        for dropdown, name in ((self._patient, "patient_id"), (self._person, "person_id"), (self._action, "action")):
            dropdown.picked.connect(partial(self._filter, name))
            row.addWidget(dropdown)
        self._period.picked.connect(self._period_picked)
        row.addWidget(self._period)
        row.addStretch(1)
        self._count = Text("", TextRole.SMALL, "ink3")
        row.addWidget(self._count)
        return row

    def heading(self) -> Heading:
        return Heading("Activity", "This workstation's log" if self.may_read else "")

    def top_actions(self) -> tuple[QWidget, ...]:
        return (self._note,) if self.may_read else ()

    def keys(self) -> tuple[Key, ...]:
        return (Key(("/",), "Filter"), Key(("↑", "↓"), "Move")) if self.may_read else ()

    def entered(self) -> None:
        if self.may_read:
            self.refresh()
            self.table.setFocus()

    def refresh(self) -> None:
        if self.may_read:
            self.read()
            self.check()

    def about_patient(self, patient_id: str) -> None:
        """Who has seen this patient."""
        self.model.question.patient_id = patient_id
        if self.may_read:
            self.model.ask()
            self.show_lines()

    def read(self) -> None:
        """Read the period asked for."""
        since = self.model.since_ms(self.context.desk.clock.wall_ms())
        work = partial(self.context.desk.activity.read, ActivityQuery(since_ms=since, limit=MOST_LINES))
        self.context.tasks.store(work, self._took, self._failed)

    def check(self) -> None:
        """Check the chain again."""
        self._again.setEnabled(False)
        self.context.tasks.decode(self.context.desk.activity.check, self._checked, self._failed)

    def _took(self, lines: list[ActivityLine]) -> None:
        self.model.took(lines)
        self.show_lines()

    def _checked(self, check: ChainCheck) -> None:
        self.model.check = check
        self._again.setEnabled(True)
        self._show_badge()

    def _show_badge(self) -> None:
        title, words, good = self.model.badge()
        self._title.set_text(title)
        self._words.set_text(words)
        self._shield.good = good
        self._shield.update()

    def show_lines(self) -> None:
        """Bring table and filters to what the model says."""
        model, q = self.model, self.model.question
        self._patient.set_choices((("", "Any patient"), *model.patients), q.patient_id)
        self._person.set_choices((("", "Anyone"), *model.people), q.person_id)
        self._action.set_choices((("", "Any action"), *model.actions()), q.action)
        self.table.line_model.show_lines(model.shown)
        self._count.set_text(f"{len(model.shown):,} entries")
        self._empty.set_text(model.sentence)
        self._empty.setVisible(bool(model.sentence))
        self.table.setVisible(not model.sentence)
        self.detail.show_line(model.chosen)
        self._head.update()

    def _filter(self, name: str, value: str) -> None:
        setattr(self.model.question, name, value)
        self.model.ask()
        self.show_lines()

    def _period_picked(self, days: str) -> None:
        self.model.question.days = int(days)
        self.read()

    def _choose(self, line: ActivityLine | None) -> None:
        self.model.chosen = line
        self.detail.show_line(line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the table needs the whole width the detail stands above it."""
        super().resizeEvent(event)
        if not self.may_read:
            return
        narrow = self.width() < NARROW_PX
        if narrow != self._floating:
            self._floating = narrow
            self.detail.float_over(narrow)
            (self._whole.removeWidget if narrow else self._whole.addWidget)(self.detail)
        if narrow:
            width = self.detail.width()
            self.detail.setGeometry(self.width() - width - 20, FLOAT_TOP_PX, width, self.height() - FLOAT_TOP_PX - 20)
            self.detail.raise_()

    def escape(self) -> bool:
        if self.model.chosen is None:
            return False
        self.table.setCurrentIndex(QModelIndex())
        self._choose(None)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Slash and self.may_read:
            self._patient.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        super().keyPressEvent(event)

    def _failed(self, failure: BaseException) -> None:
        self._again.setEnabled(True)
        self.context.navigate.say(sentence(failure))
