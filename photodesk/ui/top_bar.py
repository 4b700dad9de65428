"""The top bar: where one is, the way to another patient, who is signed in."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from photodesk.ui.controls.avatar import Avatar
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.chips import Chip, Tone
from photodesk.ui.controls.painting import draw_focus_ring, draw_hint, rounded
from photodesk.ui.controls.text import Line, Text, hbox, vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.page import Heading
from photodesk.ui.theme import DESK, Theme

HEIGHT_PX = 56


class FindButton(QAbstractButton):
    """Looks like the search field and goes to it."""

    def __init__(self, theme: Theme = DESK) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Find a patient")
        self.setFixedSize(340, 34)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t, box = QPainter(self), self._theme, QRectF(self.rect())
        rounded(painter, box, 6, t.hover, t.line2)
        paint_icon(painter, "magnifying-glass", QRectF(11, 8, 18, 18), t.ink2)
        painter.setFont(font(TextRole.BODY))
        painter.setPen(QColor(t.ink3))
        painter.drawText(box.adjusted(36, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "Find a patient")
        draw_hint(painter, box.right() - 10, box.height() / 2, "Ctrl K", (t.panel, t.line2, t.ink2))
        if self.hasFocus():
            draw_focus_ring(painter, box, 6, t.accent)


class PersonButton(QAbstractButton):
    """Who is signed in; a click hands the desk over to somebody else."""

    def __init__(self, person: str, role: str, theme: Theme = DESK) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Hand over to somebody else")
        self.setToolTip("Hand over (Ctrl+Shift+L)")
        row = hbox(self, 12, QMargins(6, 2, 6, 2))
        row.addWidget(Avatar(person, 32, theme=theme))
        names = vbox(None, 0)
        names.addStretch(1)
        names.addWidget(Text(person, TextRole.SMALL_STRONG, theme=theme))
        names.addWidget(Text(role, TextRole.LABEL, "ink3", theme=theme))
        names.addStretch(1)
        row.addLayout(names)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, box = QPainter(self), QRectF(self.rect())
        if self.underMouse() or self.isDown():
            rounded(painter, box, 6, self._theme.hover)
        if self.hasFocus():
            draw_focus_ring(painter, box, 6, self._theme.accent)


class TopBar(QWidget):
    """56 px: heading at the left, page actions, DEMO mark and person at the right."""

    back_asked = Signal()
    find_asked = Signal()
    hand_over_asked = Signal()

    def __init__(self, person: str, role: str, *, demo: bool = False, theme: Theme = DESK) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(HEIGHT_PX)
        row = hbox(self, 12, QMargins(20, 0, 20, 1))
        self._back = Button("", ButtonKind.QUIET, icon="arrow-left", height=36, theme=theme)
        self._back.setFixedWidth(36)
        self._back.setAccessibleName("Back")
        self._back.clicked.connect(self.back_asked)
        self._title = Text("", TextRole.SUBHEADING, theme=theme)
        self._subtitle = Text("", TextRole.BODY, "ink3", theme=theme)
        self._find = FindButton(theme)
        self._find.clicked.connect(self.find_asked)
        for widget in (self._back, self._title, self._subtitle):
            row.addWidget(widget)
        row.addSpacing(28)
        row.addWidget(self._find)
        row.addStretch(1)
        self._actions = hbox(None, 12)
        row.addLayout(self._actions)
        if demo:
            mark = Chip("DEMO", Tone.WARN, theme=theme)
            mark.setAccessibleName("Demo clinic: nothing here is a real patient")
            row.addWidget(mark)
        self._standing = hbox(None, 12)
        row.addLayout(self._standing)
        line = Line(vertical=True, theme=theme)
        line.setFixedHeight(20)
        row.addWidget(line)
        self.person = PersonButton(person, role, theme)
        self.person.clicked.connect(lambda _checked=False: self.hand_over_asked.emit())
        row.addWidget(self.person)

    def put(self, chip: QWidget) -> None:
        """Something that stands beside the person on every page."""
        self._standing.addWidget(chip)

    def show_heading(self, heading: Heading, actions: tuple[QWidget, ...] = ()) -> None:
        """What the page says about itself."""
        self._title.set_text(heading.title)
        self._subtitle.set_text(heading.subtitle)
        self._back.setVisible(heading.back)
        self._find.setVisible(heading.find)
        while self._actions.count():
            item = self._actions.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setParent(None)
        for action in actions:
            self._actions.addWidget(action)
            action.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(self._theme.line))
