"""Comparisons kept in the chart, from the timeline: listed, opened, renamed, removed. Nothing of it shows where none
is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.desk.roles import Right
from photodesk.photos.comparison import Comparison
from photodesk.ui.compare.kept_changes import KeptChanges
from photodesk.ui.compare.kept_dialog import KeptDialog
from photodesk.ui.page import PageContext
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.patient_panel import PatientPanel


class KeptComparisons:
    """Of one timeline page; `read` reads the chart again."""

    def __init__(
        self, page: QWidget, context: PageContext, patient_id: str, panel: PatientPanel, read: Callable[[], None]
    ) -> None:
        self._page, self._context, self._patient_id, self._panel = page, context, patient_id, panel
        self._changes = KeptChanges(context, patient_id, read)
        self.kept: tuple[Comparison, ...] = ()
        self.dialog: KeptDialog | None = None
        panel.kept_asked.connect(self.ask)

    def show(self, kept: tuple[Comparison, ...]) -> None:
        """The chart was read."""
        self.kept = kept
        self._panel.show_kept(there=bool(kept))

    def ask(self) -> None:
        """List them; a row opens one as it was seen."""
        if not self.kept:
            return
        desk = self._context.desk
        dialog = self.dialog = KeptDialog(
            self._page.window(),
            None,
            self.kept,
            date.fromisoformat(desk.today),
            theme=DESK,
            may_change=desk.may(Right.EDIT_CHART),
        )
        dialog.open_asked.connect(partial(self._context.navigate.open_kept, self._patient_id))
        dialog.rename_asked.connect(lambda asked: self._changes.keep(*asked))
        dialog.remove_asked.connect(self._changes.remove)
        dialog.open()
