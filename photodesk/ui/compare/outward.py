"""What a comparison is for beyond looking: presented to the patient, kept under a name, taken out as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from photodesk.ui.controls.buttons import ButtonKind
from photodesk.ui.page import Key
from photodesk.ui.present.window import Lent

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage

OUTWARD_KEYS = (Key(("P",), "Present"),)


class Outward:
    """The buttons and keys of one comparison page."""

    def __init__(self, page: ComparePage, patient_id: str) -> None:
        self._page, self._patient_id = page, patient_id
        self._stage = page.context.stage
        self.present_button = page.bar.add_action("Present", "monitor", "P")
        self.present_button.set_kind(ButtonKind.PRIMARY)
        self.present_button.clicked.connect(lambda _checked=False: self.present())
        self.present_button.setVisible(self._stage is not None)

    def present(self) -> None:
        """Show this pair to the patient."""
        page = self._page
        if self._stage is not None and page.model.ready:
            page.marks.marks.measure(False)
            self._stage.present(Lent(self._patient_id, page.model, page.panes, page.acts))

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key was for one of these."""
        if event.modifiers() == Qt.KeyboardModifier.NoModifier and event.key() == Qt.Key.Key_P:
            self.present()
            return True
        return False
