"""Comparisons that are kept: taken down as they are seen, and put back on the screen exactly so. Marks stay with
their photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photodesk.compare import LinkedView
from photodesk.compare.light_match import LightMatch, Source
from photodesk.desk.roles import Right
from photodesk.photos.comparison import MOST_NAME, Comparison, KeptLight, Laid, LaidBy, SeenPart
from photodesk.ui.compare.kept_changes import KeptChanges
from photodesk.ui.compare.kept_dialog import KeptDialog
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import SURROUND_WORDS, CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.page import sentence
from photodesk.ui.words import day_words

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage
    from photodesk.ui.compare.several import Several


def taken_down(model: CompareModel, name: str, comparison_id: str = "") -> Comparison:
    """What is seen now, under a name."""
    laying = model.laying or Laying(LaidBy.NOBODY, None)
    a, b = model.pair()
    laid = Laid(b, laying.by, laying.matrix, laying.confidence, laying.landmarks, laying.bent)
    parts = tuple(
        SeenPart(view.zoom, view.centre_x, view.centre_y, view.turn_degrees) for view in map(model.view, Side)
    )
    overlay = model.mode is Mode.OVERLAY
    return Comparison(
        comparison_id,
        name,
        (Laid(a), laid),
        model.mode.value,
        parts,
        model.opacity if overlay else model.curtain,
        light_matched=model.light is not None,
        divider_degrees=model.curtain_degrees,
        as_taken=model.originals,
        light=_kept_light(model.light),
        surround=SURROUND_WORDS[model.surround],
    )


def all_taken_down(several: Several, name: str) -> Comparison:
    """The same of three photos or more: how each lies on the first, and what of it is seen."""
    first, *others = several.ids
    laid = [Laid(first)]
    for photo_id in others:
        laying = several.laying.of((first, photo_id)) or Laying(LaidBy.NOBODY, None)
        laid.append(Laid(photo_id, laying.by, laying.matrix, laying.confidence, laying.landmarks, laying.bent))
    views = [several.views.get(photo_id, LinkedView()) for photo_id in several.ids]
    parts = tuple(SeenPart(view.zoom, view.centre_x, view.centre_y, view.turn_degrees) for view in views)
    return Comparison(
        "",
        name,
        tuple(laid),
        Mode.SIDE_BY_SIDE.value,
        parts,
        as_taken=several.originals,
        surround=SURROUND_WORDS[several.page.model.surround],
    )


def _kept_light(match: LightMatch | None) -> KeptLight | None:
    return None if match is None else KeptLight(match.source.value, match.gains, match.clipped)


def light_of(kept: Comparison) -> LightMatch | None:
    """How light was matched; None where that was not, or is not known (kept by an earlier version)."""
    light = kept.light
    if light is None or light.by not in set(Source):
        return None
    return LightMatch(light.gains, Source(light.by), light.clipped)


def laying_of(laid: Laid) -> Laying | None:
    """How B was laid; None where nobody had looked yet."""
    if laid.by is LaidBy.NOBODY and not laid.confidence:
        return None
    return Laying(laid.by, laid.matrix, laid.confidence, laid.landmarks, bent=laid.bent)


def put_back(model: CompareModel, kept: Comparison) -> None:
    """What the panes show, as it was: all but the pair and how it lies."""
    mode = Mode(kept.mode) if kept.mode in set(Mode) else Mode.SIDE_BY_SIDE
    model.originals = kept.as_taken
    if mode is Mode.OVERLAY:
        model.opacity = kept.divider
    else:
        model.curtain = kept.divider
    model.curtain_degrees = kept.divider_degrees
    for side, view in zip(Side, views_of(kept), strict=False):
        model.show(side, view, alone=True)


def views_of(kept: Comparison) -> list[LinkedView]:
    """What each pane showed; panes that were moved apart may show more than their photo."""
    apart = len(set(kept.parts)) > 1
    return [
        LinkedView(part.zoom, part.centre_x, part.centre_y, part.turn_degrees, free=apart and at > 0)
        for at, part in enumerate(kept.parts)
    ]


def lay_all(several: Several, kept: Comparison) -> None:
    """How each of three photos or more lies on the first."""
    first = kept.photo_ids[0]
    for laid in kept.laid[1:]:
        laying = laying_of(laid)
        if laying is not None:
            several.laying.lay((first, laid.photo_id), laying)
    several.originals = kept.as_taken


def all_put_back(several: Several, kept: Comparison) -> None:
    """Three photos or more, as they were seen."""
    lay_all(several, kept)
    several.take(kept.photo_ids)
    several.views = dict(zip(kept.photo_ids, views_of(kept), strict=False))
    several.refresh()


class Keeping:
    """Keeps the comparison of a page, and lists what is kept of its patient."""

    def __init__(self, page: ComparePage, patient_id: str) -> None:
        self._page, self._patient_id = page, patient_id
        self._desk, self._tasks = page.context.desk, page.context.tasks
        self._changes = KeptChanges(page.context, patient_id)
        self._waiting: Comparison | None = None
        self.dialog: KeptDialog | None = None

    def open(self) -> None:
        """Ask for the name, and list what is kept already."""
        if not self._page.model.ready:
            return
        if not self._desk.may(Right.EDIT_CHART):
            self._say("Your role does not keep comparisons. Ask a clinician.")
            return
        self._tasks.store(lambda: self._desk.layers.comparisons(self._patient_id), self._listed, self._failed)

    def _listed(self, kept: tuple[Comparison, ...]) -> None:
        dialog = self.dialog = KeptDialog(self._page.window(), self._proposal(), kept, self._page.model.today)
        dialog.keep_asked.connect(self.keep)
        dialog.open_asked.connect(self.reopen)
        dialog.rename_asked.connect(lambda asked: self._changes.keep(*asked))
        dialog.remove_asked.connect(self._changes.remove)
        dialog.open()

    def _proposal(self) -> str:
        """`Left forearm, close-up, 28 Aug 2026 to 20 Nov 2026`."""
        model, several = self._page.model, self._page.several
        ends = (several.ids[0], several.ids[-1]) if several.active else model.pair()
        frames = [model.frame_of(photo_id) for photo_id in ends]
        days = " to ".join(day_words(frame.visit.day) for frame in frames if frame is not None)
        return f"{model.subject()}, {days}"[:MOST_NAME]

    def keep(self, name: str) -> None:
        """Keep what is seen."""
        page = self._page
        made = all_taken_down(page.several, name) if page.several.active else taken_down(page.model, name)
        self._changes.keep(made, "Kept.")

    def reopen_once_read(self, kept: Comparison) -> None:
        """The page opens for this one."""
        self._waiting = kept

    def put_back(self) -> bool:
        """The chart is read: show the one that waits, if one does; whether it is shown."""
        kept, self._waiting = self._waiting, None
        return kept is not None and self.reopen(kept)

    def reopen(self, kept: Comparison) -> bool:
        """Show it as it was, and whether it is; its photos are logged like every other."""
        page, model = self._page, self._page.model
        timeline = model.timeline
        here = {photo.photo_id for each in timeline.visits for photo in each.photos} if timeline is not None else set()
        if not set(kept.photo_ids) <= here:
            self._say("A photo of this comparison is not in the chart any more.")
            return False
        if kept.surround in SURROUND_WORDS:
            model.surround = SURROUND_WORDS.index(kept.surround)
            page.acts.show_surround()
        if len(kept.laid) > 2:
            page.acts.set_mode(Mode.SIDE_BY_SIDE)
            all_put_back(page.several, kept)
        else:
            self.reopen_pair(kept)
        return True

    def reopen_pair(self, kept: Comparison) -> None:
        """The two photos of it, which are in the chart."""
        page, model = self._page, self._page.model
        a, b = kept.laid
        if page.several.ids:
            page.several.take((a.photo_id, b.photo_id))
        model.set(Side.A, a.photo_id)
        model.set(Side.B, b.photo_id)
        laying = laying_of(b)
        if laying is not None:
            page.laying.lay(model.pair(), laying)
        page.tools.light.put_back(model.pair(), light_of(kept), again=kept.light_matched)
        put_back(model, kept)
        page.show_pair()
        put_back(model, kept)  # aligned panes share a view as soon as they are known to lie: what was seen stays
        page.acts.set_mode(Mode(kept.mode) if kept.mode in set(Mode) else Mode.SIDE_BY_SIDE)

    def _say(self, *words: object) -> None:
        self._page.context.navigate.say(*words)  # type: ignore[arg-type]

    def _failed(self, failure: BaseException) -> None:
        self._say(sentence(failure))
