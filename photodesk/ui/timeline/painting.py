"""How one visit looks: axis and date at the left, groups of thumbnails, plates and rings of the pair."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from photodesk.photos import Attachment, Photo
from photodesk.ui.controls.painting import rounded
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import paint_icon
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.theme import DESK
from photodesk.ui.timeline.geometry import DATE_PX, FILE_PX, MOST_FILES, SectionLayout, file_lines
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.sections import Section, file_words, view_name
from photodesk.ui.words import counted

MARGIN_PX, TOP_PX, AXIS_X_PX, TEXT_X_PX = 24, 20, 6, 28
RING_PX = 7  # of a marked photo, outside its well
APART_PX = DATE_PX - TEXT_X_PX - RING_PX
NOT_HERE_YET = "Not here yet. It comes by itself."
_AXIS, _WELL, _PLATE = "#B4B4B4", "#E4E4E4", "#1A1A1A"


class SectionPainter:
    """Paints sections of a model with what the source has."""

    def __init__(self, model: TimelineModel, source: PictureSource) -> None:
        self._model, self._source = model, source
        self._fonts = {
            "day": font(TextRole.SUBHEADING, size_px=16),
            "small": font(TextRole.SMALL),
            "apart": font(TextRole.SMALL, size_px=12),
            "group": font(TextRole.BODY_STRONG),
            "count": font(TextRole.SMALL),
            "caption": font(TextRole.SMALL),
            "why": font(TextRole.CAPTION),
            "plate": font(TextRole.BODY_STRONG, weight=600),
        }

    def paint(self, painter: QPainter, rect: QRect, row: int, layout: SectionLayout, viewport: QRect) -> None:
        """One section in `rect`; thumbnails outside `viewport` are not touched."""
        section = self._model.sections[row]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._date(painter, rect, row, section)
        painter.translate(rect.left() + MARGIN_PX, rect.top() + TOP_PX)
        for title in layout.titles:
            self._title(painter, section, title.group, QRect(title.x, title.y, title.width, 20))
        if not section.groups and not section.attachments:
            self._words(painter, "No photos", "small", DESK.ink3, QRect(DATE_PX, 0, 300, 20))
        top = viewport.top() - rect.top() - TOP_PX
        photos = {photo.photo_id: photo for photo in section.photos}
        for cell in layout.between(top - 30, top + viewport.height() + 30):
            well = QRect(cell.x, cell.y, layout.well_width, layout.well_height)
            photo = photos[cell.photo_id]
            why = self._why_empty(photo)
            self._thumbnail(painter, well, cell.photo_id, why)
            caption = QRect(well.left(), well.bottom() + 5, well.width(), 18)
            words = photo.displayed.name if why else view_name(photo.standard_view)
            self._words(painter, words, "caption", DESK.ink3, caption)
        self._files(painter, section, layout, rect.width() - DATE_PX - 2 * MARGIN_PX)
        painter.restore()

    def _files(self, painter: QPainter, section: Section, layout: SectionLayout, width: int) -> None:
        """Files kept with the visit that are no photos, as quiet rows."""
        files = section.attachments
        for line in range(file_lines(len(files))):
            y = layout.files_top + line * FILE_PX
            more = len(files) - MOST_FILES if line == MOST_FILES else 0
            words = f"and {counted(more, 'more file', 'more files')}" if more else file_words(files[line])
            icon = "copy" if more else icon_of(files[line])
            paint_icon(painter, icon, QRectF(DATE_PX, y + 3, 16, 16), DESK.ink3)
            self._words(painter, words, "caption", DESK.ink3, QRect(DATE_PX + 24, y, max(60, width - 24), 22))

    def _date(self, painter: QPainter, rect: QRect, row: int, section: Section) -> None:
        x, y = rect.left() + MARGIN_PX + AXIS_X_PX, rect.top() + TOP_PX + 13
        painter.setPen(QPen(QColor(_AXIS), 2))
        last = row == len(self._model.sections) - 1
        painter.drawLine(QPointF(x, y if row == 0 else rect.top()), QPointF(x, y if last else rect.bottom() + 1))
        if section.today:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(DESK.accent))
            painter.drawEllipse(QPointF(x, y), 7, 7)
        else:
            painter.setPen(QPen(QColor(DESK.ink2), 2))
            painter.setBrush(QColor(DESK.bg))
            painter.drawEllipse(QPointF(x, y), 6, 6)
        left, top = rect.left() + MARGIN_PX + TEXT_X_PX, rect.top() + TOP_PX
        wide = DATE_PX - TEXT_X_PX - 6
        self._words(painter, section.day_words, "day", DESK.ink, QRect(left, top, wide, 22))
        self._words(painter, section.year_words, "small", DESK.ink3, QRect(left, top + 22, wide, 18))
        line = top + 47
        if section.today:
            self._words(painter, "Today", "small", DESK.accent_ink, QRect(left, line, wide, 18))
            line += 18
        elif section.apart:
            self._words(painter, apart_words(section), "apart", DESK.ink2, QRect(left, line, APART_PX, 18))
            line += 18
        self._words(painter, section.visit.title, "small", DESK.ink2, QRect(left, line, wide, 18))
        line += 18 if section.visit.title else 0
        series = self._model.series.short_words(section.visit.visit_id)
        self._words(painter, f"Series {series}" if series else "", "small", DESK.ink3, QRect(left, line, wide, 18))

    def _title(self, painter: QPainter, section: Section, index: int, box: QRect) -> None:
        group = section.groups[index]
        metrics = QFontMetrics(self._fonts["group"])
        name = metrics.elidedText(group.name, Qt.TextElideMode.ElideRight, box.width() - 28)
        self._words(painter, name, "group", DESK.ink, box)
        after = box.adjusted(metrics.horizontalAdvance(name) + 8, 0, 0, 0)
        self._words(painter, str(len(group.photos)), "count", DESK.ink3, after)

    def _why_empty(self, photo: Photo) -> str:
        """Why there is no picture and will be none, or nothing."""
        if photo.facts.undecodable:
            return f"Cannot be shown, kept as it is. {photo.facts.undecodable}"
        if self._source.coming(photo.photo_id):
            return NOT_HERE_YET
        return "Cannot be read. Call your administrator." if self._source.missing(photo.photo_id) else ""

    def _thumbnail(self, painter: QPainter, well: QRect, photo_id: str, why_empty: str) -> None:
        pixmap = self._source.pixmap(photo_id)
        marked = photo_id in {self._model.before, self._model.after}
        if marked:
            ring = QRectF(well).adjusted(-3.5, -3.5, 3.5, 3.5)
            rounded(painter, ring.adjusted(-1.5, -1.5, 1.5, 1.5), 6, DESK.bg, _PLATE, 3)
        elif photo_id in self._model.selected or photo_id == self._model.focus:
            rounded(painter, QRectF(well).adjusted(-4, -4, 4, 4), 5, None, _PLATE, 2)
        if pixmap is None:
            rounded(painter, QRectF(well), 3, _WELL)
            if why_empty:
                icon = "clock" if why_empty == NOT_HERE_YET else "file-x"
                paint_icon(painter, icon, QRectF(well.center().x() - 11, well.top() + 12, 22, 22), DESK.ink2)
                painter.setFont(self._fonts["why"])
                painter.setPen(QColor(DESK.ink2))
                box = well.adjusted(8, 38, -8, -4)
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, why_empty)
        else:
            painter.drawPixmap(well, pixmap)
        if marked:
            plate = QRectF(well.left() + 6, well.top() + 6, 24, 24)
            rounded(painter, plate, 4, _PLATE)
            painter.setFont(self._fonts["plate"])
            painter.setPen(QColor("#FFFFFF"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, "A" if photo_id == self._model.before else "B")
            if photo_id == self._model.focus or photo_id in self._model.selected:
                painter.fillRect(QRect(well.left(), well.bottom() - 2, well.width(), 3), QColor("#FFFFFF"))
                painter.fillRect(QRect(well.left(), well.bottom() - 1, well.width(), 2), QColor(_PLATE))

    def _words(self, painter: QPainter, words: str, which: str, ink: str, box: QRect) -> None:
        chosen: QFont = self._fonts[which]
        painter.setFont(chosen)
        painter.setPen(QColor(ink))
        shown = QFontMetrics(chosen).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def apart_words(section: Section) -> str:
    """`12 weeks before`: this visit the next later one; `same day`, or nothing for the newest."""
    return f"{section.apart} before" if section.apart not in {"", "same day"} else section.apart


def icon_of(attachment: Attachment) -> str:
    """A code for a card that was photographed, film for what moves, else a file."""
    if attachment.original.media_type.startswith("video/"):
        return "film-strip"
    return "qr-code" if attachment.original.media_type.startswith("image/") else "file"
