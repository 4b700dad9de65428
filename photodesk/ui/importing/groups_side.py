"""The left panel of a board."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Dropdown, KeyLine, Line, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.camera_clock import CameraClock
from photodesk.ui.importing.group_list import GroupList

GAPS = tuple((str(minutes * 60_000), f"{minutes} min") for minutes in (1, 2, 3, 5, 10, 15, 30, 60))


class GroupsSide(QWidget):
    """The left panel: how many groups, when a new one begins, the list, the camera's clock, the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = vbox(self)
        head = hbox(None, 8, QMargins(16, 8, 16, 8))
        self.count = Text("", TextRole.BODY_STRONG)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(Text("split after", TextRole.SMALL, "ink2"))
        self.gap = Dropdown("Split after", GAPS, value="180000", height=28, width=120)
        head.addWidget(self.gap)
        column.addLayout(head)
        column.addWidget(Line())
        self.groups = GroupList()
        column.addWidget(self.groups, 1)
        column.addWidget(Line())
        foot = vbox(None, 8, QMargins(16, 10, 16, 12))
        self.clock = CameraClock()
        foot.addWidget(self.clock)
        for some in (
            ((("↑", "↓"), "group"), (("Enter",), "file"), (("X",), "split here")),
            ((("J",), "join"), (("N",), "new group"), (("Ctrl Z",), "undo")),
        ):
            row = hbox(None, 12)
            for keys, words in some:
                row.addWidget(KeyLine(keys, words))
            row.addStretch(1)
            foot.addLayout(row)
        column.addLayout(foot)
