"""Where visits come from: by hand, from files of another system, or from a worklist server. Administrators only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from photodesk.background.worklist_query import ask_worklist
from photodesk.clock import local_today
from photodesk.ui.controls import Button, ButtonKind, Dialog, Line, SegmentedControl, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted
from photodesk.ui.worklist.server_form import ServerForm
from photodesk.ui.worklist.setup_model import KINDS, SetupModel, newest_sample
from photodesk.ui.worklist.table_form import FolderForm, MessageForm, TableForm
from photodesk.visits.worklist import Read, RowProblem
from photodesk.visits.worklist_source import SourceKind, WorklistSource

WIDTH_PX = 920
BY_HAND = "Visits are added at this desk: find the patient on the home page, then press Ctrl+Shift+N."
HL7 = "Appointments (SIU) and admissions (ADT) are read; other messages are left out."


class SetupDialog(Dialog):
    """`saved` is called after the desk has kept the set-up."""

    def __init__(
        self, window: QWidget, context: PageContext, source: WorklistSource, saved: Callable[[], None]
    ) -> None:
        super().__init__(window, "Worklist", WIDTH_PX)
        self._window, self._context, self._saved = window, context, saved
        self.model = SetupModel(source)
        self.body.addWidget(Text("Where visits come from", TextRole.HEADING))
        self.kinds = SegmentedControl(
            "Where visits come from", tuple(("", "", words) for _, words in KINDS), theme=DESK
        )
        self.kinds.choose([kind for kind, _ in KINDS].index(source.kind))
        self.kinds.chosen.connect(self._kind_chosen)
        self.body.addWidget(self.kinds)
        self._words = Text("", TextRole.BODY, "ink2", wrap=True)
        self.body.addWidget(self._words)
        self.folder, self.table, self.server = FolderForm(), TableForm(), ServerForm(source.server)
        self.messages = MessageForm()
        for form in (self.folder, self.table, self.messages, self.server):
            self.body.addWidget(form)
        self.folder.browse.clicked.connect(self._browse)
        self.folder.after.picked.connect(self._after_chosen)
        self.folder.look_again.clicked.connect(self._sample)
        self.table.changed.connect(self._table_changed)
        self.table.mapping.chosen.connect(self._meaning_chosen)
        self.messages.changed.connect(self._messages_changed)
        self.server.changed.connect(self._server_changed)
        self.server.test.clicked.connect(self.test)
        self._finish()
        self._show()
        if source.kind is SourceKind.CSV:
            self._sample()

    def _finish(self) -> None:
        self.body.addWidget(Line())
        row = hbox(None, 12)
        self.wrong = Text("", TextRole.SMALL, "ink2", wrap=True)
        row.addWidget(self.wrong, 1)
        cancel = Button("Cancel", key="Esc", height=40)
        cancel.clicked.connect(self.dismiss)
        self.save_button = Button("Save", ButtonKind.PRIMARY, height=40)
        self.save_button.clicked.connect(self.save)
        row.addWidget(cancel)
        row.addWidget(self.save_button)
        self.body.addLayout(row)

    def save(self) -> None:
        """Keep the set-up; the desk checks it once more."""
        if self.model.missing():
            return
        self.save_button.setEnabled(False)
        keep = partial(self._context.desk.worklist.setup.set_source, self.model.source)
        self._context.tasks.store(keep, self._kept, self._refused)

    def test(self) -> None:
        """Ask the server for today's visits; nothing is kept."""
        self.server.say("Asking the server…")
        self.server.test.setEnabled(False)
        ask = partial(ask_worklist, self.model.source.server, local_today(self._context.desk.clock))
        self._context.tasks.network(ask, self._tested, self._not_tested)

    def _tested(self, read: Read) -> None:
        bad = sum(1 for row in read if isinstance(row, RowProblem))
        unread = f" {counted(bad, 'answer')} cannot be read." if bad else ""
        self.server.say(f"The server answered: {counted(len(read) - bad, 'visit')} today.{unread}")
        self.server.test.setEnabled(True)

    def _not_tested(self, failure: BaseException) -> None:
        self.server.say(sentence(failure))
        self.server.test.setEnabled(True)

    def _kept(self, _: None) -> None:
        self.dismiss()
        self._saved()

    def _refused(self, failure: BaseException) -> None:
        self.save_button.setEnabled(True)
        self.wrong.set_text(sentence(failure))

    def _kind_chosen(self, index: int) -> None:
        self.model.choose_kind(KINDS[index][0])
        self._show()
        if self.model.source.kind is SourceKind.CSV:
            self._sample()

    def _browse(self) -> None:
        start = Path(self.model.source.folder) if self.model.source.folder else None
        title = "The folder the other system writes into"
        PathDialog(self._window, title, "Choose", self.choose_folder, start=start).open()

    def choose_folder(self, folder: Path) -> None:
        """This folder; its newest table is looked at."""
        self.model.choose_folder(str(folder))
        self._show()
        self._sample()

    def _after_chosen(self, value: str) -> None:
        self.model.choose_after(self.folder.after_of(value))
        self._show()

    def _sample(self) -> None:
        if self.model.source.kind is SourceKind.CSV and self.model.source.folder:
            look = partial(newest_sample, self.model.source.folder)
            self._context.tasks.network(look, self._took_sample, self._refused)

    def _took_sample(self, data: bytes) -> None:
        if data:
            self.model.take_sample(data)
        self._show()

    def _table_changed(self, name: str, value: object) -> None:
        self.model.change_table(**{name: value})
        self._show()

    def _meaning_chosen(self, heading: str, meaning: str) -> None:
        self.model.choose_meaning(heading, meaning)
        self._show()

    def _messages_changed(self, name: str, value: object) -> None:
        self.model.change_messages(**{name: value})
        self._show()

    def _server_changed(self, name: str, value: object) -> None:
        self.model.change_server(**{name: value})
        self._show()

    def _show(self) -> None:
        kind = self.model.source.kind
        self._words.set_text({SourceKind.BY_HAND: BY_HAND, SourceKind.HL7: HL7}.get(kind, ""))
        self._words.setVisible(kind in {SourceKind.BY_HAND, SourceKind.HL7})
        self.folder.setVisible(kind in {SourceKind.CSV, SourceKind.HL7})
        self.folder.show_model(self.model)
        self.table.setVisible(kind is SourceKind.CSV and self.model.proposal is not None)
        self.table.show_model(self.model)
        self.messages.setVisible(kind is SourceKind.HL7)
        self.messages.show_model(self.model)
        self.server.setVisible(kind is SourceKind.DICOM)
        missing = self.model.missing()
        self.wrong.set_text(missing)
        self.save_button.setEnabled(not missing)
        self._arrange()
