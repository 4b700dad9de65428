"""The timeline page: joins the panels, asks the desk, knows the keys."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QMargins, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.desk.roles import Right
from photodesk.desk.timeline import Timeline
from photodesk.photos import BODY_SITES, STANDARD_VIEWS, Photo
from photodesk.ui.controls.text import hbox, vbox
from photodesk.ui.page import Heading, Key, Page, PageContext, Request, sentence
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.timeline.choice_popover import ChoicePopover
from photodesk.ui.timeline.filter_row import FilterRow
from photodesk.ui.timeline.inspector import PICTURE_PX, Inspector
from photodesk.ui.timeline.message import Message
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.patient_panel import PatientPanel
from photodesk.ui.timeline.scrubber import Scrubber
from photodesk.ui.timeline.sections import Filter
from photodesk.ui.timeline.tray import Tray
from photodesk.ui.timeline.visit_list import VisitList
from photodesk.ui.window import typing_somewhere
from photodesk.ui.words import day_words

SCREEN, WIDE_FROM_PX, SLOW_MS = "timeline", 1300, 2000
KEYS = (
    Key(("←", "→", "↑", "↓"), "Move"), Key(("A",), "Mark as before"), Key(("B",), "Mark as after"),
    Key(("C",), "Compare"), Key(("Space",), "Open full size"), Key(("S",), "Change site"),
    Key(("V",), "Change view"), Key(("T",), "Change tags"), Key(("/",), "Filter"), Key(("Ctrl D",), "Details"),
)


class TimelinePage(Page):
    """Screen 3. Texts and pixels of the patient live in here and go with it."""

    def __init__(self, context: PageContext, patient_id: str, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        desk = context.desk
        self._patient_id = patient_id
        self.model = TimelineModel(date.fromisoformat(desk.today))
        self.source = PictureSource(desk.gate, context.tasks, patient_id, SCREEN)
        self._large = PictureSource(desk.gate, context.tasks, patient_id, SCREEN, 16 << 20)
        self._large.set_size(*PICTURE_PX, self.devicePixelRatioF())
        self._requests: list[Request] = []
        self._notes, self._details = "", True
        self._may_edit = desk.may(Right.EDIT_CHART)
        may_read_log = desk.may(Right.READ_LOG)
        self.panel = PatientPanel(self.model, may_edit=desk.may(Right.EDIT_PATIENTS), may_read_log=may_read_log)
        self.filters, self.scrubber = FilterRow(self.model), Scrubber(self.model)
        self.list = VisitList(self.model, self.source)
        self.tray = Tray(self.model, self._large)
        self.inspector = Inspector(self._large, may_read_log=may_read_log)
        self.message = Message()
        self._anchor = QWidget(self)
        self._anchor.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(lambda: self.message.say("Opening the chart…"))
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        row = hbox(self)
        row.addWidget(self.panel)
        middle = vbox()
        top = vbox(None, 0, QMargins(24, 0, 24, 0))
        top.addWidget(self.filters)
        top.addWidget(self.scrubber)
        middle.addLayout(top)
        middle.addWidget(self.message)
        middle.addWidget(self.list, 1)
        middle.addWidget(self.tray)
        row.addLayout(middle, 1)
        row.addWidget(self.inspector)
        self.message.hide()
        self.tray.hide()

    def _connect(self) -> None:
        navigate, patient_id = self.context.navigate, self._patient_id
        self.panel.site_chosen.connect(self._choose_site)
        self.panel.edit_asked.connect(lambda: navigate.edit_patient(patient_id))
        self.panel.visit_asked.connect(lambda: navigate.new_visit(patient_id))
        self.panel.log_asked.connect(lambda: navigate.activity(patient_id))
        self.inspector.log_asked.connect(lambda: navigate.activity(patient_id))
        self.filters.changed.connect(self.set_filter)
        self.filters.sized.connect(self.list.set_thumbnail_px)
        self.scrubber.asked.connect(self.list.show_row)
        self.list.picked.connect(lambda picked: self.choose(picked[0], add=picked[1], through=picked[2]))
        self.list.opened.connect(lambda photo_id: navigate.open_photo(patient_id, photo_id))
        self.list.moved.connect(self._show_seen)
        self.tray.compare_asked.connect(self.compare)
        self.tray.clear_asked.connect(self._clear_marks)
        self.message.acted.connect(lambda: self.set_filter(Filter()))
        self.source.failed.connect(self._not_shown)
        self._large.failed.connect(self._not_shown)

    # -- the seam with the window ---------------------------------------------------------------------------------

    def heading(self) -> Heading:
        timeline = self.model.timeline
        if timeline is None:
            return Heading("", back=True, find=True)
        patient = timeline.patient
        return Heading(patient.display_name, f"{day_words(patient.birth)} · {patient.mrn}", back=True, find=True)

    def keys(self) -> tuple[Key, ...]:
        return KEYS if self._may_edit else tuple(k for k in KEYS if k.keys[0] not in {"S", "V", "T"})

    def entered(self) -> None:
        self._slow.start()
        self._read()
        self.list.setFocus()

    def left(self) -> None:
        self._slow.stop()
        for request in self._requests:
            request.cancel()
        self._requests.clear()
        self.source.drop()
        self._large.drop()
        gate, timeline, patient_id = self.context.desk.gate, self.context.desk.timeline, self._patient_id

        def leave() -> None:
            gate.leave(SCREEN)
            timeline.close(patient_id)

        self.context.tasks.store(leave, lambda _none: None)

    def refresh(self) -> None:
        self._read()

    def escape(self) -> bool:
        if self.model.clear_marks():
            self._show_choice()
            return True
        if self.model.filter.active:
            self.set_filter(Filter())
            return True
        return False

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        return (SCREEN, self._patient_id, 0.0, tuple(p for p in (self.model.before, self.model.after) if p))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._slow.stop()

    # -- reading ----------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        desk, patient_id = self.context.desk, self._patient_id

        def read() -> tuple[Timeline, str]:
            return desk.timeline.refresh(patient_id), desk.patients.notes(patient_id)

        self._requests.append(self.context.tasks.store(read, self._show, self._not_shown))

    def _show(self, read: tuple[Timeline, str]) -> None:
        self._requests.clear()
        self._slow.stop()
        self.message.hide()
        timeline, self._notes = read
        first = self.model.timeline is None
        self.model.load(timeline, suggest=first)
        self.panel.show_patient(timeline.patient, self._notes)
        self.heading_changed.emit()
        self._rebuild()

    def _not_shown(self, failure: BaseException) -> None:
        self._slow.stop()
        words = sentence(failure)
        if getattr(failure, "code", "") == "log_not_writable":
            words = (
                "Photos cannot be shown: the activity log cannot be written. "
                "Free some space or call your administrator."
            )
        self.message.say(words)

    # -- showing ----------------------------------------------------------------------------------------------------

    def _rebuild(self) -> None:
        model = self.model
        self.panel.show_sites()
        self.filters.refresh()
        self.scrubber.setVisible(model.visit_count > 1)
        self.scrubber.update()
        self.list.rebuild()
        if model.filter.active and not model.order:
            self.message.say("No photos match.", "Clear filters")
        elif not model.photo_count:
            self.message.say("No photos yet. Put in a camera card, or drop files here.")
        else:
            self.message.hide()
        self._show_choice()

    def _show_choice(self) -> None:
        model = self.model
        self.list.viewport().update()
        self.scrubber.update()
        self.tray.refresh()
        if self.inspector.isVisibleTo(self):
            self.inspector.show_mark(model.mark(model.focus), model.place_in_visit(model.focus), len(model.selected))

    def _show_seen(self) -> None:
        rows = self.list.visible_rows()
        days = [self.model.sections[row].visit.day for row in rows if row < len(self.model.sections)]
        self.scrubber.show_seen((min(days), max(days)) if days else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = self.width() >= WIDE_FROM_PX
        self.panel.set_narrow(not wide)
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

    def compare(self) -> None:
        """Open the pair, or the suggested one where nothing is marked."""
        if self.model.can_compare or not (self.model.before or self.model.after):
            self.context.navigate.open_compare(self._patient_id, self.model.before, self.model.after)
        else:
            missing = "B" if self.model.before else "A"
            self.context.navigate.say(f"Choose the other photo with {missing} first.")

    def _choose_site(self, code: str) -> None:
        now = self.model.filter
        self.set_filter(Filter(code, now.view, now.tag))

    def _clear_marks(self) -> None:
        self.model.clear_marks()
        self._show_choice()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if typing_somewhere() or not self._act(event):
            super().keyPressEvent(event)

    def _act(self, event: QKeyEvent) -> bool:
        key, held = Qt.Key(event.key()), event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            if key == Qt.Key.Key_D:
                self._details = not self._details
                self._fit()
                self._show_choice()
            return key == Qt.Key.Key_D
        through = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.model.step(1 if key == Qt.Key.Key_Right else -1, through=through)
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self._step_line(1 if key == Qt.Key.Key_Down else -1, through=through)
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self.model.step(len(self.model.order) * (1 if key == Qt.Key.Key_End else -1), through=through)
        else:
            return self._act_on_photo(key)
        self.list.show_photo(self.model.focus)
        self._show_choice()
        return True

    def _act_on_photo(self, key: Qt.Key) -> bool:
        focus = self.model.focus
        acts = {
            Qt.Key.Key_A: lambda: self.model.mark_before(focus), Qt.Key.Key_B: lambda: self.model.mark_after(focus),
            Qt.Key.Key_Space: lambda: self.context.navigate.open_photo(self._patient_id, focus),
            Qt.Key.Key_Return: lambda: self.context.navigate.open_photo(self._patient_id, focus),
            Qt.Key.Key_C: self.compare, Qt.Key.Key_Slash: self.filters.site.open_choices,
            Qt.Key.Key_S: self._ask_site, Qt.Key.Key_V: self._ask_view, Qt.Key.Key_T: self._ask_tag,
        }
        act = acts.get(key)
        needs_photo = key not in {Qt.Key.Key_C, Qt.Key.Key_Slash}
        if act is None or (needs_photo and not focus):
            return False
        act()
        if key in {Qt.Key.Key_A, Qt.Key.Key_B}:
            self._show_choice()
        return True

    def _step_line(self, by: int, *, through: bool) -> None:
        """Up and down: the nearest thumbnail of the next line, in this visit or the next one."""
        well = self.list.well_of(self.model.focus)
        if well is None:
            self.model.step(by, through=through)
            return
        order = self.model.order
        at = order.index(self.model.focus)
        best: tuple[int, int, str] | None = None
        ahead = order[at + 1 : at + 200] if by > 0 else tuple(reversed(order[max(0, at - 200) : at]))
        for photo_id in ahead:
            other = self.list.well_of(photo_id)
            if other is None or (other.top() - well.top()) * by <= 0:
                continue
            rank = (abs(other.top() - well.top()), abs(other.left() - well.left()))
            if best is not None and rank[0] > best[0]:
                break
            if best is None or rank < best[:2]:
                best = (*rank, photo_id)
        if best is not None:
            self.model.choose(best[2], through=through)

    # -- what is recorded about photos ------------------------------------------------------------------------------

    def _popover(self, title: str, choices: tuple[tuple[str, str], ...], value: str, *, free: bool = False) -> ChoicePopover:
        well = self.list.well_of(self.model.focus)
        if well is not None:
            corner = self.list.viewport().mapTo(self, well.topLeft())
            self._anchor.setGeometry(corner.x(), corner.y(), well.width(), well.height() + 4)
        self._anchor.show()
        popover = ChoicePopover(self._anchor, title, choices, value=value, free=free)
        popover.open()
        return popover

    def _ask_site(self) -> None:
        mark = self.model.mark(self.model.focus)
        if mark is not None and self._may_edit:
            choices = (*((s.code, s.name) for s in BODY_SITES), ("", "No site"))
            self._popover("Body site", choices, mark.photo.body_site).chosen.connect(lambda code: self._set(site=code))

    def _ask_view(self) -> None:
        mark = self.model.mark(self.model.focus)
        if mark is not None and self._may_edit:
            choices = (*((v.code, v.name) for v in STANDARD_VIEWS), ("", "No view"))
            self._popover("View", choices, mark.photo.standard_view).chosen.connect(lambda code: self._set(view=code))

    def _ask_tag(self) -> None:
        mark = self.model.mark(self.model.focus)
        if mark is not None and self._may_edit:
            has = mark.photo.tags
            choices = tuple((tag, f"✓ {tag}" if tag in has else tag) for tag, _ in self.model.tag_choices())
            self._popover("Tag", choices, "", free=True).chosen.connect(self._toggle_tag)

    def _set(self, *, site: str | None = None, view: str | None = None) -> None:
        desk, patient_id, photo_ids = self.context.desk, self._patient_id, self.model.acting_on()
        self.context.tasks.store(
            lambda: desk.photo_edit.set_many(patient_id, photo_ids, site=site, view=view), self._changed, self._failed
        )

    def _toggle_tag(self, tag: str) -> None:
        desk, patient_id = self.context.desk, self._patient_id
        marks = [m for m in (self.model.mark(p) for p in self.model.acting_on()) if m is not None]
        take_off = all(tag in mark.photo.tags for mark in marks)

        def work() -> list[Photo]:
            return [
                desk.photo_edit.set(
                    patient_id, m.photo.photo_id,
                    tags=tuple(t for t in m.photo.tags if t != tag) if take_off else (*m.photo.tags, tag),
                )
                for m in marks
            ]

        self.context.tasks.store(work, self._changed, self._failed)

    def _changed(self, photos: list[Photo]) -> None:
        self.context.navigate.say("Saved." if len(photos) == 1 else f"{len(photos)} photos changed.")
        self._read()

    def _failed(self, failure: BaseException) -> None:
        self.context.navigate.say(sentence(failure))

    # -- files dropped ----------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.context.desk.may(Right.IMPORT) and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.context.navigate.importing(self._patient_id)
