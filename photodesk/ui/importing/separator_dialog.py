"""Today's visits as separator cards: print them, save them as a PDF, or show one to the camera.

Open it from any page with `SeparatorDialog(window, context).open()`; it asks the desk for the day's visits itself.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMargins
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.clock import local_today
from photodesk.importing.separator_cards import SeparatorCard, cards_of_day, printed, shown_text
from photodesk.ui.controls import Button, ButtonKind, CheckBox, Dialog, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.importing.separator_paper import print_separators, write_pdf
from photodesk.ui.importing.separator_screen import SeparatorScreen
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.words import counted, time_words

FILE_NAME = "Separator cards.pdf"
WARNING = "The file names the patients. Print it, then delete it."
LIST_PX, ROW_PX = 320, 44


class SeparatorDialog(Dialog):
    """Choose visits, then print, save or show."""

    def __init__(self, window: QWidget, context: PageContext) -> None:
        super().__init__(window, "Separator cards", 720)
        self._window, self._context = window, context
        self._boxes: list[tuple[CheckBox, SeparatorCard]] = []
        self.shows: list[Button] = []
        self.body.addWidget(Text("Separator cards", TextRole.HEADING))
        words = "A photo of the card says whose photos follow. Nobody's name is in the code."
        self.body.addWidget(Text(words, TextRole.BODY, "ink2", wrap=True))
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFixedHeight(LIST_PX)
        holder = QWidget()
        scroll.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        self._list = vbox(holder, 8, QMargins(0, 0, 8, 0))
        scroll.setWidget(holder)
        self.body.addWidget(scroll)
        self._wrong = Text("", TextRole.SMALL, "bad", wrap=True)
        self._wrong.hide()
        self.body.addWidget(self._wrong)
        self._printing = bool(QPrinterInfo.availablePrinterNames())
        self.print = Button("Print", ButtonKind.PRIMARY if self._printing else ButtonKind.SECONDARY, height=40)
        self.save = Button("Save as PDF", ButtonKind.SECONDARY if self._printing else ButtonKind.PRIMARY, height=40)
        self._add_buttons()

    def open(self) -> None:
        super().open()
        desk = self._context.desk
        ask = partial(cards_of_day, desk, local_today(desk.clock))
        self._context.tasks.store(ask, self.show_cards, self._failed)

    def show_cards(self, cards: tuple[SeparatorCard, ...]) -> None:
        """The cards that can be made; all are chosen."""
        empty(self._list)
        self._boxes, self.shows = [], []
        for card in cards:
            row = hbox(None, 12)
            box = CheckBox(f"{time_words(card.at)}  {card.patient.display_name}  {card.patient.mrn}".strip())
            box.setChecked(True)
            box.clicked.connect(self._count)
            show = Button("Show to the camera", height=36)
            show.clicked.connect(partial(self._show, card))
            row.addWidget(box)
            row.addStretch(1)
            row.addWidget(show)
            self._list.addLayout(row)
            self.shows.append(show)
            self._boxes.append((box, card))
        if not cards:
            self._list.addWidget(Text("No visits today. Add a visit to print its card.", TextRole.BODY, "ink2"))
        self._list.addStretch(1)
        self._count()

    def _add_buttons(self) -> None:
        row = hbox(None, 12)
        row.addStretch(1)
        close = Button("Close", key="Esc", height=40)
        close.clicked.connect(self.dismiss)
        self.print.clicked.connect(self._print)
        self.save.clicked.connect(self._save)
        self.print.setVisible(self._printing)
        for button in (close, self.save, self.print):
            row.addWidget(button)
        self.body.addLayout(row)

    def _chosen(self) -> tuple[SeparatorCard, ...]:
        return tuple(card for box, card in self._boxes if box.isChecked())

    def _count(self) -> None:
        for button in (self.print, self.save):
            button.setEnabled(bool(self._chosen()))

    def _print(self) -> None:
        cards = self._chosen()
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        chooser = QPrintDialog(printer, self._window)

        def put() -> None:
            def paint(texts: tuple[str, ...]) -> None:
                done = print_separators(printer, cards, texts, self._context.clinic.name)
                self._was_put(f"{counted(len(cards), 'card')} printed." if done else "", "It could not be printed.")

            self._context.tasks.store(partial(printed, self._context.desk, cards, "paper"), paint, self._failed)

        chooser.accepted.connect(put)
        chooser.setModal(True)
        chooser.show()

    def _save(self) -> None:
        cards = self._chosen()

        def write(path: Path) -> None:
            def paint(texts: tuple[str, ...]) -> None:
                done = write_pdf(path, cards, texts, self._context.clinic.name)
                saved = f"{counted(len(cards), 'card')} saved." if done else ""
                self._was_put(saved, "It could not be saved there. Choose another folder.")

            self._context.tasks.store(partial(printed, self._context.desk, cards, "file"), paint, self._failed)

        PathDialog(self._window, "Save the cards", "Save", write, name=FILE_NAME, warning=WARNING).open()

    def _show(self, card: SeparatorCard) -> None:
        desk = self._context.desk

        def fill(_: tuple[str, ...]) -> None:
            SeparatorScreen(self._window, card, partial(shown_text, desk, card)).open()

        self._context.tasks.store(partial(printed, desk, (card,), "screen"), fill, self._failed)

    def _was_put(self, done: str, wrong: str) -> None:
        if not done:
            self._say(wrong)
            return
        self.dismiss()
        self._context.navigate.say(done)

    def _failed(self, failure: BaseException) -> None:
        self._say(sentence(failure))

    def _say(self, words: str) -> None:
        self._wrong.set_text(words)
        self._wrong.show()
