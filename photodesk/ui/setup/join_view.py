"""The window of a computer that joins a clinic by its server; photos arrive after signing in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from photodesk.desk.entrance import Entrance, SignInPerson
from photodesk.errors import PhotoDeskError
from photodesk.ui.page import TaskRunner, sentence
from photodesk.ui.setup.frame import SetupFrame
from photodesk.ui.setup.join_model import JOIN_STEPS, JoinModel, JoinsClinic, JoinStep
from photodesk.ui.setup.join_steps import InvitationStep, PersonStep, WorkstationStep

ASKING, JOINING = "Asking the server…", "Joining…"


class JoinView(SetupFrame):
    """Calls `finished(slot id, password)` when the store is made; `on_found` leads to founding a clinic instead."""

    def __init__(
        self, entrance: Entrance, tasks: TaskRunner, joins: JoinsClinic, finished: Callable[[str, str], None]
    ) -> None:
        self.model = JoinModel()
        super().__init__("Join a clinic", JOIN_STEPS, lambda: self.model.step)
        self._tasks, self._joins, self._finished = tasks, joins, finished
        self.on_found: Callable[[], None] = lambda: None
        self.steps = (
            InvitationStep(self.model),
            WorkstationStep(self.model, str(entrance.layout.root)),
            PersonStep(self.model),
        )
        for step in self.steps:
            step.changed.connect(self.show_model)
            self.stack.addWidget(step)
        self.look_for_keyring(entrance, tasks, self.model)
        self._show_step()

    @property
    def busy(self) -> bool:
        return bool(self.model.busy)

    def back(self) -> None:
        """The step before; from the first one to founding a clinic."""
        model = self.model
        if not model.may_go_back:
            return
        self.say("")
        if model.step is JoinStep.INVITATION:
            self.on_found()
        else:
            model.step = JoinStep(model.step - 1)
            self._show_step()

    def go_on(self) -> None:
        """The next step; after the second the server is asked, after the third the store is made."""
        model = self.model
        if not model.may_continue:
            return
        self.say("")
        if model.step is JoinStep.INVITATION:
            model.step = JoinStep.WORKSTATION
            self._show_step()
        elif model.step is JoinStep.WORKSTATION:
            model.busy = ASKING
            url, letters, only = model.url, model.letters, model.password_only
            self._tasks.network(lambda: self._joins.open(url, letters, password_only=only), self._opened, self._failed)
        else:
            model.busy = JOINING
            slot, password, name = model.slot_id, model.password, model.workstation.strip()
            self._tasks.network(lambda: self._joins.finish(slot, password, name), self._joined, self._failed)
        self.show_model()

    def show_model(self) -> None:
        """Bring everything to what the model says."""
        model = self.model
        if model.step < JoinStep.READY:
            self.steps[model.step - 1].show_model()
        self._back.setVisible(model.may_go_back)
        self._go.setEnabled(model.may_continue)
        last = "Join" if model.step is JoinStep.PERSON else "Continue"
        self._go.set_text(model.busy or last)
        self.show_steps("", model.workstation)

    def _show_step(self) -> None:
        if self.model.step < JoinStep.READY:
            self.stack.setCurrentWidget(self.steps[self.model.step - 1])
            self.steps[self.model.step - 1].entered()
        self.show_model()

    def _opened(self, people: Sequence[SignInPerson]) -> None:
        self.model.opened(people)
        self._show_step()

    def _joined(self, _: None) -> None:
        slot, password = self.model.slot_id, self.model.password
        self.model.password = ""
        self.model.joined()
        self.show_model()
        self._finished(slot, password)

    def _failed(self, failure: BaseException) -> None:
        self.model.failed(failure.code if isinstance(failure, PhotoDeskError) else "")
        self.say(sentence(failure))
        self._show_step()
