"""Founding a clinic: its names, the first person, where the keys lie, and the recovery kit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtPrintSupport import QPrinterInfo

from photodesk.desk.entrance import Entrance, Founded
from photodesk.ui.controls import Button, ButtonKind
from photodesk.ui.page import TaskRunner, sentence
from photodesk.ui.setup.frame import SetupFrame
from photodesk.ui.setup.kit_output import KitOutput
from photodesk.ui.setup.model import STEPS, SetupModel, Step
from photodesk.ui.setup.recovery_step import RecoveryStep
from photodesk.ui.setup.steps import AdministratorStep, ClinicStep, StepPage, StorageStep

DEMO_BUTTON = "Try it with a demo clinic"
JOIN_BUTTON = "Join a clinic"


class SetupView(SetupFrame):
    """Calls `finished` when the code has been proven to be on paper; `on_demo` and `on_join` lead elsewhere."""

    def __init__(self, entrance: Entrance, tasks: TaskRunner, finished: Callable[[], None]) -> None:
        self.model = SetupModel()
        super().__init__("Set up this clinic", STEPS, lambda: self.model.step)
        self._entrance, self._tasks, self._finished = entrance, tasks, finished
        self.on_demo: Callable[[], None] = lambda: None
        self.on_join: Callable[[], None] = lambda: None
        self._steps: list[StepPage[SetupModel]] = [
            ClinicStep(self.model),
            AdministratorStep(self.model),
            StorageStep(self.model, str(entrance.layout.root)),
        ]
        self._recovery: RecoveryStep | None = None
        self._may_join = False
        self._kit: KitOutput | None = None
        for step in self._steps:
            step.changed.connect(self.show_model)
            self.stack.addWidget(step)
        self._join = Button(JOIN_BUTTON, ButtonKind.QUIET, height=44)
        self._join.clicked.connect(lambda _checked=False: self.on_join())
        self._demo = Button(DEMO_BUTTON, ButtonKind.QUIET, height=44)
        self._demo.clicked.connect(lambda _checked=False: self.on_demo())
        self.others.addWidget(self._join)
        self.others.addWidget(self._demo)
        self.look_for_keyring(entrance, tasks, self.model)
        self._show_step()

    @property
    def busy(self) -> bool:
        return self.model.busy

    def show_model(self) -> None:
        """Bring everything to what the model says."""
        model = self.model
        if model.step < Step.RECOVERY:
            self._steps[model.step - 1].show_model()
        self._back.setVisible(model.may_go_back)
        self._join.setVisible(model.step == Step.CLINIC and self._may_join)
        self._demo.setVisible(model.step == Step.CLINIC)
        for button in (self._join, self._demo):
            button.setEnabled(not model.busy)
        self._go.setEnabled(model.may_continue)
        self._go.set_text("Making the clinic…" if model.busy else "Continue")
        self.show_steps(model.clinic, model.workstation)

    def offer_joining(self, offered: bool) -> None:
        """Whether another clinic can be joined instead."""
        self._may_join = offered
        self.show_model()

    def wait_for_demo(self, waiting: bool) -> None:
        """While the demo clinic is made nothing else can be asked."""
        self._demo.set_text("Making the demo clinic…" if waiting else DEMO_BUTTON)
        self._demo.setEnabled(not waiting)
        self._join.setEnabled(not waiting)
        self._go.setEnabled(not waiting and self.model.may_continue)

    def _show_step(self) -> None:
        if self.model.step < Step.RECOVERY:
            self.stack.setCurrentWidget(self._steps[self.model.step - 1])
            self._steps[self.model.step - 1].entered()
        elif self._recovery is not None:
            self.stack.setCurrentWidget(self._recovery)
            self._recovery.entered()
        self.show_model()

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
        self.stack.addWidget(self._recovery)
        self.say("The code will not be shown again.")
        self._show_step()

    def _not_founded(self, failure: BaseException) -> None:
        self.model.busy = False
        self.say(sentence(failure))
        self.show_model()
