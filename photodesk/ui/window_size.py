"""How small a window may get: 1280 × 800, or what a smaller screen leaves beside the frame of its window manager."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

SMALLEST = QSize(1280, 800)
FRAME_PX = QSize(16, 56)


def smallest_on(available: QSize) -> QSize:
    """The minimum for a window on a screen with this much room; frame and title bar must fit too."""
    return SMALLEST.boundedTo(available - FRAME_PX) if available.isValid() else SMALLEST


def keep_on_screen(window: QWidget) -> None:
    """Give a window its minimum for the screen it is on."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    available = screen.availableGeometry().size() if screen is not None else QSize()
    window.setMinimumSize(smallest_on(available))
