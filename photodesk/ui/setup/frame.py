"""The window of the first run: numbered steps at the left, one page, Back and Continue below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from photodesk.desk.entrance import Entrance
from photodesk.ui.controls import Button, ButtonKind, Text, hbox, vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon, window_icon
from photodesk.ui.page import TaskRunner, sentence
from photodesk.ui.setup.key_storage import KeyStorage
from photodesk.ui.sign_in.clock_panel import DarkPanel
from photodesk.ui.theme import DESK, VIEWING, style_sheet
from photodesk.ui.window_size import keep_on_screen

STEPS_PX, MARGIN_PX, FOOT_PX = 380, 72, 76
NARROW_PX, NARROW_STEPS_PX, NARROW_MARGIN_PX = 1440, 300, 40
QUIET_PADDING_PX = 14


class StepLine(QWidget):
    """A step: done, here, or to come. `here` says which one is shown."""

    def __init__(self, step: int, words: str, here: Callable[[], int]) -> None:
        super().__init__()
        self._step, self._words, self._here = step, words, here
        self.setFixedHeight(44)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here, done = self._step == self._here(), self._step < self._here()
        disc = QRectF(0.5, 9.5, 25, 25)
        painter.setPen(QColor(VIEWING.ink if here else VIEWING.accent_soft if done else VIEWING.control))
        painter.setBrush(QColor(VIEWING.ink if here else VIEWING.accent_soft if done else VIEWING.bg))
        painter.drawEllipse(disc)
        if done:
            paint_icon(painter, "check", QRectF(6, 15, 14, 14), VIEWING.ink)
        else:
            painter.setPen(QColor(VIEWING.on_accent if here else VIEWING.ink3))
            painter.setFont(font(TextRole.LABEL, weight=600))
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._step))
        painter.setFont(font(TextRole.SUBHEADING, weight=600 if here else 400))
        painter.setPen(QColor(VIEWING.ink if here else VIEWING.ink2 if done else VIEWING.ink3))
        painter.drawText(QRectF(38, 0, 300, 44), Qt.AlignmentFlag.AlignVCenter, self._words)


class SetupFrame(QWidget):
    """`stack` takes the pages; whoever derives says what `go_on` and `back` do, and whether it is `busy`."""

    def __init__(self, title: str, steps: tuple[tuple[int, str], ...], here: Callable[[], int]) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle("PhotoDesk")
        self.setWindowIcon(window_icon())
        keep_on_screen(self)
        self.setStyleSheet(style_sheet(DESK))
        self.on_close: Callable[[], None] = lambda: None
        whole = hbox(self)
        self._lines = [StepLine(int(step), words, here) for step, words in steps]
        self._panel = self._make_panel(title)
        whole.addWidget(self._panel)
        right = vbox(None)
        self.stack = QStackedWidget()
        self._body = vbox(None)
        self._body.addWidget(self.stack)
        right.addLayout(self._body, 1)
        right.addWidget(self._make_foot())
        whole.addLayout(right, 1)

    @property
    def busy(self) -> bool:
        """Whether something is being made that must not be left."""
        return False

    def back(self) -> None:
        """The step before."""

    def go_on(self) -> None:
        """The next step."""

    def show_model(self) -> None:
        """Bring everything to what the model says."""

    def look_for_keyring(self, entrance: Entrance, tasks: TaskRunner, storage: KeyStorage) -> None:
        """Ask the computer for its keyring; what it answers goes into the model."""

        def took(name: str) -> None:
            storage.keyring = name
            self.show_model()

        def failed(failure: BaseException) -> None:
            storage.keyring_words = getattr(failure, "message", "") or sentence(failure)
            self.show_model()

        tasks.store(entrance.keyring_name, took, failed)

    def say(self, words: str) -> None:
        """A sentence beside the button."""
        self._words.set_text(words)

    def show_steps(self, clinic: str = "", workstation: str = "") -> None:
        """Paint the steps again, with what is known of the names."""
        self._clinic.set_text(clinic)
        self._workstation.set_text(workstation)
        for line in self._lines:
            line.update()

    def _make_panel(self, title: str) -> DarkPanel:
        panel = DarkPanel(48)
        panel.column.addSpacing(52)
        panel.column.addWidget(Text(title, TextRole.TITLE, theme=VIEWING))
        panel.column.addSpacing(20)
        for line in self._lines:
            panel.column.addWidget(line)
        panel.column.addStretch(1)
        self._clinic = Text("", TextRole.SMALL, "ink2", theme=VIEWING)
        self._workstation = Text("", TextRole.SMALL, "ink3", theme=VIEWING)
        panel.column.addWidget(self._clinic)
        panel.column.addWidget(self._workstation)
        return panel

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        foot.setObjectName("panel")
        foot.setFixedHeight(FOOT_PX)
        foot.setStyleSheet(f"QWidget#panel {{ border-top: 1px solid {DESK.line}; }}")
        self._foot_row = row = hbox(foot, 12)
        self._back = Button("Back", ButtonKind.QUIET, icon="arrow-left", height=44)
        self._back.clicked.connect(lambda _checked=False: self.back())
        self._words = Text("", TextRole.SMALL, "ink3")
        self._go = Button("Continue", ButtonKind.PRIMARY, key="Enter", height=44)
        self._go.clicked.connect(lambda _checked=False: self.go_on())
        self.others = hbox(None, 12)
        row.addWidget(self._back)
        row.addLayout(self.others)
        row.addStretch(1)
        row.addWidget(self._words)
        row.addWidget(self._go)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW_PX
        margin = NARROW_MARGIN_PX if narrow else MARGIN_PX
        self._panel.setFixedWidth(NARROW_STEPS_PX if narrow else STEPS_PX)
        self._body.setContentsMargins(margin, 48 if narrow else 64, margin, 16)
        self._foot_row.setContentsMargins(margin - QUIET_PADDING_PX, 0, margin, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.go_on()
        elif event.key() == Qt.Key.Key_Escape:
            self.back()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window closes PhotoDesk; what is not made yet is not made."""
        event.ignore()
        if not self.busy:
            self.on_close()
