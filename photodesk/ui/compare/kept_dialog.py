"""Keep this comparison under a name; open, rename or remove those that are kept: also from the chart, where nothing
new is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from photodesk.photos.comparison import MOST_NAME, Comparison
from photodesk.ui.controls.buttons import Button, ButtonKind
from photodesk.ui.controls.fields import TextField
from photodesk.ui.controls.popover import Dialog
from photodesk.ui.controls.rows import Row
from photodesk.ui.controls.text import Line, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import VIEWING, Theme
from photodesk.ui.words import moment_words

WIDE_PX, ROW_PX, MOST_ROWS = 640, 56, 5


class KeptDialog(Dialog):
    """`keep_asked` carries a name, `rename_asked` (the comparison under its new name, what to say), the others one.

    Without a `proposal` nothing new is kept: the list alone. `may_change`: rename and remove.
    """

    keep_asked = Signal(object)
    open_asked = Signal(object)
    rename_asked = Signal(object)
    remove_asked = Signal(object)

    def __init__(
        self,
        window: QWidget,
        proposal: str | None,
        kept: Sequence[Comparison],
        today: date,
        *,
        theme: Theme = VIEWING,
        may_change: bool = True,
    ) -> None:
        heading = "Kept comparisons" if proposal is None else "Keep this comparison"
        super().__init__(window, heading, WIDE_PX, theme=theme)
        self._today, self._theme, self._may_change, self._lists = today, theme, may_change, proposal is None
        self._renamed: Comparison | None = None
        self.title = Text(heading, TextRole.HEADING, theme=theme)
        self.body.addWidget(self.title)
        self.name = TextField("Name", height=40, theme=theme)
        self.name.edit.setMaxLength(MOST_NAME)
        self.name.edit.setText(proposal or "")
        self.name.edit.textEdited.connect(lambda _text: self.name.set_bad(False))
        self.save_button = Button("Save", ButtonKind.PRIMARY, key="Enter", height=40, theme=theme)
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        row = hbox(None, 12)
        row.addWidget(self.name, 1)
        row.addWidget(self.save_button)
        self.body.addLayout(row)
        for part in (self.name, self.save_button):
            part.setVisible(not self._lists)
        self.rows: list[Row] = []
        if kept:
            self._list(kept)
        self.on_accept(self.save)

    def open(self) -> None:
        super().open()
        self.name.edit.selectAll()

    def _list(self, kept: Sequence[Comparison]) -> None:
        if not self._lists:
            self.body.addWidget(Line(theme=self._theme))
            self.body.addWidget(Text("Kept", TextRole.LABEL, "ink2", theme=self._theme))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("Kept comparisons")
        area.setFixedHeight(min(2 * MOST_ROWS if self._lists else MOST_ROWS, len(kept)) * ROW_PX)
        inside = QWidget()
        inside.setObjectName("scrolled")
        column = vbox(inside)
        for each in kept:
            self._row(column, each)
        column.addStretch(1)
        area.setWidget(inside)
        self.body.addWidget(area)

    def _row(self, column: QVBoxLayout, kept: Comparison) -> None:
        row = Row(f"Open {kept.name}", ROW_PX, theme=self._theme, padding_px=8, radius_px=6)
        if not kept.away:
            row.clicked.connect(partial(self._finish, self.open_asked, kept))
        words = vbox(None, 0)
        words.addStretch(1)
        words.addWidget(Text(kept.name, TextRole.BODY_STRONG, theme=self._theme, elide=True))
        under, ink = (
            (away_words(kept.away), "warn") if kept.away else (moment_words(kept.made_at_ms, self._today), "ink3")
        )
        words.addWidget(Text(under, TextRole.SMALL, ink, theme=self._theme, elide=True))
        words.addStretch(1)
        holder = QWidget()
        holder.setLayout(words)
        row.add(holder, 1)
        if self._may_change:
            self._changes(row, kept)
        self.rows.append(row)
        column.addWidget(row)

    def _changes(self, row: Row, kept: Comparison) -> None:
        for icon, name, act in (
            ("pencil-simple", "Rename", self._begin_renaming),
            ("trash", "Remove", partial(self._finish, self.remove_asked)),
        ):
            button = Button("", ButtonKind.QUIET, icon=icon, height=48, theme=self._theme)
            button.setFixedWidth(48)
            button.setAccessibleName(f"{name} {kept.name}")
            button.clicked.connect(partial(act, kept))
            row.add(button)

    def save(self) -> None:
        """Keep, or rename; a name is needed."""
        if self.name.isHidden():
            return
        name = " ".join(self.name.text().split())
        if not name:
            self.name.set_bad(True)
            self.name.edit.setFocus()
            return
        if self._renamed is None:
            self._finish(self.keep_asked, name)
        else:
            self._finish(self.rename_asked, (replace(self._renamed, name=name), "Renamed."))

    def _begin_renaming(self, kept: Comparison, _checked: bool = False) -> None:
        self._renamed = kept
        self.title.set_text("Rename")
        self.save_button.set_text("Rename")
        for part in (self.name, self.save_button):
            part.show()
        self._arrange()
        self.name.edit.setText(kept.name)
        self.name.edit.setFocus()
        self.name.edit.selectAll()

    def _finish(self, told: object, what: object, _checked: bool = False) -> None:
        self.dismiss()
        told.emit(what)  # type: ignore[attr-defined]


def away_words(photos: int) -> str:
    """Why a comparison cannot be opened."""
    was = "photo of it was" if photos == 1 else "photos of it were"
    return f"{photos:,} {was} moved to another chart or deleted"
