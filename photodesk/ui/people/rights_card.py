"""Who may do what: the one table of rights, as a card."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.desk.roles import RIGHTS, Right
from photodesk.ui.controls import Card, Line, Text
from photodesk.ui.controls.text import hbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.people.model import ROLE_ORDER
from photodesk.ui.theme import DESK
from photodesk.ui.words import role_words

HEAD_PX, ROW_PX, COLUMN_PX, ICON_PX = 36, 32, 112, 16
WORDS = (
    "Somebody with several roles may do what any of them may. Charts, photos and the log are guarded by keys as well: "
    "the front desk holds none that opens a chart, and only a privacy officer holds one that reads the log."
)


class RightsCard(Card):
    """A line a right, a column a role."""

    def __init__(self) -> None:
        super().__init__(0, 0)
        head = hbox(None, 0, QMargins(24, 20, 24, 4))
        head.addWidget(Text("Who may do what", TextRole.SUBHEADING))
        self.body.addLayout(head)
        self.table = RightsTable()
        self.body.addWidget(self.table)
        self.body.addWidget(Line())
        foot = hbox(None, 0, QMargins(24, 14, 24, 18))
        foot.addWidget(Text(WORDS, TextRole.SMALL, "ink2", wrap=True))
        self.body.addLayout(foot)


class RightsTable(QWidget):
    """Painted from `RIGHTS`; its accessible text says every line."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEAD_PX + ROW_PX * len(RIGHTS))
        self.setAccessibleName("Who may do what")
        self.setAccessibleDescription("; ".join(right_words(right) for right in RIGHTS))

    def sizeHint(self) -> QSize:
        return QSize(600, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t, width = QPainter(self), DESK, self.width()
        first = width - 16 - COLUMN_PX * len(ROLE_ORDER)
        painter.setFont(font(TextRole.LABEL))
        painter.setPen(QColor(t.ink3))
        for at, role in enumerate(ROLE_ORDER):
            box = QRectF(first + at * COLUMN_PX, 0, COLUMN_PX, HEAD_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, role_words({role}))
        for number, (right, held) in enumerate(RIGHTS.items()):
            top = HEAD_PX + number * ROW_PX
            painter.fillRect(QRectF(24, top, width - 48, 1), QColor(t.line))
            painter.setFont(font(TextRole.BODY))
            painter.setPen(QColor(t.ink))
            box = QRectF(24, top, first - 24, ROW_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, f"{right.value[0].upper()}{right.value[1:]}")
            for at, role in enumerate(ROLE_ORDER):
                self._mark(painter, QRectF(first + at * COLUMN_PX, top, COLUMN_PX, ROW_PX), role in held)

    def _mark(self, painter: QPainter, box: QRectF, held: bool) -> None:
        if held:
            middle = QRectF(0, 0, ICON_PX, ICON_PX)
            middle.moveCenter(box.center())
            paint_icon(painter, "check-bold", middle, DESK.ink)
        else:
            painter.setPen(QColor(DESK.line2))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "–")


def right_words(right: Right) -> str:
    """`Find patients: Clinician, Front desk`."""
    roles = ", ".join(role_words({role}) for role in ROLE_ORDER if role in RIGHTS[right])
    return f"{right.value[0].upper()}{right.value[1:]}: {roles}"
