"""What the camera's clock is off by, for one import: said in words, set by hand or taken from a separator card."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls import Button, ButtonKind, FilterChip, LinkButton, Popover, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.words import NBSP

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
_AMOUNT = re.compile(
    r"^\s*(?:(?P<days>\d{1,5})\s*d\w*)?\s*(?:(?P<hours>\d{1,3})\s*(?:h\w*|:))?\s*(?:(?P<minutes>\d{1,4})\s*(?:m\w*)?)?\s*$"
)
SAMPLE = f"1{NBSP}h 02{NBSP}min"


def amount_words(offset_ms: int) -> str:
    """`1 h 02 min`, `2 days 3 h 00 min`, without a sign."""
    minutes = round(abs(offset_ms) / MINUTE_MS)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days}{NBSP}{'day' if days == 1 else 'days'}"] if days else []
    parts += [f"{hours}{NBSP}h", f"{minutes:02}{NBSP}min"] if hours or days else [f"{minutes}{NBSP}min"]
    return " ".join(parts)


def clock_words(offset_ms: int) -> str:
    """`Camera clock is 1 h 02 min behind`: `offset_ms` is what is added to its times."""
    if not round(offset_ms / MINUTE_MS):
        return "Camera clock as it is"
    return f"Camera clock is {amount_words(offset_ms)} {'behind' if offset_ms > 0 else 'ahead'}"


def amount_ms(text: str) -> int | None:
    """Milliseconds of `1 h 02 min`, `1:02`, `62` (minutes), `2 days`; None where it is none of these."""
    found = _AMOUNT.match(text.casefold().replace(NBSP, " "))
    if found is None or not any(found.groupdict().values()):
        return None
    days, hours, minutes = (int(found[name] or 0) for name in ("days", "hours", "minutes"))
    return days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS


class CameraClock(QWidget):
    """A link that says it and opens the control; `changed` carries the new offset in ms."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.offset_ms = 0
        self.suggested_ms: int | None = None
        self.link = LinkButton(clock_words(0), plain=True)
        self.link.clicked.connect(self.open_popover)
        row = hbox(self)
        row.addWidget(self.link)
        row.addStretch(1)

    def show_offset(self, offset_ms: int, suggested_ms: int | None) -> None:
        """What holds now, and what a separator card's own time says."""
        self.offset_ms, self.suggested_ms = offset_ms, suggested_ms
        self.link.set_text(clock_words(offset_ms))

    def open_popover(self) -> None:
        """Set it by hand."""
        _ClockPopover(self).open()


class _ClockPopover(Popover):
    def __init__(self, owner: CameraClock) -> None:
        super().__init__(owner.link, 340)
        self._owner = owner
        self.body.addWidget(Text("Camera clock", TextRole.SUBHEADING))
        words = "For this import only. The time the camera wrote stays in the photo."
        self.body.addWidget(Text(words, TextRole.SMALL, "ink2", wrap=True))
        ways = hbox(None, 8)
        self._behind, self._ahead = FilterChip("It is behind"), FilterChip("It is ahead")
        for chip, on in ((self._behind, owner.offset_ms >= 0), (self._ahead, owner.offset_ms < 0)):
            chip.setAutoExclusive(True)
            chip.setChecked(on)
            ways.addWidget(chip)
        ways.addStretch(1)
        self.body.addLayout(ways)
        self.field = TextField("How much", placeholder=SAMPLE)
        self.field.edit.setText(amount_words(owner.offset_ms) if owner.offset_ms else "")
        self.body.addWidget(self.field)
        column = vbox(None, 8)
        suggested = owner.suggested_ms
        if suggested is not None and suggested != owner.offset_ms:
            use = Button(f"Use the separator card: {amount_words(suggested)}", height=36)
            use.clicked.connect(lambda: self._set(suggested))
            column.addWidget(use)
        done = Button("Set", ButtonKind.PRIMARY, key="Enter", height=36)
        done.clicked.connect(self.accept)
        column.addWidget(done)
        self.body.addLayout(column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.focused_button() is None:
            self.accept()
            return
        super().keyPressEvent(event)

    def accept(self) -> None:
        """Take what stands in the field."""
        text = self.field.text().strip()
        amount = amount_ms(text) if text else 0
        if amount is None:
            self.field.set_bad(True)
            return
        self._set(-amount if self._ahead.isChecked() else amount)

    def _set(self, offset_ms: int) -> None:
        self.dismiss()
        self._owner.changed.emit(offset_ms)
