"""Marks on a comparison: each photo's own, beside each other or on one canvas, and the lesion in the side panel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from photodesk.photos import PhotoFacts
from photodesk.photos.comparison import Rows
from photodesk.ui.compare.chrome import CompareBar
from photodesk.ui.compare.loading import PhotoLoader
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.panes import Panes
from photodesk.ui.compare.photo_canvas import PhotoCanvas
from photodesk.ui.compare.side_panel import SidePanel
from photodesk.ui.marks.attached import Marks, Place
from photodesk.ui.marks.layer import Seen
from photodesk.ui.marks.lesion_panel import LesionPanel, lesion_facts
from photodesk.ui.page import PageContext


class PairMarks(QObject):
    """Joins marks to the parts of a comparison's page."""

    def __init__(
        self,
        page: QWidget,
        context: PageContext,
        patient_id: str,
        model: CompareModel,
        panes: Panes,
        loader: PhotoLoader,
        bar: CompareBar,
        side: SidePanel,
    ) -> None:
        super().__init__(page)
        self._model, self._panes, self._side = model, panes, side
        self.marks = Marks(page, context, patient_id, self._places(), loader.rendition, self._facts)
        self.row, self.panel = self.marks.row, LesionPanel()
        self._button = bar.add_action("Measure", "ruler", "M")
        self._button.setCheckable(True)
        self._button.clicked.connect(self.marks.toggle)
        self.marks.measured.connect(self._button.setChecked)
        self.marks.changed.connect(self.show_lesion)
        side.put_lead(self.panel)

    def show_over(self, canvas: PhotoCanvas, seen: Callable[[], Seen]) -> None:
        """Show marks on one more canvas, where nobody draws."""
        self.marks.show_over((canvas, canvas.item, seen))

    def draft(self) -> str:
        """The unfinished drawing, to be sealed with the place."""
        return self.marks.draft()

    def restore(self, draft: str) -> None:
        """Go on with it after a lock."""
        self.marks.restore(draft)

    def show_lesion(self) -> None:
        """The pair, a mark or a scale is another: say the lesion's area."""
        pair = self._model.pair()
        facts = lesion_facts(self.marks.model, pair, self._days())
        self.panel.show_facts(facts, dict(zip(pair, ("A", "B"), strict=True)))
        self._side.show_interval(facts is None)

    def _places(self) -> tuple[Place, ...]:
        panes, stack = self._panes, self._panes.stack
        return (
            (panes.canvases[Side.A], panes.canvases[Side.A].item, self._seen_a),
            (panes.canvases[Side.B], panes.canvases[Side.B].item, self._seen_b),
            (stack, stack.item, self._seen_below),
            (stack, stack.above, self._seen_above),
        )

    def _seen_a(self) -> Seen:
        beside = self._model.mode is Mode.SIDE_BY_SIDE
        return Seen(self._model.a if beside else "")

    def _seen_b(self) -> Seen:
        return Seen(self._b() if self._model.mode is Mode.SIDE_BY_SIDE else "", self._laid())

    def _seen_below(self) -> Seen:
        """A under B: in turn only while B is not shown, dashed where both are seen through each other."""
        mode, stack = self._model.mode, self._panes.stack
        hidden = mode is Mode.SIDE_BY_SIDE or (mode is Mode.BLINK and stack.shows_b)
        return Seen("" if hidden else self._model.a, dashed=mode is Mode.OVERLAY, letter="A")

    def _seen_above(self) -> Seen:
        shown, turns = self._model.mode is not Mode.SIDE_BY_SIDE, self._model.mode is Mode.BLINK
        return Seen(self._b() if shown else "", self._laid(), bar=turns, letter="B")

    def _laid(self) -> Rows | None:
        """The matrix B is drawn through, None as taken."""
        laying = self._model.laying
        return laying.matrix if self._model.aligned and laying is not None else None

    def _b(self) -> str:
        """B, but for skin that was bent: a matrix does not follow it, so nothing is drawn over it."""
        laying = self._model.laying
        return "" if self._model.aligned and laying is not None and laying.bent else self._model.b

    def _facts(self, photo_id: str) -> PhotoFacts | None:
        timeline = self._model.timeline
        photos = (photo for each in timeline.visits for photo in each.photos) if timeline is not None else ()
        return next((photo.facts for photo in photos if photo.photo_id == photo_id), None)

    def _days(self) -> dict[str, date]:
        timeline = self._model.timeline
        if timeline is None:
            return {}
        return {photo.photo_id: each.visit.day for each in timeline.visits for photo in each.photos}
