"""What can be done with the chosen photos, as a list below the photo with the focus: the keys are learned here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.controls.popover import Popover
from photodesk.ui.controls.rows import Row
from photodesk.ui.controls.text import Text
from photodesk.ui.fonts import TextRole

Action = tuple[str, str, Callable[[], None]]
"""Words, key (or none), what it does."""


class ActionsPopover(Popover):
    """Rows with their keys; the first has the focus, `Tab` goes on, `Enter` does it."""

    def __init__(self, anchor: QWidget, title: str, actions: Sequence[Action]) -> None:
        super().__init__(anchor, 280, padding_px=8)
        self.body.setSpacing(0)
        label = Text(title, TextRole.LABEL, "ink3")
        label.setContentsMargins(12, 2, 0, 4)
        self.body.addWidget(label)
        self.rows: list[Row] = []
        for words, key, act in actions:
            row = Row(words, 34, line=False, radius_px=6, padding_px=12)
            row.add(Text(words, TextRole.BODY), 1)
            if key:
                row.add(KeyHint(key))
            row.clicked.connect(self.dismiss)
            row.clicked.connect(lambda _=False, wanted=act: wanted())
            self.rows.append(row)
            self.body.addWidget(row)
