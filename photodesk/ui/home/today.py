"""Today's visits as a table of rows."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.ui.controls import Button, Card, FilterChip, Line, Row, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.home.model import HomeModel, Shown
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, day_and_month_words, time_words

TIME_PX, CLINICIAN_PX, ROOM_PX, PHOTOS_PX, ROW_PX = 52, 158, 118, 150, 52


class TodayTable(QWidget):
    """Heading, filters and rows; `opened` carries a patient's id. `source` says where the visits come from."""

    opened = Signal(object)
    add_asked = Signal()
    separators_asked = Signal()

    def __init__(self, model: HomeModel, *, may_plan: bool = False, may_file: bool = False) -> None:
        super().__init__()
        self._model = model
        column = vbox(self, 12)
        head = hbox(None, 12)
        head.addWidget(Text("Today", TextRole.HEADING))
        self._day = Text("", TextRole.BODY, "ink3", elide=True)
        head.addWidget(self._day, 1)
        self._filters = hbox(None, 10)
        head.addLayout(self._filters)
        self._buttons: list[tuple[Button, str]] = []
        for words, icon, key, asked, may in (
            ("Separator cards", "qr-code", "Ctrl Shift S", self.separators_asked, may_file),
            ("Add visit", "calendar-blank", "Ctrl Shift N", self.add_asked, may_plan),
        ):
            if may:
                button = Button(words, icon=icon, key=key, height=32)
                button.clicked.connect(asked)
                head.addWidget(button)
                self._buttons.append((button, key))
        column.addLayout(head)
        self._source = Text("", TextRole.SMALL, "ink3", wrap=True)
        self._source.hide()
        column.addWidget(self._source)
        self._card = Card(0, 0)
        column.addWidget(self._card)
        self.show_model()

    def show_wide(self, wide: bool) -> None:
        """Key hints drop before anything else has to."""
        for button, key in self._buttons:
            button.set_key(key if wide else "")

    def say_source(self, words: str, *, offline: bool) -> None:
        """How the worklist goes: `Worklist: read today 09:50`; nothing where visits come by hand."""
        self._source.set_text(words)
        self._source.set_ink("warn" if offline else "ink3")
        self._source.setVisible(bool(words))

    def show_model(self) -> None:
        """Show today's visits."""
        model = self._model
        words = day_and_month_words(model.today)
        self._day.set_text(f"{words} · {counted(len(model.visits), 'visit')}" if model.visits_known else words)
        empty(self._filters)
        for shown, name in model.filters():
            chip = FilterChip(name)
            chip.setChecked(model.shown is shown)
            chip.clicked.connect(lambda _=False, chosen=shown: self._filter(chosen))
            self._filters.addWidget(chip)
        empty(self._card.body)
        if model.visits_sentence or not model.visits_known:
            words_only = Text(model.visits_sentence or " ", TextRole.BODY, "ink2")
            words_only.setContentsMargins(20, 20, 20, 20)
            self._card.body.addWidget(words_only)
            return
        self._card.body.addWidget(_head())
        visits = model.shown_visits()
        for index, line in enumerate(visits):
            row = Row(
                f"{time_words(line.visit.at)} {line.patient.display_name} {line.patient.mrn}",
                ROW_PX,
                line=index < len(visits) - 1,
            )
            row.add(_fixed(Text(time_words(line.visit.at), TextRole.BODY, "ink2"), TIME_PX))
            row.add(Text(line.patient.display_name, TextRole.BODY_STRONG))
            row.add(Text(line.patient.mrn, TextRole.SMALL, "ink3"))
            row.row.addStretch(1)
            row.add(_fixed(Text(line.clinician, TextRole.SMALL, "ink2", elide=True), CLINICIAN_PX))
            row.add(_fixed(Text(line.visit.room, TextRole.SMALL, "ink2", elide=True), ROOM_PX))
            row.add(_photos(line.photos))
            row.clicked.connect(lambda _=False, patient_id=line.patient.patient_id: self.opened.emit(patient_id))
            self._card.body.addWidget(row)

    def _filter(self, shown: Shown) -> None:
        self._model.shown = shown
        self.show_model()


def _head() -> QWidget:
    head = QWidget()
    head.setFixedHeight(34)
    column = vbox(head)
    row = hbox(None, 12, QMargins(20, 0, 20, 0))
    row.addWidget(_fixed(Text("Time", TextRole.LABEL, "ink3"), TIME_PX))
    row.addWidget(Text("Patient", TextRole.LABEL, "ink3"))
    row.addStretch(1)
    for words, width in (("Clinician", CLINICIAN_PX), ("Room", ROOM_PX), ("Photos", PHOTOS_PX)):
        row.addWidget(_fixed(Text(words, TextRole.LABEL, "ink3"), width))
    column.addLayout(row, 1)
    column.addWidget(Line())
    return head


def _photos(count: int | None) -> QWidget:
    box = QWidget()
    box.setFixedWidth(PHOTOS_PX)
    row = hbox(box, 8)
    if count:
        row.addWidget(Icon("check-circle", DESK.ok, 18))
        row.addWidget(Text(f"{count:,} filed", TextRole.SMALL))
    elif count == 0:
        row.addWidget(Icon("circle", DESK.line2, 12))
        row.addWidget(Text("Not yet", TextRole.SMALL, "ink3"))
    row.addStretch(1)
    return box


def _fixed(text: Text, width: int) -> Text:
    text.setFixedWidth(width)
    text.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return text
