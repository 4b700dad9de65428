"""Layers in memory that write down every edit; `broken` refuses like a full log."""

from __future__ import annotations

from dataclasses import replace

from photodesk import ids
from photodesk.desk.layers import Layers
from photodesk.errors import Fixable
from photodesk.photos.comparison import Comparison
from photodesk.photos.marks import Lesion, Mark, Scale


class PretendLayers:
    """What `session.layers` does for marks."""

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}
        self.scales: dict[str, Scale] = {}
        self.lesions: list[Lesion] = []
        self.entries: list[tuple[str, str]] = []
        self.broken = False
        self.kept: dict[str, Comparison] = {}

    def comparisons(self, _patient_id: str) -> tuple[Comparison, ...]:
        return tuple(self.kept.values())

    def keep(self, _patient_id: str, comparison: Comparison) -> Comparison:
        made = replace(comparison, comparison_id=comparison.comparison_id or ids.random_id(), made_at_ms=1)
        self._write("keep", made.comparison_id)
        self.kept[made.comparison_id] = made
        return made

    def drop_comparison(self, _patient_id: str, comparison_id: str) -> None:
        self._write("drop", comparison_id)
        del self.kept[comparison_id]

    def of(self, _patient_id: str) -> Layers:
        return Layers(tuple(self.marks.values()), dict(self.scales), tuple(self.lesions))

    def _write(self, what: str, which: str) -> None:
        if self.broken:
            raise Fixable("log_not_writable", "The activity log cannot be written.", "Free some space.")
        self.entries.append((what, which))

    def draw(self, _patient_id: str, mark: Mark) -> None:
        self._write("draw", mark.mark_id)
        self.marks[mark.mark_id] = mark

    def take_away(self, _patient_id: str, mark: Mark) -> None:
        self._write("take away", mark.mark_id)
        del self.marks[mark.mark_id]

    def set_scale(self, _patient_id: str, photo_id: str, scale: Scale | None) -> None:
        self._write("scale", photo_id)
        if scale is None:
            self.scales.pop(photo_id, None)
        else:
            self.scales[photo_id] = replace(scale, photo_id=photo_id)

    def follow(self, _patient_id: str, name: str, body_site: str = "", lesion_id: str = "") -> Lesion:
        lesion = Lesion(lesion_id or ids.random_id(), name, body_site)
        self._write("follow", lesion.lesion_id)
        self.lesions.append(lesion)
        return lesion
