"""What a hand does to marks: draws them point by point or in one stroke, takes points and moves them, closes, gives up.

Places come as points of a layer's canvas. Every finished edit goes to `keeping`, which saves it at once.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, Signal

from photodesk.photos.marks import Mark, MarkKind, Point, held
from photodesk.ui.marks.drafting import Draft, thinned
from photodesk.ui.marks.keeping import MarkKeeping
from photodesk.ui.marks.layer import PhotoLayer
from photodesk.ui.marks.model import MarkEdit, MarksModel, Tool
from photodesk.ui.marks.snapping import Snapped, Snapping
from photodesk.ui.marks.taking import Taking, apart

CLICK_PX, NEAR_PX, TOUCH_NEAR_PX, CLOSE_PX, STROKE_PX = 5.0, 14.0, 24.0, 12.0, 3.0


class Drawing(QObject):
    """`changed` says that something else is to be shown; `asked` that a word or number is needed for the draft."""

    changed = Signal()
    asked = Signal()

    def __init__(
        self,
        keeping: MarkKeeping,
        snapping: Snapping,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeping, self._snapping = keeping, snapping
        self.model: MarksModel = keeping.model
        self.draft: Draft | None = None
        self._taking = Taking(keeping, self.changed.emit)
        self._pressed: QPointF | None = None
        self._began = False
        self._stroke: list[Point] = []
        self._closing: Mark | None = None

    # -- the hand -------------------------------------------------------------------------------------------------

    def press(self, layer: PhotoLayer, at: QPointF, *, near_px: float = NEAR_PX, shifted: bool = False) -> bool:
        """The hand comes down; False where it means the photo below."""
        point = self._place(layer, at)
        if point is None:
            return False
        if self._closing is not None:
            return True
        if self.draft is None and self._taking.take(layer, at, point, near_px, shifted=shifted):
            return True
        if self.model.tool is Tool.MOVE:
            return False
        self._pressed, self._stroke = QPointF(at), [point]
        self._begin_or_go_on(layer, at, point, shifted=shifted)
        return True

    def move(self, layer: PhotoLayer, at: QPointF, *, down: bool) -> bool:
        """The hand moves; whether that meant a mark."""
        point = self._place(layer, at)
        if point is None:
            return False
        if self._taking.holds:
            self._taking.move(point)
            return True
        if self.draft is None or self.draft.photo_id != layer.photo_id():
            return False
        self.draft.hover = point
        if down and self.draft.tool is Tool.OUTLINE and self._pressed is not None:
            self._stroke = thinned([*self._stroke, point], STROKE_PX / max(layer.px_per_px(), 1e-6))
        self.changed.emit()
        return True

    def release(self, layer: PhotoLayer, at: QPointF) -> bool:
        """The hand is lifted; whether that meant a mark."""
        if self._taking.holds:
            self._taking.let_go()
            return True
        pressed, self._pressed = self._pressed, None
        point = self._place(layer, at)
        if self.draft is None or pressed is None or point is None or self.draft.photo_id != layer.photo_id():
            return pressed is not None
        if apart(at, pressed) > CLICK_PX:
            self._dragged(layer, at, point)
        self.changed.emit()
        return True

    # -- drawing --------------------------------------------------------------------------------------------------

    def finish(self) -> bool:
        """Enter or a double click: the draft is whole; whether there was one to finish."""
        draft = self.draft
        if draft is None:
            return False
        if not draft.whole or self._closing is not None:
            return True
        if draft.tool in {Tool.TEXT, Tool.SCALE}:
            self.asked.emit()
            return True
        self._keep(draft)
        return True

    def name_it(self, text: str) -> None:
        """The words of the text that was placed; none gives it up."""
        draft = self.draft
        if draft is not None and draft.tool is Tool.TEXT and text.strip():
            self._put(draft.mark(" ".join(text.split())[:500]))
        self.give_up()

    def give_up(self) -> bool:
        """Drop the draft; whether there was one. An outline that was closed is kept as it was drawn."""
        self._settle()
        there = self.draft is not None
        self.draft, self._pressed, self._stroke = None, None, []
        if there:
            self.changed.emit()
        return there

    def step_back(self) -> bool:
        """Take the draft's last point back; whether there is a draft."""
        if self.draft is None:
            return False
        if not self.draft.drop_last():
            self.give_up()
        self.changed.emit()
        return True

    def left(self) -> None:
        """The page goes: what was whole is kept as it was drawn."""
        self._settle()
        if self._taking.holds:
            self._taking.let_go()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _place(self, layer: PhotoLayer, at: QPointF) -> Point | None:
        """Where the hand is on the photo: beside it, the nearest place of its edge. None where no photo is."""
        point = layer.to_photo(at)
        return None if point is None else held(point, self._keeping.size(layer.photo_id()))

    def _begin_or_go_on(self, layer: PhotoLayer, at: QPointF, point: Point, *, shifted: bool) -> None:
        draft = self.draft
        ended = draft is not None and draft.tool in {Tool.TEXT, Tool.SCALE} and draft.whole
        if ended or (draft is not None and draft.photo_id != layer.photo_id()):
            self.draft = None
        if self.draft is None:
            self.draft = Draft(layer.photo_id(), self.model.tool, lesion_id=self.model.lesion_id)
            self._began = True
            whole = self.draft.take(point, pin=shifted and self.draft.tool is Tool.OUTLINE)
        else:
            self._began = False
            first = layer.to_pane().map(QPointF(*self.draft.points[0]))
            outline = self.draft.tool is Tool.OUTLINE
            if outline and self.draft.whole and apart(first, at) <= CLOSE_PX:
                self.finish()
                return
            whole = self.draft.take(point, pin=shifted and outline, more=shifted and not outline)
        self.draft.hover = None
        self.model.selected = ""
        if whole:
            self.finish()
        else:
            self._snap_draft()
        self.changed.emit()

    def _dragged(self, layer: PhotoLayer, at: QPointF, point: Point) -> None:
        draft = self.draft
        if draft is None:
            return
        if draft.tool is Tool.OUTLINE:
            draft.points += self._stroke[1:]
            first = layer.to_pane().map(QPointF(*draft.points[0]))
            if self._began or apart(first, at) <= CLOSE_PX:
                self.finish()
            else:
                self._snap_draft()
        elif self._began and draft.tool is not Tool.TEXT and draft.take(point):
            self.finish()

    def _keep(self, draft: Draft) -> None:
        mark = self.model.owned(draft.mark())
        self.draft, self._stroke, self._pressed = None, [], None
        if mark.kind is MarkKind.OUTLINE and self.model.snaps:
            self._closing = mark
            self.draft = replace(draft, hover=None)  # seen until its edge is known
            self._snapping.mark(mark, self._keeping.size(mark.photo_id)[0], self._closed)
        else:
            self._put(mark)

    def _closed(self, mark: Mark) -> None:
        self._closing = self.draft = None
        self._put(mark)

    def _settle(self) -> None:
        """No edge is waited for any longer."""
        closing, self._closing = self._closing, None
        self._snapping.drop()
        if closing is not None:
            self.draft = None
            self._put(closing)

    def _put(self, mark: Mark) -> None:
        self.model.selected = mark.mark_id
        self._keeping.make(MarkEdit(None, mark))

    def _snap_draft(self) -> None:
        """While an outline is drawn its line is seen on the edge."""
        draft = self.draft
        if draft is None or draft.tool is not Tool.OUTLINE or not self.model.snaps or not draft.whole:
            return

        def found(answer: Snapped | None) -> None:
            if self.draft is draft and self._closing is None:
                draft.line = () if answer is None else answer[0]
                self.changed.emit()

        self._snapping.ask(draft.photo_id, self._keeping.size(draft.photo_id)[0], draft.points, draft.pinned, found)
