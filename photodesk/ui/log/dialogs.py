"""What the activity page asks: in which form the log leaves, and whether it is signed off."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Button, ButtonKind, Dialog, Dropdown, Text, hbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.log.model import ActivityModel
from photodesk.ui.words import counted

FORMS = (("csv", "Table (CSV)"), ("fhir", "FHIR R4 AuditEvent"), ("dicom", "DICOM audit messages"))
SAID = (
    "Everything the filters ask for is written, oldest first, with names of staff and patients in it. Keep the file as"
    " you keep the log. Exporting is an entry of the log too."
)


class ExportLogDialog(Dialog):
    """`chosen` is called with `csv`, `fhir` or `dicom`."""

    def __init__(self, window: QWidget, model: ActivityModel, chosen: Callable[[str], None]) -> None:
        super().__init__(window, "Export the log", 560)
        self._chosen = chosen
        self.body.addWidget(Text("Export the log", TextRole.HEADING))
        self.body.addWidget(Text(f"{model.count_words if model.summary is not None else 'Entries'} as", TextRole.BODY))
        self.form = Dropdown("Form", FORMS, value="csv", height=40)
        self.body.addWidget(self.form)
        self.body.addWidget(Text(SAID, TextRole.SMALL, "ink2", wrap=True))
        _answer(self, "Choose a folder", self.accept_form)

    def accept_form(self) -> None:
        """Go on with the form chosen."""
        self.dismiss()
        self._chosen(self.form.value)


class SignOffDialog(Dialog):
    """`signed` is called when the person signs."""

    def __init__(self, window: QWidget, model: ActivityModel, signed: Callable[[], None]) -> None:
        super().__init__(window, "Sign the log off", 560)
        self._signed = signed
        self.body.addWidget(Text("Sign the log off", TextRole.HEADING))
        words = "You sign that you have looked at the log up to its newest entry, with your own key and the time."
        self.body.addWidget(Text(words, TextRole.BODY, wrap=True))
        if model.check is not None and not model.check.intact:
            self.body.addWidget(
                Text("The log was found changed; the sign-off will say so.", TextRole.BODY, "bad", wrap=True)
            )
        if model.open_flags:
            left = counted(model.open_flags, "flagged entry", "flagged entries")
            said = f"{left} of the time shown {'is' if model.open_flags == 1 else 'are'} not reviewed yet."
            self.body.addWidget(Text(said, TextRole.BODY, "warn", wrap=True))
        _answer(self, "Sign off", self.accept_signing)

    def accept_signing(self) -> None:
        """Sign."""
        self.dismiss()
        self._signed()


def _answer(dialog: Dialog, action: str, accept: Callable[[], None]) -> None:
    row = hbox(None, 12)
    row.addStretch(1)
    cancel = Button("Cancel", key="Esc", height=40)
    cancel.clicked.connect(dialog.dismiss)
    go = Button(action, ButtonKind.PRIMARY, key="Enter", height=40)
    go.clicked.connect(lambda _checked=False: accept())
    row.addWidget(cancel)
    row.addWidget(go)
    dialog.body.addLayout(row)
    dialog.on_accept(accept)
