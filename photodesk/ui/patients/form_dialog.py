"""The frame of a form: title, labelled fields, one sentence, Cancel and Save."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from photodesk.errors import Fixable
from photodesk.ui.controls import Button, ButtonKind, Dialog, Text, TextArea, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import sentence
from photodesk.ui.patients.models import field_of


class FormDialog(Dialog):
    """A dialog of fields by name. `save` is called by `Enter` or the button; it calls `refuse` or `dismiss`.

    With `about` (kind of form, patient id) what was typed survives a lock.
    """

    def __init__(self, window: QWidget, title: str, action: str) -> None:
        super().__init__(window, title, 560)
        self.fields: dict[str, TextField | TextArea] = {}
        self.about: tuple[str, str] | None = None
        self._given: dict[str, str] = {}
        self.body.addWidget(Text(title, TextRole.HEADING))
        self.rows = vbox(None, 14)
        self.body.addLayout(self.rows)
        self._wrong = Text("", TextRole.SMALL, "bad", wrap=True)
        self._wrong.hide()
        self.body.addWidget(self._wrong)
        self._action = action

    def finish(self, save: Callable[[], None]) -> None:
        """Add the buttons below the fields."""
        row = hbox(None, 12)
        self.body.addLayout(row)
        row.addStretch(1)
        cancel = Button("Cancel", key="Esc", height=40)
        cancel.clicked.connect(self.dismiss)
        self.save_button = Button(self._action, ButtonKind.PRIMARY, key="Enter", height=40)
        self.save_button.clicked.connect(save)
        row.addWidget(self.save_button)  # first, so that Tab comes from the last field to it
        row.insertWidget(1, cancel)
        self.on_accept(save)

    def labelled(self, label: str, widget: QWidget) -> QWidget:
        """A widget below its label."""
        holder = QWidget()
        column = vbox(holder, 4)
        column.addWidget(Text(label, TextRole.LABEL, "ink3"))
        column.addWidget(widget)
        return holder

    def field(self, name: str, label: str, text: str = "", *, placeholder: str = "") -> QWidget:
        """A text field with its label."""
        made = TextField(label, placeholder=placeholder, height=40, role=TextRole.BODY)
        made.edit.setText(text)
        made.edit.textEdited.connect(lambda _text, one=made: one.set_bad(False))
        self.fields[name] = made
        self._given[name] = text
        return self.labelled(label, made)

    def area(self, name: str, label: str, text: str = "") -> QWidget:
        """A field of several lines with its label."""
        made = TextArea(label)
        made.edit.setPlainText(text)
        self.fields[name] = made
        self._given[name] = text
        return self.labelled(label, made)

    def typed(self) -> dict[str, str]:
        """What a person changed, by field."""
        return {name: field.text() for name, field in self.fields.items() if field.text() != self._given[name]}

    def fill(self, typed: Mapping[str, str]) -> None:
        """Put back what was typed before a lock."""
        for name, text in typed.items():
            field = self.fields.get(name)
            if isinstance(field, TextArea):
                field.edit.setPlainText(text)
            elif field is not None:
                field.edit.setText(text)

    def row_of(self, *widgets: QWidget) -> None:
        """Add widgets side by side, of equal width."""
        row = hbox(None, 12)
        for widget in widgets:
            row.addWidget(widget, 1)
        self.rows.addLayout(row)

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self.fields[name].text()

    def refuse(self, failure: BaseException) -> None:
        """Say what is wrong, at its field; what was typed stays."""
        self.save_button.setEnabled(True)
        self.need(field_of(failure) if isinstance(failure, Fixable) else "", sentence(failure))

    def need(self, name: str, words: str) -> None:
        """Say what is missing in a field."""
        self._wrong.set_text(words)
        self._wrong.show()
        if name in self.fields:
            self.fields[name].set_bad(True)
            self.fields[name].edit.setFocus()
        self._arrange()
