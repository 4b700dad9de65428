"""Changing one series: its name, its views in their order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.photos import STANDARD_VIEWS, Protocol, Step
from photodesk.ui.body.site_popover import SitePopover
from photodesk.ui.controls.buttons import Button, LinkButton
from photodesk.ui.controls.choices import ChoiceList
from photodesk.ui.controls.text import Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.patients.form_dialog import FormDialog
from photodesk.ui.timeline.choice_popover import ChoicePopover

ROWS = 8


class ProtocolDialog(FormDialog):
    """`done` is called with the name and the protocol (without a code where it is new), `remove` to take it away."""

    def __init__(
        self,
        window: QWidget,
        protocol: Protocol | None,
        done: Callable[[str, Protocol], None],
        remove: Callable[[], None] | None,
    ) -> None:
        super().__init__(window, "Change series" if protocol else "New series", "Save")
        self._code, self._done, self._remove = protocol.code if protocol else "", done, remove
        self.steps: list[Step] = list(protocol.steps) if protocol else []
        self.rows.addWidget(self.field("name", "Name", protocol.name if protocol else "", placeholder="Knee series"))
        self.list = ChoiceList("Views", rows=ROWS, focusable=True)
        self.rows.addWidget(self.labelled("Views", self.list))
        row = hbox(None, 8)
        self.add = Button("Add a view", height=36)
        self.add.clicked.connect(self._ask_site)
        row.addWidget(self.add)
        for words, act in (
            ("Up", lambda: self.shift(-1)),
            ("Down", lambda: self.shift(1)),
            ("Take out", self.take_out),
        ):
            button = Button(words, height=36)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        if remove is not None:
            link = LinkButton("Remove this series")
            link.clicked.connect(self._removed)
            row.addWidget(link)
        self.rows.addLayout(row)
        keys = "Alt ↑ and Alt ↓ move a view, Delete takes it out. No photo changes."
        self.rows.addWidget(Text(keys, TextRole.SMALL, "ink3"))
        self.finish(self.save)
        self._show(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if self.list.hasFocus() and alt and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.shift(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif self.list.hasFocus() and event.key() == Qt.Key.Key_Delete:
            self.take_out()
        else:
            super().keyPressEvent(event)

    def shift(self, by: int) -> None:
        """Move the current view up or down."""
        at = self.list.currentRow()
        if 0 <= at < len(self.steps) and 0 <= at + by < len(self.steps):
            self.steps[at], self.steps[at + by] = self.steps[at + by], self.steps[at]
            self._show(at + by)

    def take_out(self) -> None:
        """Take the current view out of the series."""
        at = self.list.currentRow()
        if 0 <= at < len(self.steps):
            del self.steps[at]
            self._show(min(at, len(self.steps) - 1))

    def add_step(self, step: Step) -> None:
        """Put a view at the end, unless it is there already."""
        if step not in self.steps:
            self.steps.append(step)
        self._show(self.steps.index(step))

    def save(self) -> None:
        """A name and at least one view are needed."""
        name = " ".join(self.text("name").split())
        if not name:
            self.fields["name"].set_bad(True)
            self.fields["name"].edit.setFocus()
        elif self.steps:
            self.dismiss()
            self._done(name, Protocol(self._code, name, tuple(self.steps)))
        else:
            self.add.setFocus()

    def _show(self, current: int) -> None:
        self.list.offer([(str(at), step.name) for at, step in enumerate(self.steps)])
        self.list.setCurrentRow(current)

    def _ask_site(self) -> None:
        recent = tuple(dict.fromkeys(step.site for step in reversed(self.steps)))[:9]
        popover = SitePopover(self.add, recent)
        popover.chosen.connect(self._ask_view)
        popover.open()

    def _ask_view(self, code: object) -> None:
        if not code:
            return
        site = str(code)
        popover = ChoicePopover(self.add, "View", tuple((view.code, view.name) for view in STANDARD_VIEWS))
        popover.chosen.connect(lambda view: self.add_step(Step(site, str(view))))
        popover.open()

    def _removed(self) -> None:
        self.dismiss()
        if self._remove is not None:
            self._remove()
