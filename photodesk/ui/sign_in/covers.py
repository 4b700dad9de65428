"""The sign-in on the first screen and a dark cover on every other, so that nothing below is left readable."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QCloseEvent, QColor, QGuiApplication, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QWidget

from photodesk.ui.icons import window_icon
from photodesk.ui.sign_in.view import SignInView
from photodesk.ui.theme import VIEWING
from photodesk.ui.window_size import keep_on_screen


class Cover(QWidget):
    """A dark window over one screen."""

    def __init__(self, screen: QScreen) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowTitle("PhotoDesk")
        self.setScreen(screen)
        self.setGeometry(screen.geometry())

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(VIEWING.bg))

    def closeEvent(self, event: QCloseEvent) -> None:
        """No key of the window manager takes a cover away; only the sign-in does."""
        event.setAccepted(not event.spontaneous())


class SignInScreens(QObject):
    """Owns the sign-in window and the covers. `warm` draws out of sight, `cover` shows at once."""

    def __init__(self, view: SignInView, application: QGuiApplication) -> None:
        super().__init__()
        self.view = view
        self._application = application
        self._covers: list[Cover] = []
        view.setWindowTitle("PhotoDesk")
        view.setWindowIcon(window_icon())
        keep_on_screen(view)
        application.screenAdded.connect(self._screen_added)

    def warm(self) -> None:
        """Lay out and draw once without a window on the screen: showing is then only mapping."""
        screen = self._application.primaryScreen()
        if screen is not None:
            self.view.setGeometry(screen.geometry())
        self.view.ensurePolished()
        self.view.grab()

    def open(self) -> None:
        """At a cold start: an ordinary window, maximised."""
        screen = self._application.primaryScreen()
        if screen is not None:  # without a window manager nothing else maximises
            self.view.setGeometry(screen.availableGeometry())
        self.view.showMaximized()

    def cover(self) -> None:
        """Sign-in over the first screen, covers over the others, all on top, now."""
        first = self._application.primaryScreen()
        for screen in self._application.screens():
            if screen is first:
                self.view.setWindowFlags(
                    Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
                )
                self.view.setScreen(screen)
                self.view.setGeometry(screen.geometry())
                self.view.showFullScreen()
            else:
                self._cover(screen)
        self.view.raise_()
        self.view.activateWindow()
        self.view.repaint()

    def take_away(self) -> None:
        """The desk is up: the sign-in and the covers go."""
        self._application.screenAdded.disconnect(self._screen_added)
        for cover in self._covers:
            cover.close()
        self._covers.clear()
        self.view.hide()

    def _screen_added(self, screen: QScreen) -> None:
        if self.view.isVisible() and self.view.isFullScreen():
            self._cover(screen)

    def _cover(self, screen: QScreen) -> None:
        cover = Cover(screen)
        cover.show()
        cover.raise_()
        self._covers.append(cover)
