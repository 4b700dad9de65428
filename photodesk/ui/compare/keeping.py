"""Comparisons that are kept: taken down as they are seen, and put back on the screen exactly so. Marks stay with
their photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photodesk.compare import LinkedView
from photodesk.desk.roles import Right
from photodesk.photos.comparison import MOST_NAME, Comparison, Laid, LaidBy, SeenPart
from photodesk.ui.compare.kept_dialog import KeptDialog
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.page import sentence
from photodesk.ui.words import day_words

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage


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
        light_matched=getattr(model, "light", None) is not None,
        divider_degrees=model.curtain_degrees,
        as_taken=model.originals,
    )


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
    apart = len(set(kept.parts)) > 1
    for side, part in zip(Side, kept.parts, strict=False):
        free = apart and side is Side.B
        view = LinkedView(part.zoom, part.centre_x, part.centre_y, part.turn_degrees, free)
        model.show(side, view, alone=True)


class Keeping:
    """Keeps the comparison of a page, and lists what is kept of its patient."""

    def __init__(self, page: ComparePage, patient_id: str) -> None:
        self._page, self._patient_id = page, patient_id
        self._desk, self._tasks = page.context.desk, page.context.tasks
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
        dialog.rename_asked.connect(lambda asked: self._keep_again(*asked))
        dialog.remove_asked.connect(self.remove)
        dialog.open()

    def _proposal(self) -> str:
        """`Left forearm, close-up, 28 Aug 2026 to 20 Nov 2026`."""
        model = self._page.model
        frames = (model.frame(Side.A), model.frame(Side.B))
        days = " to ".join(day_words(frame.visit.day) for frame in frames if frame is not None)
        return f"{model.subject()}, {days}"[:MOST_NAME]

    def keep(self, name: str) -> None:
        """Keep what is seen."""
        made = taken_down(self._page.model, name)
        keep = self._desk.layers.keep
        self._tasks.store(lambda: keep(self._patient_id, made), lambda _kept: self._say("Kept."), self._failed)

    def _keep_again(self, kept: Comparison, said: str) -> None:
        keep = self._desk.layers.keep
        self._tasks.store(lambda: keep(self._patient_id, kept), lambda _kept: self._say(said), self._failed)

    def remove(self, kept: Comparison) -> None:
        """Keep it no longer; for a moment it can be had back."""
        drop = self._desk.layers.drop_comparison

        def gone(_none: None) -> None:
            self._say("No longer kept.", "Undo", lambda: self._keep_again(kept, "Kept again."))

        self._tasks.store(lambda: drop(self._patient_id, kept.comparison_id), gone, self._failed)

    def reopen(self, kept: Comparison) -> None:
        """Show it as it was; the pair is logged like every other."""
        page, model = self._page, self._page.model
        a, b = kept.laid[0], kept.laid[1]
        timeline = model.timeline
        here = {photo.photo_id for each in timeline.visits for photo in each.photos} if timeline is not None else set()
        if not {a.photo_id, b.photo_id} <= here:
            self._say("A photo of this comparison is not in the chart any more.")
            return
        if page.several.ids:
            page.several.take((a.photo_id, b.photo_id))
        model.set(Side.A, a.photo_id)
        model.set(Side.B, b.photo_id)
        laying = laying_of(b)
        if laying is not None:
            page.laying.lay(model.pair(), laying)
        put_back(model, kept)
        page.show_pair()
        put_back(model, kept)  # aligned panes share a view as soon as they are known to lie: what was seen stays
        page.acts.set_mode(Mode(kept.mode) if kept.mode in set(Mode) else Mode.SIDE_BY_SIDE)
        if kept.light_matched and getattr(model, "light", None) is None:
            self._say("Colour and light were matched when it was kept. K matches them again.")

    def _say(self, *words: object) -> None:
        self._page.context.navigate.say(*words)  # type: ignore[arg-type]

    def _failed(self, failure: BaseException) -> None:
        self._say(sentence(failure))
