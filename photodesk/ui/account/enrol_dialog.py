"""Enrolling an authenticator app: the QR code, the code typed back, then the ten backup codes, shown once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from photodesk.desk.factors import Enrolment
from photodesk.errors import PhotoDeskError
from photodesk.ui.controls import Button, ButtonKind, Dialog, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import sentence
from photodesk.ui.paper import paint_qr, qr_rows

SCAN = "Scan this with an authenticator app on your phone, or type the letters below it. Then type the code it shows."
GATE = (
    "PhotoDesk asks for this code after your password. It is a gate that PhotoDesk keeps, not part of the keys; a "
    "security key (FIDO2) is."
)
KEEP = (
    "Write these ten codes down and keep them away from this computer and your phone. Each signs you in once without "
    "the app. They are not shown again."
)
WIDE_PX, QR_PX, SIDE_PX = 600, 168, 344
Confirm = Callable[[str, Callable[[tuple[str, ...]], None], Callable[[BaseException], None]], None]


class QrCode(QWidget):
    """A code to scan."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self._rows = qr_rows(text)
        self.setFixedSize(QR_PX, QR_PX)
        self.setAccessibleName(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_qr(QPainter(self), QRectF(self.rect()), self._rows)


class EnrolDialog(Dialog):
    """`confirm` is called with the typed code and what to call back. `enrolled` comes once the codes were read."""

    enrolled = Signal()

    def __init__(self, window: QWidget, enrolment: Enrolment, confirm: Confirm, why: str = "") -> None:
        super().__init__(window, "Authenticator app", WIDE_PX)
        self._confirm = confirm
        self.codes: tuple[str, ...] = ()
        self._steps = vbox(None)
        self.body.addWidget(Text("Authenticator app", TextRole.HEADING))
        if why:
            self.body.addWidget(Text(why, TextRole.BODY, wrap=True))
        self.body.addLayout(self._steps)
        self._wrong = Text("", TextRole.SMALL, "bad", wrap=True)
        self._wrong.hide()
        self.body.addWidget(self._wrong)
        self.field = TextField("Code", placeholder="Code of six digits", height=40)
        self._scan = self._scan_step(enrolment)
        self._steps.addWidget(self._scan)
        row = hbox(None, 12)
        row.addStretch(1)
        self.cancel = Button("Cancel", key="Esc", height=40)
        self.cancel.clicked.connect(self.dismiss)
        self.button = Button("Confirm", ButtonKind.PRIMARY, key="Enter", height=40)
        self.button.clicked.connect(self._go)
        row.addWidget(self.cancel)
        row.addWidget(self.button)
        self.body.addLayout(row)
        self.on_accept(self._go)

    def _scan_step(self, enrolment: Enrolment) -> QWidget:
        step = QWidget()
        row = hbox(step, 24)
        row.addWidget(QrCode(enrolment.uri, "The secret as a QR code"), 0, Qt.AlignmentFlag.AlignTop)
        side = vbox(None, 12)
        side.addWidget(_beside(Text(SCAN, TextRole.BODY, wrap=True)))
        side.addWidget(_beside(Text(enrolment.typed, TextRole.CODE, wrap=True)))
        side.addWidget(self.field)
        side.addWidget(_beside(Text(GATE, TextRole.SMALL, "ink3", wrap=True)))
        side.addStretch(1)
        row.addLayout(side, 1)
        return step

    def _go(self) -> None:
        if self.codes:
            self.dismiss()
        elif self.field.text().strip() and self.button.isEnabled():
            self.button.setEnabled(False)
            self._confirm(self.field.text(), self.show_codes, self._refused)

    def _refused(self, failure: BaseException) -> None:
        self.button.setEnabled(True)
        self._wrong.set_text(sentence(failure))
        self._wrong.show()
        self.field.set_bad(isinstance(failure, PhotoDeskError) and failure.code == "wrong_code")
        self.field.edit.selectAll()
        self.field.edit.setFocus()
        self._arrange()

    def show_codes(self, codes: tuple[str, ...]) -> None:
        """The last step: it is enrolled, and these are the backup codes."""
        self.codes = codes
        self._steps.removeWidget(self._scan)
        self._scan.deleteLater()
        self._steps.addWidget(codes_view(codes))
        self._wrong.hide()
        self.cancel.hide()
        self.button.setText("I have written them down")
        self.button.setEnabled(True)
        self.button.setFocus()
        self._arrange()

    def dismiss(self) -> None:
        """`Esc` after the codes were shown ends it as the button does: the app is enrolled."""
        shown = bool(self.codes) and self.isVisible()
        super().dismiss()
        if shown:
            self.codes = ()
            self.enrolled.emit()


class CodesDialog(Dialog):
    """New backup codes, shown once."""

    def __init__(self, window: QWidget, codes: tuple[str, ...]) -> None:
        super().__init__(window, "Backup codes", 520)
        self.body.addWidget(Text("Backup codes", TextRole.HEADING))
        self.body.addWidget(codes_view(codes))
        row = hbox(None, 12)
        row.addStretch(1)
        done = Button("I have written them down", ButtonKind.PRIMARY, key="Enter", height=40)
        done.clicked.connect(self.dismiss)
        row.addWidget(done)
        self.body.addLayout(row)
        self.on_accept(self.dismiss)


def _beside(text: Text) -> Text:
    """As high as its lines need: a box beside another does not ask for that by itself."""
    text.setFixedWidth(SIDE_PX)
    text.setMinimumHeight(text.heightForWidth(SIDE_PX))
    return text


def codes_view(codes: tuple[str, ...]) -> QWidget:
    """Two columns of codes below what to do with them."""
    view = QWidget()
    column = vbox(view, 16)
    column.addWidget(Text(KEEP, TextRole.BODY, wrap=True))
    grid = QGridLayout()
    grid.setHorizontalSpacing(32)
    grid.setVerticalSpacing(8)
    half = (len(codes) + 1) // 2
    for at, code in enumerate(codes):
        grid.addWidget(Text(f"{at + 1}", TextRole.LABEL, "ink3"), at % half, 2 * (at // half))
        grid.addWidget(Text(code, TextRole.CODE), at % half, 2 * (at // half) + 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    column.addLayout(grid)
    return view
