"""Puts the chip into the window's top bar and keeps it true; opens the popover."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject

from photodesk.clock import local_today
from photodesk.ui.page import PageContext
from photodesk.ui.sync import words
from photodesk.ui.sync.chip import ServerChip
from photodesk.ui.sync.popover import ServerPopover
from photodesk.ui.sync.watch import ServerWatch
from photodesk.ui.window import MainWindow


class ChipPart(QObject):
    """One per open desk; lives as long as the window."""

    def __init__(self, window: MainWindow, context: PageContext, watch: ServerWatch) -> None:
        super().__init__(window)
        self._context, self._watch = context, watch
        self.chip = ServerChip()
        self.popover: ServerPopover | None = None
        window.top_bar.put(self.chip)
        self.chip.clicked.connect(lambda _checked=False: self.open())
        watch.changed.connect(self._show)
        self._show()

    def open(self) -> ServerPopover:
        """Show the popover below the chip."""
        if self.popover is None:
            self.popover = ServerPopover(self.chip, self._context, self._watch, self._today())
            self.popover.closed.connect(self._closed)
            self.popover.open()
            self._watch.look()
        return self.popover

    def _closed(self) -> None:
        self.popover = None

    def _show(self) -> None:
        view = self._watch.view
        self.chip.show_words(words.chip(view.now, len(view.conflicts), self._today()))

    def _today(self) -> date:
        return local_today(self._context.desk.clock)
