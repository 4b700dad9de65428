"""The slim row while somebody measures: tools with their keys, edges, the lesion, and what is asked or said."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.fields import TextField
from photodesk.ui.controls.text import Line, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.marks.model import Tool
from photodesk.ui.theme import VIEWING

ROW_PX = 56
TOOLS = (
    (Tool.MOVE, "cursor", "Move", "V"),
    (Tool.LENGTH, "line-segment", "Length", "D"),
    (Tool.OUTLINE, "polygon", "Outline", "U"),
    (Tool.CIRCLE, "circle", "Circle", "C"),
    (Tool.ARROW, "arrow-up-right", "Arrow", "A"),
    (Tool.TEXT, "text-t", "Text", "T"),
    (Tool.SCALE, "ruler", "Scale", "S"),
)
"""Tool, icon, words, key."""


class ToolRow(QWidget):
    """`chosen` carries a tool; `answered` the text that was typed where something is asked."""

    chosen = Signal(object)
    answered = Signal(str)
    snap_asked = Signal()
    lesion_asked = Signal()
    offer_taken = Signal()
    undo_asked = Signal()
    redo_asked = Signal()
    delete_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(ROW_PX)
        row = hbox(self, 4, QMargins(12, 3, 12, 4))
        self._buttons: dict[Tool, Button] = {}
        self._keyed: list[tuple[Button, str]] = []
        self._edits: list[Button] = []
        for tool, icon, words, key in TOOLS:
            button = self._button(icon, words, key)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, wanted=tool: self.chosen.emit(wanted))
            self._buttons[tool] = button
            row.addWidget(button)
        row.addWidget(Line(vertical=True, theme=VIEWING))
        self._snap = self._button("magnet", "Edges", "E")
        self._snap.setCheckable(True)
        self._snap.clicked.connect(self.snap_asked)
        row.addWidget(self._snap)
        self._lesion = Button("", ButtonKind.QUIET, icon="target", key="F", height=48, theme=VIEWING)
        self._lesion.clicked.connect(self.lesion_asked)
        row.addWidget(self._lesion)
        row.addWidget(Line(vertical=True, theme=VIEWING))
        row.addSpacing(8)
        self._words = Text("", TextRole.SMALL, "ink2", theme=VIEWING, elide=True)
        row.addWidget(self._words, 1)
        self.field = TextField("Answer", height=40, theme=VIEWING)
        self.field.setFixedWidth(200)
        self.field.edit.returnPressed.connect(lambda: self.answered.emit(self.field.text()))
        self.field.hide()
        row.addWidget(self.field)
        self._offer = Button("", height=40, key="↵", theme=VIEWING)
        self._offer.clicked.connect(self.offer_taken)
        self._offer.hide()
        row.addWidget(self._offer)
        for icon, words, signal in (
            ("arrow-u-up-left", "Undo", self.undo_asked),
            ("arrow-u-up-right", "Redo", self.redo_asked),
            ("trash", "Delete the mark", self.delete_asked),
        ):
            button = self._button(icon, words, "")
            button.clicked.connect(signal)
            self._edits.append(button)
            row.addWidget(button)
        self.hide()

    def _button(self, icon: str, words: str, key: str) -> Button:
        button = Button("", ButtonKind.QUIET, icon=icon, key=key, height=48, theme=VIEWING)
        button.setMinimumWidth(48)
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._keyed.append((button, key))
        return button

    # -- what is shown --------------------------------------------------------------------------------------------

    def show_keys(self, shown: bool) -> None:
        """Key plates drop on small screens."""
        for button, key in self._keyed:
            button.set_key(key if shown else "")
        self._lesion.set_key("F" if shown else "")

    def show_tool(self, tool: Tool) -> None:
        """The tool in the hand."""
        for each, button in self._buttons.items():
            button.setChecked(each is tool)

    def show_state(self, *, snaps: bool, lesion: str, edits: tuple[bool, bool, bool]) -> None:
        """Whether outlines go to edges, the lesion that is followed, and whether undo, redo and delete do something."""
        self._snap.setChecked(snaps)
        self._snap.setAccessibleName("Outlines go to edges" if snaps else "Outlines stay as drawn")
        shown = lesion if len(lesion) <= 18 else f"{lesion[:17]}…"
        self._lesion.set_text(shown or "No lesion")
        self._lesion.setAccessibleName(f"Lesion: {lesion}" if lesion else "No lesion is followed")
        for button, enabled in zip(self._edits, edits, strict=True):
            button.setEnabled(enabled)

    def say(self, words: str) -> None:
        """A sentence in the row."""
        self._words.set_text(words)

    def words(self) -> str:
        """The sentence."""
        return self._words.full_text()

    def ask(self, words: str, placeholder: str, filled: str = "", *, focus: bool = True) -> None:
        """Ask for a text or a number."""
        self.say(words)
        self.field.edit.setAccessibleName(words)
        self.field.edit.setPlaceholderText(placeholder)
        self.field.edit.setText(filled)
        self.field.show()
        if focus:
            self.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.field.edit.selectAll()

    def rest(self) -> None:
        """Nothing is asked."""
        self.field.hide()

    def offer(self, words: str) -> None:
        """Something that one key takes; "" for nothing."""
        self._offer.set_text(words)
        self._offer.setVisible(bool(words))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(VIEWING.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(VIEWING.line))
