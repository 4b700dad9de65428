"""Three to six photos at once, the first what the others lie on: loads them with one entry, lays them, moves them.

It stands in for the pair of a comparison as long as the mode is side by side. A is the first cell, B the chosen one,
so that stepping, swapping and the other modes mean the same two photos. Panes hold at most screen renditions; only A
and the chosen one are brought in full resolution where a hand zooms in, and the others say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from photodesk.compare import LinkedView
from photodesk.photos.comparison import MOST_PHOTOS
from photodesk.ui.compare.laying import Drawn, Laying, PairLaying
from photodesk.ui.compare.loading import SCREEN_PX, Loaded, PhotoLoader, Rank, speak_through
from photodesk.ui.compare.model import Frame, followed
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.panes import photo_size
from photodesk.ui.compare.photo_canvas import PhotoCanvas
from photodesk.ui.compare.several_hand import SeveralKeys, cell_state, cell_words
from photodesk.ui.compare.several_view import SeveralView

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage


class Several(QObject):
    """`view` goes where the panes are."""

    def __init__(self, page: ComparePage, patient_id: str, screen: str) -> None:
        super().__init__(page)
        self.page = page
        self.view = SeveralView()
        self.loader = PhotoLoader(page.context.desk.gate, page.context.tasks, patient_id, screen, page.context.colours)
        self.laying = PairLaying(self.loader, page.context.tasks)
        self.ids: list[str] = []
        self.chosen = 1
        self.originals = False
        self.views: dict[str, LinkedView] = {}
        self.loaded: dict[str, Loaded] = {}
        self._drawn: dict[str, Drawn] = {}
        self._asked: tuple[str, ...] = ()
        self.loader.arrived.connect(self._arrived)
        speak_through(self.loader, page.loader)
        self.laying.found.connect(lambda _pair: self._paint_all())
        self.laying.drawn.connect(self._drew)
        page._settle.timeout.connect(lambda: _sharpen(self))
        page.band.zoom.fit_asked.connect(self.fit)
        for index, cell in enumerate(self.view.cells):
            cell.chosen.connect(lambda at=index: self.choose(at))
            cell.canvas.moved.connect(lambda moved, at=index: self._moved(at, *moved))
        self._keys = SeveralKeys(self, page)

    # -- what is shown ----------------------------------------------------------------------------------------------

    def take(self, photo_ids: Sequence[str]) -> None:
        """Show these, 2 to 6, the first as what the others lie on; fewer than three are a pair."""
        self.ids = list(dict.fromkeys(photo_ids))[:MOST_PHOTOS] if len(set(photo_ids)) > 2 else []
        self.chosen, self.views = 1, {}
        if self.page.model.ready:
            self.page.model.a, self.page.model.b = photo_ids[0], photo_ids[1]
            self.page.show_pair()

    @property
    def active(self) -> bool:
        """Whether it stands in for the pair."""
        model = self.page.model
        return len(self.ids) > 2 and model.ready and model.mode is Mode.SIDE_BY_SIDE

    def stands_in(self) -> bool:
        """Show or hide it as the mode says; whether it is shown."""
        page = self.page
        if not self.active:
            if not self.view.isHidden():
                self._give_back()
            return False
        _follow_pair(self)
        for part in (page.header, page.panes, page.side):
            part.hide()
        page.outward.several_shown(True)
        self.view.arrange(len(self.ids))
        self.view.show()
        self.view.set_surround(page.model.surround)
        page.panes.instead = self.view.cells[0].canvas
        if self._asked != tuple(self.ids):
            self._bring()
        self.refresh()
        return True

    def _give_back(self) -> None:
        page = self.page
        self.view.hide()
        page.panes.instead = None
        page.outward.several_shown(False)
        self.drop()
        for part in (page.header, page.panes, page.side):
            part.show()
        page.show_pair()

    def drop(self) -> None:
        """Let go of every pixel."""
        self.loader.drop()
        self.laying.drop()
        self.loaded.clear()
        self._drawn.clear()
        self._asked = ()
        for cell in self.view.cells:
            cell.canvas.show_image(None, cell.canvas.photo())

    def _bring(self) -> None:
        ratio = self.view.devicePixelRatioF()
        self._asked = tuple(self.ids)
        self.loaded = {one: loaded for one, loaded in self.loaded.items() if one in self.ids}
        self._drawn.clear()
        wanted = {}
        for photo_id, cell in zip(self.ids, self.view.shown, strict=False):
            wide, high = cell.canvas.pane()
            wanted[photo_id] = (round(wide * ratio / 2), round(high * ratio / 2))
        _let_go_of_pair(self.page)
        self.loader.show(wanted, tuple(self.loaded))
        self.page._settle.start()

    # -- pixels -----------------------------------------------------------------------------------------------------

    def frame(self, photo_id: str) -> Frame | None:
        """A photo with its visit."""
        return self.page.model.frame_of(photo_id)

    def sizes(self, photo_id: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """(width, height) of the first and of this photo, px."""
        frames = (self.frame(self.ids[0]), self.frame(photo_id))
        facts = [frame.photo.facts if frame is not None else None for frame in frames]
        a, b = ((one.width_px, one.height_px) if one is not None else (0, 0) for one in facts)
        return a, b

    def laid(self, photo_id: str) -> Laying | None:
        """How a photo is shown to lie on the first; None as taken."""
        laying = self.laying.of((self.ids[0], photo_id)) if photo_id != self.ids[0] else None
        return laying if laying is not None and laying.matrix is not None and not self.originals else None

    def _arrived(self, loaded: Loaded) -> None:
        if loaded.photo_id not in self.ids:
            return
        self.loaded[loaded.photo_id] = loaded
        self._paint(loaded.photo_id)
        self.page._after_move()

    def _drew(self, drawn: Drawn) -> None:
        if drawn.pair[0] == self.ids[0] and drawn.pair[1] in self.ids:
            self._drawn[drawn.pair[1]] = drawn
            self._paint(drawn.pair[1])

    def _paint_all(self) -> None:
        for photo_id in self.ids:
            self._paint(photo_id)

    def _paint(self, photo_id: str) -> None:
        """A photo as taken, or where it lies on the first once that is drawn."""
        canvas, loaded, frame = self.canvas(photo_id), self.loaded.get(photo_id), self.frame(photo_id)
        laid, drawn = self.laid(photo_id), self._drawn.get(photo_id)
        if frame is None or loaded is None:
            canvas.show_image(None, canvas.photo())
        elif laid is not None and drawn is not None and drawn.laying == laid:
            image, smaller = drawn.levels
            canvas.show_image(image, self.canvas(self.ids[0]).photo(), smaller)
            if drawn.rank is Rank.ORIGINAL:  # seen only where it lies: untouched it comes again when it is asked for
                loaded = self.loaded[photo_id] = self.loader.fewer(photo_id) or loaded
        else:
            size = photo_size(frame, (loaded.image.width() or 3, loaded.image.height() or 2))
            canvas.show_image(loaded.image, size, loaded.smaller)
        if laid is not None and loaded is not None and (drawn is None or drawn.rank < loaded.rank):
            self.laying.draw((self.ids[0], photo_id), loaded, self.sizes(photo_id), drawn)
        self.say(photo_id)

    def canvas(self, photo_id: str) -> PhotoCanvas:
        """Where a photo is seen."""
        return self.view.cells[self.ids.index(photo_id)].canvas

    def say(self, photo_id: str) -> None:
        """Date, visit and how it lies, above the photo."""
        frame, at = self.frame(photo_id), self.ids.index(photo_id)
        if frame is not None:
            words, warns = cell_state(self, photo_id, frame)
            head = self.view.cells[at].head
            head.show_words(*cell_words(frame, self.page.model.today), words, warns=warns, chosen=at == self.chosen)

    # -- the hand ---------------------------------------------------------------------------------------------------

    def choose(self, at: int) -> None:
        """Another pane is the one that is stepped."""
        if 0 < at < len(self.ids):
            self.chosen = at
            self.page.model.b = self.ids[at]
            self.page.band.strip.refresh()
            self.refresh()

    def _moved(self, at: int, view: LinkedView, alone: bool) -> None:
        mine = self.ids[at]
        before = self.views.get(mine, LinkedView())
        self.views[mine] = view
        if self.page.model.linked and not alone:
            for other in self.ids:
                if other != mine:
                    self.views[other] = followed(self.views.get(other, LinkedView()), before, view)
        self.refresh()
        self.page._after_move()

    def fit(self) -> None:
        """All of each photo again, nudges forgotten."""
        self.views = {}
        if self.active:
            self.refresh()

    def refresh(self) -> None:
        """Paint through the views."""
        for photo_id in self.ids:
            self.canvas(photo_id).show_view(self.views.get(photo_id, LinkedView()))
            self.say(photo_id)

    def switch_originals(self) -> None:
        """Untouched photos, or laid ones again."""
        self.originals = not self.originals
        self._paint_all()
        self.page._settle.start()


def _sharpen(several: Several) -> None:
    """The hand rests: more pixels where they are seen, and how the photos lie on the first."""
    if not several.active or several.loader.busy:
        return
    for index, photo_id in enumerate(several.ids):
        frame, canvas = several.frame(photo_id), several.canvas(photo_id)
        if frame is None:
            continue
        longest = max(frame.photo.facts.width_px, frame.photo.facts.height_px)
        seen = max(canvas.photo()) * canvas.percent() / 100
        full = index in {0, several.chosen} and not _drawn_in_full(several, photo_id)
        several.loader.sharpen(photo_id, seen if full else min(seen, SCREEN_PX), longest if full else 1 << 30)
        if index:
            several.laying.find((several.ids[0], photo_id), several.sizes(photo_id))


def _drawn_in_full(several: Several, photo_id: str) -> bool:
    """Whether a photo is seen where it lies, in full resolution."""
    drawn = several._drawn.get(photo_id)
    return drawn is not None and drawn.rank is Rank.ORIGINAL and drawn.laying == several.laid(photo_id)


def _follow_pair(several: Several) -> None:
    """A and B of the page are the first and the chosen one; a photo twice takes the other's place."""
    model = several.page.model
    known = [photo_id for photo_id in several.ids if model.frame_of(photo_id) is not None]
    if len(known) < 3:
        several.ids = known
        return
    for at, photo_id in ((0, model.a), (several.chosen, model.b)):
        if photo_id in several.ids:
            several.ids[several.ids.index(photo_id)] = several.ids[at]
        several.ids[at] = photo_id


def _let_go_of_pair(page: ComparePage) -> None:
    """What the pair's panes hold in full resolution is not kept behind several photos."""
    page.loader.drop()
    page.showing.drop()
    page.shown.clear()
    page.panes.empty()
