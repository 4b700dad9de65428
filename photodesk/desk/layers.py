"""What the signed-in person lays over photos, and the comparisons kept: every edit is an entry and an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from photodesk import ids
from photodesk.desk.actor import Actor
from photodesk.desk.layer_history import LayerChange, layer_changes
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.photos.comparison import Comparison
from photodesk.photos.marks import NO_EXTENT, Lesion, Mark, Point, Scale, Size, has_extent, inside, outside_words
from photodesk.store.change import Change
from photodesk.store.chart import Chart
from photodesk.store.charts import Charts


@dataclass(frozen=True)
class Layers:
    """What lies over some photos; `scales` by photo id."""

    marks: tuple[Mark, ...]
    scales: dict[str, Scale]
    lesions: tuple[Lesion, ...]


class LayerDesk:
    """Draws, changes and takes away. Asked for the same twice, it changes and logs nothing the second time."""

    def __init__(self, actor: Actor, charts: Charts) -> None:
        self._actor = actor
        self._charts = charts

    def of(self, patient_id: str, photo_ids: Iterable[str] = ()) -> Layers:
        """The layers of these photos, of everything of the person without ids."""
        self._actor.require(Right.SEE_CHART)
        charts, wanted = self._charts.of_person(patient_id), tuple(photo_ids)
        marks = tuple(mark for chart in charts for mark in chart.marks(wanted))
        scales = {photo_id: scale for chart in charts for photo_id, scale in chart.scales().items()}
        return Layers(marks, scales, lesions_of(charts))

    def history(self, patient_id: str, photo_id: str) -> tuple[LayerChange, ...]:
        """Who drew what over a photo, the earliest first. Fixable `photo_unknown`."""
        self._actor.require(Right.SEE_CHART)
        chart = self._charts.holding(patient_id, photo_id)
        chart.photo(photo_id)
        return layer_changes(chart.layer_operations(photo_id))

    def draw(self, patient_id: str, mark: Mark) -> None:
        """Draw a mark, or change the one of this id.

        Fixable `photo_unknown`, `lesion_unknown`, `mark_outside`, `mark_without_extent`.
        """
        chart = self._chart(patient_id, mark.photo_id)
        _require_fit(chart, mark)
        if mark.lesion_id:
            self._followed_in(chart, patient_id, mark.lesion_id)
        if mark not in chart.marks([mark.photo_id]):
            self._edit(chart, mark.photo_id, {"mark": mark.mark_id}, lambda: chart.put_mark(self._why(), mark))

    def require_fit(self, patient_id: str, mark: Mark) -> None:
        """What `draw` would refuse a mark for: Fixable `photo_unknown`, `mark_outside`, `mark_without_extent`."""
        _require_fit(self._chart(patient_id, mark.photo_id), mark)

    def take_away(self, patient_id: str, mark: Mark) -> None:
        """Take a mark away."""
        chart = self._chart(patient_id, mark.photo_id)
        if any(one.mark_id == mark.mark_id for one in chart.marks([mark.photo_id])):
            details = {"mark": mark.mark_id, "change": "taken away"}
            self._edit(chart, mark.photo_id, details, lambda: chart.drop_mark(self._why(), mark.mark_id))

    def set_scale(self, patient_id: str, photo_id: str, scale: Scale | None) -> None:
        """Give a photo its scale, or take it away. Fixable `photo_unknown`, `mark_outside`."""
        chart = self._chart(patient_id, photo_id)
        now = chart.scales().get(photo_id)
        if scale == now:
            return
        if scale is not None:
            _require_inside(chart, photo_id, scale.points)
        if scale is None:
            self._edit(chart, photo_id, {"scale": "none"}, lambda: chart.drop_scale(self._why(), photo_id))
        else:
            kept = replace(scale, photo_id=photo_id)
            details = {"scale": scale.source.name.lower()}
            self._edit(chart, photo_id, details, lambda: chart.put_scale(self._why(), kept))

    def follow(self, patient_id: str, name: str, body_site: str = "", lesion_id: str = "") -> Lesion:
        """Follow a lesion over visits, or name one anew. Fixable `lesion_unnamed`, `lesion_named_alike`."""
        self._actor.require(Right.EDIT_CHART)
        charts = self._charts.of_person(patient_id)
        tidy = " ".join(name.split())
        if not tidy:
            raise Fixable("lesion_unnamed", "The lesion needs a name.", "Type one, such as L1 left forearm.")
        if any(one.name == tidy and one.lesion_id != lesion_id for one in lesions_of(charts)):
            raise Fixable("lesion_named_alike", "Another lesion of this chart has that name.", "Choose another name.")
        lesion = Lesion(lesion_id or ids.random_id(), tidy, body_site)
        known = [chart for chart in charts if any(one.lesion_id == lesion_id for one in chart.lesions())]
        for chart in known or [self._charts.main(patient_id)]:
            self._put_lesion(chart, lesion)
        return lesion

    # -- comparisons that are kept --------------------------------------------------------------------------------

    def comparisons(self, patient_id: str) -> tuple[Comparison, ...]:
        """Newest first; each tells how many of its photos the chart does not list now."""
        self._actor.require(Right.SEE_CHART)
        charts = self._charts.of_person(patient_id)
        kept = sorted((one for chart in charts for one in chart.comparisons()), key=lambda one: -one.made_at_ms)
        here = {photo.photo_id for chart in charts for photo in chart.photos()} if kept else set()
        return tuple(replace(one, away=len(set(one.photo_ids) - here)) for one in kept)

    def keep(self, patient_id: str, comparison: Comparison) -> Comparison:
        """Keep a comparison under its name, new or in place of the one with its id. Fixable `photo_unknown`."""
        for photo_id in comparison.photo_ids:
            self._chart(patient_id, photo_id)
        chart = self._chart_of(patient_id, comparison.comparison_id)
        kept = replace(
            comparison,
            comparison_id=comparison.comparison_id or ids.random_id(),
            made_by=self._actor.person_id,
            made_at_ms=self._actor.clock.wall_ms(),
        )
        details = {"comparison": kept.comparison_id}
        self._edit(chart, kept.photo_ids, details, lambda: chart.put_comparison(self._why(), kept))
        return kept

    def drop_comparison(self, patient_id: str, comparison_id: str) -> None:
        """Keep a comparison no longer."""
        chart = self._chart_of(patient_id, comparison_id)
        details = {"comparison": comparison_id, "change": "taken away"}
        self._edit(chart, "", details, lambda: chart.drop_comparison(self._why(), comparison_id))

    def _chart(self, patient_id: str, photo_id: str) -> Chart:
        """The chart that holds a photo; Fixable `photo_unknown`."""
        self._actor.require(Right.EDIT_CHART)
        chart = self._charts.holding(patient_id, photo_id)
        chart.photo(photo_id)
        return chart

    def _chart_of(self, patient_id: str, comparison_id: str) -> Chart:
        """The chart that keeps a comparison; where none does, the main one."""
        self._actor.require(Right.EDIT_CHART)
        charts = self._charts.of_person(patient_id)
        kept_in = (chart for chart in charts if any(one.comparison_id == comparison_id for one in chart.comparisons()))
        return next(kept_in, None) or self._charts.main(patient_id)

    def _followed_in(self, chart: Chart, patient_id: str, lesion_id: str) -> None:
        """The lesion that a mark belongs to, in the mark's own chart: one of a person's other chart is followed there
        too, under the same id. Fixable `lesion_unknown`.
        """
        lesion = next(
            (one for one in lesions_of(self._charts.of_person(patient_id)) if one.lesion_id == lesion_id), None
        )
        if lesion is None:
            raise Fixable("lesion_unknown", "This lesion is not followed in this chart.", "Choose it again.")
        if all(one.lesion_id != lesion_id for one in chart.lesions()):
            self._put_lesion(chart, lesion)

    def _put_lesion(self, chart: Chart, lesion: Lesion) -> None:
        if lesion not in chart.lesions():
            self._edit(chart, "", {"lesion": lesion.lesion_id}, lambda: chart.put_lesion(self._why(), lesion))

    def _why(self) -> Change:
        return self._actor.change("drawn on the photo")

    def _edit(
        self, chart: Chart, photos: str | tuple[str, ...], details: dict[str, str], write: Callable[[], bool]
    ) -> None:
        photo_ids = (photos,) if isinstance(photos, str) and photos else tuple(photos)
        entry = self._actor.entry(Action.EDIT, chart.patient_id, photo_ids=photo_ids, details=details)
        with self._actor.logged(entry):
            write()


def _require_fit(chart: Chart, mark: Mark) -> None:
    """What is drawn now lies on the photo; what stood there, wherever it came from, may stand there again."""
    try:
        if not has_extent(mark):
            raise Fixable("mark_without_extent", NO_EXTENT, "Draw it from one place to another.")
        _require_inside(chart, mark.photo_id, mark.points)
    except Fixable:
        drawn = [operation.edit.fields.get("points", ()) for operation in chart.operations_of([mark.mark_id])]
        if mark.points not in [tuple((x, y) for x, y in points) for points in drawn]:
            raise


def _require_inside(chart: Chart, photo_id: str, points: Sequence[Point]) -> None:
    facts = chart.photo(photo_id).facts
    size: Size = (facts.width_px, facts.height_px)
    if not all(inside(point, size) for point in points):
        raise Fixable("mark_outside", outside_words(size), "Give points that lie on the photo.")


def lesions_of(charts: Sequence[Chart]) -> tuple[Lesion, ...]:
    """What is followed in any of a person's charts, each lesion once, by name."""
    found: dict[str, Lesion] = {}
    for chart in charts:
        for lesion in chart.lesions():
            found.setdefault(lesion.lesion_id, lesion)
    return tuple(sorted(found.values(), key=lambda one: one.name))
