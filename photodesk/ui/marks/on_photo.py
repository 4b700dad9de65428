"""Marks on the full-size page of one photo."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from photodesk.photos import PhotoFacts
from photodesk.ui.compare.loading import PhotoLoader
from photodesk.ui.compare.photo_canvas import PhotoCanvas
from photodesk.ui.marks.attached import Marks
from photodesk.ui.marks.layer import Seen
from photodesk.ui.page import PageContext
from photodesk.ui.photo.model import PhotoModel


def marks_on_photo(
    page: QWidget,
    context: PageContext,
    patient_id: str,
    model: PhotoModel,
    canvas: PhotoCanvas,
    loader: PhotoLoader,
) -> Marks:
    """The marks of the photo that the canvas shows."""

    def facts(photo_id: str) -> PhotoFacts | None:
        shown = model.mark
        return shown.photo.facts if shown is not None and shown.photo.photo_id == photo_id else None

    return Marks(
        page, context, patient_id, ((canvas, canvas.item, lambda: Seen(model.photo_id)),), loader.rendition, facts
    )
