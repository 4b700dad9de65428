"""A change of how one signs in: the password typed again, a touch of the security key, its PIN where it wants one."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from photodesk.desk.security_key import KeyReader
from photodesk.errors import PhotoDeskError
from photodesk.ui.controls import Button, ButtonKind, CheckBox, Dialog, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import TaskRunner, sentence

Work = Callable[[str, KeyReader], object]
TOUCH = "Touch your security key."


class ProofDialog(Dialog):
    """`work` gets the typed password and a reader of keys, beside the store thread; `done` what it gives."""

    touched = Signal()

    def __init__(
        self,
        window: QWidget,
        title: str,
        words: str,
        action: str,
        tasks: TaskRunner,
        work: Work,
        done: Callable[[object], None],
    ) -> None:
        super().__init__(window, title, 560)
        self._tasks, self._work, self._done = tasks, work, done
        self._cancel = Event()
        self.body.addWidget(Text(title, TextRole.HEADING))
        self.body.addWidget(Text(words, TextRole.BODY, "ink2", wrap=True))
        self.rows = vbox(None, 14)
        self.body.addLayout(self.rows)
        self.password = self.secret_field("Your password")
        self.pin = self.secret_field("PIN of your security key")
        self._pin_holder = self.pin.parentWidget()
        self._show_pin(False)
        self._status = Text("", TextRole.SMALL, "ink2", wrap=True)
        self._status.hide()
        self.body.addWidget(self._status)
        row = hbox(None, 12)
        row.addStretch(1)
        cancel = Button("Cancel", key="Esc", height=40)
        cancel.clicked.connect(self.dismiss)
        self.button = Button(action, ButtonKind.PRIMARY, key="Enter", height=40)
        self.button.clicked.connect(self.go)
        row.addWidget(cancel)
        row.addWidget(self.button)
        self.body.addLayout(row)
        self.on_accept(self.go)
        self.touched.connect(lambda: self.say(TOUCH))
        self.closed.connect(self._cancel.set)

    def secret_field(self, label: str) -> TextField:
        """A password field below its label, after those that are there."""
        holder = QWidget()
        column = vbox(holder, 4)
        column.addWidget(Text(label, TextRole.LABEL, "ink3"))
        field = TextField(label, height=40, password=True)
        column.addWidget(field)
        self.rows.addWidget(holder)
        return field

    def fit(self) -> str:
        """What is still missing, in words; "" for nothing."""
        return "" if self.password.text() else "Type your password."

    def say(self, words: str, *, bad: bool = False) -> None:
        """A sentence above the buttons."""
        self._status.set_text(words)
        self._status.set_ink("bad" if bad else "ink2")
        self._status.show()
        self._arrange()

    def go(self) -> None:
        """Run the work, unless something is missing or it runs already."""
        missing = self.fit()
        if missing:
            self.say(missing, bad=True)
        elif self.button.isEnabled():
            self.button.setEnabled(False)
            self._cancel = Event()
            self.closed.connect(self._cancel.set)
            work, password, reader = self.prepared(), self.password.text(), self._reader()
            self._tasks.long(lambda _report, _cancel: work(password, reader), self._worked, self._failed)

    def prepared(self) -> Work:
        """The work with what was typed and ticked, read on this thread."""
        return self._work

    def _reader(self) -> KeyReader:
        from photodesk.background.security_keys import SecurityKeyReader  # its library is only needed here

        return SecurityKeyReader(self.touched.emit, self.pin.text(), self._cancel)

    def _worked(self, result: object) -> None:
        self.dismiss()
        self._done(result)

    def _failed(self, failure: BaseException) -> None:
        self.button.setEnabled(True)
        self.say(sentence(failure), bad=True)
        code = failure.code if isinstance(failure, PhotoDeskError) else ""
        if code == "security_key_pin_needed":
            self._show_pin(True)
            self.pin.edit.setFocus()
        elif code == "wrong_password":
            self.password.edit.clear()
            self.password.edit.setFocus()
        self._arrange()

    def _show_pin(self, shown: bool) -> None:
        if self._pin_holder is not None:
            self._pin_holder.setVisible(shown)


class PasswordDialog(ProofDialog):
    """A new password, typed twice."""

    def __init__(
        self,
        window: QWidget,
        words: str,
        tasks: TaskRunner,
        change: Callable[[str, str, KeyReader], None],
        done: Callable[[object], None],
    ) -> None:
        super().__init__(window, "Change your password", words, "Change", tasks, lambda _password, _keys: None, done)
        self._change = change
        self.new = self.secret_field("New password")
        self.again = self.secret_field("New password again")

    def fit(self) -> str:
        if self.new.text() != self.again.text():
            return "The two new passwords differ."
        return super().fit() or ("" if self.new.text() else "Type a new password.")

    def prepared(self) -> Work:
        new, change = self.new.text(), self._change
        return lambda password, keys: change(password, new, keys)


class KeyDialog(ProofDialog):
    """Adding a key; with the first one it can be said that the password alone opens nothing any more."""

    def __init__(
        self,
        window: QWidget,
        words: str,
        tasks: TaskRunner,
        enrol: Callable[[str, KeyReader, bool], object],
        done: Callable[[object], None],
    ) -> None:
        super().__init__(window, "Add a security key", words, "Add", tasks, lambda _password, _keys: None, done)
        self._enrol = enrol
        self.alone: CheckBox | None = None

    def offer_alone(self, words: str, note: str) -> None:
        """The box to tick, with what it means."""
        self.alone = CheckBox(words)
        self.rows.addWidget(self.alone)
        self.rows.addWidget(Text(note, TextRole.SMALL, "ink3", wrap=True))

    def prepared(self) -> Work:
        alone, enrol = self.alone is not None and self.alone.isChecked(), self._enrol
        return lambda password, keys: enrol(password, keys, alone)
