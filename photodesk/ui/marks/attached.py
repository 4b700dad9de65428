"""Marks on a page: the layers of its canvases, the tool row, the keys, and what is kept when the page goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from photodesk.desk.roles import Right
from photodesk.photos import PhotoFacts
from photodesk.photos.marks import MarkKind, Size
from photodesk.ui.compare.photo_canvas import PhotoCanvas, PhotoItem
from photodesk.ui.marks.asking import Asking
from photodesk.ui.marks.drafting import decoded, encoded
from photodesk.ui.marks.drawing import Drawing
from photodesk.ui.marks.hand import MarkHand
from photodesk.ui.marks.keeping import MarkKeeping
from photodesk.ui.marks.keys import MarkKeys
from photodesk.ui.marks.layer import PhotoLayer, Seen
from photodesk.ui.marks.model import MarkEdit, MarksModel, Tool
from photodesk.ui.marks.snapping import Snapping
from photodesk.ui.marks.tool_row import ToolRow
from photodesk.ui.page import PageContext

Place = tuple[PhotoCanvas, PhotoItem, Callable[[], Seen]]
"""A canvas, the item on it that shows a photo, and which photo that is now."""


class Marks(QObject):
    """`changed` says that marks, a scale or a lesion are others now; `measured` whether somebody measures."""

    changed = Signal()
    measured = Signal(bool)

    def __init__(
        self,
        page: QWidget,
        context: PageContext,
        patient_id: str,
        places: Sequence[Place],
        rendition: Callable[[str], bytes | None],
        facts: Callable[[str], PhotoFacts | None],
    ) -> None:
        super().__init__(page)
        self._page, self._context, self._facts = page, context, facts
        self._say = context.navigate.say
        self.model = MarksModel()
        self.keeping = MarkKeeping(
            self.model, context.desk.layers, context.tasks, patient_id, self._say, self._size, self
        )
        self._snapping = Snapping(context.tasks, rendition)
        self.drawing = Drawing(self.keeping, self._snapping, self)
        self.row = ToolRow()
        self.asking = Asking(self.row, self.drawing, self.keeping, facts, self._say, page.setFocus)
        self.layers = tuple(
            PhotoLayer(canvas, item, seen, self.model, lambda: self.drawing.draft, page)
            for canvas, item, seen in places
        )
        for index, layer in enumerate(self.layers):
            layer.below = tuple(each for each in self.layers[:index] if each.canvas is layer.canvas)
        self._hand = MarkHand(self.drawing, self.layers, self.asking.see, self)
        self._waiting_draft = ""
        self._wire()
        self._keys = MarkKeys(self, page)

    def _wire(self) -> None:
        row = self.row
        self.keeping.changed.connect(self._shown_anew)
        self.drawing.changed.connect(self._repaint)
        row.chosen.connect(self.take_tool)
        row.snap_asked.connect(self.toggle_snapping)
        row.lesion_asked.connect(self.asking.ask_lesion)
        row.undo_asked.connect(self.undo)
        row.redo_asked.connect(self.redo)
        row.delete_asked.connect(self.keeping.take_away)

    def show_over(self, place: Place) -> None:
        """Show marks in one more place, where nobody draws."""
        layer = PhotoLayer(*place, self.model, lambda: None, self._page)
        self.layers = (*self.layers, layer)

    # -- the page -------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """The page shows the chart: read its layers."""
        self.keeping.read()

    def left(self) -> None:
        """The page goes: what is finished is kept."""
        self.drawing.left()

    def draft(self) -> str:
        """The unfinished drawing, to be sealed with the place; "" for none."""
        return encoded(self.drawing.draft)

    def restore(self, draft: str) -> None:
        """Go on with the drawing that a lock interrupted, once its photo is here."""
        self._waiting_draft = draft
        self._go_on()

    def measure(self, on: bool) -> None:
        """Begin or end measuring. What was not finished is dropped at the end."""
        if on and not self._context.desk.may(Right.EDIT_CHART):
            self._say("Your role does not draw on photos. Ask a clinician.")
            return
        model = self.model
        model.measuring = on
        self.asking.drop()
        self.drawing.give_up()
        model.tool = Tool.MOVE
        if not on:
            model.selected = ""
        elif not self.asking.photo_id or self.asking.photo_id not in self._shown():
            self.asking.photo_id = next(iter(self._shown()), "")
        if on and not model.lesion_id:
            model.lesion_id = model.lesion_of(self._shown())
        self.row.setVisible(on)
        self._hand.measure(on)
        self._shown_anew()
        self.measured.emit(on)

    def toggle(self) -> None:
        """`M`."""
        self.measure(not self.model.measuring)

    # -- what keys and buttons do ---------------------------------------------------------------------------------

    def take_tool(self, tool: Tool) -> None:
        """Another tool in the hand; the scale's key again asks for another source."""
        again = tool is Tool.SCALE and self.model.tool is Tool.SCALE
        self.asking.drop()
        self.drawing.give_up()
        self.model.tool = tool
        self._hand.show_tool()
        if again:
            self.asking.next_source()
        self._shown_anew()

    def toggle_snapping(self) -> None:
        """Whether outlines go to edges; the one that is selected goes there now."""
        self.model.snaps = not self.model.snaps
        mark = self.model.chosen
        if self.model.snaps and mark is not None and mark.kind is MarkKind.OUTLINE and not mark.aided:
            self._snapping.mark(
                mark, self._size(mark.photo_id)[0], lambda found: self.keeping.make(MarkEdit(mark, found))
            )
        self._shown_anew()

    def undo(self) -> None:
        """Take back the draft's last point, or the last edit."""
        if not self.drawing.step_back() and not self.keeping.undo():
            self._say("There is nothing to undo here.")

    def redo(self) -> None:
        """Make again what was undone."""
        if not self.keeping.redo():
            self._say("There is nothing to make again.")

    def escape(self) -> bool:
        """One step back: what is asked, the draft, the selection, measuring."""
        model = self.model
        if not model.measuring:
            return False
        asked = self.asking.drop()
        if not self.drawing.give_up() and not asked:
            if model.tool is not Tool.MOVE:
                model.tool = Tool.MOVE
                self._hand.show_tool()
            elif model.selected:
                model.selected = ""
            else:
                self.measure(False)
        elif asked and model.tool is Tool.SCALE:
            model.tool = Tool.MOVE
        self._shown_anew()
        return True

    # -- inside ---------------------------------------------------------------------------------------------------

    def _shown(self) -> dict[str, None]:
        """The photos that are seen, in order."""
        return dict.fromkeys(filter(None, (layer.photo_id() for layer in self.layers)))

    def _size(self, photo_id: str) -> Size:
        facts = self._facts(photo_id)
        return (0, 0) if facts is None else (facts.width_px, facts.height_px)

    def _repaint(self) -> None:
        for layer in self.layers:
            layer.canvas.viewport().update()
        self._say_edits()

    def _say_edits(self) -> None:
        model, draft = self.model, self.drawing.draft
        edits = (model.can_undo or draft is not None, model.can_redo, model.chosen is not None)
        self.row.show_state(snaps=model.snaps, lesion=model.lesion_name(model.lesion_id), edits=edits)

    def _shown_anew(self) -> None:
        self._go_on()
        self.row.show_tool(self.model.tool)
        self.asking.show()
        self._repaint()
        self.changed.emit()

    def _go_on(self) -> None:
        waiting = decoded(self._waiting_draft)
        if waiting is None or not self.keeping.known:
            return
        self._waiting_draft = ""
        self.asking.photo_id = waiting.photo_id
        self.measure(True)
        self.asking.photo_id, self.model.lesion_id = waiting.photo_id, waiting.lesion_id
        self.model.tool, self.drawing.draft = waiting.tool, waiting
        self._hand.show_tool()
        self.row.show_tool(waiting.tool)
        self.asking.show()
        self._repaint()
