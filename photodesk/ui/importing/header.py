"""The strip above: what is imported, the three counters, the rate and Stop."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Button, ButtonKind, CountedProgress, Text, hbox, vbox
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import paint_icon
from photodesk.ui.importing.model import ImportModel, Phase, title_words
from photodesk.ui.theme import DESK

HEIGHT_PX = 84


class _Plate(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(44, 44)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        rounded(painter, QRectF(self.rect()), 8, DESK.sunk)
        paint_icon(painter, "hard-drive", QRectF(11, 11, 22, 22), DESK.ink)


class ImportHeader(QWidget):
    """Shows the model; `stop_asked` asks for the end."""

    stop_asked = Signal()
    another_asked = Signal()
    report_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        row = hbox(self, 20, QMargins(28, 0, 28, 1))
        row.addWidget(_Plate())
        names = vbox(None, 0)
        names.addStretch(1)
        self._title = Text("", TextRole.SUBHEADING, elide=True)
        self._under = Text("", TextRole.SMALL, "ink2", elide=True)
        names.addWidget(self._title)
        names.addWidget(self._under)
        names.addStretch(1)
        row.addLayout(names, 7)
        self._counters = tuple(CountedProgress(name) for name in ("Copied", "Verified", "Filed"))
        for counter in self._counters:
            row.addWidget(counter, 4)
        right = vbox(None, 0)
        right.addStretch(1)
        self._rate, self._left = Text("", TextRole.SMALL_STRONG), Text("", TextRole.SMALL, "ink2")
        for text in (self._rate, self._left):
            text.setAlignment(Qt.AlignmentFlag.AlignRight)
            text.setMinimumWidth(110)
            right.addWidget(text)
        right.addStretch(1)
        row.addLayout(right)
        self.stop = Button("Stop")
        self.stop.clicked.connect(self.stop_asked)
        self.another = Button("Import more")
        self.another.clicked.connect(self.another_asked)
        self.report = Button("Save report", ButtonKind.QUIET)
        self.report.clicked.connect(self.report_asked)
        row.addWidget(self.stop)
        row.addWidget(self.report)
        row.addWidget(self.another)

    def show_model(self, model: ImportModel, groups: int = 0) -> None:
        """Show where the import stands."""
        self._title.set_text(title_words(model.source, from_card=model.from_card))
        self.show_groups(model, groups)
        for counter, done in zip(self._counters, (model.copied, model.verified, model.in_charts), strict=True):
            counter.show_counts(done, model.total)
        rate, left = model.rate_words
        self._rate.set_text(rate)
        self._left.set_text(left)
        self.stop.setVisible(model.phase is Phase.RUNNING)
        self.stop.setEnabled(not model.stopping)
        self.stop.set_text("Stopping…" if model.stopping else "Stop")
        self.another.setVisible(model.phase is Phase.DONE)
        self.report.setVisible(model.phase is Phase.DONE and model.result is not None)

    def show_groups(self, model: ImportModel, groups: int) -> None:
        """What is read, in how many groups: these also change after the copy."""
        self._under.set_text(model.summary_with(groups))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DESK.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(DESK.line))
