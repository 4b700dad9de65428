"""The window of a signed-in person: rail, top bar, the page, the toast. Its title is always just "PhotoDesk"."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QPlainTextEdit, QStackedWidget, QWidget

from photodesk.ui.controls.chips import Chip, Tone
from photodesk.ui.controls.popover import Dialog, is_asking
from photodesk.ui.controls.text import hbox, vbox
from photodesk.ui.controls.toast import Toast
from photodesk.ui.icons import window_icon
from photodesk.ui.keys_popover import open_keys
from photodesk.ui.nothing_outside import keep_from_recordings
from photodesk.ui.page import Page
from photodesk.ui.rail import Rail
from photodesk.ui.theme import DESK, style_sheet
from photodesk.ui.top_bar import TopBar
from photodesk.ui.window_size import keep_on_screen


class MainWindow(QMainWindow):
    """Shows one `Page` at a time. It decides nothing: `navigation.Navigator` does."""

    section_chosen = Signal(object)
    find_asked = Signal()
    back_asked = Signal()
    new_patient_asked = Signal()
    lock_asked = Signal()
    hand_over_asked = Signal()
    close_asked = Signal()

    def __init__(self, person: str, role: str, entries: tuple[tuple[str, str, str], ...], *, demo: bool) -> None:
        super().__init__()
        self.setWindowTitle("PhotoDesk")
        self.setWindowIcon(window_icon())
        keep_on_screen(self)
        self.setStyleSheet(style_sheet(DESK))
        self._dialog: Dialog | None = None
        self.rail = Rail(entries)
        self.top_bar = TopBar(person, role, demo=demo)
        self._stack = QStackedWidget()
        whole = QWidget()
        row = hbox(whole)
        row.addWidget(self.rail)
        column = vbox(None)
        column.addWidget(self.top_bar)
        self.strip = QWidget()
        self._strip = vbox(self.strip)
        column.addWidget(self.strip)
        column.addWidget(self._stack, 1)
        row.addLayout(column, 1)
        self.setCentralWidget(whole)
        self.toast = Toast(self)
        self.countdown = Toast(self)
        self._demo_mark = Chip("DEMO", Tone.WARN, parent=self) if demo else None
        self._corner_mark: Chip | None = None
        self.rail.chosen.connect(self._rail_chosen)
        self.top_bar.back_asked.connect(self.back_asked)
        self.top_bar.find_asked.connect(self.find_asked)
        self.top_bar.hand_over_asked.connect(self.hand_over_asked)
        self._shortcuts()

    def _shortcuts(self) -> None:
        for keys, act in (
            ("Ctrl+K", self._unless_asking(self.find_asked.emit)),
            ("Ctrl+L", self.lock_asked.emit),
            ("Ctrl+Shift+L", self._unless_asking(self.hand_over_asked.emit)),
            ("Ctrl+N", self._unless_asking(self.new_patient_asked.emit)),
            ("Ctrl+I", self._unless_asking(lambda: self.section_chosen.emit("inbox"))),
            ("F1", self.show_keys),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(act)

    def _unless_asking(self, act: Callable[[], object]) -> Callable[[], object]:
        return lambda: None if is_asking(self) else act()

    def put_strip(self, banner: QWidget) -> None:
        """Something quiet below the top bar, on every page that has one."""
        self._strip.addWidget(banner)

    def put_corner_mark(self, words: str) -> None:
        """A word that full-screen pages show too, in the upper corner of the window."""
        self._corner_mark = Chip(words, Tone.BAD, parent=self)
        self._place_demo_mark()

    @property
    def page(self) -> Page | None:
        """The page shown."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def show_page(self, page: Page) -> None:
        """Show a page; the one before is told that it is left."""
        before = self.page
        if before is page:
            page.entered()
            return
        if before is not None:
            before.left()
            before.heading_changed.disconnect(self._show_heading)
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        page.heading_changed.connect(self._show_heading)
        self.rail.setVisible(not page.full_screen)
        self.top_bar.setVisible(not page.full_screen)
        self.strip.setVisible(not page.full_screen)
        self.rail.light(page.section)
        self._show_heading()
        self._place_demo_mark()
        page.entered()

    def drop_page(self, page: Page) -> None:
        """Forget a page that will not be shown again."""
        self._stack.removeWidget(page)
        page.deleteLater()

    def show_keys(self) -> None:
        """`F1`: the keys of this screen."""
        if self._dialog is not None:
            self._dialog.dismiss()
            return
        page = self.page
        title = page.heading().title if page is not None and not page.heading().back else "This screen"
        self._dialog = open_keys(self, page.keys() if page is not None else (), title)
        self._dialog.closed.connect(self._keys_closed)

    def _keys_closed(self) -> None:
        self._dialog = None

    def _rail_chosen(self, name: str) -> None:
        if name == "lock":
            self.lock_asked.emit()
        else:
            self.section_chosen.emit(name)

    def _show_heading(self) -> None:
        page = self.page
        if page is not None:
            self.top_bar.show_heading(page.heading(), page.top_actions())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            page = self.page
            if page is None or not page.escape():
                self.back_asked.emit()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        keep_from_recordings(self)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window closes PhotoDesk, and the keeper does that."""
        event.ignore()
        self.close_asked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.toast.place()
        self.countdown.place()
        self._place_demo_mark()

    def _place_demo_mark(self) -> None:
        """Full-screen pages have no top bar: the mark stands in the corner of the window there."""
        page = self.page
        if self._demo_mark is not None:
            self._demo_mark.setVisible(page is not None and page.full_screen and not page.own_demo_mark)
            self._demo_mark.move(8, self.height() - self._demo_mark.height() - 8)
            self._demo_mark.raise_()
        if self._corner_mark is not None:
            self._corner_mark.setVisible(page is not None and page.full_screen)
            self._corner_mark.move((self.width() - self._corner_mark.width()) // 2, 4)
            self._corner_mark.raise_()


def typing_somewhere() -> bool:
    """Whether a text field has the focus: single-letter keys rest then."""
    return isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit)
