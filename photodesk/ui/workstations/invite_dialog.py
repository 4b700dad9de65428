"""The code for a new workstation: large, in groups, with the minutes that are left."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from photodesk.sync.enrolling import Invited
from photodesk.ui.controls import Button, ButtonKind, Dialog, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.setup.recovery_step import CodeCell
from photodesk.ui.workstations import words

LOOK_MS = 1_000


class InviteDialog(Dialog):
    """Shown once; the code is nowhere else."""

    def __init__(self, window: QWidget, context: PageContext, invited: Invited) -> None:
        super().__init__(window, "Code for a new workstation")
        self._clock, self._invited = context.desk.clock, invited
        self.body.addWidget(Text("A code for one new workstation", TextRole.HEADING))
        self.body.addWidget(Text(words.TYPE_IT, TextRole.BODY, "ink2", wrap=True))
        if invited.url:
            self.body.addWidget(Text("Address of the server", TextRole.LABEL, "ink3"))
            shown = Text(invited.url, TextRole.CODE, wrap=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.body.addWidget(shown)
        self.body.addWidget(Text("Code", TextRole.LABEL, "ink3"))
        cells = hbox(None, 8)
        self.groups = words.code_groups(invited.code)
        for number, group in enumerate(self.groups, 1):
            cells.addWidget(CodeCell(number, group), 1)
        self.body.addLayout(cells)
        foot = hbox(None, 12)
        self.left = Text("", TextRole.BODY_STRONG)
        foot.addWidget(self.left, 1)
        done = Button("Done", ButtonKind.PRIMARY, key="Enter", height=40)
        done.clicked.connect(lambda _checked=False: self.dismiss())
        foot.addWidget(done)
        self.body.addLayout(foot)
        self.on_accept(self.dismiss)
        self._ticking = QTimer(self)
        self._ticking.timeout.connect(self.tick)
        self._ticking.start(LOOK_MS)
        self.tick()

    def tick(self) -> None:
        """Say how long the code holds."""
        said = words.left_words(self._invited.expires_ms, self._clock.wall_ms())
        self.left.set_text(said)
        self.left.set_ink("ink" if self._invited.expires_ms > self._clock.wall_ms() else "bad")
