"""The full-size page: one canvas, its bar, facts beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.compare import LinkedView
from photodesk.desk.timeline import Timeline
from photodesk.ui.compare.loading import Loaded, Rank
from photodesk.ui.compare.photo_canvas import STEP, PhotoCanvas
from photodesk.ui.controls.text import hbox, vbox
from photodesk.ui.display_colours import SAID
from photodesk.ui.marks.keys import MARK_KEYS
from photodesk.ui.marks.on_photo import marks_on_photo
from photodesk.ui.page import Heading, Key, PageContext
from photodesk.ui.photo.bar import PhotoBar
from photodesk.ui.photo.facts_panel import NARROW_PX, WIDE_PX, FactsPanel
from photodesk.ui.photo.model import PhotoModel
from photodesk.ui.theme import SURROUNDS
from photodesk.ui.timeline.message import why_not_shown
from photodesk.ui.timeline.painting import NOT_HERE_YET
from photodesk.ui.timeline.sections import unshown_words
from photodesk.ui.viewing_page import ViewingPage

SCREEN, NARROW_BELOW_PX = "photo", 1440
KEYS = (
    Key(("←", "→"), "Previous, next"),
    Key(("1",), "Own pixels"),
    Key(("0",), "Fit"),
    Key(("+", "−"), "Zoom"),
    Key(("G",), "Surround"),
    Key(("Ctrl D",), "Facts"),
)


class PhotoPage(ViewingPage):
    """One photo at full size."""

    def __init__(self, context: PageContext, patient_id: str, photo_id: str, parent: QWidget | None = None) -> None:
        model = PhotoModel(date.fromisoformat(context.desk.today), photo_id)
        super().__init__(context, patient_id, SCREEN, model, parent)
        self.model = model
        self.canvas, self.bar = PhotoCanvas("Photo"), PhotoBar(demo=context.clinic.demo)
        self.facts = FactsPanel()
        self.marks = marks_on_photo(self, context, patient_id, model, self.canvas, self.loader)
        self.setAccessibleName("Photo")
        self._arrange()
        self.canvas.moved.connect(lambda moved: self.show_view(moved[0]))
        self.bar.zoom.zoomed.connect(self.canvas.zoom_about)
        self.bar.zoom.fit_asked.connect(lambda: self.show_view(LinkedView()))
        self.bar.back.connect(context.navigate.back)
        self.bar.stepped.connect(self.step)

    def _arrange(self) -> None:
        whole = vbox(self)
        whole.addWidget(self.bar)
        whole.addWidget(self.purpose)
        whole.addWidget(self.message)
        whole.addWidget(self.marks.row)
        below = hbox()
        below.addWidget(self.canvas, 1)
        below.addWidget(self.facts)
        whole.addLayout(below, 1)
        self.message.hide()

    def heading(self) -> Heading:
        return Heading("Photo", back=True)

    def keys(self) -> tuple[Key, ...]:
        return (*KEYS, *MARK_KEYS)

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        zoom = self.canvas.percent() / 100 if self.model.view.zoom > 1.001 else 0.0
        return (SCREEN, self._patient_id, zoom, (self.model.photo_id,))

    def _drop_pixels(self) -> None:
        self.canvas.show_image(None, self.canvas.photo())
        self.marks.left()

    def _show(self, timeline: Timeline) -> None:
        self.model.load(timeline)
        self.marks.read()
        self.show_photo()

    def show_photo(self) -> None:
        """The model's photo: words at once, pixels when the gate has them."""
        mark = self.model.mark
        self.bar.show_words(self.model.title(), self.model.when())
        self.message.rest()
        if mark is None:
            self.message.say("This photo is not here any more.")
            return
        self.facts.show_photo(mark.photo, SAID if self.context.colours.matched else "")
        facts = mark.photo.facts
        size = (float(facts.width_px or 3), float(facts.height_px or 2))
        self.canvas.show_image(None, size)
        wide, high = self.canvas.pane()
        scale = min(wide / size[0], high / size[1]) * self.devicePixelRatioF()
        self.loader.show({mark.photo.photo_id: (round(size[0] * scale), round(size[1] * scale))})
        self.show_view(self.model.view)

    def _arrived(self, loaded: Loaded) -> None:
        mark = self.model.mark
        if mark is None or loaded.photo_id != mark.photo.photo_id:
            return
        facts = mark.photo.facts
        if loaded.image.isNull():
            comes = bool(facts.width_px) and not facts.undecodable
            self.message.say(NOT_HERE_YET if comes else f"{mark.photo.displayed.name}: {unshown_words(mark.photo)}")
            return
        known = bool(facts.width_px and facts.height_px)
        size = (facts.width_px, facts.height_px) if known else (loaded.image.width(), loaded.image.height())
        self.canvas.show_image(loaded.image, size, loaded.smaller)
        self.show_view(self.model.view)
        if self._zoom_wanted:
            wanted, self._zoom_wanted = self._zoom_wanted, 0.0
            self.canvas.zoom_about(wanted * 100 / self.canvas.percent())
        if loaded.rank is Rank.LOOK:
            self.loader.read_ahead(self.model.neighbours())

    def _not_shown(self, failure: BaseException) -> None:
        self.message.say(why_not_shown(failure))

    def show_view(self, view: LinkedView) -> None:
        """Zoom and place."""
        self.canvas.show_view(view)
        self.model.view = self.canvas.view
        self.bar.zoom.show_percent(self.canvas.percent() if self.canvas.item.image is not None else 0.0)
        self._settle.start()

    def _settled(self) -> None:
        mark = self.model.mark
        if mark is not None:
            facts = mark.photo.facts
            seen = max(self.canvas.photo()) * self.canvas.percent() / 100
            self.loader.sharpen(mark.photo.photo_id, seen, max(facts.width_px, facts.height_px))

    def step(self, by: int) -> None:
        """The next or previous photo."""
        if self.model.step(by):
            self.show_photo()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.facts.setFixedWidth(NARROW_PX if self.width() < NARROW_BELOW_PX else WIDE_PX)
        self.marks.row.show_keys(self.width() >= NARROW_BELOW_PX)
        self.bar.zoom.show_keys(self.width() >= NARROW_BELOW_PX)
        self._settle.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if key == Qt.Key.Key_D:
                self.facts.setVisible(not self.facts.isVisible())
            else:
                super().keyPressEvent(event)
            return
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            if not (event.isAutoRepeat() and self.loader.busy):
                self.step(1 if key == Qt.Key.Key_Right else -1)
            return
        acts: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_0: lambda: self.show_view(LinkedView()),
            Qt.Key.Key_1: self._own_pixels,
            Qt.Key.Key_Plus: lambda: self.canvas.zoom_about(STEP),
            Qt.Key.Key_G: self._surround,
            Qt.Key.Key_Equal: lambda: self.canvas.zoom_about(STEP),
            Qt.Key.Key_Space: self.context.navigate.back,
            Qt.Key.Key_Minus: lambda: self.canvas.zoom_about(1 / STEP),
        }
        act = acts.get(key)
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _own_pixels(self) -> None:
        if self.canvas.view.zoom <= 1.001:
            self.canvas.to_full()
        else:
            self.canvas.zoom_about(100 / self.canvas.percent())

    def _surround(self) -> None:
        self.model.surround = (self.model.surround + 1) % len(SURROUNDS)
        self.canvas.set_surround(SURROUNDS[self.model.surround])
