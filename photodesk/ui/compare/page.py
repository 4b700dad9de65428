"""The comparison: joins the bar, the panes, the side panel and the band; asks the desk; knows the keys."""

from __future__ import annotations

from datetime import date

from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.desk.timeline import Timeline
from photodesk.ui.compare.actions import KEYS, CompareActions
from photodesk.ui.compare.after_paint import AfterPaint
from photodesk.ui.compare.choosing_keys import CHOOSING_KEYS, ChoosingKeys
from photodesk.ui.compare.chrome import CompareBand, CompareBar
from photodesk.ui.compare.degree import DegreeControl
from photodesk.ui.compare.filmstrip import Filmstrip
from photodesk.ui.compare.laying import PairLaying
from photodesk.ui.compare.loading import Loaded, Rank
from photodesk.ui.compare.measuring import Measuring
from photodesk.ui.compare.model import CompareModel, Frame, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.outward import OUTWARD_KEYS, Outward
from photodesk.ui.compare.pane import PairHeader
from photodesk.ui.compare.panes import Panes
from photodesk.ui.compare.returning import Returning
from photodesk.ui.compare.several import Several
from photodesk.ui.compare.several_hand import SEVERAL_KEYS
from photodesk.ui.compare.showing import PairShowing
from photodesk.ui.compare.side_panel import SidePanel
from photodesk.ui.compare.time_lapse import LAPSE_KEYS, TimeLapse
from photodesk.ui.compare.tools import TOOL_KEYS, CompareTools
from photodesk.ui.controls.text import hbox, vbox
from photodesk.ui.display_colours import SAID
from photodesk.ui.marks.keys import MARK_KEYS
from photodesk.ui.marks.on_pair import PairMarks
from photodesk.ui.page import Heading, Key, PageContext
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.timeline.message import why_not_shown
from photodesk.ui.timeline.sections import unshown_words
from photodesk.ui.viewing_page import ViewingPage

SCREEN, NARROW_BELOW_PX = "compare", 1440


