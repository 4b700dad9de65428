"""Reads a chart's layers and keeps every finished edit at once, through the desk: each is an entry and an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from photodesk.desk.layers import Layers
from photodesk.photos.marks import NO_EXTENT, Lesion, Mark, Scale, Size, has_extent
from photodesk.ui.marks.drafting import held_mark
from photodesk.ui.marks.model import Edit, MarkEdit, MarksModel, ScaleEdit
from photodesk.ui.page import TaskRunner, sentence


class LayerService(Protocol):
    """`session.layers` as this needs it."""

    def of(self, patient_id: str) -> Layers:
        """All layers of the chart."""
        ...

    def draw(self, patient_id: str, mark: Mark) -> None:
        """Draw or change a mark."""
        ...

    def take_away(self, patient_id: str, mark: Mark) -> None:
        """Take a mark away."""
        ...

    def set_scale(self, patient_id: str, photo_id: str, scale: Scale | None) -> None:
        """Give a photo its scale, or take it away."""
        ...

    def follow(self, patient_id: str, name: str, body_site: str = "", lesion_id: str = "") -> Lesion:
        """Follow a lesion."""
        ...


class MarkKeeping(QObject):
    """`changed` says that something else is to be shown. Work runs on the store thread in the order of the edits."""

    changed = Signal()

    def __init__(
        self,
        model: MarksModel,
        layers: LayerService,
        tasks: TaskRunner,
        patient_id: str,
        say: Callable[[str], None],
        size: Callable[[str], Size],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = model
        self._layers, self._tasks, self._patient_id, self._say = layers, tasks, patient_id, say
        self.size = size
        self._waiting = 0
        self.known = False

    def read(self) -> None:
        """Read what the chart holds; what is on its way to it stays as the person drew it."""
        layers, patient_id = self._layers, self._patient_id

        def done(read: Layers) -> None:
            if self._waiting == 0:
                self.model.load(read)
                self.known = True
                self.changed.emit()

        self._tasks.store(lambda: layers.of(patient_id), done, self._failed)

    def make(self, edit: Edit) -> None:
        """Make an edit, show it, keep it. Points that are set or moved are held to the photo's edge."""
        fitting = self._fitting(edit)
        made = None if fitting is None else self.model.apply(fitting)
        if made is not None:
            self._keep(made)

    def take_away(self) -> bool:
        """Take the selected mark away; whether there was one."""
        mark = self.model.chosen
        if mark is not None:
            self.make(MarkEdit(mark, None))
        return mark is not None

    def undo(self) -> bool:
        """Take the last edit back, which is one more edit; whether there was one."""
        return self._turned(self.model.undo())

    def redo(self) -> bool:
        """Make it again."""
        return self._turned(self.model.redo())

    def follow(self, name: str, then: Callable[[str], None], body_site: str = "") -> None:
        """Follow a lesion by its name, an old one or a new one; `then` hears its id."""
        tidy = " ".join(name.split())
        held = next((one for one in self.model.lesions if one.name.casefold() == tidy.casefold()), None)

        def followed(lesion: Lesion) -> None:
            self.model.follow(lesion)
            then(lesion.lesion_id)
            self.changed.emit()

        if held is not None:
            followed(held)
        else:
            layers, patient_id = self._layers, self._patient_id
            self._tasks.store(lambda: layers.follow(patient_id, tidy, body_site), followed, self._failed)

    def _fitting(self, edit: Edit) -> Edit | None:
        """The edit with its points on the photo; None, which is said, where nothing is left of the mark."""
        if isinstance(edit, ScaleEdit) or edit.after is None:
            return edit
        if edit.before is not None and edit.before.points == edit.after.points:
            return edit
        mark = held_mark(edit.after, self.size(edit.after.photo_id))
        if has_extent(mark):
            return MarkEdit(edit.before, mark)
        self._say(f"{NO_EXTENT} It was not kept.")
        self.changed.emit()
        return None

    def _turned(self, edit: Edit | None) -> bool:
        if edit is not None:
            self._keep(edit)
        return edit is not None

    def _keep(self, edit: Edit) -> None:
        layers, patient_id = self._layers, self._patient_id

        def work() -> None:
            if isinstance(edit, ScaleEdit):
                layers.set_scale(patient_id, edit.photo_id, edit.after)
            elif edit.after is not None:
                layers.draw(patient_id, edit.after)
            elif edit.before is not None:
                layers.take_away(patient_id, edit.before)

        def kept(_none: None) -> None:
            self._waiting -= 1

        self._waiting += 1
        self.changed.emit()
        self._tasks.store(work, kept, self._not_kept)

    def _not_kept(self, failure: BaseException) -> None:
        """Nothing is shown as drawn that is not kept."""
        self._waiting -= 1
        self.model.forget_edits()
        self._say(f"The last change of the marks was not kept. {sentence(failure)}")
        self.read()

    def _failed(self, failure: BaseException) -> None:
        self._say(sentence(failure))
