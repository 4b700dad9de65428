"""The settings' card about the worklist: where visits come from, how it goes, and the way to change it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.ui.controls import Button, Card, Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.worklist.setup_dialog import SetupDialog
from photodesk.ui.worklist.setup_model import AFTER, KINDS
from photodesk.ui.worklist.words import state_words
from photodesk.visits.worklist_source import SourceKind, WorklistSource

ONLY_ADMINISTRATORS = "An administrator can change this."


class WorklistSection(Card):
    """Reads the set-up when told; opens the dialog."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(24, 12)
        self._context = context
        self._source = WorklistSource()
        self.body.addWidget(Text("Worklist", TextRole.SUBHEADING))
        self._facts: QVBoxLayout = vbox(None, 12)
        self.body.addLayout(self._facts)
        self.body.addWidget(Line())
        row = hbox(None, 12)
        self.change = Button("Set up the worklist")
        self.change.clicked.connect(self.open_setup)
        may = context.desk.may(Right.MANAGE_POLICY)
        self.change.setVisible(may)
        row.addWidget(self.change)
        note = "" if may else ONLY_ADMINISTRATORS
        row.addWidget(Text(note, TextRole.SMALL, "ink2", wrap=True), 1)
        self.body.addLayout(row)

    def refresh(self) -> None:
        """Read the set-up again."""
        self._context.tasks.store(self._context.desk.worklist.source, self._took, self._failed)

    def open_setup(self) -> None:
        """The set-up, in a dialog."""
        self.dialog = SetupDialog(self.window(), self._context, self._source, self._saved)
        self.dialog.open()

    def _saved(self) -> None:
        self.refresh()
        if self._context.worklist is not None:
            self._context.worklist.start()
        self._context.navigate.say("The worklist is set up.")

    def _took(self, source: WorklistSource) -> None:
        self._source = source
        empty(self._facts)
        for name, value in self._lines(source):
            row = hbox(None, 16)
            label = Text(name, TextRole.BODY, "ink3")
            label.setFixedWidth(200)
            row.addWidget(label)
            row.addWidget(Text(value, TextRole.BODY, wrap=True), 1)
            self._facts.addLayout(row)

    def _lines(self, source: WorklistSource) -> list[tuple[str, str]]:
        lines = [("Visits come from", dict(KINDS)[source.kind])]
        if source.kind in {SourceKind.CSV, SourceKind.HL7}:
            lines += [("Folder", source.folder), ("After reading", dict(AFTER)[source.after_reading])]
        if source.kind is SourceKind.DICOM:
            secure = "TLS" if source.server.tls else "without TLS"
            lines.append(("Server", f"{source.server.host}, port {source.server.port}, {secure}"))
        watch = self._context.worklist
        words = state_words(watch.state, local_today(self._context.desk.clock)) if watch is not None else ""
        return [*lines, ("Now", words)] if words else lines

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
