"""The steps before the kit: their fields write into the model and say when something changed."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Card, CheckBox, Text, TextField, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.setup.key_storage import KeyStorage
from photodesk.ui.setup.model import SetupModel

WIDE_PX = 560


Model = TypeVar("Model")


class StepPage(QWidget, Generic[Model]):
    """A title, a lead, and a card of fields."""

    changed = Signal()

    def __init__(self, model: Model, title: str, lead: str) -> None:
        super().__init__()
        self.model = model
        column = vbox(self, 8)
        column.addWidget(Text(title, TextRole.TITLE_LARGE))
        words = Text(lead, TextRole.LEAD, "ink2", wrap=True)
        words.setMaximumWidth(720)
        column.addWidget(words)
        column.addSpacing(20)
        self.card = Card(24, 16)
        self.card.setMaximumWidth(WIDE_PX + 48)
        column.addWidget(self.card)
        column.addStretch(1)

    def field(self, label: str, attribute: str, *, placeholder: str = "", password: bool = False) -> TextField:
        """A labelled field that writes into the model."""
        made = TextField(label, placeholder=placeholder, height=44, password=password)

        def typed(text: str) -> None:
            setattr(self.model, attribute, text)
            self.changed.emit()

        made.edit.textChanged.connect(typed)
        holder = vbox(None, 4)
        holder.addWidget(Text(label, TextRole.LABEL, "ink3"))
        holder.addWidget(made)
        self.card.body.addLayout(holder)
        return made

    def entered(self) -> None:
        """The step is shown."""

    def show_model(self) -> None:
        """Something changed."""


class ClinicStep(StepPage[SetupModel]):
    """Names of the clinic and of this computer."""

    def __init__(self, model: SetupModel) -> None:
        super().__init__(
            model,
            "Your clinic",
            "These names are shown at sign-in and in the activity log. They stay on this computer.",
        )
        self._first = self.field("Name of the clinic", "clinic", placeholder="Example Skin Clinic")
        self.field("Name of this workstation", "workstation", placeholder="Exam room 1")

    def entered(self) -> None:
        self._first.edit.setFocus()


class AdministratorStep(StepPage[SetupModel]):
    """The first person, and a password judged by length and a blocklist."""

    def __init__(self, model: SetupModel) -> None:
        super().__init__(
            model,
            "The first person",
            "You can add people and see charts and the activity log. Others come later, each with their own password.",
        )
        self._first = self.field("Your name", "person", placeholder="Dr. Iris Sample")
        self.field("Password", "password", password=True)
        self.field("Password again", "again", password=True)
        self._words = Text("", TextRole.SMALL, "ink2", wrap=True)
        self.card.body.addWidget(self._words)

    def entered(self) -> None:
        self._first.edit.setFocus()
        self.show_model()

    def show_model(self) -> None:
        words, good = self.model.password_sentence()
        self._words.set_text(words)
        self._words.set_ink("ok" if good else "ink2")


Keeping = TypeVar("Keeping", bound=KeyStorage)


class KeysPage(StepPage[Keeping]):
    """A page that shows where the store lies and who guards half of the key, below what whoever derives adds first."""

    def add_storage(self, folder: str, warning: str = "") -> None:
        """The folder, the keyring, and the choice of the password alone with a warning."""
        self._keyring = Text("", TextRole.BODY, wrap=True)
        for label, fact in (
            ("Folder", Text(folder, TextRole.BODY, wrap=True)),
            ("This computer's keyring", self._keyring),
        ):
            pair = vbox(None, 2)
            pair.addWidget(Text(label, TextRole.LABEL, "ink3"))
            pair.addWidget(fact)
            self.card.body.addLayout(pair)
        self._only = CheckBox("Use the password alone")
        self._only.toggled.connect(self._chose)
        self._choice: list[QWidget] = [self._only]
        if warning:
            self._choice.append(Text(warning, TextRole.SMALL, "warn", wrap=True))
        column = vbox(None, 4)
        for widget in self._choice:
            column.addWidget(widget)
        self.card.body.addLayout(column)

    def _chose(self, on: bool) -> None:
        self.model.password_only = on
        self.changed.emit()

    def show_model(self) -> None:
        self._keyring.set_text(self.model.keyring_sentence())
        for widget in self._choice:
            widget.setVisible(self.model.lacks_keyring)


class StorageStep(KeysPage[SetupModel]):
    """Where the store lies and who guards half of the key."""

    def __init__(self, model: SetupModel, folder: str) -> None:
        super().__init__(
            model,
            "Storage and keys",
            "Everything is encrypted in one folder. Opening it takes a password and a secret that this computer keeps.",
        )
        self.add_storage(folder, "Then whoever copies the folder needs only a password to open it. Choose long ones.")

    def entered(self) -> None:
        self._only.setFocus()
        self.show_model()
