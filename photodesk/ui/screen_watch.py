"""Follows the window of a page from screen to screen, for photos that are shown in the colours of each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QScreen, QWindow
from PySide6.QtWidgets import QWidget

from photodesk.ui.display_colours import DisplayColours


class ScreenWatch(QObject):
    """`changed` is called where a page that is seen comes to a screen whose colours are others."""

    def __init__(self, page: QWidget, colours: DisplayColours, changed: Callable[[], None]) -> None:
        super().__init__(page)
        self._page, self._colours, self._changed = page, colours, changed
        self._watched: QWindow | None = None

    def look(self, screen: QScreen) -> None:
        """The page is shown, on this screen."""
        self._on_screen(screen)
        handle = self._page.window().windowHandle()
        if handle is not None and handle is not self._watched:
            self._watched = handle
            handle.screenChanged.connect(self._on_screen)

    def _on_screen(self, screen: QScreen) -> None:
        if self._colours.look_at(screen) and self._page.isVisible():
            self._changed()
