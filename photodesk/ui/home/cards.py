"""The cards at the right: what waits in the inbox, and this workstation as it really is."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.importing.waiting import Waiting, WaitingGroup
from photodesk.ui.controls import (
    Button,
    ButtonKind,
    Card,
    Chip,
    Line,
    Row,
    Text,
    ThumbnailWell,
    Tone,
    empty,
    hbox,
    pass_mouse,
    vbox,
)
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, short_day_words

SHOWN_GROUPS = 3


class InboxCard(Card):
    """Photos that wait, by group. `opened` carries the import ("" for all); `wells` wait for two pictures each."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__(20, 10)
        head = hbox(None, 8)
        head.addWidget(Text("Inbox", TextRole.HEADING))
        head.addStretch(1)
        self._chip = Chip("", Tone.ACCENT)
        head.addWidget(self._chip)
        self.body.addLayout(head)
        self._under = Text("", TextRole.SMALL, "ink2", wrap=True)
        self.body.addWidget(self._under)
        self._groups = vbox(None, 0)
        self.body.addLayout(self._groups)
        self._button = Button("File photos", ButtonKind.PRIMARY, key="Ctrl I", height=40)
        self._button.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        self._button.clicked.connect(partial(self._open, ""))
        self.body.addWidget(self._button)
        self.wells: list[tuple[WaitingGroup, tuple[ThumbnailWell, ...]]] = []
        self.show_waiting(None, date.min, pictures=False)

    def show_waiting(self, found: Waiting | None, today: date, *, pictures: bool) -> None:
        """Newest first; front desk sees counts and times in place of pictures. None: not read yet."""
        photos = found.photos if found is not None else 0
        self._chip.setVisible(photos > 0)
        self._chip.show_state(counted(photos, "photo"), Tone.ACCENT)
        self._under.set_text(self._sentence(found))
        self._button.setVisible(found is not None and found.photos > found.assigned)
        empty(self._groups)
        self.wells = []
        for group in found.groups if found is not None else ():
            self._groups.addWidget(Line())
            self._groups.addWidget(self._row(group, today, pictures))
        if found is not None and found.more:
            self._groups.addWidget(Line())
            self._groups.addWidget(Text(f"and {counted(found.more, 'more photo')}", TextRole.SMALL, "ink3"))

    def _sentence(self, found: Waiting | None) -> str:
        if found is None:
            return "Reading the inbox…"
        if not found.photos:
            return "Nothing waits to be filed."
        if found.assigned:
            return f"{found.assigned:,} assigned, filed when a clinician signs in."
        return "Copied and verified, waiting to be filed."

    def _row(self, group: WaitingGroup, today: date, pictures: bool) -> Row:
        taken, words = taken_words(group.first, group.last, today), counted(group.photos, "photo")
        row = Row(f"{taken}, {words}", 78 if pictures else 70, line=False, padding_px=0)
        if pictures:
            wells = tuple(ThumbnailWell(52, 52) for _ in range(2))
            self.wells.append((group, wells))
            pair = hbox(None, 2)
            for well in wells:
                pair.addWidget(pass_mouse(well))
            row.row.addLayout(pair)
        lines = vbox(None, 0)
        lines.addStretch(1)
        lines.addWidget(Text(taken, TextRole.SMALL_STRONG))
        lines.addWidget(Text(words, TextRole.SMALL, "ink2"))
        state, ink = ("Please look", "warn") if group.please_look else ("No patient yet", "ink3")
        if group.name:
            state, ink = f"Suggested: {group.name}", "accent_ink"
        lines.addWidget(Text(state, TextRole.SMALL, ink, elide=True))
        lines.addStretch(1)
        row.row.addLayout(lines, 1)
        row.add(Icon("caret-right", DESK.ink2, 16))
        row.clicked.connect(partial(self._open, group.job_id))
        return row

    def _open(self, job_id: str, _checked: bool = False) -> None:
        self.opened.emit(job_id)


def taken_words(first: datetime | None, last: datetime | None, today: date) -> str:
    """`Today 09:38–09:52`, `19 Nov 16:20`."""
    if first is None or last is None:
        return "No time known"
    day = "Today" if first.date() == today else short_day_words(first.date(), today)
    until = f"–{last:%H:%M}" if last.date() == first.date() and f"{last:%H:%M}" != f"{first:%H:%M}" else ""
    return f"{day} {first:%H:%M}{until}"


class Alarm(QWidget):
    """A quiet banner: what is damaged, and what to do about it."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setAccessibleName(words)
        row = hbox(self, 10, QMargins(12, 10, 12, 10))
        row.addWidget(Icon("warning-circle", DESK.bad, 20), alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(Text(words, TextRole.SMALL, wrap=True), 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        rounded(QPainter(self), QRectF(self.rect()), 6, DESK.bad_soft)


class WorkstationCard(Card):
    """Only what is real: the activity log's state, who keeps the keys, how to import."""

    def __init__(self) -> None:
        super().__init__(20, 14)
        self.body.addWidget(Text("This workstation", TextRole.SUBHEADING))
        self._alarms = vbox(None, 8)
        self.body.addLayout(self._alarms)
        self._facts = vbox(None, 14)
        self.body.addLayout(self._facts)

    def show_alarms(self, sentences: tuple[str, ...]) -> None:
        """Damage met since sign-in, each in its sentence; nothing where there is none."""
        empty(self._alarms)
        for words in sentences:
            self._alarms.addWidget(Alarm(words))

    def show_facts(self, facts: tuple[tuple[str, str, str], ...], foot: str) -> None:
        """Lines of (icon, what, state), and a sentence below."""
        empty(self._facts)
        for icon, what, state in facts:
            holder = QWidget()
            row = hbox(holder, 12)
            row.addWidget(Icon(icon, DESK.ink2, 20))
            row.addWidget(Text(what, TextRole.SMALL_STRONG))
            row.addStretch(1)
            row.addWidget(Text(state, TextRole.SMALL, "ink2"))
            self._facts.addWidget(holder)
        if foot:
            self._facts.addWidget(Line())
            holder = QWidget()
            row = hbox(holder, 10)
            row.addWidget(Icon("hard-drive", DESK.ink2, 20))
            row.addWidget(Text(foot, TextRole.SMALL, "ink2", wrap=True), 1)
            self._facts.addWidget(holder)
