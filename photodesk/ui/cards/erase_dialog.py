"""Erasing a card asks once more and lists what will go; afterwards it says what went and what stayed, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.importing.camera_folders import CardContents
from photodesk.importing.erasing import FLASH_WORDS, EraseList
from photodesk.importing.scan import shown_name
from photodesk.progress import Progress
from photodesk.ui.controls import Button, ButtonKind, Dialog, ProgressLine, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, size_words

LIST_PX, NAMED = 240, 2000


def contents_words(contents: CardContents) -> str:
    """`214 photos, 2 videos and 3 other files`; RAW and JPEG of one shot are one photo."""
    named = [counted(contents.photos, "photo")] if contents.photos else []
    if contents.videos:
        named.append(counted(contents.videos, "video"))
    others = contents.others
    if others:
        named.append(counted(others, "other file"))
    if not named:
        return "nothing"
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


class EraseDialog(Dialog):
    """`erase` starts it. `Esc` keeps the card; `Enter` erases nothing by itself."""

    def __init__(self, window: QWidget, planned: EraseList, erase: Callable[[], None]) -> None:
        super().__init__(window, "Erase the card", 640)
        self._erase = erase
        self.body.setSpacing(12)
        self._title = Text("Erase these files from the card?", TextRole.HEADING)
        self.body.addWidget(self._title)
        goes = f"{counted(len(planned.goes), 'file')}, {size_words(planned.size_bytes)}"
        self._words = Text(f"{contents_words(planned.contents)} will go ({goes}).", TextRole.BODY, wrap=True)
        self.body.addWidget(self._words)
        self._lines = vbox(None, 2, 10)
        self._scroll = self._list()
        self.body.addWidget(self._scroll)
        self._fill([(name, "") for name in planned.goes], planned.stays)
        self._note = Text(FLASH_WORDS, TextRole.SMALL, "ink3", wrap=True)
        self.body.addWidget(self._note)
        self._bar = ProgressLine()
        self._bar.hide()
        self.body.addWidget(self._bar)
        row = hbox(None, 8)
        row.addStretch(1)
        self.keep = Button("Keep the files", key="Esc", height=44)
        self.keep.clicked.connect(self.dismiss)
        self.go = Button(f"Erase {counted(len(planned.goes), 'file')}", tone="bad", height=44)
        self.go.setEnabled(bool(planned.goes))
        self.go.clicked.connect(self._start)
        row.addWidget(self.keep)
        row.addWidget(self.go)
        self.body.addLayout(row)

    def _list(self) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFixedHeight(LIST_PX)
        scroll.setAccessibleName("Files")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setStyleSheet(f"QScrollArea {{ border: 1px solid {DESK.line}; border-radius: 6px; }}")
        holder = QWidget()
        holder.setObjectName("scrolled")
        outer = vbox(holder)
        outer.addLayout(self._lines)
        outer.addStretch(1)
        scroll.setWidget(holder)
        return scroll

    def _fill(self, files: list[tuple[str, str]], stays: tuple[tuple[str, str], ...]) -> None:
        """Names that go first; then those that stay, with why."""
        empty(self._lines)
        if stays:
            self._lines.addWidget(Text(f"{counted(len(stays), 'file')} will stay:", TextRole.SMALL_STRONG, "warn"))
            for name, why in stays[:NAMED]:
                self._lines.addWidget(Text(f"{shown_name(name)}: {why}", TextRole.SMALL, "ink2", wrap=True))
            self._lines.addSpacing(8)
        text = "\n".join(shown_name(name) for name, _ in files[:NAMED])
        self._lines.addWidget(Text(text, TextRole.SMALL, "ink2"))
        if len(files) > NAMED:
            self._lines.addWidget(Text(f"and {len(files) - NAMED:,} more", TextRole.SMALL, "ink3"))

    def _start(self) -> None:
        self.go.setEnabled(False)
        self.keep.setEnabled(False)
        self._title.set_text("Erasing the card")
        self._bar.show()
        self._erase()

    def advanced(self, progress: Progress) -> None:
        """How far erasing is."""
        self._bar.show_counts(progress.done, progress.total)

    def ended(self, erased: list[dict[str, Any]]) -> None:
        """What went, what stayed and why."""
        gone = sum(1 for one in erased if one["erased"])
        stayed = tuple((one["name"], one["reason"]) for one in erased if not one["erased"])
        self._title.set_text("The card is erased" if gone and not stayed else "Not every file was erased")
        left = f", {len(stayed):,} stayed" if stayed else ""
        self._words.set_text(f"{counted(gone, 'file')} erased{left}.")
        self._fill([], stayed)
        self._scroll.setVisible(bool(stayed))
        self._over()

    def refused(self, words: str) -> None:
        """Nothing was erased."""
        self._title.set_text("Nothing was erased")
        self._words.set_text(words)
        self._over()

    def _over(self) -> None:
        self._bar.hide()
        self.go.hide()
        self.keep.setEnabled(True)
        self.keep.set_text("Close")
        self.keep.set_kind(ButtonKind.PRIMARY)
        self.keep.setFocus()
        self._arrange()

    def keyPressEvent(self, event: Any) -> None:
        if self.keep.isEnabled():  # while it erases the box stays
            super().keyPressEvent(event)
