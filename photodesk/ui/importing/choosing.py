"""Before an import: cards that are in, a folder to choose, a place to drop files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QStorageInfo, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from photodesk.importing.resuming import UnfinishedImport
from photodesk.ui.controls import Button, ButtonKind, Card, Row, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, moment_words, size_words

MOST_UNFINISHED = 3


@dataclass(frozen=True)
class CameraCard:
    """A removable volume with a `DCIM` folder. `label` as the system names it."""

    root: Path
    label: str
    size_bytes: int


def cards_in() -> tuple[CameraCard, ...]:
    """Camera cards that are in now. Asks the system: not for the GUI thread."""
    found = []
    for volume in QStorageInfo.mountedVolumes():
        root = Path(volume.rootPath())
        if volume.isValid() and volume.isReady() and not volume.isRoot() and (root / "DCIM").is_dir():
            found.append(CameraCard(root, volume.displayName(), volume.bytesTotal()))
    return tuple(found)


def dropped_paths(data: QMimeData) -> tuple[Path, ...]:
    """Local files and folders among what is dragged."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


class ChoosingView(QWidget):
    """Emits `chosen` with paths, and `folder_asked`."""

    chosen = Signal(object, object)
    resumed = Signal(object)
    folder_asked = Signal()

    def __init__(self, *, cards: bool) -> None:
        super().__init__()
        self._with_cards, self._over = cards, False
        self._shown: tuple[CameraCard, ...] = ()
        self.setAcceptDrops(True)
        column = vbox(self, 0, 48)
        column.addStretch(1)
        card = Card(40, 14)
        card.setFixedWidth(640)
        card.body.addWidget(Icon("download-simple", DESK.ink2, 40))
        card.body.addWidget(Text("Import photos", TextRole.TITLE))
        words = (
            "Put in a camera card, choose a folder, or drop files here."
            if cards
            else "Choose a folder, or drop files here. The demo clinic does not read camera cards."
        )
        card.body.addWidget(Text(words, TextRole.LEAD, "ink2", wrap=True))
        self._cards, self._unfinished = vbox(None, 0), vbox(None, 0)
        card.body.addLayout(self._cards)
        card.body.addLayout(self._unfinished)
        self._wrong = Text("", TextRole.BODY, "bad", wrap=True)
        self._wrong.hide()
        card.body.addWidget(self._wrong)
        row = hbox(None, 12)
        choose = Button("Choose a folder", ButtonKind.PRIMARY, key="Enter", height=40)
        choose.clicked.connect(self.folder_asked)
        self.first = choose
        row.addWidget(choose)
        row.addStretch(1)
        card.body.addSpacing(8)
        card.body.addLayout(row)
        note = "Photos are copied, read back and compared before anything says they are safe. The card is not changed."
        card.body.addWidget(Text(note, TextRole.SMALL, "ink3", wrap=True))
        centred = hbox(None)
        centred.addStretch(1)
        centred.addWidget(card)
        centred.addStretch(1)
        column.addLayout(centred)
        column.addStretch(1)

    def show_cards(self, cards: tuple[CameraCard, ...]) -> None:
        """Cards that can be imported with one click; the first is the next step, so `Enter` is for it."""
        shown = cards if self._with_cards else ()
        if shown == self._shown:
            return
        self._shown = shown
        waits = self.first.hasFocus() or not any(row.hasFocus() for row in self._rows_of_unfinished())
        empty(self._cards)
        rows = [self._row_of(card, first=number == 0) for number, card in enumerate(shown)]
        for row in rows:
            self._cards.addWidget(row)
            self.setTabOrder(row, self.first)
        self.first.set_kind(ButtonKind.SECONDARY if rows else ButtonKind.PRIMARY)
        self.first.set_key("O" if rows else "Enter")
        if waits and self.isVisible():
            (rows[0] if rows else self.first).setFocus()

    def _row_of(self, card: CameraCard, *, first: bool) -> Row:
        row = Row(f"Import the camera card {card.label}".strip(), 56)
        row.add(Icon("hard-drive", DESK.ink2, 22))
        row.add(Text(f"{card.label or 'Camera card'}, {size_words(card.size_bytes)}", TextRole.BODY_STRONG), 1)
        button = Button("Import", ButtonKind.PRIMARY if first else ButtonKind.SECONDARY, key="Enter" if first else "")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(row.click)
        row.add(button)
        row.clicked.connect(lambda _=False, root=card.root: self.chosen.emit((root,), True))
        return row

    def label_of(self, paths: tuple[Path, ...]) -> str:
        """How the card that was chosen is called; "" for anything else."""
        return next((card.label for card in self._shown if paths == (card.root,)), "")

    def take_focus(self) -> None:
        """The keyboard stands on the next step: the first card, else the folder."""
        item = self._cards.itemAt(0)
        row = item.widget() if item is not None else None
        (row if row is not None else self.first).setFocus()

    def _rows_of_unfinished(self) -> list[Row]:
        items = [self._unfinished.itemAt(at) for at in range(self._unfinished.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if isinstance(widget, Row)]

    def show_unfinished(self, imports: tuple[UnfinishedImport, ...], today: date) -> None:
        """Imports that broke off, or go on without this desk."""
        empty(self._unfinished)
        for one in imports[:MOST_UNFINISHED]:
            name = one.paths[0].name if len(one.paths) == 1 else counted(len(one.paths), "chosen file")
            row = Row(f"Go on with {name}", 56)
            row.add(Icon("clock", DESK.ink2, 22))
            row.add(Text(name, TextRole.BODY_STRONG, elide=True), 1)
            row.add(Text(f"not finished · {moment_words(one.started_at_ms, today)}", TextRole.SMALL, "ink2"))
            row.add(Text("Go on", TextRole.SMALL_STRONG, "accent_ink"))
            row.clicked.connect(partial(self._go_on, one))
            self._unfinished.addWidget(row)
            self.setTabOrder(row, self.first)

    def _go_on(self, one: UnfinishedImport, _checked: bool = False) -> None:
        self.resumed.emit(one)

    def say(self, words: str) -> None:
        """What went wrong, or nothing."""
        self._wrong.set_text(words)
        self._wrong.setVisible(bool(words))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self._hover(True)

    def dragLeaveEvent(self, _event: object) -> None:
        self._hover(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._hover(False)
        self.chosen.emit(dropped_paths(event.mimeData()), False)

    def _hover(self, over: bool) -> None:
        self._over = over
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._over:
            painter = QPainter(self)
            painter.setPen(QPen(QColor(DESK.accent), 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(12, 12, -12, -12), 10, 10)
