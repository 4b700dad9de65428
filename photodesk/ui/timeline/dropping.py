"""Files dropped on a patient's page go to the import page with that patient."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from photodesk.desk.roles import Right
from photodesk.ui.page import Page, PageContext


class TakesFiles(Page):
    """A page about one patient that takes files and folders, where the person may import."""

    def __init__(self, context: PageContext, patient_id: str, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._patient_id = patient_id
        self.setAcceptDrops(context.desk.may(Right.IMPORT))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
        if paths and self.context.desk.may(Right.IMPORT):
            event.acceptProposedAction()
            self.context.navigate.importing(self._patient_id, paths)
