"""The comparison: joins the bar, the panes, the side panel and the band; asks the desk; knows the keys."""

from __future__ import annotations

from datetime import date

import simplejpeg
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from photodesk.compare import LinkedView, Measure, measure
from photodesk.compare import Side as MeasuredSide
from photodesk.desk.timeline import Timeline
from photodesk.ui.compare.chrome import CompareBand, CompareBar
from photodesk.ui.compare.filmstrip import Filmstrip
from photodesk.ui.compare.loading import Loaded, PhotoLoader, Rank
from photodesk.ui.compare.model import CompareModel, Frame, Mode, Side
from photodesk.ui.compare.pane import PairHeader, Seam
from photodesk.ui.compare.photo_canvas import STEP, CurtainCanvas, PhotoCanvas
from photodesk.ui.compare.side_panel import SidePanel
from photodesk.ui.controls.text import hbox, vbox
from photodesk.ui.page import Heading, Key, Page, PageContext, Request, sentence
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.theme import SURROUNDS, VIEWING, style_sheet
from photodesk.ui.timeline.message import Message

SCREEN, SETTLE_MS, NARROW_BELOW_PX = "compare", 150, 1440
KEYS = (
    Key(("1", "2"), "Side by side, curtain"), Key(("←", "→"), "Step B"), Key(("⇧ ←", "⇧ →"), "Step A"),
    Key(("N",), "Next pair"), Key(("X",), "Swap"), Key(("L",), "Link"), Key(("Alt",), "Hold to nudge one"),
    Key(("0",), "Fit"), Key(("+", "−"), "Zoom"), Key(("G",), "Surround"),
)


