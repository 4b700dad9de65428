"""The left column: who the patient is, notes, and photos by body site on a map and as a list that filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from photodesk.desk.merged_entries import MergedEntry
from photodesk.desk.roles import Right
from photodesk.patients import Patient, Sex, age_years
from photodesk.ui.controls.buttons import Button, ButtonKind, LinkButton
from photodesk.ui.controls.rows import Row
from photodesk.ui.controls.text import Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.body_map import BodyMap
from photodesk.ui.timeline.merged_lines import MergedLines
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.words import counted, day_words

WIDE_PX, NARROW_PX = 264, 216
_SEX = {Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.OTHER: "Other", Sex.UNKNOWN: ""}


class PatientPanel(QWidget):
    """`site_chosen` carries a site's code (empty for all), `record_asked` the patient (None while not read yet)."""

    site_chosen = Signal(object)
    edit_asked = Signal()
    visit_asked = Signal()
    log_asked = Signal()
    kept_asked = Signal()
    deleted_asked = Signal()
    record_asked = Signal(object)
    same_asked = Signal()

    def __init__(self, model: TimelineModel, may: Callable[[Right], bool]) -> None:
        super().__init__()
        self._model = model
        self._patient: Patient | None = None
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDE_PX)
        whole = vbox(self)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget()
        inside.setObjectName("scrolled")
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("Patient")
        self._before_rows: QWidget = area
        whole.addWidget(area, 1)
        self._column = vbox(inside, 0, QMargins(20, 22, 20, 16))
        self._name = Text("", TextRole.TITLE, elide=True)
        self._who = Text("", TextRole.SMALL, "ink2")
        self._column.addWidget(self._name)
        self._column.addSpacing(4)
        self._column.addWidget(self._who)
        self._column.addSpacing(12)
        self._facts = QGridLayout()
        self._facts.setVerticalSpacing(7)
        self._facts.setColumnMinimumWidth(0, 72)
        self._facts.setColumnStretch(1, 1)
        self._column.addLayout(self._facts)
        self.merged = MergedLines(may_undo=may(Right.MERGE_PATIENTS))
        self._column.addWidget(self.merged)
        self._links(may(Right.EDIT_PATIENTS))
        self._column.addSpacing(16)
        self._column.addWidget(Line())
        self._notes_part()
        self._sites_part()
        self._column.addStretch(1)
        self._kept = Button("Kept comparisons", ButtonKind.QUIET, icon="floppy-disk", key="K", height=40)
        self._kept.clicked.connect(self.kept_asked)
        self._kept.hide()
        whole.addWidget(self._kept, 0, Qt.AlignmentFlag.AlignLeft)
        self._deleted = Button("Deleted photos", ButtonKind.QUIET, icon="arrow-counter-clockwise", height=40)
        self._deleted.clicked.connect(self.deleted_asked)
        self._deleted.hide()
        whole.addWidget(self._deleted, 0, Qt.AlignmentFlag.AlignLeft)
        self._below(whole, may)

    def _below(self, whole: QVBoxLayout, may: Callable[[Right], bool]) -> None:
        """What can be done with the whole record."""
        if may(Right.EXPORT):
            record = Button("Export the record", ButtonKind.QUIET, icon="export", height=40)
            record.clicked.connect(lambda _=False: self.record_asked.emit(self._patient))
            whole.addWidget(record, 0, Qt.AlignmentFlag.AlignLeft)
        if may(Right.READ_LOG):
            seen = Button("Who has seen this", ButtonKind.QUIET, icon="users-three", height=40)
            seen.clicked.connect(self.log_asked)
            whole.addWidget(seen, 0, Qt.AlignmentFlag.AlignLeft)
        if may(Right.MERGE_PATIENTS):
            same = Button("Same person as…", ButtonKind.QUIET, icon="link-simple", height=40)
            same.clicked.connect(self.same_asked)
            whole.addWidget(same, 0, Qt.AlignmentFlag.AlignLeft)
        whole.addSpacing(12)

    def _links(self, may_edit: bool) -> None:
        if not may_edit:
            return
        self._column.addSpacing(10)
        row = hbox(None, 16)
        for words, signal in (("Edit", self.edit_asked), ("New visit", self.visit_asked)):
            link = LinkButton(words)
            link.clicked.connect(signal)
            self._before_rows = link
            row.addWidget(link)
        row.addStretch(1)
        self._column.addLayout(row)

    def _notes_part(self) -> None:
        self._notes_box = QWidget()
        column = vbox(self._notes_box, 6, QMargins(0, 14, 0, 16))
        column.addWidget(Text("Notes", TextRole.LABEL, "ink3"))
        self._notes = Text("", TextRole.SMALL, wrap=True)
        column.addWidget(self._notes)
        column.addSpacing(10)
        column.addWidget(Line())
        self._notes_box.hide()
        self._column.addWidget(self._notes_box)

    def _sites_part(self) -> None:
        self._column.addSpacing(14)
        row = hbox()
        row.addWidget(Text("Body sites", TextRole.LABEL, "ink3"))
        row.addStretch(1)
        self._count = Text("", TextRole.LABEL, "ink3")
        row.addWidget(self._count)
        self._column.addLayout(row)
        self._map = BodyMap()
        self._map.chosen.connect(self.site_chosen)
        self._column.addWidget(self._map)
        self._column.addSpacing(6)
        self._rows = vbox(None, 0, QMargins(-8, 0, -8, 0))
        self._column.addLayout(self._rows)

    def set_narrow(self, narrow: bool) -> None:
        """216 px instead of 264."""
        self.setFixedWidth(NARROW_PX if narrow else WIDE_PX)
        self._column.setContentsMargins(16 if narrow else 20, 18, 16 if narrow else 20, 16)

    def show_patient(self, patient: Patient, notes: str, merged: Sequence[MergedEntry] = ()) -> None:
        """Who it is, and which other entries show here."""
        self.merged.show_entries(merged)
        self._patient = patient
        age = age_years(patient.birth, self._model.today)
        self._name.set_text(patient.display_name)
        sex = _SEX[patient.sex]
        self._who.set_text(f"{sex} · {counted(age, 'year')}" if sex else counted(age, "year"))
        empty(self._facts)
        for row, (label, words) in enumerate((("Born", day_words(patient.birth)), ("Record", patient.mrn))):
            self._facts.addWidget(Text(label, TextRole.SMALL, "ink3"), row, 0)
            self._facts.addWidget(Text(words, TextRole.SMALL, elide=True), row, 1)
        self._notes.set_text(notes.strip())
        self._notes_box.setVisible(bool(notes.strip()))

    def show_kept(self, *, there: bool) -> None:
        """Whether comparisons are kept in this chart."""
        self._kept.setVisible(there)

    def show_deleted(self, photos: int) -> None:
        """How many deleted photos can still be had back."""
        self._deleted.set_text(f"Deleted photos ({photos})")
        self._deleted.setVisible(bool(photos))

    def show_sites(self) -> None:
        """Counts by site; the one filtered by is lit."""
        counts = self._model.site_counts()
        self._count.set_text(counted(self._model.photo_count, "photo"))
        self._map.show_counts(counts, self._model.filter.site)
        focused = False
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                focused = focused or widget.hasFocus()
                widget.hide()
                widget.deleteLater()
        if not counts:
            return
        before: QWidget = self._before_rows
        for code, name, count in (
            ("", "All sites", self._model.photo_count),
            *((each.code, each.name, each.count) for each in counts),
        ):
            row = self._row(code, name, count)
            self._rows.addWidget(row)
            self.setTabOrder(before, row)
            before = row
            if focused and row.isChecked():
                row.setFocus(Qt.FocusReason.OtherFocusReason)

    def _row(self, code: str, name: str, count: int) -> Row:
        row = Row(f"{name}, {counted(count, 'photo')}", 30, line=False, padding_px=8, radius_px=4)
        chosen = code == self._model.filter.site
        row.setCheckable(True)
        row.setChecked(chosen)
        ink = "accent_ink" if chosen else "ink"
        row.add(Text(name, TextRole.SMALL_STRONG if chosen else TextRole.SMALL, ink, theme=DESK, elide=True), 1)
        row.add(Text(f"{count:,}", TextRole.SMALL, ink if chosen else "ink3"))
        row.clicked.connect(partial(self._clicked, code))
        return row

    def _clicked(self, code: str, _checked: bool = False) -> None:
        self.site_chosen.emit(code)
