"""Below the patient's facts: which other entries are shown here, since when and by whose word, each with its Undo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QWidget

from photodesk.desk.merged_entries import MergedEntry
from photodesk.ui.controls.buttons import LinkButton
from photodesk.ui.controls.text import Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.words import day_words, moment


class MergedLines(QWidget):
    """`undo_asked` carries the id of the entry to part."""

    undo_asked = Signal(object)

    def __init__(self, *, may_undo: bool) -> None:
        super().__init__()
        self._may_undo = may_undo
        self._column = vbox(self, 8, QMargins(0, 12, 0, 0))
        self.links: list[LinkButton] = []
        self.hide()

    def show_entries(self, merged: Sequence[MergedEntry]) -> None:
        """One line each; nothing at all for nearly everybody."""
        empty(self._column)
        self.links = []
        for one in merged:
            self._column.addWidget(self._line(one))
        self.setVisible(bool(merged))

    def _line(self, one: MergedEntry) -> QWidget:
        holder = QWidget()
        column, head = vbox(holder, 2), hbox(None, 8)
        column.addLayout(head)
        head.addWidget(Text(f"With entry {one.patient.mrn}", TextRole.SMALL, "ink2", elide=True), 1)
        if self._may_undo:
            undo = LinkButton("Undo")
            undo.setAccessibleName(f"Undo: show entry {one.patient.mrn} as a patient of its own")
            undo.clicked.connect(lambda _=False, wanted=one.patient.patient_id: self.undo_asked.emit(wanted))
            head.addWidget(undo)
            self.links.append(undo)
        said = f"merged {day_words(moment(one.at_ms).date())}" + (f" by {one.person}" if one.person else "")
        name = Text(one.patient.display_name, TextRole.SMALL, "ink3", elide=True)
        column.addWidget(name)
        column.addWidget(Text(said, TextRole.SMALL, "ink3", wrap=True))
        return holder
