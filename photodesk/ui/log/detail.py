"""The panel of one entry: why it is flagged, what is known, its place in the chain, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from photodesk.ui.controls import Button, ButtonKind, Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.log.words import FLAG_ICONS, action_words, shown_words, what_words
from photodesk.ui.theme import DESK
from photodesk.ui.words import counted, long_day_words, moment, role_words

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine
    from photodesk.desk.activity_flags import Flagged

WIDTH_PX = 352


class DetailPanel(QWidget):
    """Hidden while nothing is chosen."""

    review_wanted = Signal()
    report_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        self._column = vbox(self, 10, QMargins(20, 22, 20, 20))
        self._inner = QWidget()
        self._column.addWidget(self._inner)
        self.hide()

    def float_over(self, floating: bool) -> None:
        """With an outline of its own above the table, or as a column beside it."""
        outline = f"border: 1px solid {DESK.line2}; border-radius: 10px;" if floating else "border: none;"
        self.setStyleSheet(f"QWidget#panel {{ background: {DESK.panel}; {outline} }}")

    def show_line(self, line: ActivityLine | None, flagged: Flagged | None = None, *, reviewed: bool = False) -> None:
        """Show an entry."""
        self.setVisible(line is not None)
        empty(self._column)
        if line is None:
            return
        self._inner = QWidget()
        inner = vbox(self._inner, 10)
        at = moment(line.at_ms)
        title = action_words(line.action.value)
        if line.photo_ids:
            title = f"{title} {counted(len(line.photo_ids), 'photo')}"
        inner.addWidget(Text(title, TextRole.HEADING))
        inner.addWidget(Text(f"{long_day_words(at.date())}, {at:%H:%M:%S}", TextRole.SMALL, "ink2"))
        if flagged is not None:
            inner.addWidget(_why(flagged, reviewed=reviewed))
        inner.addSpacing(4)
        for name, value in _facts(line):
            if value:
                inner.addLayout(_fact(name, value))
        _chain(inner, line)
        inner.addStretch(1)
        self._buttons(inner, line, flagged is not None and not reviewed)
        self._column.addWidget(self._inner)

    def _buttons(self, inner: QVBoxLayout, line: ActivityLine, reviewable: bool) -> None:
        if reviewable:
            review = Button("Mark as reviewed", key="R")
            review.clicked.connect(lambda _checked=False: self.review_wanted.emit())
            _wide(inner, review)
        if line.patient_id:
            report = Button("Report for the patient…", ButtonKind.QUIET)
            report.clicked.connect(lambda _checked=False: self.report_wanted.emit())
            _wide(inner, report)


def _facts(line: ActivityLine) -> tuple[tuple[str, str], ...]:
    patient = f"{line.patient} · {line.mrn}" if line.mrn else line.patient
    return (
        ("Person", line.user),
        ("Role", role_words(line.role.split())),
        ("Patient", patient),
        ("What", what_words(line)),
        ("Shown as", shown_words(line)),
        ("Purpose", line.purpose[:1].upper() + line.purpose[1:]),
        ("To", line.details.get("recipient", "")),
        ("Workstation", line.workstation),
    )


def _why(flagged: Flagged, *, reviewed: bool) -> QWidget:
    """The warning box: each reason with its icon, word and sentence."""
    box = QWidget()
    box.setObjectName("why")
    box.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    tint = DESK.sunk if reviewed else DESK.warn_soft
    box.setStyleSheet(f"QWidget#why {{ background: {tint}; border-radius: 8px; }}")
    column = vbox(box, 6, 14)
    for flag in flagged.flags:
        head = hbox(None, 8)
        word = flag.kind.value.capitalize()
        head.addWidget(Icon(FLAG_ICONS.get(word, "flag"), DESK.ink2 if reviewed else DESK.warn, 18))
        head.addWidget(Text(word, TextRole.BODY_STRONG, "ink2" if reviewed else "warn"))
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(Text(flag.words, TextRole.SMALL, wrap=True))
    if flagged.entries > 1:
        more = counted(flagged.entries - 1, "more entry", "more entries")
        column.addWidget(Text(f"{more} of this person and patient that day.", TextRole.SMALL, "ink2", wrap=True))
    if reviewed:
        head = hbox(None, 8)
        head.addWidget(Icon("check-circle", DESK.ok, 18))
        head.addWidget(Text("Reviewed", TextRole.BODY_STRONG, "ok"))
        head.addStretch(1)
        column.addLayout(head)
    return box


def _chain(inner: QVBoxLayout, line: ActivityLine) -> None:
    inner.addSpacing(6)
    inner.addWidget(Line())
    inner.addWidget(Text("Place in the chain", TextRole.LABEL, "ink3"))
    inner.addLayout(_fact("Entry", f"{line.sequence:,}"))
    for name, chain in (("Follows", line.previous_chain), ("Gives", line.chain)):
        if chain:
            digits = chain.hex()
            inner.addLayout(_fact(name, f"{digits[:4]} {digits[4:8]} … {digits[-4:]}", code=True))
    signed = "Not yet; within a minute" if line.signed_ms is None else f"Checkpoint {moment(line.signed_ms):%H:%M:%S}"
    inner.addLayout(_fact("Signed", signed))


def _wide(column: QVBoxLayout, button: Button) -> None:
    button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
    column.addWidget(button)


def _fact(name: str, value: str, *, code: bool = False) -> QHBoxLayout:
    row = hbox(None, 12)
    label = Text(name, TextRole.SMALL, "ink3")
    label.setFixedWidth(96)
    row.addWidget(label)
    row.addWidget(Text(value, TextRole.CODE_SMALL if code else TextRole.SMALL, wrap=True), 1)
    return row
