"""What is made from a chart and can be made again: renditions and the photo index, compared with it and put right."""

from __future__ import annotations

from collections.abc import Sequence

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.photos import Photo, Rendition
from photodesk.progress import Cancel
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.chart import Chart
from photodesk.store.chart_pieces import PICTURES
from photodesk.store.findings import Findings
from photodesk.store.original_parts import digest_of
from photodesk.store.photo_index import damaged


class DerivedCheck:
    """Checks one chart after the other and notes what it finds."""

    def __init__(self, catalog: Catalog, change: Change, findings: Findings) -> None:
        self._index = catalog.index
        self._change = change
        self._findings = findings
        marks = self._index.marks if self._index is not None else None
        self._marked = frozenset((*marks.left(), *marks.failed)) if marks is not None else frozenset()

    def check_renditions(self, chart: Chart, photos: Sequence[Photo], cancel: Cancel) -> None:
        """Each picture made from a photo, by its SHA-256."""
        away = {(one.owner_id, one.kind) for one in chart.pieces(originals=False) if one.away}
        for photo in photos:
            cancel.check()
            hashes = {
                name: sha256
                for name, sha256 in chart.rendition_hashes(photo.photo_id).items()
                if (photo.photo_id, PICTURES[Rendition(name)]) not in away
            }
            if not all(_is_sound(chart, photo.photo_id, Rendition(name), hashes[name]) for name in hashes):
                self._findings.add(
                    "rendition_damaged",
                    f"A picture made from photo {photo.photo_id} is damaged or missing.",
                    chart_id=chart.chart_id,
                    photo_id=photo.photo_id,
                    repaired=self._findings.repair and self._rebuilt(chart, photo),
                )

    def _rebuilt(self, chart: Chart, photo: Photo) -> bool:
        if self._findings.rebuild is None:
            return False
        try:
            made = self._findings.rebuild(chart.original_bytes(photo.displayed.original_id))
            if made:
                chart.set_renditions(self._change, photo.photo_id, made)
        except PhotoDeskError:
            return False  # reported by the caller as not repaired
        return bool(made)

    def check_index(self, chart: Chart, photos: Sequence[Photo]) -> None:
        """Whether the photo index says what this chart says."""
        index = self._index
        if index is None or self._findings.index_damaged:
            return
        try:
            differs = index.differs(chart.patient_id, photos)
        except Damaged:
            self._findings.index_damaged = True
            damage = damaged()
            self._findings.add(damage.code, damage.message)
            return
        same = not differs or self._findings.mend(
            "index_differs",
            f"The photo index says something else than chart {chart.chart_id}.",
            lambda: index.replace_patient(chart.patient_id, photos),
            chart_id=chart.chart_id,
            at_once=chart.patient_id in self._marked,
        )
        if same and index.marks is not None:
            index.marks.healed(chart.patient_id)


def _is_sound(chart: Chart, photo_id: str, kind: Rendition, sha256: str) -> bool:
    try:
        return digest_of([chart.renditions([photo_id], kind).get(photo_id, b"")]) == sha256
    except Damaged:
        return False
