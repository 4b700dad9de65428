"""The bar above and the band below a comparison."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.compare.degree import DegreeControl
from photodesk.ui.compare.filmstrip import Filmstrip
from photodesk.ui.compare.modes import SEGMENTS
from photodesk.ui.compare.zoom_control import ZoomControl
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.chips import Chip, Tone
from photodesk.ui.controls.hints import KeyLine
from photodesk.ui.controls.segmented import SegmentedControl
from photodesk.ui.controls.text import Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING

TOP_PX, BAND_PX, LOW_BAND_PX, LEAST_NAMES_PX = 64, 120, 104, 240


class CompareBar(QWidget):
    """64 high: back, who and what, the modes there are, the mark of a demonstration, the link."""

    back = Signal()
    linked = Signal()

    def __init__(self, *, demo: bool = False) -> None:
        super().__init__()
        self._linked, self._small = True, False
        self._added: list[tuple[Button, str, str]] = []
        self.setFixedHeight(TOP_PX)
        row = hbox(self, 8, QMargins(16, 0, 16, 1))
        left = QWidget()
        names = hbox(left, 8)
        back = Button("", ButtonKind.QUIET, icon="arrow-left", height=48, theme=VIEWING)
        back.setFixedWidth(48)
        back.setAccessibleName("Back")
        back.clicked.connect(self.back)
        self._name = Text("", TextRole.SUBHEADING, theme=VIEWING, elide=True)
        self._what = Text("", TextRole.SMALL, "ink3", theme=VIEWING, elide=True)
        column = vbox(None, 0)
        column.addStretch(1)
        column.addWidget(self._name)
        column.addWidget(self._what)
        column.addStretch(1)
        names.addWidget(back)
        names.addLayout(column, 1)
        self.modes = SegmentedControl("Ways to compare", SEGMENTS)
        right = self._right = QWidget()
        actions = self._actions = hbox(right, 12)
        actions.addStretch(1)
        if demo:
            actions.addWidget(Chip("DEMO", Tone.WARN, theme=VIEWING))
        self.link = Button("Linked", icon="link-simple", key="L", height=48, theme=VIEWING)
        self.link.clicked.connect(self.linked)
        actions.addWidget(self.link)
        row.addWidget(left, 1)
        row.addWidget(self.modes)
        row.addWidget(right, 1)

    def add_action(self, words: str, icon: str, key: str) -> Button:
        """One more button at the right; on small screens its icon alone."""
        button = Button(words, icon=icon, key=key, height=48, theme=VIEWING)
        button.setMinimumWidth(48)
        self._added.append((button, words, key))
        self._actions.addWidget(button)
        return button

    def show_names(self, name: str, what: str) -> None:
        """Who and what."""
        self._name.set_text(name)
        self._what.set_text(what)

    def show_link(self, on: bool) -> None:
        """Whether the panes move together."""
        self._linked = on
        words = "Linked" if on else "Not linked"
        self.link.set_text("" if self._small else words)
        self.link.setAccessibleName(words)
        self.link.setToolTip(words if self._small else "")
        self.link.set_icon_name("link-simple" if on else "link-break")
        self._make_room()

    def show_keys(self, shown: bool) -> None:
        """Key plates and the link's word drop on small screens."""
        self._small = not shown
        self._show_hints()
        self.link.set_key("L" if shown else "")
        self.link.setMinimumWidth(48)
        self.show_link(self._linked)
        for button, words, key in self._added:
            button.set_text(words if shown else "")
            button.setAccessibleName(words)
            button.setToolTip("" if shown else words)
            button.set_key(key if shown else "")
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Buttons came or went."""
        self._show_hints()
        self._make_room()

    def _make_room(self) -> None:
        """Names are shortened before buttons are."""
        self._right.setMinimumWidth(min(self._right.sizeHint().width(), self.width() // 2))

    def _show_hints(self) -> None:
        """Keys stand on the ways to compare where that leaves names and buttons their room, and words likewise."""
        sides = 2 * max(self._right.sizeHint().width(), LEAST_NAMES_PX) + 48
        self.modes.show_hints(not self._small and self.width() >= sides + self.modes.wide_px(hints=True))
        least = self._right.sizeHint().width() + LEAST_NAMES_PX + 48
        self.modes.show_words(self.width() >= least + self.modes.wide_px(hints=False))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(VIEWING.bg))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(VIEWING.line))


class CompareBand(QWidget):
    """120 high: the filmstrip with its arrows, the keys that step, the zoom."""

    def __init__(self, strip: Filmstrip, degree: DegreeControl) -> None:
        super().__init__()
        row = hbox(self, 8, QMargins(16, 1, 16, 0))
        self.strip, self.degree, self.zoom = strip, degree, ZoomControl()
        earlier, later = (
            Button("", ButtonKind.QUIET, icon=icon, height=48, theme=VIEWING) for icon in ("caret-left", "caret-right")
        )
        for button, name, by in ((earlier, "Earlier photos", -400), (later, "Later photos", 400)):
            button.setFixedWidth(48)
            button.setAccessibleName(name)
            button.clicked.connect(lambda _=False, px=by: strip.scroll(px))
        row.addWidget(earlier)
        row.addWidget(strip, 1)
        row.addWidget(later)
        self._keys = QWidget()
        keys = hbox(self._keys, 12)
        keys.addWidget(KeyLine(("←", "→"), "step B", theme=VIEWING))
        keys.addWidget(KeyLine(("⇧ ←", "⇧ →"), "step A", theme=VIEWING))
        row.addSpacing(12)
        row.addWidget(self._keys)
        row.addWidget(degree)
        row.addSpacing(12)
        row.addWidget(self.zoom, 0, Qt.AlignmentFlag.AlignVCenter)

    def fit_to(self, width_px: int) -> None:
        """Labels drop before targets shrink."""
        low = width_px < 1440
        self.setFixedHeight(LOW_BAND_PX if low else BAND_PX)
        self._keys.setVisible(not low)
        self.zoom.show_keys(not low)
        self.strip.set_low(low)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(self.rect()), QColor(VIEWING.bg))
        painter.fillRect(0, 0, self.width(), 1, QColor(VIEWING.line))
