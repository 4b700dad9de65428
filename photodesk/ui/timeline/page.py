"""The timeline page: joins the panels, asks the desk, knows the keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.desk.roles import Right
from photodesk.ui.controls.text import hbox
from photodesk.ui.page import Heading, Key, PageContext
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.purpose_bar import PurposeBar
from photodesk.ui.records.exporting import RecordExport
from photodesk.ui.screen_watch import ScreenWatch
from photodesk.ui.sync.clinic_server import Arrived
from photodesk.ui.timeline.comparing import Comparing
from photodesk.ui.timeline.correcting import Corrections
from photodesk.ui.timeline.dropping import TakesFiles
from photodesk.ui.timeline.inspector import PICTURE_PX, Inspector
from photodesk.ui.timeline.kept import KeptComparisons
from photodesk.ui.timeline.keys import TimelineKeys
from photodesk.ui.timeline.merging import Merging
from photodesk.ui.timeline.message import why_not_shown
from photodesk.ui.timeline.middle import MiddleColumn
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.patient_panel import PatientPanel
from photodesk.ui.timeline.photo_edits import PhotoEdits
from photodesk.ui.timeline.reading import ChartRead, ChartReader
from photodesk.ui.timeline.sections import Filter
from photodesk.ui.timeline.seen import seen_rows
from photodesk.ui.timeline.series import begun
from photodesk.ui.window import typing_somewhere
from photodesk.ui.words import day_words

SCREEN, WIDE_FROM_PX = "timeline", 1300


class TimelinePage(TakesFiles):
    """Screen 3. Texts and pixels of the patient live in here and go with it."""

    def __init__(self, context: PageContext, patient_id: str, parent: QWidget | None = None) -> None:
        super().__init__(context, patient_id, parent)
        desk = context.desk
        self.model = TimelineModel(date.fromisoformat(desk.today))
        self.source = PictureSource(desk.gate, context.tasks, patient_id, SCREEN, colours=context.colours)
        self._large = PictureSource(desk.gate, context.tasks, patient_id, SCREEN, 16 << 20, context.colours)
        self._large.set_size(*PICTURE_PX, self.devicePixelRatioF())
        self._details = True
        self.panel = PatientPanel(self.model, desk.may)
        self.middle = MiddleColumn(self.model, self.source, self._large, PurposeBar(desk.gate.purposes, patient_id))
        self.list, self.message = self.middle.list, self.middle.message
        self.inspector = Inspector(self._large, may_read_log=desk.may(Right.READ_LOG))
        self.reader = ChartReader(context, patient_id, self)
        self.edits = PhotoEdits(self, context, patient_id, self.model, self._focus_place, self.reader.read)
        self.corrections = Corrections(self, context, patient_id, self.model, self.reader.read)
        self._entries: tuple[str, ...] = (patient_id,)
        self.merging = Merging(self, context, patient_id, self.panel, self.reader.read)
        self._record = RecordExport(self, context)
        self.kept = KeptComparisons(self, context, patient_id, self.panel, self.reader.read)
        self.comparing = Comparing(self.model, context.navigate, patient_id, self.kept)
        opened = partial(context.navigate.open_photo, patient_id)
        self._keys = TimelineKeys(
            self.model, self.middle, self.edits, self.corrections, opened, self.comparing, self._toggle_details
        )
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = hbox(self)
        for column, stretch in ((self.panel, 0), (self.middle, 1), (self.inspector, 0)):
            row.addWidget(column, stretch)
        self._screens = ScreenWatch(self, context.colours, self.list.ask_for_visible)
        self._connect()

    def _connect(self) -> None:
        navigate, patient_id = self.context.navigate, self._patient_id
        self.panel.site_chosen.connect(lambda code: self.set_filter(replace(self.model.filter, site=code)))
        self.panel.edit_asked.connect(lambda: navigate.edit_patient(self._entries[0]))
        self.panel.visit_asked.connect(lambda: navigate.new_visit(patient_id))
        self.panel.log_asked.connect(lambda: navigate.activity(patient_id))
        self.inspector.log_asked.connect(lambda: navigate.activity(patient_id))
        self.middle.filters.changed.connect(self.set_filter)
        self.middle.filters.grid_asked.connect(lambda: navigate.open_series(patient_id))
        self.list.picked.connect(lambda picked: self.choose(picked[0], add=picked[1], through=picked[2]))
        self.list.opened.connect(partial(navigate.open_photo, patient_id))
        self.middle.tray.compare_asked.connect(self.comparing.compare)
        self.middle.tray.clear_asked.connect(self._clear_marks)
        self.message.acted.connect(lambda: self.set_filter(Filter()))
        self.list.menu_asked.connect(self._keys.show_actions)
        self.middle.series.filled.connect(self.edits.fill)
        self.panel.deleted_asked.connect(self.corrections.show_deleted)
        self.panel.record_asked.connect(self._record.ask)
        for source in (self.source, self._large):
            source.failed.connect(self._not_shown)
            source.failed.connect(self.reader.retry.after)
        self.reader.arrived.connect(self._show)
        self.reader.failed.connect(self._unreadable)
        self.reader.named.connect(lambda patient: self.panel.show_patient(patient, ""))
        self.reader.slow.connect(lambda: self.message.say("Opening the chart…"))

    # -- the seam with the window ---------------------------------------------------------------------------------

    def heading(self) -> Heading:
        timeline = self.model.timeline
        if timeline is None:
            return Heading("", back=True, find=True)
        patient = timeline.patient
        return Heading(patient.display_name, f"{day_words(patient.birth)} · {patient.mrn}", back=True, find=True)

    def keys(self) -> tuple[Key, ...]:
        return self._keys.known()

    def entered(self) -> None:
        self._screens.look(self.screen())
        self.reader.begin()
        self.list.setFocus()

    def left(self) -> None:
        self.reader.stop()
        self.source.drop()
        self._large.drop()
        gate, timeline, patient_id = self.context.desk.gate, self.context.desk.timeline, self._patient_id

        def leave() -> None:
            gate.leave(SCREEN)
            timeline.close(patient_id)

        self.context.tasks.store(leave, lambda _none: None)

    def refresh(self) -> None:
        self.reader.read()

    def arrived(self, arrived: Arrived) -> None:
        if any(arrived.concerns(entry) for entry in self._entries):
            self.reader.read_again(self.source, self._large)
        elif arrived.catalog:
            self.reader.read()  # entries may have been merged elsewhere

    def escape(self) -> bool:
        if self.middle.purpose.skip():
            return True
        if self.model.clear_marks():
            self._show_choice()
            return True
        if self.model.filter.active:
            self.set_filter(Filter())
            return True
        return False

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        return (SCREEN, self._patient_id, 0.0, tuple(p for p in (self.model.before, self.model.after) if p))

    # -- reading ----------------------------------------------------------------------------------------------------

    def _show(self, read: ChartRead) -> None:
        first = self.model.timeline is None
        self.model.series.protocols = read.protocols
        self.model.load(read.timeline, suggest=first)
        self._entries = read.timeline.entries
        if first and read.timeline.visits:
            self.model.follow(begun(read.protocols, read.timeline.visits[0].photos))
        self.middle.ask_purpose(asks=read.asks)
        self.corrections.deleted = read.deleted
        self.panel.show_deleted(len(read.deleted))
        self.kept.show(read.kept)
        self.middle.filters.show()
        self._fit()
        self.panel.show_patient(read.timeline.patient, read.notes, read.timeline.merged)
        self.inspector.show_seen(seen_rows(read.seen, self.context, self.model.today))
        self.heading_changed.emit()
        self._rebuild()

    def _unreadable(self, failure: BaseException) -> None:
        """The chart cannot be opened: who the patient is stays readable where the catalog has it."""
        self._not_shown(failure)
        if self.model.timeline is None:
            self.middle.filters.hide()
            self.inspector.hide()
            self.reader.name()

    def _not_shown(self, failure: BaseException) -> None:
        self.message.say(why_not_shown(failure))

    def _rebuild(self) -> None:
        self.panel.show_sites()
        self.middle.rebuild()
        self._show_choice()

    def _show_choice(self) -> None:
        model = self.model
        self.middle.show_choice()
        if self.inspector.isVisibleTo(self):
            self.inspector.show_mark(model.mark(model.focus), model.place_in_visit(model.focus), len(model.selected))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = self.width() >= WIDE_FROM_PX
        self.panel.set_narrow(not wide)
        if self.model.timeline is not None or self.middle.filters.isVisibleTo(self):
            self.inspector.setVisible(self._details if wide else not self._details)

    # -- acting -----------------------------------------------------------------------------------------------------

    def choose(self, photo_id: str, *, add: bool = False, through: bool = False) -> None:
        """Put the focus on a photo."""
        self.model.choose(photo_id, add=add, through=through)
        self._show_choice()

    def set_filter(self, chosen: Filter) -> None:
        """Show only what the filter takes."""
        self.model.set_filter(chosen)
        self._rebuild()

    def _clear_marks(self) -> None:
        self.model.clear_marks()
        self._show_choice()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if typing_somewhere() or not (self.middle.purpose.press(event) or self._keys.press(event)):
            super().keyPressEvent(event)
        elif self.isVisible():
            self._show_choice()

    def _toggle_details(self) -> None:
        self._details = not self._details
        self._fit()

    def _focus_place(self) -> QRect | None:
        well = self.list.well_of(self.model.focus)
        return None if well is None else QRect(self.list.viewport().mapTo(self, well.topLeft()), well.size())
