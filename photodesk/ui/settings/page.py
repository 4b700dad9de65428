"""The settings page: a list of sections at the left, one of them shown."""

from __future__ import annotations

from PySide6.QtCore import QMargins
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from photodesk.ui.controls import Line, Row, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.icons import Icon
from photodesk.ui.page import Heading, Page, PageContext
from photodesk.ui.settings.section import Section
from photodesk.ui.settings.sections import SectionEntry, sections_for
from photodesk.ui.theme import DESK

LIST_PX, ROW_PX = 248, 40


class SettingsPage(Page):
    """Sections are made when they are first shown, and read again each time."""

    section = "settings"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.entries = {entry.name: entry for entry in sections_for(context)}
        self._made: dict[str, Section] = {}
        self._rows = {name: self._row(entry) for name, entry in self.entries.items()}
        self._stack = QStackedWidget()
        whole = hbox(self)
        whole.addWidget(self._list())
        whole.addWidget(Line(vertical=True))
        whole.addWidget(self._stack, 1)
        self.shown = ""
        self.show_section(next(iter(self.entries)))

    def heading(self) -> Heading:
        return Heading("Settings")

    def entered(self) -> None:
        self._rows[self.shown].setFocus()
        self._made[self.shown].refresh()

    def refresh(self) -> None:
        self._made[self.shown].refresh()

    def show_section(self, name: str) -> None:
        """Show one section; a name this person has not is left alone."""
        if name not in self.entries:
            return
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self.entries[name].make(self.context)
            self._stack.addWidget(made)
        changed, self.shown = self.shown != name, name
        self._rows[name].setChecked(True)
        self._stack.setCurrentWidget(made)
        if changed and self.isVisible():
            made.refresh()

    def of(self, name: str) -> Section:
        """A section as it was made; it is shown."""
        self.show_section(name)
        return self._made[name]

    def _list(self) -> QWidget:
        panel = _Panel()
        panel.setFixedWidth(LIST_PX)
        column = vbox(panel, 2, QMargins(12, 24, 12, 24))
        for row in self._rows.values():
            column.addWidget(row)
        column.addStretch(1)
        return panel

    def _row(self, entry: SectionEntry) -> Row:
        row = Row(entry.title, ROW_PX, line=False, padding_px=12, radius_px=6)
        row.setCheckable(True)
        row.setAutoExclusive(True)
        row.add(Icon(entry.icon))
        row.add(Text(entry.title, TextRole.BODY), 1)
        row.toggled.connect(lambda on, name=entry.name: self.show_section(name) if on else None)
        return row


class _Panel(QWidget):
    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(DESK.panel))
