"""Leaving takes the person at the desk: a password, asked without saying whose."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.fields import TextField
from photodesk.ui.controls.popover import Dialog
from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import Request, TaskRunner, sentence
from photodesk.ui.theme import VIEWING

WIDE_PX = 480
WORDS = (
    "Only the person signed in at this desk can end it. Whoever signs in with a security key touches it after the "
    "password."
)


class LeaveDialog(Dialog):
    """`confirm` blocks and raises where the password is not right; `left` is called once it is. `Esc` stays."""

    def __init__(
        self,
        window: QWidget,
        tasks: TaskRunner,
        confirm: Callable[[str], None],
        left: Callable[[], None],
        *,
        demo: bool,
    ) -> None:
        super().__init__(window, "End presenting", WIDE_PX, theme=VIEWING)
        self._tasks, self._confirm, self._left, self._demo = tasks, confirm, left, demo
        self._asked: Request | None = None
        self.body.addWidget(Text("End presenting", TextRole.HEADING, theme=VIEWING))
        words = "Enter is enough in the demo clinic." if demo else WORDS
        self.body.addWidget(Text(words, TextRole.BODY, "ink2", theme=VIEWING, wrap=True))
        self.field = TextField("Password", icon="key", height=48, role=TextRole.LEAD, password=True, theme=VIEWING)
        self.field.edit.textEdited.connect(lambda _text: self.field.set_bad(False))
        self.body.addWidget(self.field)
        self.wrong = Text("", TextRole.SMALL, "bad", theme=VIEWING, wrap=True)
        self.wrong.hide()
        self.body.addWidget(self.wrong)
        row = hbox(None, 12)
        row.addStretch(1)
        back = Button("Keep presenting", key="Esc", height=48, theme=VIEWING)
        back.clicked.connect(self.dismiss)
        self.end = Button("End", ButtonKind.PRIMARY, key="Enter", height=48, theme=VIEWING)
        self.end.clicked.connect(lambda _checked=False: self.try_it())
        row.addWidget(back)
        row.addWidget(self.end)
        self.body.addLayout(row)
        self.on_accept(self.try_it)

    def try_it(self) -> None:
        """Ask whether this is the password; nothing twice, and nothing for an empty field."""
        typed = self.field.text()
        if self._asked is not None or not (typed or self._demo):
            return
        self.end.setEnabled(False)
        self._asked = self._tasks.store(lambda: self._confirm(typed), self._right, self._refused)

    def dismiss(self) -> None:
        """Stay; an answer still to come is not heard any more, though a try stays counted."""
        if self._asked is not None:
            self._asked.cancel()
        super().dismiss()

    def _right(self, _none: None) -> None:
        self.field.edit.clear()
        self.dismiss()
        self._left()

    def _refused(self, failure: BaseException) -> None:
        self._asked = None
        self.end.setEnabled(True)
        self.field.edit.clear()
        self.field.set_bad(True)
        self.field.edit.setFocus()
        self.wrong.set_text(sentence(failure))
        self.wrong.show()
        self._arrange()
