"""The chosen person's card: password, caps-lock chip, reveal eye, the sentence and the button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from photodesk.ui.controls import Avatar, Button, ButtonKind, Card, Chip, Text, TextField, Tone, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.sign_in.model import Step
from photodesk.ui.theme import DESK


class WaitRing(QWidget):
    """How much of the wait is left, as a ring; it moves once a second."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedSize(20, 20)

    def show_share(self, share: float) -> None:
        """0 to 1."""
        self._share = share
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(2, 2, 16, 16)
        painter.setPen(QPen(QColor(DESK.line2), 2.5))
        painter.drawEllipse(box)
        painter.setPen(QPen(QColor(DESK.ink), 2.5))
        painter.drawArc(box, 90 * 16, -round(self._share * 360 * 16))


class PasswordCard(Card):
    """Emits `unlock` with the password; the field is emptied by `clear`."""

    unlock = Signal(str)
    moved = Signal(int)
    typed = Signal()

    def __init__(self) -> None:
        super().__init__(14, 14, strong=True)
        self.demo = False  # the demo signs in without a typed password
        self._avatar = Avatar("", 40)
        self._name = Text("", TextRole.BODY_STRONG)
        self._under = Text("", TextRole.SMALL, "ink3", elide=True)
        top = hbox(None, 14)
        top.addWidget(self._avatar)
        names = vbox(None, 0)
        names.addWidget(self._name)
        names.addWidget(self._under)
        top.addLayout(names, 1)
        self.body.addLayout(top)
        self.field = TextField("Password", icon="key", height=48, role=TextRole.LEAD, password=True)
        self._caps = Chip("Caps Lock is on", Tone.WARN, icon="arrow-fat-line-up")
        self._caps.hide()
        self._eye = Button("", ButtonKind.QUIET, icon="eye", height=32)
        self._eye.setFixedWidth(32)
        self._eye.setCheckable(True)
        self._eye.setAccessibleName("Show the password")
        self._eye.toggled.connect(self._reveal)
        self.field.row.addWidget(self._caps)
        self.field.row.addWidget(self._eye)
        self.body.addWidget(self.field)
        bottom = hbox(None, 12)
        self._ring = WaitRing()
        self._ring.hide()
        self._status = Text("", TextRole.SMALL, "ink2", wrap=True)
        self.button = Button("Unlock", ButtonKind.PRIMARY, key="Enter", height=40)
        bottom.addWidget(self._ring)
        bottom.addWidget(self._status, 1)
        bottom.addWidget(self.button)
        self.body.addLayout(bottom)
        self.field.edit.installEventFilter(self)
        self.field.edit.returnPressed.connect(self._go)
        self.field.edit.textEdited.connect(lambda _text: self.typed.emit())
        self.button.clicked.connect(self._go)

    def show_person(self, name: str, under: str) -> None:
        """Who signs in."""
        self._avatar.show_person(name, chosen=True)
        self._name.set_text(name)
        self._under.set_text(under)

    def show_status(self, words: str, share_left: float, *, awake: bool) -> None:
        """The sentence, the ring, and whether the button is awake. The field stays usable."""
        self._status.set_text(words)
        self._ring.setVisible(share_left > 0)
        self._ring.show_share(share_left)
        self.button.setEnabled(awake)

    def show_step(self, step: Step) -> None:
        """What the field takes: a password or PIN unseen, a code in plain figures."""
        edit, secret = self.field.edit, step is not Step.CODE
        edit.setAccessibleName(step)
        edit.setPlaceholderText("" if step is Step.PASSWORD else step)
        edit.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)
        self._eye.setVisible(secret)
        self._caps.setVisible(self._caps.isVisibleTo(self) and secret)

    def clear(self) -> None:
        """Forget what was typed."""
        self.field.edit.clear()
        self._eye.setChecked(False)

    def _reveal(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.field.edit.setEchoMode(mode)
        self._eye.set_icon_name("eye-slash" if shown else "eye")

    def _go(self) -> None:
        if self.button.isEnabled() and (self.field.text() or self.demo):
            self.unlock.emit(self.field.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._watch_caps(event)
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if step:
                self.moved.emit(step)
                return True
        return super().eventFilter(watched, event)

    def _watch_caps(self, event: QKeyEvent) -> None:
        """Qt has no caps-lock state: it shows in what a letter key gives."""
        if event.key() == Qt.Key.Key_CapsLock:
            self._caps.setVisible(not self._caps.isVisible())
        elif len(event.text()) == 1 and event.text().isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._caps.setVisible(event.text().isupper() != shifted)
