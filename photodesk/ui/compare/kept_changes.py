"""What is kept of a patient's comparisons: put there, under another name, taken away and had back."""

from __future__ import annotations

from collections.abc import Callable

from photodesk.photos.comparison import Comparison
from photodesk.ui.page import PageContext, sentence


class KeptChanges:
    """`changed` is told after each; the person is told what happened, or why not."""

    def __init__(self, context: PageContext, patient_id: str, changed: Callable[[], None] | None = None) -> None:
        self._tasks, self._layers, self._say = context.tasks, context.desk.layers, context.navigate.say
        self._patient_id, self._changed = patient_id, changed

    def keep(self, kept: Comparison, said: str) -> None:
        """Keep a comparison, or in place of the one with its id."""
        layers, patient_id = self._layers, self._patient_id

        def done(_kept: Comparison) -> None:
            self._say(said)
            self._tell()

        self._tasks.store(lambda: layers.keep(patient_id, kept), done, self._failed)

    def remove(self, kept: Comparison) -> None:
        """Keep it no longer; for a moment it can be had back."""
        layers, patient_id = self._layers, self._patient_id

        def gone(_none: None) -> None:
            self._say("No longer kept.", "Undo", lambda: self.keep(kept, "Kept again."))
            self._tell()

        self._tasks.store(lambda: layers.drop_comparison(patient_id, kept.comparison_id), gone, self._failed)

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed()

    def _failed(self, failure: BaseException) -> None:
        self._say(sentence(failure))
