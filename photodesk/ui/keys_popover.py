"""`F1`: all keys of the screen, and those that work everywhere. What does not fit the window scrolls."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.controls.popover import Dialog
from photodesk.ui.controls.text import Line, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import Key

EVERYWHERE = (
    Key(("Ctrl K",), "Find patient"),
    Key(("Ctrl N",), "New patient"),
    Key(("Ctrl I",), "Inbox"),
    Key(("Ctrl L",), "Lock"),
    Key(("Ctrl Shift L",), "Hand over"),
    Key(("F1",), "Keys"),
    Key(("Esc",), "Back"),
)

COLUMN_PX, BETWEEN_PX, PADDING_PX, SCROLL_PX = 344, 32, 32, 12
ABOVE_PX = 2 * PADDING_PX + 24 + 16 + 2 * 16
"""What of the window's height is not for the keys: padding, heading, and the edge around the box."""
_SINGLE, _TITLE = 30, 3  # px a line takes; what a title takes of a column, in lines
Part = tuple[str, Sequence[Key]]
"""Words above some keys (none where a column goes on) and the keys."""


class KeysDialog(Dialog):
    """As many columns as the window's height asks for; arrows, `Page Up`, `Page Down` and the wheel scroll the rest."""

    def __init__(self, window: QWidget, page_keys: tuple[Key, ...], title: str) -> None:
        columns = columns_of(page_keys, title, window.height() - ABOVE_PX)
        wide = len(columns) * (COLUMN_PX + BETWEEN_PX) - BETWEEN_PX + SCROLL_PX
        super().__init__(window, "Keys", wide + 2 * PADDING_PX)
        self.body.addWidget(Text("Keys", TextRole.HEADING))
        self._inside = QWidget()
        self._inside.setObjectName("scrolled")
        row = hbox(self._inside, BETWEEN_PX)
        for parts in columns:
            row.addWidget(_column(parts))
        row.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName("Keys")
        self.area.setWidget(self._inside)
        self.body.addWidget(self.area)
        self.on_accept(self.dismiss)

    def _arrange(self) -> None:
        layout = self._inside.layout()
        if layout is not None:
            room = self.height() - ABOVE_PX
            self.area.setFixedHeight(max(_SINGLE, min(room, layout.sizeHint().height())))
        super()._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.area.verticalScrollBar()
        steps = {
            Qt.Key.Key_Up: -_SINGLE,
            Qt.Key.Key_Down: _SINGLE,
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_Home: -bar.maximum(),
            Qt.Key.Key_End: bar.maximum(),
        }
        by = steps.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + by)


def columns_of(page_keys: tuple[Key, ...], title: str, room_px: int) -> tuple[tuple[Part, ...], ...]:
    """The page's keys beside those of everywhere; over three columns where one of them is higher than `room_px`."""
    everywhere = ("Everywhere", EVERYWHERE)
    if not page_keys:
        return ((everywhere,),)
    if (len(page_keys) + _TITLE) * _SINGLE <= room_px:
        return ((title, page_keys),), (everywhere,)
    each = -(-(len(page_keys) + len(EVERYWHERE) + _TITLE) // 3)
    first, second, third = page_keys[:each], page_keys[each : 2 * each], page_keys[2 * each :]
    last: tuple[Part, ...] = (("", third), everywhere) if third else (everywhere,)
    return ((title, first),), (("", second),), last


def _column(parts: Sequence[Part]) -> QWidget:
    holder = QWidget()
    holder.setFixedWidth(COLUMN_PX)
    column = vbox(holder, 10)
    for at, (words, keys) in enumerate(parts):
        if at:
            column.addSpacing(14)
        column.addWidget(Text(words, TextRole.LABEL, "ink3"))
        column.addWidget(Line())
        for key in keys:
            _line(column, key)
    column.addStretch(1)
    return holder


def _line(column: QVBoxLayout, key: Key) -> None:
    row = hbox(None, 6)
    plates = [KeyHint(plate) for plate in key.keys]
    words = Text(key.words, TextRole.BODY, wrap=True)
    left = COLUMN_PX - sum(plate.width() + 6 for plate in plates)
    words.setFixedWidth(left)
    words.setFixedHeight(words.heightForWidth(left))
    row.addWidget(words)
    for plate in plates:
        row.addWidget(plate, 0, Qt.AlignmentFlag.AlignTop)
    column.addLayout(row)


def open_keys(window: QWidget, page_keys: tuple[Key, ...], title: str) -> KeysDialog:
    """Show the keys; `Esc`, `Enter` or `F1` again closes."""
    dialog = KeysDialog(window, page_keys, title)
    dialog.open()
    return dialog