class ComparePage(ViewingPage):
    """Screen 4. Without ids the suggested pair is shown."""

    def __init__(
        self,
        context: PageContext,
        patient_id: str,
        before_id: str = "",
        after_id: str = "",
        parent: QWidget | None = None,
    ) -> None:
        desk = context.desk
        model = CompareModel(date.fromisoformat(desk.today))
        super().__init__(context, patient_id, SCREEN, model, parent)
        self.model = model
        self._first = (before_id, after_id)
        self.source = PictureSource(desk.gate, context.tasks, patient_id, SCREEN, 24 << 20, context.colours)
        self.bar = CompareBar(demo=context.clinic.demo)
        self.header, self.side = PairHeader(self.model), SidePanel(self.model)
        self.band = CompareBand(Filmstrip(self.model, self.source), DegreeControl(self.model))
        self.panes = Panes(self.model)
        self.acts = CompareActions(
            self.model, self.bar, self.panes, self.side, self.show_pair, self._show_views, context.navigate.say
        )
        self.laying = PairLaying(self.loader, context.tasks)
        self.beside = AfterPaint(lambda: _say_beside(self), lambda: self.loader.busy, self)
        self.showing = PairShowing(self.model, self.panes, self.laying, self._missing, context.colours)
        self.tools = CompareTools(
            self, model, self.panes, self.header, self.side, self.showing, self._settle, context.navigate.say
        )
        self.several = Several(self, patient_id, SCREEN)
        self.marks = PairMarks(self, context, patient_id, model, self.panes, self.loader, self.bar, self.side)
        self.outward = Outward(self, patient_id)
        self.returning = Returning(self)
        self.choice = ChoosingKeys(self)
        self.lapse = TimeLapse(self, patient_id, SCREEN)
        self.marks.show_over(self.lapse.view.canvas, self.lapse.seen)
        self.measuring = Measuring(self.model, self.loader, context.tasks, self.side)
        self.shown: dict[Side, str] = {}  # photos whose pixels are on the panes
        self.setAccessibleName("Comparison")
        _arrange(self)
        self._connect()

    def _connect(self) -> None:
        self.bar.back.connect(self.context.navigate.back)
        self.bar.linked.connect(self.acts.toggle_link)
        self.bar.modes.chosen.connect(lambda index: self.acts.set_mode(tuple(Mode)[index]))
        self.band.zoom.zoomed.connect(self.acts.zoom)
        self.band.zoom.fit_asked.connect(self.acts.fit)
        self.band.degree.asked.connect(self.acts.degree)
        self.panes.moved.connect(self._after_move)
        self.panes.stack.in_turn.connect(self.header.show_in_turn)
        self.source.failed.connect(self._failed)
        self.showing.laid.connect(self._laid)

    # -- the seam with the window ---------------------------------------------------------------------------------

    def heading(self) -> Heading:
        return Heading("Compare", back=True)

    def keys(self) -> tuple[Key, ...]:
        return (*KEYS, *TOOL_KEYS, *SEVERAL_KEYS, *CHOOSING_KEYS, *LAPSE_KEYS, *MARK_KEYS, *OUTWARD_KEYS)

    def show_photos(self, photo_ids: tuple[str, ...]) -> None:
        """Two to six photos; the first is what the others lie on."""
        self._first = (photo_ids[0], photo_ids[1])
        self.several.take(photo_ids)

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        return self.returning.place(SCREEN, self._patient_id)

    def _drop_pixels(self) -> None:
        self.source.drop()
        self.beside.drop()
        self.shown.clear()
        self.showing.drop()
        self.lapse.drop()
        self.several.drop()
        self.panes.empty()
        self.marks.marks.left()

    def _show(self, timeline: Timeline) -> None:
        first = not self.model.ready
        self.model.load(timeline, *(self._first if first else self.model.pair()))
        self._show_chrome(self.model.ready)
        if not self.model.ready:
            self.message.say("There are not two photos to compare yet. Import or file another one first.")
            return
        self.message.rest()
        self.marks.marks.read()
        if first:
            self.model.start(self.panes.filling_zoom())
        if not (self.outward.keeping.put_back() or self.returning.put_back()):
            self.show_pair()

    def _show_chrome(self, shown: bool) -> None:
        """Without a pair there is nothing to step, zoom or compare."""
        for part in (self.header, self.panes, self.side, self.band, self.bar.modes, self.bar.link):
            part.setVisible(shown)
        self.lapse.stands_in()

    def _not_shown(self, failure: BaseException) -> None:
        if not self.model.ready:
            self._show_chrome(False)
        self.message.say(why_not_shown(failure))

    # -- the pair -------------------------------------------------------------------------------------------------

    def show_pair(self) -> None:
        """Show the model's pair: dates at once, pixels when the gate has them, what else is said of it behind them."""
        if self.several.stands_in():
            self.beside.now()
            return
        model = self.model
        self.shown = {side: shown for side, shown in self.shown.items() if shown == model.pair()[side is Side.B]}
        known = tuple(self.shown.values())  # a photo that changes sides is painted anew on its own side
        wanted = {}
        for side in Side:
            frame = model.frame(side)
            if frame is not None:
                wanted[frame.photo_id] = self.panes.least_px(side, frame)
        self.loader.show(wanted, known)  # first of all: it takes longest
        self.showing.pair_changed()  # and with it the header
        self.showing.repaint()
        self._settle.start()

    def _arrived(self, loaded: Loaded) -> None:
        for side in Side:
            if self.model.pair()[side is Side.B] == loaded.photo_id:
                self.shown[side] = loaded.photo_id
        self.showing.arrived(loaded)
        self.beside.arrived()
        self._show_views()
        if self._zoom_wanted and not self.loader.busy:
            wanted, self._zoom_wanted = self._zoom_wanted, 0.0
            self.acts.zoom(wanted * 100 / self.panes.canvas(Side.A).percent())
        if loaded.rank is Rank.LOOK:
            self._settle.start()

    def _missing(self, side: Side, frame: Frame) -> None:
        why = unshown_words(frame.photo, damaged=self.loader.damaged(frame.photo_id))
        self.message.say(f"{side.value}, {frame.photo.displayed.name}: {why}")

    def _laid(self) -> None:
        """How the pair lies is known now, or no longer."""
        if self.model.mode.needs_alignment and not self.model.aligned and self.model.laying is not None:
            self.acts.set_mode(Mode.SIDE_BY_SIDE)
        self.header.refresh()
        self.beside.ask()
        self._show_views()  # and, once the hand rests, what is measured of the pair

    def _settled(self) -> None:
        """The hand rests: facts of the pair, more pixels where they are seen, reading ahead."""
        if self.loader.busy:
            self._settle.start()
            return
        for photo_id, seen_px, longest_px in self.panes.seen():
            self.loader.sharpen(photo_id, seen_px, longest_px)
        if self.side.isVisible():
            self.measuring.measure()
        self.showing.find()
        self.loader.read_ahead([one for one in self.model.neighbours() if one not in self.several.ids])

    # -- the view -------------------------------------------------------------------------------------------------

    def _show_views(self) -> None:
        self.lapse.give_way()
        if not (self.several.stands_in() or self.lapse.stands_in()):
            self.panes.refresh()
        self._after_move()

    def _after_move(self) -> None:
        self.band.degree.refresh()
        if not self.beside.waits:
            self.band.zoom.show_percent(self.panes.percent())
        self._settle.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        small = self.width() < NARROW_BELOW_PX
        self.bar.show_keys(not small)
        self.header.show_visits(not small)
        self.side.set_narrow(small)
        self.marks.row.show_keys(not small)
        self.band.fit_to(self.width())
        self._settle.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (self.outward.press(event) or self.acts.press(event, busy=self.loader.busy)):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.acts.release(event):
            super().keyReleaseEvent(event)


def _arrange(page: ComparePage) -> None:
    """The bar, what is beside the side panel, the band."""
    whole = vbox(page)
    whole.addWidget(page.bar)
    row = hbox()
    left = vbox()
    left.addWidget(page.header)
    left.addWidget(page.purpose)
    left.addWidget(page.message)
    left.addWidget(page.marks.row)
    left.addWidget(page.panes, 1)
    left.addWidget(page.several.view, 1)
    left.addWidget(page.lapse.view, 1)
    left.addStretch(0)
    row.addLayout(left, 1)
    row.addWidget(page.side)
    whole.addLayout(row, 1)
    whole.addWidget(page.band)
    whole.addWidget(page.lapse.band)
    page.message.hide()


def _say_beside(page: ComparePage) -> None:
    """All that is said of the pair around its photos, and what only had to be done after them."""
    model = page.model
    page.showing.let_go()
    if model.timeline is not None:
        patient = model.timeline.patient
        page.bar.show_names(patient.display_name, f"{model.subject()} · {patient.mrn}")
    page.band.strip.refresh()
    page.side.show_alignment()
    page.side.show_colours(SAID if page.context.colours.matched else "")
    page.marks.show_lesion()
    page.band.zoom.show_percent(page.panes.percent())
