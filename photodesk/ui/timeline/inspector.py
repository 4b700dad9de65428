"""The right column: the photo with the focus, what is known about it, and the keys that act on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from photodesk.ui.controls.avatar import Avatar
from photodesk.ui.controls.buttons import LinkButton
from photodesk.ui.controls.chips import Chip
from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import Line, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.timeline.model import Mark
from photodesk.ui.timeline.sections import capture_facts, title_of

WIDTH_PX, PICTURE_PX, SEEN_ROWS = 320, (280, 210), 4
KEYS = (
    ("Mark as before", "A"),
    ("Mark as after", "B"),
    ("Open full size", "Space"),
    ("Change site", "S"),
    ("Change view", "V"),
    ("Change tags", "T"),
    ("All actions", "Menu"),
)


class _Picture(QWidget):
    def __init__(self, source: PictureSource) -> None:
        super().__init__()
        self._source, self.photo_id = source, ""
        self.setFixedSize(*PICTURE_PX)
        source.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        pixmap = self._source.pixmap(self.photo_id)
        if pixmap is None:
            rounded(painter, QRectF(self.rect()), 3, "#E4E4E4")
        else:
            painter.drawPixmap(self.rect(), pixmap)


class Inspector(QWidget):
    """Shows one `Mark`. `log_asked`: open the log of this patient."""

    log_asked = Signal()

    def __init__(self, source: PictureSource, *, may_read_log: bool) -> None:
        super().__init__()
        self._source = source
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        column = vbox(self, 0, QMargins(20, 20, 20, 20))
        self._picture = _Picture(source)
        self._title = Text("", TextRole.SUBHEADING, elide=True)
        self._place = Text("", TextRole.SMALL, "ink3")
        column.addWidget(self._picture)
        column.addSpacing(14)
        column.addWidget(self._title)
        column.addWidget(self._place)
        column.addSpacing(14)
        self._facts = QGridLayout()
        self._facts.setVerticalSpacing(8)
        self._facts.setColumnMinimumWidth(0, 92)
        self._facts.setColumnStretch(1, 1)
        column.addLayout(self._facts)
        column.addSpacing(16)
        self._seen = self._seen_part(column, may_read_log=may_read_log)
        column.addStretch(1)
        self._keys = QWidget()
        keys = vbox(self._keys)
        column.addWidget(self._keys)
        for words, key in KEYS:
            line = hbox()
            line.addWidget(Text(words, TextRole.SMALL, "ink3"))
            line.addStretch(1)
            line.addWidget(KeyHint(key))
            keys.addLayout(line)
            keys.addSpacing(7)

    def _seen_part(self, column: QVBoxLayout, *, may_read_log: bool) -> QVBoxLayout:
        column.addWidget(Line())
        column.addSpacing(12)
        row = hbox()
        row.addWidget(Text("Seen by", TextRole.LABEL, "ink3"))
        row.addStretch(1)
        if may_read_log:
            link = LinkButton("Open log")
            link.clicked.connect(self.log_asked)
            row.addWidget(link)
        column.addLayout(row)
        column.addSpacing(8)
        rows = vbox(None, 10)
        column.addLayout(rows)
        return rows

    def show_seen(self, people: Sequence[tuple[str, str]]) -> None:
        """Who opened this chart: (name, when) each, the latest first; the log says more."""
        empty(self._seen)
        for name, when in people[:SEEN_ROWS]:
            holder = QWidget()
            row = hbox(holder, 10)
            row.addWidget(Avatar(name, 28))
            row.addWidget(Text(name, TextRole.SMALL_STRONG, elide=True), 1)
            row.addWidget(Text(when, TextRole.SMALL, "ink3"))
            self._seen.addWidget(holder)
        if len(people) > SEEN_ROWS:
            self._seen.addWidget(Text(f"and {len(people) - SEEN_ROWS} more", TextRole.SMALL, "ink3"))

    def show_mark(self, mark: Mark | None, place: tuple[int, int], selected: int) -> None:
        """The photo with the focus; `place` is (number, of how many) in its visit."""
        for widget in (self._picture, self._title, self._place, self._keys):
            widget.setVisible(mark is not None)
        self._picture.photo_id = mark.photo.photo_id if mark else ""
        empty(self._facts)
        if mark is None:
            return
        if self.isVisible():
            self._source.want([mark.photo.photo_id])
        self._picture.update()
        self._title.set_text(title_of(mark.photo))
        number, total = place
        more = f" · {selected} chosen" if selected > 1 else ""
        self._place.set_text(f"Photo {number} of {total} in this visit{more}")
        lines = capture_facts(mark.photo)
        if mark.photo.facts.undecodable:
            lines = (("File", mark.photo.displayed.name), ("Not shown", mark.photo.facts.undecodable), *lines)
        for row, (label, words) in enumerate(lines):
            self._facts.addWidget(Text(label, TextRole.SMALL, "ink3"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(Text(words, TextRole.SMALL, wrap=True), row, 1)
        self._tags(len(lines), mark.photo.tags)

    def _tags(self, row: int, tags: tuple[str, ...]) -> None:
        self._facts.addWidget(Text("Tags", TextRole.SMALL, "ink3"), row, 0, Qt.AlignmentFlag.AlignTop)
        if not tags:
            self._facts.addWidget(Text("None", TextRole.SMALL, "ink3"), row, 1)
            return
        box = QWidget()
        lines = vbox(box, 6)
        line, used = hbox(None, 6), 0
        for tag in tags:
            chip = Chip(tag if len(tag) < 24 else tag[:22] + "…")
            if used and used + chip.width() > 186:
                line.addStretch(1)
                lines.addLayout(line)
                line, used = hbox(None, 6), 0
            line.addWidget(chip)
            used += chip.width() + 6
        line.addStretch(1)
        lines.addLayout(line)
        self._facts.addWidget(box, row, 1)
