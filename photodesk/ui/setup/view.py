"""The window of the first run: steps at the left, one page, Back and Continue below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QStackedWidget, QWidget

from photodesk.desk.entrance import Entrance, Founded
from photodesk.ui.controls import Button, ButtonKind, Text, hbox, vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon, window_icon
from photodesk.ui.page import TaskRunner, sentence
from photodesk.ui.setup.kit_output import KitOutput
from photodesk.ui.setup.model import STEPS, SetupModel, Step
from photodesk.ui.setup.recovery_step import RecoveryStep
from photodesk.ui.setup.steps import AdministratorStep, ClinicStep, StepPage, StorageStep
from photodesk.ui.sign_in.clock_panel import DarkPanel
from photodesk.ui.theme import DESK, VIEWING, style_sheet
from photodesk.ui.window_size import keep_on_screen

STEPS_PX, MARGIN_PX, FOOT_PX = 380, 72, 76
NARROW_PX, NARROW_STEPS_PX, NARROW_MARGIN_PX = 1440, 300, 40
QUIET_PADDING_PX = 14
DEMO_BUTTON = "Try it with a demo clinic"


class StepLine(QWidget):
    """A step: done, here, or to come."""

    def __init__(self, step: Step, words: str, model: SetupModel) -> None:
        super().__init__()
        self._step, self._words, self._model = step, words, model
        self.setFixedHeight(44)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here, done = self._step is self._model.step, self._step < self._model.step
        disc = QRectF(0.5, 9.5, 25, 25)
        painter.setPen(QColor(VIEWING.ink if here else VIEWING.accent_soft if done else VIEWING.control))
        painter.setBrush(QColor(VIEWING.ink if here else VIEWING.accent_soft if done else VIEWING.bg))
        painter.drawEllipse(disc)
        if done:
            paint_icon(painter, "check", QRectF(6, 15, 14, 14), VIEWING.ink)
        else:
            painter.setPen(QColor(VIEWING.on_accent if here else VIEWING.ink3))
            painter.setFont(font(TextRole.LABEL, weight=600))
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(int(self._step)))
        painter.setFont(font(TextRole.SUBHEADING, weight=600 if here else 400))
        painter.setPen(QColor(VIEWING.ink if here else VIEWING.ink2 if done else VIEWING.ink3))
        painter.drawText(QRectF(38, 0, 300, 44), Qt.AlignmentFlag.AlignVCenter, self._words)


class SetupView(QWidget):
    """Calls `finished` when the code has been proven to be on paper."""

    def __init__(self, entrance: Entrance, tasks: TaskRunner, finished: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle("PhotoDesk")
        self.setWindowIcon(window_icon())
        keep_on_screen(self)
        self.setStyleSheet(style_sheet(DESK))
        self.model = SetupModel()
        self._entrance, self._tasks, self._finished = entrance, tasks, finished
        self.on_close: Callable[[], None] = lambda: None
        self.on_demo: Callable[[], None] = lambda: None
        self._steps: list[StepPage] = [
            ClinicStep(self.model),
            AdministratorStep(self.model),
            StorageStep(self.model, str(entrance.layout.root)),
        ]
        self._recovery: RecoveryStep | None = None
        self._kit: KitOutput | None = None
        whole = hbox(self)
        self._panel = self._make_panel()
        whole.addWidget(self._panel)
        right = vbox(None)
        self._stack = QStackedWidget()
        for step in self._steps:
            step.changed.connect(self.show_model)
            self._stack.addWidget(step)
        self._body = vbox(None)
        self._body.addWidget(self._stack)
        right.addLayout(self._body, 1)
        right.addWidget(self._make_foot())
        whole.addLayout(right, 1)
        self._tasks.store(entrance.keyring_name, self._took_keyring, self._no_keyring)
        self._show_step()

    def _make_panel(self) -> DarkPanel:
        panel = DarkPanel(48)
        panel.column.addSpacing(52)
        panel.column.addWidget(Text("Set up this clinic", TextRole.TITLE, theme=VIEWING))
        panel.column.addSpacing(20)
        self._lines = [StepLine(step, words, self.model) for step, words in STEPS]
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
        self._back.clicked.connect(self.back)
        self._words = Text("", TextRole.SMALL, "ink3")
        self._go = Button("Continue", ButtonKind.PRIMARY, key="Enter", height=44)
        self._go.clicked.connect(self.go_on)
        self._demo = Button(DEMO_BUTTON, ButtonKind.QUIET, height=44)
        self._demo.clicked.connect(self._ask_for_demo)
        row.addWidget(self._back)
        row.addWidget(self._demo)
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

    def _took_keyring(self, name: str) -> None:
        self.model.keyring = name
        self.show_model()

    def _no_keyring(self, failure: BaseException) -> None:
        self.model.keyring_words = getattr(failure, "message", "") or sentence(failure)
        self.show_model()

    def show_model(self) -> None:
        """Bring everything to what the model says."""
        model = self.model
        if model.step < Step.RECOVERY:
            self._steps[model.step - 1].show_model()
        self._clinic.set_text(model.clinic)
        self._workstation.set_text(model.workstation)
        self._back.setVisible(model.may_go_back)
        self._demo.setVisible(model.step == Step.CLINIC)
        self._demo.setEnabled(not model.busy)
        self._go.setEnabled(model.may_continue)
        self._go.set_text("Making the clinic…" if model.busy else "Continue")
        for line in self._lines:
            line.update()

    def _ask_for_demo(self) -> None:
        self.on_demo()

    def wait_for_demo(self, waiting: bool) -> None:
        """While the demo clinic is made nothing else can be asked."""
        self._demo.set_text("Making the demo clinic…" if waiting else DEMO_BUTTON)
        self._demo.setEnabled(not waiting)
        self._go.setEnabled(not waiting and self.model.may_continue)

    def say(self, words: str) -> None:
        """A sentence beside the button."""
        self._words.set_text(words)

    def _show_step(self) -> None:
        if self.model.step < Step.RECOVERY:
            self._stack.setCurrentWidget(self._steps[self.model.step - 1])
            self._steps[self.model.step - 1].entered()
        elif self._recovery is not None:
            self._stack.setCurrentWidget(self._recovery)
            self._recovery.entered()
        self.show_model()

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
        if not self.model.busy:
            self.on_close()

    def back(self) -> None:
        """The step before."""
        if self.model.may_go_back:
            self.model.step = Step(self.model.step - 1)
            self.say("")
            self._show_step()

    def go_on(self) -> None:
        """The next step; after storage the clinic is made, after the kit set-up is done."""
        model = self.model
        if not model.may_continue:
            return
        self.say("")
        if model.step is Step.RECOVERY:
            model.code = ""
            self._finished()
        elif model.step is Step.STORAGE:
            model.busy = True
            self.show_model()
            work = partial(
                self._entrance.found,
                model.clinic,
                model.workstation,
                model.person,
                model.password,
                password_only=model.password_only,
            )
            self._tasks.store(work, self._founded, self._not_founded)
        else:
            model.step = Step(model.step + 1)
            self._show_step()

    def _founded(self, founded: Founded) -> None:
        self.model.founded(founded)
        self._recovery = RecoveryStep(self.model, printers=bool(QPrinterInfo.availablePrinterNames()))
        self._recovery.changed.connect(self.show_model)
        self._kit = KitOutput(self, self._recovery, self.model, self.say)
        self._stack.addWidget(self._recovery)
        self.say("The code will not be shown again.")
        self._show_step()

    def _not_founded(self, failure: BaseException) -> None:
        self.model.busy = False
        self.say(sentence(failure))
        self.show_model()
