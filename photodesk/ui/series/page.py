"""The page of views and visits: joins the bar, the grid and the foot; asks the desk; knows the keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.desk.timeline import Timeline
from photodesk.photos import Protocol
from photodesk.ui.controls.text import vbox
from photodesk.ui.page import Heading, Key, PageContext
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.series.chrome import SeriesBar, SeriesFoot
from photodesk.ui.series.model import MOST, Place, SeriesModel
from photodesk.ui.series.table import SeriesTable
from photodesk.ui.timeline.message import why_not_shown
from photodesk.ui.viewing_page import ViewingPage

SCREEN, NARROW_BELOW_PX = "series", 1440
KEYS = (
    Key(("←", "→", "↑", "↓"), "Move"),
    Key(("Home", "End"), "First, last visit"),
    Key(("Space",), "Choose, two to six"),
    Key(("Enter", "C"), "Compare what is chosen"),
    Key(("F",), "Open full size"),
    Key(("/",), "One site"),
    Key(("Esc",), "Choose nothing, then back"),
)


class SeriesPage(ViewingPage):
    """Standard views down, visits across."""

    def __init__(self, context: PageContext, patient_id: str, parent: QWidget | None = None) -> None:
        model = SeriesModel(date.fromisoformat(context.desk.today))
        super().__init__(context, patient_id, SCREEN, model, parent)
        self.model = model
        self._protocols: tuple[Protocol, ...] = ()
        self.source = PictureSource(context.desk.gate, context.tasks, patient_id, SCREEN, colours=context.colours)
        self.bar, self.foot = SeriesBar(demo=context.clinic.demo), SeriesFoot(model)
        self.table = SeriesTable(model, self.source)
        self.setAccessibleName("Views and visits")
        column = vbox(self)
        for part, stretch in ((self.bar, 0), (self.purpose, 0), (self.message, 0), (self.table, 1), (self.foot, 0)):
            column.addWidget(part, stretch)
        column.addStretch(0)
        self.message.hide()
        self.bar.back.connect(context.navigate.back)
        self.bar.site_chosen.connect(self._choose_site)
        self.foot.compare_asked.connect(self.compare)
        self.foot.clear_asked.connect(self.escape)
        self.table.picked.connect(self._pick)
        self.table.swept.connect(lambda ends: self._sweep(*ends))
        self.table.opened.connect(self._open)
        self.source.failed.connect(self._failed)
        self._acts: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Space: self._toggle,
            Qt.Key.Key_Return: self.compare,
            Qt.Key.Key_Enter: self.compare,
            Qt.Key.Key_C: self.compare,
            Qt.Key.Key_F: lambda: self._open(self.model.focus),
            Qt.Key.Key_Slash: self._ask_site,
        }

    # -- the seam with the window ---------------------------------------------------------------------------------

    def heading(self) -> Heading:
        return Heading("Views and visits", back=True)

    def keys(self) -> tuple[Key, ...]:
        return KEYS

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        return (SCREEN, self._patient_id, 0.0, ())

    def escape(self) -> bool:
        if super().escape():
            return True
        if self.model.clear():
            self._refresh()
            return True
        return False

    def entered(self) -> None:
        protocols = self.context.desk.protocols

        def took(found: tuple[Protocol, ...]) -> None:
            self._protocols = found

        self._requests.append(self.context.tasks.store(protocols.all, took, self._failed))
        super().entered()

    def _drop_pixels(self) -> None:
        self.source.drop()
        self.source.held = True  # until the person said what for, where that has to be asked
        self.table.viewport().update()

    def _show(self, timeline: Timeline) -> None:
        self.model.load(timeline, self._protocols)
        self.source.held = False
        patient = timeline.patient
        self.bar.show_names(patient.display_name, f"Views and visits · {patient.mrn}")
        self.bar.show_sites(self.model.site_choices(), self.model.site)
        there = bool(self.model.rows)
        self.table.setVisible(there)
        self.foot.setVisible(there)
        if there:
            self.message.rest()
        else:
            self.message.say("No photos yet. Put in a camera card, or drop files on the timeline.")
        self._rebuild()

    def _not_shown(self, failure: BaseException) -> None:
        self.message.say(why_not_shown(failure))

    # -- acting ---------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Open what is chosen; with one chosen or none, the photo with the focus as well."""
        model, focus = self.model, self.model.focus
        if len(model.chosen()) < 2 and focus is not None and not model.letter(focus):
            model.toggle(focus)
        chosen = model.chosen()
        self._refresh()
        if len(chosen) > 1:
            self.context.navigate.open_photos(self._patient_id, chosen)
        else:
            self.context.navigate.say("Choose two to six photos with Space first.")

    def _toggle(self) -> None:
        focus = self.model.focus
        if focus is not None and not self.model.toggle(focus):
            self._say_why(focus)
        self._refresh()

    def _pick(self, place: Place) -> None:
        self.model.go(place)
        self._toggle()

    def _sweep(self, one: Place, other: Place) -> None:
        self.model.go(other)
        self.model.choose_between(one, other)
        self.table.show_place(other)
        self._refresh()

    def _say_why(self, place: Place) -> None:
        photo = self.model.photo(place)
        if photo is None:
            self.context.navigate.say(f"{self.model.words(place)}.")
        elif photo.facts.undecodable:
            self.context.navigate.say("This photo cannot be shown.")
        else:
            self.context.navigate.say(f"At most {MOST} photos stand side by side.")

    def _open(self, place: Place | None) -> None:
        photo = self.model.photo(place) if place is not None else None
        if photo is not None:
            self.context.navigate.open_photo(self._patient_id, photo.photo_id)

    def _ask_site(self) -> None:
        if not self.bar.site.isHidden():
            self.bar.site.open_choices()

    def _choose_site(self, code: object) -> None:
        self.model.show_site(str(code))
        self._rebuild()
        self.setFocus()

    def _rebuild(self) -> None:
        self.table.rebuild()
        if self.model.focus is not None:
            self.table.show_place(self.model.focus)
        self._refresh()

    def _refresh(self) -> None:
        self.foot.refresh()
        focus = self.model.focus
        self.table.setAccessibleDescription(self.model.words(focus) if focus is not None else "")
        self.table.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.foot.show_keys(self.width() >= NARROW_BELOW_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers()
        act = None if held & Qt.KeyboardModifier.ControlModifier else self._acts.get(key)
        if self.model.focus is None or not (self._move(key) or act is not None):
            super().keyPressEvent(event)
        elif act is not None:
            act()

    def _move(self, key: Qt.Key) -> bool:
        focus = self.model.focus or Place(0, 0)
        last = len(self.model.columns) - 1
        rows = max(1, len(self.table.visible_rows()) - 1)
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Home: (0, -last),
            Qt.Key.Key_End: (0, last),
            Qt.Key.Key_PageUp: (-rows, 0),
            Qt.Key.Key_PageDown: (rows, 0),
        }
        if key not in steps:
            return False
        down, across = steps[key]
        self.model.go(Place(focus.row + down, focus.column + across))
        if self.model.focus is not None:
            self.table.show_place(self.model.focus)
        self._refresh()
        return True
