"""Takes the pair of a page out as a picture: asks, proposes a file, and sends it through the one door."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from photodesk.compare import Measure
from photodesk.compare import Mode as Way
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.export import check_typed, comparison_name
from photodesk.ui.compare.export_dialog import ExportDialog
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.picture import Look, PairPicture, PictureLaying
from photodesk.ui.compare.row_picture import RowPicture
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.page import sentence

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage
    from photodesk.ui.compare.several import Several

_WAYS = {Mode.CURTAIN: Way.CURTAIN, Mode.OVERLAY: Way.OVERLAY, Mode.DIFFERENCE: Way.DIFFERENCE}
WARNING = "What is written there is outside PhotoDesk from then on."


def picture_of(model: CompareModel, patient_id: str, measures: tuple[Measure, ...]) -> PairPicture | None:
    """The pair as it is seen now."""
    a, b = model.frame(Side.A), model.frame(Side.B)
    if a is None or b is None:
        return None
    laying = PictureLaying(light=model.light)
    if model.aligned and model.laying is not None:
        known = model.laying
        laying = PictureLaying(known.by, known.matrix, known.points, known.bent, model.light)
    return PairPicture(patient_id, (a.photo, b.photo), (a.visit.day, b.visit.day), laying, measures)


def row_of(several: Several, patient_id: str) -> RowPicture | None:
    """Three photos or more as they are seen now."""
    frames = [several.frame(photo_id) for photo_id in several.ids]
    known = [frame for frame in frames if frame is not None]
    if len(known) < len(frames):
        return None
    layings = [several.laid(photo_id) for photo_id in several.ids]
    matrices = [None if laying is None else laying.matrix for laying in layings]
    return RowPicture.of(patient_id, [frame.photo for frame in known], [frame.visit.day for frame in known], matrices)


def look_of(model: CompareModel) -> Look:
    """The way the pair is seen now, as far as a picture can show it."""
    share = model.opacity if model.mode is Mode.OVERLAY else model.curtain
    return Look(_WAYS.get(model.mode, Way.SIDE_BY_SIDE), share=share)


class Exporting:
    """One page's way out."""

    def __init__(self, page: ComparePage, patient_id: str) -> None:
        self._page, self._patient_id = page, patient_id
        self.dialog: ExportDialog | None = None
        self.paths: PathDialog | None = None

    def open(self) -> None:
        """Ask what leaves, if the person's role lets anything leave."""
        page, model = self._page, self._page.model
        several = page.several if page.several.active else None
        picture: PairPicture | None = (
            row_of(several, self._patient_id)
            if several is not None
            else picture_of(model, self._patient_id, page.measuring.known)
        )
        if picture is None:
            return
        if not page.context.desk.may(Right.EXPORT):
            self._say("Your role does not export photos. Ask a clinician.")
            return
        ways = [way for way in Way if way is not Way.DIFFERENCE or model.aligned]
        if several is not None:
            ways = [Way.SIDE_BY_SIDE]

        def chosen(look: Look, kind: str, purpose: str, recipient: str) -> None:
            self._choose_file(picture, look, kind, (purpose, recipient))

        has_marks = any(page.marks.marks.model.of(photo.photo_id) for photo in picture.photos)
        self.dialog = ExportDialog(page.window(), look_of(model), ways, has_marks=has_marks, chosen=chosen)
        self.dialog.offer_comparability(several is None)
        self.dialog.open()

    def _choose_file(self, picture: PairPicture, look: Look, kind: str, why: tuple[str, str]) -> None:
        name = comparison_name(picture.photos[-1], picture.days[-1].year, kind)

        def chosen(path: Path) -> None:
            self._write(picture, look, path.with_suffix(f".{kind}"), why)

        self.paths = PathDialog(self._page.window(), "Export to", "Export", chosen, name=name, warning=WARNING)
        self.paths.open()

    def _write(self, picture: PairPicture, look: Look, path: Path, why: tuple[str, str]) -> None:
        desk, timeline = self._page.context.desk, self._page.model.timeline
        patient = timeline.patient if timeline is not None else None

        def work() -> Path:
            if patient is not None:
                check_typed(path.stem, (patient.family, patient.given, patient.mrn))
            if path.exists():
                raise Fixable("file_exists", "There is a file of that name already.", "Choose another name.")
            return picture.write(desk, path, look, *why)

        self._page.context.tasks.long(
            lambda _report, _cancel: work(),
            lambda _path: self._say("Exported. It is in the activity log."),
            lambda failure: self._say(sentence(failure)),
        )

    def _say(self, words: str) -> None:
        self._page.context.navigate.say(words)
