"""The import page: choose, watch, sort and file while it goes on, and hear when the card is safe."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.importing.job import Assignment
from photodesk.patients import Patient
from photodesk.ui.controls import Button, Row
from photodesk.ui.importing.board_keys import KEYS
from photodesk.ui.importing.import_view import ImportView
from photodesk.ui.importing.model import ImportModel, Phase
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.importing.separator_dialog import SeparatorDialog
from photodesk.ui.importing.work import (
    card_label,
    look_for_cards,
    look_for_unfinished,
    source_words,
    watched,
    why_not_started,
)
from photodesk.ui.page import Heading, Key, PageContext
from photodesk.ui.window import typing_somewhere

LOOK_FOR_CARDS_MS = 3000


class ImportPage(ImportView):
    """One import at a time; it goes on when the page is left, and when the desk locks."""

    section = "import"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_FOR_CARDS_MS)
        self._look.timeout.connect(self._look_for_cards)
        self.choosing.chosen.connect(self.start)
        self.choosing.resumed.connect(lambda one: self.start(one.paths, assignment=one.assignment))
        self.choosing.folder_asked.connect(self.choose_folder)
        self.header.another_asked.connect(self.choose_again)
        self.separators = Button("Separator cards", icon="qr-code")
        self.separators.clicked.connect(self.show_separators)
        self.show_model()

    def top_actions(self) -> tuple[QWidget, ...]:
        return (self.separators,)

    def show_separators(self) -> None:
        """Print today's separator cards, or show one to the camera."""
        SeparatorDialog(self.window(), self.context).open()

    def heading(self) -> Heading:
        return Heading("Import", self.context.clinic.workstation)

    def keys(self) -> tuple[Key, ...]:
        return (Key(("O",), "Choose a folder"),) if self.is_choosing else KEYS

    def entered(self) -> None:
        self._look_for_cards()
        self.refresh()
        self._look.start()
        if self.is_choosing:
            self.choosing.take_focus()
        else:
            self.board.side.groups.setFocus()
        self.board.views.ask()

    def refresh(self) -> None:
        look_for_unfinished(self.context, self.choosing)

    def left(self) -> None:
        self._look.stop()
        self.board.views.leave()

    def escape(self) -> bool:
        if self.is_choosing:
            return False
        if self.is_safe_shown:
            self.show_photos()
            return True
        return self.board.escape()

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        job_id = self.model.result.job_id if self.model.result is not None else ""
        return ("inbox", "", 0.0, (job_id,)) if job_id else super().place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        entered = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if entered and isinstance(focused, Row) and focused.isVisible():
            focused.click()
        elif self.is_choosing and (entered or (event.key() == Qt.Key.Key_O and not typing_somewhere())):
            self.choose_folder()
        elif self.is_safe_shown and entered:
            self.show_photos()
        elif self.is_choosing or typing_somewhere() or not self.board.key(event):
            super().keyPressEvent(event)

    def about_patient(self, patient_id: str) -> None:
        """The next import is for this patient."""
        work = partial(self.context.desk.patients.get, patient_id)
        self.context.tasks.store(work, self._take_patient, self._failed)

    def _take_patient(self, patient: Patient) -> None:
        self.board.model.wanted = patient
        self.show_model()

    def take_dropped(self, patient_id: str, paths: tuple[Path, ...]) -> None:
        """Copy what was dropped on a patient's timeline; whose it is stays to be confirmed with `File this group`."""
        if self.model.phase is Phase.RUNNING:
            self.context.navigate.say("Another import is going on. Drop the files again when it is over.")
            return
        self.choose_again()
        self.start(paths)
        self.about_patient(patient_id)

    def take_card(self, root: Path, assignment: Assignment | None = None) -> bool:
        """Import a card that was announced; False while another import goes on here."""
        if self.model.phase is Phase.RUNNING:
            return False
        self.choose_again()
        self.start((root,), from_card=True, assignment=assignment)
        return True

    # -- choosing --

    def choose_folder(self) -> None:
        """Ask for a folder."""
        PathDialog(self.window(), "Import a folder", "Import", lambda path: self.start((path,))).open()

    def choose_again(self) -> None:
        """Another card or folder."""
        self.model = ImportModel()
        self.board.show_job("")
        self.board.model.wanted = None
        self.refresh()
        self.show_model()
        self.choosing.take_focus()

    def _look_for_cards(self) -> None:
        if self.model.phase is Phase.CHOOSING:
            look_for_cards(self.context, self.choosing)

    # -- the import --

    def start(self, paths: tuple[Path, ...], from_card: bool = False, assignment: Assignment | None = None) -> None:
        """Copy, prove and, where a patient is chosen already, file."""
        imports = self.context.imports
        if imports is None or not paths or self.model.phase is Phase.RUNNING:
            return
        wanted = self.board.model.wanted
        if assignment is None and wanted is not None:
            assignment = Assignment(wanted.patient_id, local_today(self.context.desk.clock))
        label = card_label(self.context, paths)
        source = label if label is not None else self.choosing.label_of(paths) or source_words(paths)
        self.model.began(source, self.context.desk.clock.monotonic_ms(), from_card=from_card)
        self.watch(watched(imports, paths, assignment), self.ended)
        self.board.side.groups.setFocus()

    def broke_off(self, failure: BaseException) -> None:
        self.model.failed(why_not_started(failure))
        self.refresh()
        self.show_model()
