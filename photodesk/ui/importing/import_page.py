"""The import page: choose, watch, decide whose photos they are, and hear when the card is safe."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from photodesk.importing.job import Assignment, ImportResult
from photodesk.ui.controls import Row, vbox
from photodesk.ui.importing.choosing import ChoosingView
from photodesk.ui.importing.model import ImportModel, Phase
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.importing.watching import WatchesImports
from photodesk.ui.importing.work import (
    WorkView,
    look_for_cards,
    look_for_unfinished,
    save_report,
    source_words,
    watched,
    why_not_started,
)
from photodesk.ui.page import Heading, Key, PageContext, sentence
from photodesk.ui.window import typing_somewhere
from photodesk.ui.words import counted

SCREEN, LOOK_FOR_CARDS_MS = "import", 3000


class ImportPage(WatchesImports):
    """One import at a time; it goes on when the page is left, and when the desk locks."""

    section = "import"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._file_when_done: Assignment | None = None
        self.choosing = ChoosingView(cards=not context.clinic.demo)
        self._work = WorkView(context, SCREEN)
        self.header, self.foot, self.group = self._work.header, self._work.foot, self._work.group
        self.safe, self._middle = self._work.safe, self._work.middle
        self._whole = QStackedWidget()
        self._whole.addWidget(self.choosing)
        self._whole.addWidget(self._work)
        vbox(self).addWidget(self._whole)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_FOR_CARDS_MS)
        self._look.timeout.connect(self._look_for_cards)
        self._connect()
        self.show_model()

    def _connect(self) -> None:
        self.choosing.chosen.connect(self.start)
        self.choosing.resumed.connect(lambda one: self.start(one.paths, assignment=one.assignment))
        self.choosing.folder_asked.connect(self.choose_folder)
        self.header.stop_asked.connect(self.stop)
        self.header.another_asked.connect(self.choose_again)
        self.group.file_asked.connect(self.file)
        self.group.patient_chosen.connect(lambda _patient: self.show_model())
        self.safe.closed.connect(lambda: self._middle.setCurrentWidget(self.group))
        self.safe.report_asked.connect(lambda: save_report(self.window(), self.context, self.model.result))

    def heading(self) -> Heading:
        return Heading("Import", self.context.clinic.workstation)

    def keys(self) -> tuple[Key, ...]:
        return (Key(("Enter",), "File this group"), Key(("F",), "Other patient"))

    def entered(self) -> None:
        self._look_for_cards()
        self.refresh()
        self._look.start()
        self.choosing.first.setFocus()
        self.group.grid.ask()

    def refresh(self) -> None:
        look_for_unfinished(self.context, self.choosing)

    def left(self) -> None:
        self._look.stop()
        self.group.leave()

    def escape(self) -> bool:
        if self._middle.currentWidget() is self.safe and self._whole.currentWidget() is self._work:
            self._middle.setCurrentWidget(self.group)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        elif event.key() == Qt.Key.Key_F and not typing_somewhere() and self.model.phase is not Phase.CHOOSING:
            self.group.choose_patient()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        focused = self.focusWidget()
        if isinstance(focused, Row) and focused.isVisible():
            focused.click()
        elif self._whole.currentWidget() is self.choosing:
            self.choose_folder()
        elif self._middle.currentWidget() is self.safe:
            self._middle.setCurrentWidget(self.group)
        else:
            self.group.file()

    def about_patient(self, patient_id: str) -> None:
        """The next import is for this patient."""
        work = partial(self.context.desk.patients.get, patient_id)
        self.context.tasks.store(work, self.group.take_patient, self._failed)

    def take_dropped(self, patient_id: str, paths: tuple[Path, ...]) -> None:
        """Copy what was dropped on a patient's timeline; whose it is stays to be confirmed with `File this group`."""
        if self.model.phase is Phase.RUNNING:
            self.context.navigate.say("Another import is going on. Drop the files again when it is over.")
            return
        self.choose_again()
        self.start(paths)
        self.about_patient(patient_id)

    # -- choosing --

    def choose_folder(self) -> None:
        """Ask for a folder."""
        PathDialog(self.window(), "Import a folder", "Import", lambda path: self.start((path,))).open()

    def choose_again(self) -> None:
        """Another card or folder."""
        self.model = ImportModel()
        self.group.forget_patient()
        self.refresh()
        self.show_model()
        self.choosing.first.setFocus()

    def _look_for_cards(self) -> None:
        if self.model.phase is Phase.CHOOSING:
            look_for_cards(self.context, self.choosing)

    # -- the import --

    def start(self, paths: tuple[Path, ...], from_card: bool = False, assignment: Assignment | None = None) -> None:
        """Copy, prove and, where a patient is chosen already, file."""
        imports = self.context.imports
        if imports is None or not paths or self.model.phase is Phase.RUNNING:
            return
        self.model.began(source_words(paths), self.context.desk.clock.monotonic_ms(), from_card=from_card)
        self.watch(watched(imports, paths, assignment or self.group.assignment()), self.ended)

    def ended(self, result: ImportResult) -> None:
        self.model.ended(result)
        if self.model.all_safe:
            self.safe.show_model(self.model)
            self._middle.setCurrentWidget(self.safe)
            self.safe.done.setFocus()
        self.show_model()
        if self._file_when_done is not None:
            assignment, self._file_when_done = self._file_when_done, None
            self.file(assignment)

    def broke_off(self, failure: BaseException) -> None:
        self.model.failed(why_not_started(failure))
        self.refresh()
        self.show_model()

    # -- filing --

    def file(self, assignment: Assignment) -> None:
        """File what waits; while the copy goes on, as soon as it is over."""
        if self.model.phase is Phase.RUNNING:
            self._file_when_done = assignment
            self.group.rest(True)
            self.context.navigate.say("They will be filed as soon as all are verified.")
            return
        imports, result, shots = self.context.imports, self.model.result, self.model.shot_ids()
        if imports is None or result is None or not shots:
            return
        self.group.rest(True)
        work = partial(imports.file_shots, result.job_id, assignment, shots)
        self.context.tasks.store(work, partial(self._filed, shots), self._failed)

    def _filed(self, shots: tuple[str, ...], photo_ids: list[str]) -> None:
        self.group.rest(False)
        if photo_ids:
            self.model.filed(frozenset(shots))
            self.context.navigate.say(f"{counted(len(photo_ids), 'photo')} filed.")
        else:
            self.context.navigate.say("Assigned. They enter the chart when a clinician signs in.")
        if self.model.all_safe:
            self.safe.show_model(self.model)
        self.show_model()

    # -- showing --

    def show_model(self) -> None:
        """Bring everything to what the model says."""
        model = self.model
        choosing = model.phase is Phase.CHOOSING
        self._whole.setCurrentWidget(self.choosing if choosing else self._work)
        self.choosing.say(model.failure if choosing else "")
        if choosing:
            self._middle.setCurrentWidget(self.group)
            return
        self.header.show_model(model)
        self.foot.show_words(*model.foot(), model.failure)
        waits = bool(model.shot_ids()) or model.phase is Phase.RUNNING
        self.group.show_group(
            "No patient yet", model.progress.what if model.phase is Phase.RUNNING else model.summary, can_file=waits
        )
        running = self.context.imports.running_job_id() if self.context.imports is not None else ""
        self.group.show_job(model.result.job_id if model.result is not None else running, model.tiles())

    def _failed(self, failure: BaseException) -> None:
        self.group.rest(False)
        self.context.navigate.say(sentence(failure))
