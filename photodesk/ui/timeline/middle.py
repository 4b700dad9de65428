"""The middle column: filters, scrubber, what cannot be shown, the visits, the tray."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint
from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.text import vbox
from photodesk.ui.photo_drag import PhotoDrag
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.purpose_bar import PurposeBar
from photodesk.ui.timeline.filter_row import FilterRow
from photodesk.ui.timeline.message import Message
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.scrubber import Scrubber
from photodesk.ui.timeline.sections import title_of
from photodesk.ui.timeline.series_bar import SeriesBar
from photodesk.ui.timeline.tray import Tray
from photodesk.ui.timeline.visit_list import VisitList
from photodesk.ui.words import day_words


class MiddleColumn(QWidget):
    """`source` has the thumbnails of the list, `large` those of the tray."""

    def __init__(self, model: TimelineModel, source: PictureSource, large: PictureSource, purpose: PurposeBar) -> None:
        super().__init__()
        self._model, self._sources, self.purpose = model, (source, large), purpose
        self.series = SeriesBar(model)
        self.filters, self.scrubber, self.message = FilterRow(model), Scrubber(model), Message()
        self.list, self.tray = VisitList(model, source), Tray(model, large)
        column = vbox(self)
        column.addWidget(purpose)
        top = vbox(None, 0, QMargins(24, 0, 24, 0))
        top.addWidget(self.filters)
        top.addWidget(self.scrubber)
        column.addLayout(top)
        column.addWidget(self.message)
        column.addWidget(self.list, 1)
        column.addWidget(self.series)
        column.addWidget(self.tray)
        self.message.hide()
        self.tray.hide()
        self.scrubber.hide()
        self.filters.sized.connect(self.list.set_thumbnail_px)
        self.scrubber.asked.connect(self.list.show_row)
        self.list.moved.connect(self._show_seen)
        self.filters.followed.connect(self.follow)
        self._drag = PhotoDrag(
            self.list.viewport(),
            self._photo_at,
            lambda: self.tray.expect(dragged=True),
            lambda: self.tray.expect(dragged=False),
        )
        self.tray.marked.connect(self.show_choice)
        self.series.closed.connect(lambda: self.follow(""))
        purpose.decided.connect(self._decided)

    def ask_purpose(self, *, asks: bool) -> None:
        """Wells stay empty until the person said what for, or skipped it: here, or on another page meanwhile."""
        for source in self._sources:
            source.held = asks
        self.purpose.setVisible(asks)

    def _photo_at(self, point: QPoint) -> str:
        cell = self.list.cell_at(point)
        return cell.photo_id if cell is not None else ""

    def _decided(self) -> None:
        for source in self._sources:
            source.held = False
        self.list.ask_for_visible()
        self.show_choice()

    def follow(self, code: object) -> None:
        """Follow another series, or none."""
        self._model.follow(str(code))
        self.filters.refresh()
        self.list.viewport().update()
        self.series.refresh()

    def rebuild(self) -> None:
        """Photos or the filter have changed."""
        model = self._model
        self.filters.refresh()
        self.scrubber.setVisible(model.visit_count > 1)
        self.list.rebuild()
        if model.filter.active and not model.order:
            self.message.say("No photos match.", "Clear filters")
        elif not model.photo_count:
            self.message.say("No photos yet. Put in a camera card, or drop files here.")
        else:
            self.message.rest()

    def show_choice(self) -> None:
        """Focus, selection or marks have changed."""
        mark = self._model.mark(self._model.focus)
        self.list.setAccessibleDescription(f"{title_of(mark.photo)}, {day_words(mark.visit.day)}" if mark else "")
        self.list.viewport().update()
        self.scrubber.update()
        self.series.refresh()
        self.tray.refresh()

    def _show_seen(self) -> None:
        rows = self.list.visible_rows()
        days = [self._model.sections[row].visit.day for row in rows if row < len(self._model.sections)]
        self.scrubber.show_seen((min(days), max(days)) if days else None)
