"""Measures how comparable the pair is, once the hand rests; answers for an earlier pair are dropped."""

from __future__ import annotations

import simplejpeg

from photodesk.compare import Measure, measure
from photodesk.compare import Side as MeasuredSide
from photodesk.ui.compare.loading import PhotoLoader
from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.side_panel import SidePanel
from photodesk.ui.page import Request, TaskRunner

LEAST_PX = 1024
"""Sharpness is compared at this size."""


class Measuring:
    """Fills the side panel. `known` is what was measured of the pair that is shown; empty until then."""

    def __init__(self, model: CompareModel, loader: PhotoLoader, tasks: TaskRunner, panel: SidePanel) -> None:
        self._model, self._loader, self._tasks, self._panel = model, loader, tasks, panel
        self._done_for: object = None
        self._asked: Request | None = None
        self.known: tuple[Measure, ...] = ()
        panel.destroyed.connect(lambda _panel: self.drop())

    def drop(self) -> None:
        """Nobody waits for the answer any more: another pair is shown, or the page is gone."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def measure(self) -> None:
        """Say what is known of the pair and ask for the rest: once a pair, again when it is known how it lies."""
        pair, laying = self._model.pair(), self._model.laying
        matrix = laying.matrix if laying is not None else None
        if (pair, matrix) == self._done_for:
            return
        self.drop()
        self._done_for, self.known = (pair, matrix), ()
        self._panel.refresh()
        frames = [self._model.frame(side) for side in Side]
        both = [
            (jpeg, frame)
            for jpeg, frame in zip(map(self._loader.rendition, pair), frames, strict=True)
            if jpeg is not None and frame is not None
        ]
        if len(both) < 2:
            self._panel.show_measures(())
            return

        def work() -> tuple[Measure, ...]:
            a, b = (
                MeasuredSide(
                    simplejpeg.decode_jpeg(jpeg, "RGB", min_width=LEAST_PX, min_height=LEAST_PX),
                    frame.photo.facts,
                    frame.visit.day,
                )
                for jpeg, frame in both
            )
            return measure(a, b, matrix)

        def done(measures: tuple[Measure, ...]) -> None:
            if self._done_for == (pair, matrix):
                self.known = measures
                self._panel.show_measures(measures)

        self._asked = self._tasks.decode(work, done, lambda _failure: self._panel.show_measures(()))