class ComparePage(Page):
    """Screen 4. Without ids the suggested pair is shown."""

    section = "home"
    full_screen = True

    def __init__(
        self, context: PageContext, patient_id: str, before_id: str = "", after_id: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        desk = context.desk
        self._patient_id, self._first = patient_id, (before_id, after_id)
        self.setStyleSheet(style_sheet(VIEWING))
        self.model = CompareModel(date.fromisoformat(desk.today))
        self.loader = PhotoLoader(desk.gate, context.tasks, patient_id, SCREEN)
        self.source = PictureSource(desk.gate, context.tasks, patient_id, SCREEN, 24 << 20)
        self.bar, self.header, self.side = CompareBar(), PairHeader(self.model), SidePanel(self.model)
        self.band = CompareBand(Filmstrip(self.model, self.source))
        self.canvases = {Side.A: PhotoCanvas("Photo A"), Side.B: PhotoCanvas("Photo B")}
        self.curtain = CurtainCanvas()
        self.message = Message()
        self._requests: list[Request] = []
        self._shown: dict[Side, str] = {}
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        whole = vbox(self)
        whole.addWidget(self.bar)
        row = hbox()
        left = vbox()
        left.addWidget(self.header)
        left.addWidget(self.message)
        self._stack = QStackedWidget()
        both = QWidget()
        panes = hbox(both)
        panes.addWidget(self.canvases[Side.A], 1)
        panes.addWidget(Seam())
        panes.addWidget(self.canvases[Side.B], 1)
        self._stack.addWidget(both)
        self._stack.addWidget(self.curtain)
        left.addWidget(self._stack, 1)
        row.addLayout(left, 1)
        row.addWidget(self.side)
        whole.addLayout(row, 1)
        whole.addWidget(self.band)
        self.message.hide()

    def _connect(self) -> None:
        self.bar.back.connect(self.context.navigate.back)
        self.bar.linked.connect(self._toggle_link)
        self.bar.modes.chosen.connect(lambda index: self.set_mode(tuple(Mode)[index]))
        self.band.strip.picked.connect(lambda picked: self._pick(*picked))
        self.band.zoom.zoomed.connect(self._zoom)
        self.band.zoom.fit_asked.connect(self._fit)
        for side, canvas in self.canvases.items():
            canvas.moved.connect(lambda moved, s=side: self._moved(s, *moved))
        self.curtain.moved.connect(lambda moved: self._moved(Side.A, *moved))
        self.curtain.divided.connect(self._divide)
        self.loader.arrived.connect(self._arrived)
        self.loader.failed.connect(self._not_shown)
        self.source.failed.connect(self._not_shown)

    # -- the seam with the window ---------------------------------------------------------------------------------

    def heading(self) -> Heading:
        return Heading("Compare", back=True)

    def keys(self) -> tuple[Key, ...]:
        return KEYS

    def entered(self) -> None:
        self.setFocus()
        self._read(opening=self.model.timeline is None)

    def left(self) -> None:
        self._settle.stop()
        for request in self._requests:
            request.cancel()
        self._requests.clear()
        self.loader.drop()
        self.source.drop()
        self._shown.clear()
        for canvas in (*self.canvases.values(), self.curtain):
            canvas.show_image(None, canvas.photo())
        self.curtain.show_above(None, self.curtain.above.size)
        gate = self.context.desk.gate
        self.context.tasks.store(lambda: gate.leave(SCREEN), lambda _none: None)

    def refresh(self) -> None:
        self._read(opening=False)

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        return (SCREEN, self._patient_id, self.model.view(Side.A).zoom, self.model.pair())

    def _read(self, *, opening: bool) -> None:
        timeline, patient_id = self.context.desk.timeline, self._patient_id
        work = (lambda: timeline.open(patient_id, SCREEN)) if opening else (lambda: timeline.refresh(patient_id))
        self._requests.append(self.context.tasks.store(work, self._show, self._not_shown))

    def _show(self, timeline: Timeline) -> None:
        self._requests.clear()
        before, after = self.model.pair() if self.model.ready else self._first
        self.model.load(timeline, before, after)
        if not self.model.ready:
            self.message.say("There are not two photos to compare yet.")
            return
        self.message.hide()
        self.show_pair()

    def _not_shown(self, failure: BaseException) -> None:
        words = sentence(failure)
        if getattr(failure, "code", "") == "log_not_writable":
            words = (
                "Photos cannot be shown: the activity log cannot be written. "
                "Free some space or call your administrator."
            )
        self.message.say(words)

    # -- the pair -------------------------------------------------------------------------------------------------

    def show_pair(self) -> None:
        """Show the model's pair: words at once, pixels when the gate has them."""
        model = self.model
        patient = model.timeline.patient if model.timeline else None
        self.bar.show_names(
            patient.display_name if patient else "", f"{model.subject()} · {patient.mrn}" if patient else ""
        )
        known = [photo_id for photo_id in model.pair() if photo_id in self._shown.values()]
        wanted = {}
        for side in Side:
            frame = model.frame(side)
            if frame is not None:
                wanted[frame.photo_id] = self._least(side, frame)
                if frame.photo_id not in known:
                    self._paint(side, frame, None)
        self._shown = {side: photo_id for side, photo_id in zip(Side, model.pair(), strict=True) if photo_id in known}
        self.loader.show(wanted, known)
        self.header.refresh()
        self.band.strip.refresh()
        self._settle.start()

    def _least(self, side: Side, frame: Frame) -> tuple[int, int]:
        """The least pixels that look sharp in the pane now."""
        canvas = self._canvas(side)
        wide, high = canvas.pane()
        size = _size(frame, (wide, high))
        scale = min(wide / size[0], high / size[1]) * self.model.view(side).zoom * self.devicePixelRatioF()
        return round(size[0] * scale), round(size[1] * scale)

    def _canvas(self, side: Side) -> PhotoCanvas:
        return self.curtain if self.model.mode is Mode.CURTAIN else self.canvases[side]

    def _paint(self, side: Side, frame: Frame, loaded: Loaded | None) -> None:
        image = loaded.image if loaded is not None else None
        fallback = (image.width(), image.height()) if image is not None and not image.isNull() else (3, 2)
        size = _size(frame, fallback)
        self.canvases[side].show_image(image, size)
        if side is Side.A:
            self.curtain.show_image(image, size)
        else:
            self.curtain.show_above(image, size)

    def _arrived(self, loaded: Loaded) -> None:
        for side in Side:
            frame = self.model.frame(side)
            if frame is not None and frame.photo_id == loaded.photo_id:
                self._shown[side] = loaded.photo_id
                self._paint(side, frame, loaded)
                if loaded.image.isNull():
                    reason = frame.photo.facts.undecodable
                    reason = f" ({reason})" if reason else ""
                    self.message.say(f"{side.value}: this file cannot be shown{reason}. It is kept as it is.")
        self._show_views()
        if loaded.rank is Rank.LOOK:
            self._settle.start()

    def _settled(self) -> None:
        """The hand rests: facts of the pair, more pixels where they are seen, reading ahead."""
        if self.loader.busy:
            self._settle.start()
            return
        if self.side.isVisible() and self._measured_for != self.model.pair():
            self._measure()
        for side in Side:
            frame = self.model.frame(side)
            if frame is not None:
                facts = frame.photo.facts
                longest = max(facts.width_px, facts.height_px)
                canvas = self._canvas(side)
                seen = max(canvas.photo()) * canvas.percent() / 100
                self.loader.sharpen(frame.photo_id, seen, longest)
        self.loader.read_ahead(self.model.neighbours())

    _measured_for: tuple[str, str] = ("", "")

    def _measure(self) -> None:
        pair = self.model.pair()
        frames = [self.model.frame(side) for side in Side]
        jpegs = [self.loader.rendition(photo_id) for photo_id in pair]
        self._measured_for = pair
        self.side.refresh()
        if any(jpeg is None for jpeg in jpegs) or any(frame is None for frame in frames):
            self.side.show_measures(())
            return

        def work() -> tuple[Measure, ...]:
            sides = [
                MeasuredSide(
                    simplejpeg.decode_jpeg(jpeg, "RGB", min_width=1024, min_height=1024), f.photo.facts, f.visit.day
                )
                for jpeg, f in zip(jpegs, frames, strict=True) if f is not None
            ]
            return measure(sides[0], sides[1])

        def done(measures: tuple[Measure, ...]) -> None:
            if pair == self.model.pair():
                self.side.show_measures(measures)

        self.context.tasks.decode(work, done, lambda _failure: self.side.show_measures(()))

    def _pick(self, photo_id: str, for_a: bool) -> None:
        side, other = (Side.A, self.model.b) if for_a else (Side.B, self.model.a)
        if photo_id == other:
            self.model.swap()
        else:
            self.model.set(side, photo_id)
        self.show_pair()

    def step(self, side: Side, by: int) -> None:
        """Another photo on one side."""
        if self.model.step(side, by):
            self.show_pair()

    # -- the view -------------------------------------------------------------------------------------------------

    def set_mode(self, mode: Mode) -> None:
        """Side by side or curtain; place and zoom stay."""
        self.model.mode = mode
        index = tuple(Mode).index(mode)
        self.bar.modes.choose(index)
        self._stack.setCurrentIndex(index)
        self._show_views()
        self._settle.start()

    def _moved(self, side: Side, view: LinkedView, alone: bool) -> None:
        if self.model.mode is Mode.CURTAIN and alone:
            side = Side.B
        self.model.show(side, view, alone=alone)
        self._show_views()
        self._settle.start()

    def _show_views(self) -> None:
        a, b = self.model.view(Side.A), self.model.view(Side.B)
        if self.model.mode is Mode.CURTAIN:
            self.curtain.show_view(a)
            self.curtain.show_above_view(b)
        else:
            self.canvases[Side.A].show_view(a)
            self.canvases[Side.B].show_view(b)
        self.band.zoom.show_percent(self._canvas(Side.A).percent())

    def _divide(self, share: float) -> None:
        self.model.curtain = min(1.0, max(0.0, share))
        self.curtain.divide(self.model.curtain)

    def _zoom(self, factor: float) -> None:
        self._canvas(Side.A).zoom_about(factor)

    def _fit(self) -> None:
        self.model.fit()
        self._show_views()

    def _toggle_link(self) -> None:
        self.model.toggle_link()
        self.bar.show_link(self.model.linked)
        self._show_views()

    def _surround(self) -> None:
        self.model.next_surround()
        for canvas in (*self.canvases.values(), self.curtain):
            canvas.set_surround(SURROUNDS[self.model.surround])
        self.side.show_surround()

    def _swap(self) -> None:
        self.model.swap()
        self.show_pair()

    def _next_pair(self) -> None:
        if self.model.next_pair():
            self.model.fit()
            self.show_pair()
        else:
            self.context.navigate.say("There is no other pair of the same site and view.")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        small = self.width() < NARROW_BELOW_PX
        self.bar.show_keys(not small)
        self.side.set_narrow(small)
        self.band.fit_to(self.width())
        self._settle.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            if not (event.isAutoRepeat() and self.loader.busy):
                held = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.step(Side.A if held else Side.B, 1 if key == Qt.Key.Key_Right else -1)
            return
        acts = {
            Qt.Key.Key_1: lambda: self.set_mode(Mode.SIDE_BY_SIDE), Qt.Key.Key_2: lambda: self.set_mode(Mode.CURTAIN),
            Qt.Key.Key_X: self._swap, Qt.Key.Key_N: self._next_pair, Qt.Key.Key_L: self._toggle_link,
            Qt.Key.Key_G: self._surround, Qt.Key.Key_0: self._fit, Qt.Key.Key_Plus: lambda: self._zoom(STEP),
            Qt.Key.Key_Equal: lambda: self._zoom(STEP), Qt.Key.Key_Minus: lambda: self._zoom(1 / STEP),
        }
        act = acts.get(key)
        if act is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            act()


def _size(frame: Frame, fallback: tuple[float, float]) -> tuple[float, float]:
    facts = frame.photo.facts
    return (facts.width_px, facts.height_px) if facts.width_px and facts.height_px else fallback
