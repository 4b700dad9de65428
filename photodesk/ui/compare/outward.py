"""What a comparison is for beyond looking: presented to the patient, kept under a name, taken out as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from photodesk.desk.roles import Right
from photodesk.ui.compare.exporting import Exporting
from photodesk.ui.compare.keeping import Keeping
from photodesk.ui.compare.several_view import SeveralView
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.text import hbox
from photodesk.ui.page import Key
from photodesk.ui.present.lending import Lent
from photodesk.ui.theme import VIEWING

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage
    from photodesk.ui.compare.several import Several

OUTWARD_KEYS = (
    Key(("P",), "Present"),
    Key(("Ctrl S",), "Keep this comparison, open a kept one"),
    Key(("Ctrl E",), "Export"),
)
BUTTON_PX = 48


class SeveralLent:
    """Three photos or more on the patient's screen: nothing is said of them there, and afterwards all is as it was."""

    def __init__(self, several: Several) -> None:
        self._several, self._before = several, dict(several.views)

    @property
    def view(self) -> SeveralView:
        """Their cells."""
        return self._several.view

    @property
    def ids(self) -> tuple[str, ...]:
        """From the left."""
        return tuple(self._several.ids)

    def fit(self) -> None:
        """All of each photo."""
        self._several.fit()

    def presented(self, shown: bool) -> None:
        """Nothing but photos, all of each; or the desk's again."""
        self.view.show_heads(not shown)
        self._several.views = {} if shown else self._before
        self._several.refresh()


class Outward:
    """The buttons and keys of one comparison page."""

    def __init__(self, page: ComparePage, patient_id: str) -> None:
        self._page, self._patient_id = page, patient_id
        self._stage = page.context.stage
        self.keeping, self.exporting = Keeping(page, patient_id), Exporting(page, patient_id)
        self._of_several = [
            (page.bar.add_action(words, icon, key), right, act)
            for words, icon, key, right, act in (
                ("Save", "floppy-disk", "Ctrl S", Right.EDIT_CHART, self.keeping.open),
                ("Export", "export", "Ctrl E", Right.EXPORT, self.exporting.open),
            )
        ]
        for button, _right, act in self._of_several:
            button.clicked.connect(lambda _checked=False, do=act: do())
        self.several_shown(False)
        self.present_button = page.bar.add_action("Present", "monitor", "P")
        self.present_button.set_kind(ButtonKind.PRIMARY)
        self.present_button.clicked.connect(lambda _checked=False: self.present())
        self.present_button.setVisible(self._stage is not None)
        self._foot()

    def _foot(self) -> None:
        """Below the facts of the pair; what the person's role does not do has no button."""
        page, may = self._page, self._page.context.desk.may
        foot = QWidget(page.side)
        row = hbox(foot, 8, QMargins(20, 12, 20, 0))
        self.save_button = Button("Save pair", icon="floppy-disk", height=BUTTON_PX, theme=VIEWING)
        self.export_button = Button("Export", icon="export", height=BUTTON_PX, theme=VIEWING)
        for button, right, act in (
            (self.save_button, Right.EDIT_CHART, self.keeping.open),
            (self.export_button, Right.EXPORT, self.exporting.open),
        ):
            button.clicked.connect(lambda _checked=False, do=act: do())
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(button)
            button.setVisible(may(right))
        whole = page.side.layout()
        if whole is not None:
            whole.addWidget(foot)

    def several_shown(self, shown: bool) -> None:
        """Three photos or more have no side panel: what is done with them stands in the bar."""
        for button, right, _act in self._of_several:
            button.setVisible(shown and self._page.context.desk.may(right))
        self._page.bar.fit()

    def present(self) -> None:
        """Show this pair to the patient."""
        page = self._page
        if self._stage is not None and page.model.ready:
            page.marks.marks.measure(False)
            page.tools.hand.end()
            together = SeveralLent(page.several) if page.several.active else None
            self._stage.present(Lent(self._patient_id, page.model, page.panes, page.acts, page.show_on, together))

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key was for one of these."""
        acts = {
            (Qt.Key.Key_P, Qt.KeyboardModifier.NoModifier): self.present,
            (Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier): self.keeping.open,
            (Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier): self.exporting.open,
        }
        act = acts.get((Qt.Key(event.key()), event.modifiers()))
        if act is not None:
            act()
        return act is not None
