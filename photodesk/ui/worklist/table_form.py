"""The folder and the table of the set-up: where, what becomes of files, character set, separator, dates, columns."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from photodesk.ui.controls import Button, CheckBox, Dropdown, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.worklist.mapping import MappingTable
from photodesk.ui.worklist.setup_model import AFTER, DATES, DELIMITER_WORDS, ENCODING_WORDS, SetupModel
from photodesk.visits.worklist_source import AfterReading, DateOrder, SourceKind

LABEL_PX = 150
NAMES_IN_FILES = "The files hold names that anybody who opens the folder can read. They are not PhotoDesk's."


class FolderForm(QWidget):
    """Folder and what becomes of its files."""

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self, 10)
        self._folder = Text("", TextRole.BODY, elide=True)
        self.browse = Button("Choose…", icon="folder-open")
        self.look_again = Button("Look again", icon="arrows-clockwise")
        first = _labelled("Folder", self._folder)
        first.addWidget(self.browse)
        first.addWidget(self.look_again)
        column.addLayout(first)
        choices = tuple((str(value), words) for value, words in AFTER)
        self.after = Dropdown("Choose what becomes of the files", choices, width=420)
        second = _labelled("After reading", self.after)
        second.addStretch(2)
        column.addLayout(second)
        column.addWidget(Text(NAMES_IN_FILES, TextRole.SMALL, "ink3", wrap=True))

    def after_of(self, value: str) -> AfterReading:
        """The choice as a value."""
        return AfterReading(value)

    def show_model(self, model: SetupModel) -> None:
        """Show what was chosen."""
        self._folder.set_text(model.source.folder or "No folder is chosen")
        self._folder.set_ink("ink" if model.source.folder else "ink3")
        choices = tuple((str(value), words) for value, words in AFTER)
        self.after.set_choices(choices, str(model.source.after_reading) if model.after_chosen else "")
        self.look_again.setVisible(model.source.kind is SourceKind.CSV)
        self.look_again.setEnabled(bool(model.source.folder))


class MessageForm(QWidget):
    """What HL7 files need. `changed` carries (field of the message format, value)."""

    changed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self, 10)
        self.authority = TextField("Whose record number", placeholder="Empty: the number of type MR", height=36)
        self.authority.edit.textEdited.connect(lambda text: self.changed.emit("authority", text.strip()))
        column.addLayout(_labelled("Record number of", self.authority))
        self._encoding = Dropdown("Character set", ENCODING_WORDS, width=300)
        self._encoding.picked.connect(lambda value: self.changed.emit("encoding", value))
        row = _labelled("Where unnamed", self._encoding)
        row.addStretch(2)
        column.addLayout(row)

    def show_model(self, model: SetupModel) -> None:
        """Show what was chosen."""
        messages = model.source.messages
        if self.authority.text() != messages.authority:
            self.authority.edit.setText(messages.authority)
        self._encoding.set_choices(ENCODING_WORDS, messages.encoding)


class TableForm(QWidget):
    """`changed` carries (field of the table format, value)."""

    changed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self, 10)
        row = hbox(None, 12)
        self._encoding = Dropdown("Character set", ENCODING_WORDS, width=300)
        self._delimiter = Dropdown("Separator", DELIMITER_WORDS)
        self._dates = Dropdown("How are dates written?", tuple((str(value), words) for value, words in DATES))
        self.headings = CheckBox("First line names the columns")
        for name, dropdown in (("encoding", self._encoding), ("delimiter", self._delimiter)):
            dropdown.picked.connect(lambda value, field=name: self.changed.emit(field, value))
            row.addWidget(dropdown)
        self._dates.picked.connect(lambda value: self.changed.emit("dates", DateOrder(value)))
        row.addWidget(self._dates)
        row.addWidget(self.headings)
        row.addStretch(1)
        self.headings.clicked.connect(lambda on: self.changed.emit("headings", bool(on)))
        column.addLayout(row)
        self.mapping = MappingTable()
        column.addWidget(self.mapping)
        self._words = Text("", TextRole.SMALL, "ink2", wrap=True)
        column.addWidget(self._words)

    def show_model(self, model: SetupModel) -> None:
        """Show what was proposed or chosen."""
        table = model.source.table
        self._encoding.set_choices(ENCODING_WORDS, table.encoding)
        self._delimiter.set_choices(DELIMITER_WORDS, table.delimiter)
        dates = tuple((str(value), words) for value, words in DATES)
        self._dates.set_choices(dates, str(table.dates) if model.dates_chosen else "")
        self.headings.setChecked(table.headings)
        self.mapping.show_model(model)
        self._words.set_text(model.sample_words)


def _labelled(label: str, widget: QWidget) -> QHBoxLayout:
    row = hbox(None, 12)
    name = Text(label, TextRole.BODY, "ink3")
    name.setFixedWidth(LABEL_PX)
    row.addWidget(name)
    row.addWidget(widget, 1)
    return row
