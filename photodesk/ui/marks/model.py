"""What lies over the photos of one chart, what is being drawn, and what can be undone. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from photodesk.compare.lesion_series import AREA_KINDS
from photodesk.desk.layers import Layers
from photodesk.photos.marks import Lesion, Mark, MarkKind, Scale


class Tool(StrEnum):
    """What the hand does. `MOVE` takes points and marks, and moves the photo elsewhere."""

    MOVE = "move"
    LENGTH = "length"
    OUTLINE = "outline"
    CIRCLE = "circle"
    ARROW = "arrow"
    TEXT = "text"
    SCALE = "scale"

    @property
    def kind(self) -> MarkKind | None:
        """The mark it draws; None for moving and for a scale."""
        return None if self in {Tool.MOVE, Tool.SCALE} else MarkKind(self.value)


@dataclass(frozen=True)
class MarkEdit:
    """A mark before and after; None where there was or is none."""

    before: Mark | None
    after: Mark | None

    @property
    def turned(self) -> MarkEdit:
        """What undoes it."""
        return MarkEdit(self.after, self.before)


@dataclass(frozen=True)
class ScaleEdit:
    """A photo's scale before and after."""

    photo_id: str
    before: Scale | None
    after: Scale | None

    @property
    def turned(self) -> ScaleEdit:
        """What undoes it."""
        return ScaleEdit(self.photo_id, self.after, self.before)


Edit = MarkEdit | ScaleEdit


class MarksModel:
    """The layers of a chart as a page shows them. Edits are applied here at once and kept by `keeping`."""

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}
        self.scales: dict[str, Scale] = {}
        self.lesions: tuple[Lesion, ...] = ()
        self.lesion_id = ""
        self.measuring = False
        self.tool = Tool.MOVE
        self.snaps = True
        self.selected = ""
        self._done: list[Edit] = []
        self._undone: list[Edit] = []

    def load(self, layers: Layers) -> None:
        """Take what the chart holds."""
        self.marks = {mark.mark_id: mark for mark in layers.marks}
        self.scales = dict(layers.scales)
        self.lesions = layers.lesions
        if self.selected not in self.marks:
            self.selected = ""

    def of(self, photo_id: str) -> tuple[Mark, ...]:
        """The marks of a photo."""
        return tuple(mark for mark in self.marks.values() if mark.photo_id == photo_id)

    def scale(self, photo_id: str) -> Scale | None:
        """The scale of a photo."""
        return self.scales.get(photo_id)

    @property
    def chosen(self) -> Mark | None:
        """The selected mark."""
        return self.marks.get(self.selected)

    # -- edits ----------------------------------------------------------------------------------------------------

    def apply(self, edit: Edit) -> Edit | None:
        """Make a new edit and remember it for undo; None where it changes nothing."""
        if edit.before == edit.after:
            return None
        self._make(edit)
        self._done.append(edit)
        self._undone.clear()
        return edit

    def undo(self) -> Edit | None:
        """The edit that takes the last one back; None where there is none."""
        return self._turn(self._done, self._undone)

    def redo(self) -> Edit | None:
        """The edit that makes what was undone again; None where there is none."""
        return self._turn(self._undone, self._done)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to make again."""
        return bool(self._undone)

    def forget_edits(self) -> None:
        """Nothing can be undone: an edit could not be kept."""
        self._done.clear()
        self._undone.clear()

    def _turn(self, taken: list[Edit], put: list[Edit]) -> Edit | None:
        if not taken:
            return None
        turned = taken.pop().turned
        put.append(turned)
        self._make(turned)
        return turned

    def _make(self, edit: Edit) -> None:
        if isinstance(edit, ScaleEdit):
            self._put_scale(edit)
        elif edit.after is not None:
            self.marks[edit.after.mark_id] = edit.after
        elif edit.before is not None:
            self.marks.pop(edit.before.mark_id, None)
            if self.selected == edit.before.mark_id:
                self.selected = ""

    def _put_scale(self, edit: ScaleEdit) -> None:
        if edit.after is None:
            self.scales.pop(edit.photo_id, None)
        else:
            self.scales[edit.photo_id] = replace(edit.after, photo_id=edit.photo_id)

    # -- lesions --------------------------------------------------------------------------------------------------

    def follow(self, lesion: Lesion) -> None:
        """This lesion is followed now; what is drawn belongs to it."""
        others = tuple(one for one in self.lesions if one.lesion_id != lesion.lesion_id)
        self.lesions = tuple(sorted((*others, lesion), key=lambda one: one.name))
        self.lesion_id = lesion.lesion_id

    def owned(self, mark: Mark) -> Mark:
        """A new mark with the lesion it belongs to: a length beside the lesion's outline is a length of its own."""
        outlines = [one for one in self.of(mark.photo_id) if one.lesion_id == mark.lesion_id and one.kind in AREA_KINDS]
        if mark.kind is not MarkKind.LENGTH or not outlines or any(_middle_in(mark, one) for one in outlines):
            return mark
        return replace(mark, lesion_id="")

    def lesion_name(self, lesion_id: str) -> str:
        """Its name; "" for none."""
        return next((one.name for one in self.lesions if one.lesion_id == lesion_id), "")

    def lesion_of(self, photo_ids: Iterable[str]) -> str:
        """The lesion to speak of: the one followed now, else the first that is drawn on these photos; "" for none."""
        drawn = [mark.lesion_id for photo_id in photo_ids for mark in self.of(photo_id) if mark.lesion_id]
        if self.lesion_id in drawn or not drawn:
            return self.lesion_id
        return min(drawn, key=self.lesion_name)


def _middle_in(line: Mark, outline: Mark) -> bool:
    """Whether the middle of a length lies in the upright box around an outline (of a circle: its square)."""
    (ax, ay), (bx, by) = line.points[0], line.points[-1]
    points = outline.points
    if outline.kind is MarkKind.CIRCLE:
        (x, y), radius = points[0], math.dist(points[0], points[1])
        points = ((x - radius, y - radius), (x + radius, y + radius))
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs) <= (ax + bx) / 2 <= max(xs) and min(ys) <= (ay + by) / 2 <= max(ys)
