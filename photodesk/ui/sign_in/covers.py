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
    """A dark window over one screen. It never takes the keyboard: the password goes to the sign-in."""

    def __init__(self, screen: QScreen) -> None:
        super().__init__(
            None,
            Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
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
        self._covers: dict[QScreen, Cover] = {}
        view.setWindowTitle("PhotoDesk")
        view.setWindowIcon(window_icon())
        keep_on_screen(view)
        application.screenAdded.connect(self._screen_added)
        application.screenRemoved.connect(self._screen_removed)

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
                self._place_view(screen)
            else:
                self._cover(screen)
        self._to_the_front()

    def _place_view(self, screen: QScreen) -> None:
        self.view.setWindowFlags(
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        self.view.setScreen(screen)
        self.view.setGeometry(screen.geometry())
        self.view.showFullScreen()

    def _to_the_front(self) -> None:
        self.view.raise_()
        self.view.activateWindow()
        self.view.repaint()

    def take_away(self) -> None:
        """The desk is up: the sign-in and the covers go."""
        self._application.screenAdded.disconnect(self._screen_added)
        self._application.screenRemoved.disconnect(self._screen_removed)
        for cover in self._covers.values():
            cover.close()
        self._covers.clear()
        self.view.hide()

    def _screen_added(self, screen: QScreen) -> None:
        if self.view.isVisible() and self.view.isFullScreen():
            self._cover(screen)
            self._to_the_front()

    def _screen_removed(self, screen: QScreen) -> None:
        """Its cover goes, or it would be moved over the sign-in; a sign-in that was there comes to the first screen."""
        cover = self._covers.pop(screen, None)
        if cover is not None:
            cover.close()
        first = self._application.primaryScreen()
        if self.view.isVisible() and self.view.isFullScreen() and first is not None:
            if cover_there := self._covers.pop(first, None):
                cover_there.close()
            self._place_view(first)
            self._to_the_front()

    def _cover(self, screen: QScreen) -> None:
        cover = Cover(screen)
        cover.show()
        cover.raise_()
        self._covers[screen] = cover
