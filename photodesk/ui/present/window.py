"""The window a patient sees: the panes a comparison lends, the band below, and only the keys that show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMargins, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from photodesk.compare import LinkedView
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.photo_canvas import PhotoItem
from photodesk.ui.controls.popover import is_asking
from photodesk.ui.controls.text import vbox
from photodesk.ui.controls.toast import Toast
from photodesk.ui.icons import window_icon
from photodesk.ui.nothing_outside import keep_from_recordings
from photodesk.ui.present.band import EDGE_PX, MODES, PresentBand
from photodesk.ui.present.blank import Blank
from photodesk.ui.present.labels import end_words, note_words, row_words
from photodesk.ui.present.lending import Lent
from photodesk.ui.theme import SURROUNDS, VIEWING, style_sheet

TITLE = "PhotoDesk"
TOP_PX, HIDES_AFTER_MS = 32, 3000
STEP, WIDE_STEP = 0.01, 0.1
TOUCHES = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.KeyPress,
        QEvent.Type.TabletPress,
    }
)


class PresentWindow(QWidget):
    """`end_asked` when somebody wants to leave, `lock_asked` for Ctrl+L. It never closes by itself."""

    end_asked = Signal()
    lock_asked = Signal()

    def __init__(self, lent: Lent, *, demo: bool = False) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.lent = lent
        self.setObjectName("page")
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self.setWindowIcon(window_icon())
        self.setStyleSheet(style_sheet(VIEWING))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        whole = vbox(self)
        self._frame = vbox(None, 0, QMargins(EDGE_PX, TOP_PX, EDGE_PX, 0))
        self._frame.addWidget(lent.shown, 1)
        lent.shown.show()
        whole.addLayout(self._frame, 1)
        self.band = PresentBand(demo=demo)
        whole.addWidget(self.band)
        self.countdown = Toast(self)
        self._over = False
        self._opened = LinkedView()
        self._hidden: list[QGraphicsItem] = []
        self._rests = QTimer(self)
        self._rests.setSingleShot(True)
        self._rests.setInterval(HIDES_AFTER_MS)
        self._rests.timeout.connect(self._rest)
        self._keys = self._key_table()
        self.band.mode_chosen.connect(self.show_mode)
        self.band.zoomed.connect(lent.acts.zoom)
        self.band.fit_asked.connect(lent.fit)
        self.band.end_asked.connect(self.end_asked)
        lent.panes.stack.in_turn.connect(self.band.show_in_turn)
        self._listen(on=True)
        self._hide_layers()
        self.band.show_modes(lent.together is None)
        if lent.model.mode not in MODES:
            lent.acts.set_mode(Mode.SIDE_BY_SIDE)
        self._tell()

    def open_on(self, screen: QScreen) -> None:
        """Cover this screen, and show the pair as large as the panes are there."""
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        keep_from_recordings(self)
        self.activateWindow()
        self.setFocus()
        self._fill()
        self.touched()

    def give_back(self) -> None:
        """It is over: what was lent is as it came, and the window may go."""
        self._over = True
        self._rests.stop()
        self._listen(on=False)
        if self.lent.together is not None:
            self.lent.together.presented(False)
        for item in self._hidden:
            item.show()
        self._hidden.clear()

    def blank(self) -> None:
        """Nothing of a photo is seen any more, at once."""
        self.lent.shown.hide()
        self.repaint()

    # -- what is shown --------------------------------------------------------------------------------------------

    def show_mode(self, mode: Mode) -> None:
        """Another way to look; three photos or more stay beside each other."""
        if self.lent.together is not None:
            return
        untouched = self.lent.model.view(Side.A) == self._opened
        self.lent.acts.set_mode(mode)
        if untouched:
            self._fill()
        self._tell()

    def _fill(self) -> None:
        """As large as the panes are, until a hand zooms or moves."""
        if self.lent.together is not None:
            self.lent.together.presented(True)
            return
        model = self.lent.model
        model.start(self.lent.panes.filling_zoom())
        self._opened = model.view(Side.A)
        self.lent.panes.refresh()

    def _tell(self) -> None:
        self.band.show_mode(self.lent.model.mode)
        if self.lent.together is not None:
            self.band.say(row_words(self.lent.model, self.lent.photo_ids), "")
            return
        self.band.say(end_words(self.lent.model), note_words(self.lent.model))

    def _hide_layers(self) -> None:
        """Marks and their words are the desk's: a person's own text may name somebody."""
        for canvas in self.lent.shown.findChildren(QGraphicsView):
            for item in canvas.scene().items():
                if not isinstance(item, PhotoItem) and item.parentItem() is None and item.isVisible():
                    item.hide()
                    self._hidden.append(item)

    # -- the hand -------------------------------------------------------------------------------------------------

    def _listen(self, *, on: bool) -> None:
        for part in (self.band, *self.band.findChildren(QWidget), *self.lent.shown.findChildren(QWidget)):
            if on:
                part.installEventFilter(self)
            else:
                part.removeEventFilter(self)
            part.setMouseTracking(on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCHES:
            self.touched()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self.press(event)
        return super().eventFilter(watched, event)

    def mouseMoveEvent(self, _event: object) -> None:
        self.touched()

    mousePressEvent = mouseMoveEvent

    def touched(self) -> None:
        """Somebody is at it: the controls and the pointer are seen for a while."""
        self.band.controls.show()
        self.unsetCursor()
        self._rests.start()

    def _rest(self) -> None:
        if _covered(self):
            self._rests.start()
            return
        self.band.controls.hide()
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setFocus()

    def _key_table(self) -> dict[Qt.Key, Callable[[], None]]:
        acts = self.lent.acts
        modes = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)
        table: dict[Qt.Key, Callable[[], None]] = {
            key: lambda m=mode: self.show_mode(m)  # type: ignore[misc]
            for key, mode in zip(modes, MODES, strict=True)
        }
        return table | {
            Qt.Key.Key_Escape: self.end_asked.emit,
            Qt.Key.Key_Plus: lambda: acts.zoom(1.25),
            Qt.Key.Key_Equal: lambda: acts.zoom(1.25),
            Qt.Key.Key_Minus: lambda: acts.zoom(0.8),
            Qt.Key.Key_0: self.lent.fit,
        }

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key did something. What is not named here is dead: nobody leaves by a key."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            if key == Qt.Key.Key_L:
                self.lock_asked.emit()
            return key == Qt.Key.Key_L
        if held & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier) or is_asking(self):
            return False
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            step = WIDE_STEP if held & Qt.KeyboardModifier.ShiftModifier else STEP
            self._move_curtain(step if key == Qt.Key.Key_Right else -step)
            return True
        act = self._keys.get(key)
        if act is not None:
            act()
        return act is not None

    def _move_curtain(self, by: float) -> None:
        model = self.lent.model
        if model.mode is Mode.CURTAIN:
            self.lent.panes.divide(min(1.0, max(0.0, round(model.curtain + by, 4))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.touched()
        event.accept()
        self.press(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """No key of the window manager ends it: that is asked like every other way out."""
        event.setAccepted(self._over)
        if not self._over:
            self.end_asked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.countdown.place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(SURROUNDS[self.lent.model.surround]))


def _covered(window: QWidget) -> bool:
    """Whether keys and the pointer are for what lies over it."""
    return is_asking(window) or any(blank.isVisible() for blank in window.findChildren(Blank))
