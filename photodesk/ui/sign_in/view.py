"""The sign-in page: the dark panel, the list of people, the chosen one's card."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QScrollArea, QWidget

from photodesk.clock import Clock
from photodesk.ui.controls import Avatar, Button, ButtonKind, KeyHint, KeyLine, LinkButton, Row, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.sign_in.clock_panel import ClockPanel
from photodesk.ui.sign_in.envelope_dialog import EnvelopeDialog
from photodesk.ui.sign_in.model import SignInModel, Step
from photodesk.ui.sign_in.password_card import PasswordCard
from photodesk.ui.theme import DESK, style_sheet

LIST_PX, ROW_PX = 460, 60


class SignInView(QWidget):
    """Emits `unlock_asked(slot_id, password)`; told the outcome through the model and `refresh`.

    A second step comes in the same field: `step_given` with what was typed, or `step_left` by `Esc`. Emergency access
    is `envelope_given(who, code, reason)`.
    """

    unlock_asked = Signal(str, str)
    step_given = Signal(str)
    step_left = Signal()
    envelope_given = Signal(str, str, str)
    close_asked = Signal()

    def __init__(self, model: SignInModel, clock: Clock, clinic: str, workstation: str, *, demo: bool = False) -> None:
        super().__init__()
        self.model = model
        self._clock = clock
        self.setObjectName("page")
        self.setStyleSheet(style_sheet(DESK))
        self.panel = ClockPanel(clinic, workstation, demo=demo)
        self._title = Text("Sign in", TextRole.TITLE)
        self._reason = Text("", TextRole.BODY, "ink2", wrap=True)
        self._keys = KeyLine(("↑", "↓"), "choose")
        self._close = Button("Close PhotoDesk", ButtonKind.QUIET, height=32)
        self._close.clicked.connect(self.close_asked)
        self._close.hide()
        self.emergency = LinkButton("Emergency access")
        self.emergency.clicked.connect(lambda _checked=False: self.ask_envelope())
        self.emergency.hide()
        self.card = PasswordCard()
        self.card.demo = demo
        self.card.unlock.connect(self._unlock)
        self.card.moved.connect(self._move)
        self._rows: list[Row] = []
        self._people = vbox(None, 4)
        self._build()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(250)
        for number in range(1, 10):
            shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self)
            shortcut.activated.connect(lambda index=number - 1: self._choose(index))

    def _build(self) -> None:
        whole = hbox(self)
        whole.addWidget(self.panel, 31)
        right = QWidget()
        whole.addWidget(right, 49)
        column = vbox(right, 0, QMargins(24, 24, 32, 24))
        middle = QWidget()
        middle.setObjectName("scrolled")
        middle.setFixedWidth(LIST_PX)
        inner = vbox(middle, 0)
        inner.addStretch(1)
        inner.addWidget(self._title)
        inner.addSpacing(4)
        inner.addWidget(self._reason)
        inner.addSpacing(20)
        inner.addLayout(self._people)
        inner.addSpacing(20)
        foot = hbox(None, 12, QMargins(14, 0, 14, 0))
        foot.addWidget(self._close)
        foot.addStretch(1)
        foot.addWidget(self._keys)
        inner.addLayout(foot)
        inner.addStretch(1)
        column.addWidget(_scrolled(middle), 1)
        note = hbox(None, 8)
        note.addWidget(self.emergency)
        note.addStretch(1)
        note.addWidget(Icon("shield-check", DESK.ink3, 16))
        note.addWidget(Text("Every sign-in and every view is logged.", TextRole.LABEL, "ink3"))
        column.addLayout(note)
        self._fill()

    def _fill(self) -> None:
        group = QButtonGroup(self)
        for index, who in enumerate(self.model.people):
            row = _person_row(who.name, self.model.subtitle(index), index)
            row.clicked.connect(lambda _=False, i=index: self._choose(i))
            group.addButton(row)
            self._rows.append(row)
            self._people.addWidget(row)
        self._people.addWidget(self.card)
        if not self.model.people:
            self._reason.set_text("Nobody can sign in here yet.")
        self.show_choice()

    def refill(self) -> None:
        """List the model's people anew; what was typed stays."""
        typed = self.card.field.text()
        self._people.removeWidget(self.card)
        for row in self._rows:
            self._people.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
        self._fill()
        self.card.field.edit.setText(typed)

    def show_reason(self, sentence: str, *, trouble: bool = False) -> None:
        """Why it locked, or with `trouble` what is wrong: then PhotoDesk can be closed from here, also as a cover."""
        nobody = trouble and not self.model.people
        self._title.set_text("Nobody can sign in here" if nobody else "Sign in")
        self._keys.setVisible(not nobody)
        self._reason.set_text(sentence)
        self._close.setVisible(trouble)

    def offer_envelope(self, there_is_one: bool) -> None:
        """Show the way to emergency access, or not."""
        self.emergency.setVisible(there_is_one and not self.card.demo)

    def ask_envelope(self) -> None:
        """Ask for the envelope's code; nobody is chosen by that."""
        if self.model.busy or self.model.step is not Step.PASSWORD:
            return
        who = self.model.person
        EnvelopeDialog(self, who.name if who is not None else "", self._opened_envelope).open()

    def _opened_envelope(self, who: str, code: str, reason: str) -> None:
        self.model.began()
        self.refresh()
        self.envelope_given.emit(who, code, reason)

    def refresh(self) -> None:
        """Show the model as it is now."""
        now = self._clock.monotonic_ms()
        self.card.show_status(
            self.model.status(now),
            self.model.share_left(now) if self.model.seconds_left(now) else 0.0,
            awake=self.model.may_unlock(now),
        )

    def failed(self, *, trouble: bool = False) -> None:
        """It did not open: empty the field and keep the focus there; `trouble` as in `show_reason`."""
        self._close.setVisible(trouble or self._close.isVisibleTo(self))
        self.card.clear()
        self.card.show_step(self.model.step)
        self.refresh()
        self.card.field.edit.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A cover cannot be closed; an ordinary sign-in window closes PhotoDesk."""
        event.ignore()
        if not self.isFullScreen():
            self.close_asked.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.card.field.edit.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self._move(step)
        elif event.key() == Qt.Key.Key_Escape and self.model.step is not Step.PASSWORD:
            self.card.clear()
            self.step_left.emit()
        else:
            super().keyPressEvent(event)

    def _move(self, step: int) -> None:
        if self.model.move(step):
            self.card.clear()
            self.show_choice()

    def _choose(self, index: int) -> None:
        if self.model.choose(index):
            self.card.clear()
            self.show_choice()

    def show_choice(self) -> None:
        """Show who is chosen, and put the focus into the password."""
        person = self.model.person
        self.card.setVisible(person is not None)
        if person is None:
            return
        for index, row in enumerate(self._rows):
            row.setVisible(index != self.model.chosen)
        self._people.removeWidget(self.card)
        self._people.insertWidget(self.model.chosen, self.card)
        self.card.clear()
        self.card.show_person(person.name, self.model.subtitle(self.model.chosen))
        self.card.show_step(self.model.step)
        self.refresh()
        self.card.field.edit.setFocus()

    def _unlock(self, password: str) -> None:
        person = self.model.person
        if person is not None and self.model.may_unlock(self._clock.monotonic_ms()):
            first = self.model.step is Step.PASSWORD
            self.model.began()
            self.refresh()
            if first:
                self.unlock_asked.emit(person.slot_id, password)
            else:
                self.step_given.emit(password)


def _person_row(name: str, subtitle: str, index: int) -> Row:
    row = Row(f"{name}, {subtitle}", ROW_PX, line=False, padding_px=14, radius_px=8)
    row.add(Avatar(name, 40))
    names = vbox(None, 0)
    names.addStretch(1)
    names.addWidget(Text(name, TextRole.BODY_STRONG))
    names.addWidget(Text(subtitle, TextRole.SMALL, "ink3"))
    names.addStretch(1)
    row.row.addLayout(names, 1)
    if index < 9:
        row.add(KeyHint(f"Alt {index + 1}"))
    return row


def _scrolled(middle: QWidget) -> QScrollArea:
    """The list in the middle, whatever number of people it has."""
    scroll = QScrollArea()
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    holder = QWidget()
    holder.setObjectName("scrolled")
    centred = hbox(holder)
    centred.addStretch(1)
    centred.addWidget(middle)
    centred.addStretch(1)
    scroll.setWidget(holder)
    return scroll
