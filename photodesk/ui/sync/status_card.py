"""How the clinic server stands, as facts, with the buttons its state offers."""

from __future__ import annotations

from PySide6.QtCore import Signal

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.sync import status as states
from photodesk.ui.controls import Button, ButtonKind, Card, Chip, Line, Text, Tone, empty, fact_row, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import LABEL_PX
from photodesk.ui.sync import words
from photodesk.ui.sync.evidence import save_evidence
from photodesk.ui.sync.watch import ServerWatch
from photodesk.ui.words import moment_words

ABOUT = (
    "The clinic server carries changes and photos between the clinic's workstations and keeps a second copy. "
    "Everything is encrypted and signed here before it leaves: the server, and whoever runs or steals it, learns no "
    "name and sees no photo, and can change nothing unnoticed."
)
ONLY_ADMINISTRATORS = "An administrator connects the clinic to a server."
_CHIPS = {
    states.UP_TO_DATE: ("Connected", Tone.OK),
    states.WORKING: ("Connected", Tone.OK),
    states.OFFLINE: ("Offline", Tone.WARN),
    states.PAUSED: ("Paused", Tone.WARN),
    states.ALARM: ("Alarm", Tone.BAD),
    states.REVOKED: ("Shut out", Tone.BAD),
}


class StatusCard(Card):
    """Connecting and what ends an alarm are for administrators; everybody may sync, pause and save evidence."""

    connect_asked = Signal()
    restored_asked = Signal()

    def __init__(self, context: PageContext, watch: ServerWatch) -> None:
        super().__init__(24, 12)
        self._context, self._watch = context, watch
        self._may = context.desk.may(Right.MANAGE_POLICY)
        self._facts = vbox(None, 12)
        self.body.addLayout(self._facts)
        row = hbox(None, 12)
        self.connect_button = Button("Connect to a server", ButtonKind.PRIMARY, height=40)
        self.connect_button.clicked.connect(lambda _checked=False: self.connect_asked.emit())
        self.sync_button = Button("Sync now", icon="arrows-clockwise", height=40)
        self.sync_button.clicked.connect(lambda _checked=False: watch.sync_now())
        self.pause_button = Button("Pause", icon="pause", height=40)
        self.pause_button.clicked.connect(lambda _checked=False: watch.pause(watch.now.state != states.PAUSED))
        self.evidence_button = Button("Save evidence", icon="floppy-disk", height=40)
        self.evidence_button.clicked.connect(lambda _checked=False: save_evidence(self.window(), context, watch))
        self.restored_button = Button("The server was restored", height=40)
        self.restored_button.clicked.connect(lambda _checked=False: self.restored_asked.emit())
        self.clear_button = Button("I have looked, believe it again", height=40)
        self.clear_button.clicked.connect(lambda _checked=False: watch.clear_alarm())
        self.buttons = (
            self.connect_button,
            self.sync_button,
            self.pause_button,
            self.evidence_button,
            self.restored_button,
            self.clear_button,
        )
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(Line())
        self.body.addWidget(Text(ABOUT, TextRole.SMALL, "ink2", wrap=True))

    def show_status(self) -> None:
        """Bring facts and buttons to what is known now."""
        now, state = self._watch.now, self._watch.now.state
        empty(self._facts)
        for number, (label, value) in enumerate(self.facts()):
            chip = Chip(*_CHIPS[state]) if not number and state in _CHIPS else None
            self._facts.addWidget(fact_row(label, value, LABEL_PX, chip))
        if now.trouble is not None and state not in {states.ALARM, states.REVOKED}:
            why = f"{now.trouble.message} {now.trouble.remedy}".strip()
            self._facts.addWidget(Text(f"Last attempt: {why}", TextRole.BODY, "warn", wrap=True))
        here, out = state != states.NONE, state == states.REVOKED
        self.connect_button.setVisible(not here and self._may)
        self.sync_button.setVisible(here and not out and state not in {states.PAUSED, states.ALARM})
        self.pause_button.setVisible(here and not out and state != states.ALARM)
        self.pause_button.set_text("Go on" if state == states.PAUSED else "Pause")
        self.pause_button.set_icon_name("play" if state == states.PAUSED else "pause")
        self.evidence_button.setVisible(state == states.ALARM)
        for button in (self.restored_button, self.clear_button):
            button.setVisible(state == states.ALARM and self._may)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Labels and what is known, the state first."""
        now = self._watch.now
        today = local_today(self._context.desk.clock)
        if now.state == states.NONE:
            state = words.NOT_HERE if self._may else f"{words.NOT_HERE} {ONLY_ADMINISTRATORS}"
            return (("Server", "None yet"), ("What that means", state))
        last = moment_words(now.last_success_ms, today) if now.last_success_ms else "not yet"
        return (
            ("State", f"{states.words(now).rstrip('.')}."),
            ("Address", now.url),
            ("In contact last", last),
            *words.figures(now),
        )
