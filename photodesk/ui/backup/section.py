"""The settings' section "backup": the last one and what it holds, where it goes, one now, the drill, the kit."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.desk.backups import BackupState
from photodesk.desk.roles import Right
from photodesk.ui.backup import words
from photodesk.ui.backup.kit_dialog import KitDialog
from photodesk.ui.backup.watch import BackupWatch, Running
from photodesk.ui.controls import (
    Button,
    ButtonKind,
    Card,
    Chip,
    CountedProgress,
    Line,
    Text,
    Tone,
    empty,
    fact_row,
    hbox,
    vbox,
)
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import LABEL_PX, Section
from photodesk.ui.words import counted


class BackupSection(Section):
    """Facts for everybody; the folder for administrators and clinicians; a run for who opens charts."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Backup")
        self._watch: BackupWatch | None = context.backups
        self._state: BackupState | None = None
        self._card = Card(24, 12)
        self._facts = vbox(None, 12)
        self._card.body.addLayout(self._facts)
        self.progress = CountedProgress("Photos stored")
        self.progress.hide()
        self._card.body.addWidget(self.progress)
        self._buttons()
        self._card.body.addWidget(Line())
        self._card.body.addWidget(Text(words.COPY_NOTE, TextRole.SMALL, "ink2", wrap=True))
        self.column.addWidget(self._card)
        self.column.addWidget(self._drill())
        if context.desk.may(Right.USE_RECOVERY):
            self.column.addWidget(self._kit())
        if self._watch is not None:
            self._watch.changed.connect(self.refresh)
            self._watch.advanced.connect(self._advanced)

    def refresh(self) -> None:
        self.context.tasks.store(self.context.desk.backups.state, self._took, self.failed)

    def _buttons(self) -> None:
        row = hbox(None, 12)
        self.run_button = Button("Back up now", ButtonKind.PRIMARY, icon="floppy-disk", height=40)
        self.run_button.clicked.connect(self._run)
        self.stop_button = Button("Stop", height=40)
        self.stop_button.clicked.connect(self._stop)
        self.choose_button = Button("Choose the folder", height=40)
        self.choose_button.clicked.connect(self.choose)
        for button in (self.run_button, self.stop_button, self.choose_button):
            row.addWidget(button)
            button.hide()
        row.addStretch(1)
        self._card.body.addLayout(row)

    def _drill(self) -> QWidget:
        card = Card(24, 12)
        card.body.addWidget(Text("Restore drill", TextRole.SUBHEADING))
        card.body.addWidget(Text(words.DRILL, TextRole.BODY, wrap=True))
        self.command = Text("", TextRole.CODE_SMALL, wrap=True)
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card.body.addWidget(self.command)
        row = hbox(None, 12)
        copy = Button("Copy the line", icon="copy")
        copy.clicked.connect(self._copy)
        row.addWidget(copy)
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    def _kit(self) -> QWidget:
        card = Card(24, 12)
        card.body.addWidget(Text("Recovery kit", TextRole.SUBHEADING))
        card.body.addWidget(
            Text(
                "When the paper is lost or somebody saw it, make a new kit. The old code opens nothing from then on;"
                " backups know the new one after their next run.",
                TextRole.BODY,
                wrap=True,
            )
        )
        row = hbox(None, 12)
        self.kit_button = Button("Make a new recovery kit", icon="key")
        self.kit_button.clicked.connect(self._new_kit)
        row.addWidget(self.kit_button)
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    # -- what is known --------------------------------------------------------------------------------------------

    def _took(self, state: BackupState) -> None:
        self._state = state
        empty(self._facts)
        today, running = local_today(self.context.desk.clock), self._running
        self._row("Last backup", words.last_words(state, today), self._chip(state))
        self._row("It holds", words.holds_words(state))
        self._row("Goes to", state.place or "no folder chosen yet")
        if state.place:
            self._row("When", f"every {counted(state.every_hours, 'hour')}, while a clinician is signed in")
        for sentence in self._warnings(state):
            self._facts.addWidget(Text(sentence, TextRole.BODY, "warn", wrap=True))
        may_choose = self.context.desk.may(Right.BACK_UP)
        may_run = self._watch is not None and self._watch.may_run
        self.run_button.setVisible(may_run and not running and bool(state.place))
        self.choose_button.setVisible(may_choose and not running)
        self.choose_button.set_text("Choose another folder" if state.place else "Choose the folder")
        self.choose_button.set_kind(ButtonKind.SECONDARY if state.place else ButtonKind.PRIMARY)
        self.stop_button.setVisible(running)
        self.progress.setVisible(running)
        if not may_run:
            self._facts.addWidget(Text(words.ONLY_CLINICIANS, TextRole.SMALL, "ink2", wrap=True))
        self.command.set_text(words.drill_command(state.place))

    def _warnings(self, state: BackupState) -> list[str]:
        found = [words.SAME_DISK] if state.same_disk else []
        if state.note.failed:
            found.append(f"Last attempt: {state.note.failed} {state.note.remedy}")
        if state.note.problems:
            found.append(f"{counted(state.note.problems, 'part')} could not be read last time. Run a check.")
        return found

    def _chip(self, state: BackupState) -> QWidget:
        if self._running:
            return Chip("running", Tone.ACCENT)
        if not state.note.at_ms or state.overdue:
            return Chip("overdue", Tone.WARN, icon="warning-circle")
        return Chip("verified", Tone.OK, icon="check-circle")

    @property
    def _running(self) -> bool:
        return self._watch is not None and self._watch.running

    def _row(self, name: str, value: str, side: QWidget | None = None) -> None:
        self._facts.addWidget(fact_row(name, value, LABEL_PX, side))

    def _advanced(self, running: Running) -> None:
        self.progress.show_counts(running.progress.done, running.progress.total)

    # -- what is asked --------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for a folder."""
        PathDialog(self.window(), "Where backups go", "Back up there", self._chosen).open()

    def _chosen(self, folder: Path) -> None:
        choose = partial(self.context.desk.backups.choose, str(folder))
        self.context.tasks.store(choose, self._was_chosen, self.failed)

    def _was_chosen(self, state: BackupState) -> None:
        self._took(state)
        if self._watch is not None:
            self._watch.run_now(anew=True)

    def _run(self) -> None:
        if self._watch is not None:
            self._watch.run_now()

    def _stop(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self.context.navigate.say("Copied.")

    def _new_kit(self) -> None:
        KitDialog(self.window(), self.context).open()
