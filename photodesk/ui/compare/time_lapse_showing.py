"""Plays and shows the frames of a time-lapse: words and picture change together, and playing waits for every frame."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from photodesk.compare import LinkedView
from photodesk.ui.compare.time_lapse_frames import LapseFrame, LapseFrames
from photodesk.ui.compare.time_lapse_model import RATES_HZ, LapseModel
from photodesk.ui.compare.time_lapse_view import LapseBand, LapseView
from photodesk.ui.timeline.sections import unshown_words

AHEAD, REST_MS = 4, 150


class LapseShowing(QObject):
    """`missing` says why a frame has no picture, "" once one has. Nothing moves unless `active`."""

    missing = Signal(object)

    def __init__(self, frames: LapseFrames, parent: QObject) -> None:
        super().__init__(parent)
        self.model, self.frames = LapseModel(), frames
        self.view, self.band = LapseView(self.model), LapseBand(self.model)
        self.active = False
        self.shown: LapseFrame | None = None
        self.look = LinkedView()
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self._advance)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.rested)
        frames.ready.connect(self._ready)
        frames.failed.connect(lambda _failure: self.pause())
        self.view.canvas.moved.connect(lambda moved: self.moved(moved[0]))

    def begin(self) -> None:
        """Another series: its first frame, whole."""
        self.shown = None
        self.look = LinkedView()
        self.view.canvas.show_image(None, self.view.canvas.photo())
        self.frames.read_ahead(tuple(frame.photo_id for frame in self.model.frames[1 : AHEAD + 1]))

    def drop(self) -> None:
        """Let go of every pixel."""
        self.pause()
        self._rest.stop()
        self.frames.drop()
        self.shown, self.model.seen = None, -1
        self.view.canvas.show_image(None, self.view.canvas.photo())

    # -- what a person does ---------------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """The visit before or after; playing stops."""
        self.go(self.model.index + by)

    def go(self, index: int) -> None:
        """See another visit; playing stops."""
        self.pause()
        if self.model.go(index):
            self.bring()

    def toggle_playing(self) -> None:
        """Play from here, or stop."""
        if self.model.playing:
            self.pause()
        elif len(self.model.frames) > 1:
            self.model.playing = True
            self._advance()

    def pause(self) -> None:
        """Stop where it is."""
        self._tick.stop()
        if self.model.playing:
            self.model.playing = False
            self.model.index = max(0, self.model.seen)  # what was on its way is not waited for
            self.refresh()

    def faster(self, by: int) -> None:
        """The next speed up or down."""
        self.model.faster(by)
        self.refresh()

    def next_speed(self) -> None:
        """The next speed, from the fastest back to the slowest."""
        self.faster(-len(RATES_HZ) if self.model.rate_hz == RATES_HZ[-1] else 1)

    def toggle_originals(self) -> None:
        """All as taken, or laid on the first."""
        self.model.originals = not self.model.originals
        self.bring()

    def fit(self) -> None:
        """The whole photo."""
        self.moved(LinkedView())

    def moved(self, look: object) -> None:
        """Zoomed or panned by hand."""
        if isinstance(look, LinkedView):
            self.look = look
            self.view.canvas.show_view(look)
            self.refresh()
            self._rest.start()

    # -- showing --------------------------------------------------------------------------------------------------

    def bring(self) -> None:
        """Ask for the frame that is to be seen."""
        frame, first = self.model.wanted, self.model.first
        if frame is not None and first is not None:
            self.frames.want(frame, first, self._least_px(), as_taken=self.model.originals)
            self.refresh()

    def _ready(self, frame: LapseFrame) -> None:
        if frame.laying is not None:
            self.model.laid[frame.photo_id] = frame.laying
        wanted = self.model.wanted
        if (
            not self.active
            or wanted is None
            or (wanted.photo_id, self.model.originals)
            != (
                frame.photo_id,
                frame.as_taken,
            )
        ):
            return
        self.shown, self.model.seen = frame, self.model.index
        canvas = self.view.canvas
        canvas.show_image(frame.image if not frame.image.isNull() else None, frame.size, frame.smaller)
        canvas.show_view(self.look)
        why = f"{self.model.day_words()}: {unshown_words(wanted.photo)}" if frame.image.isNull() else ""
        self.missing.emit(why)
        self.refresh()
        if self.model.playing:
            self._tick.start(round(1000 / self.model.rate_hz))
            self._bring_next()
        else:
            self._rest.start()

    def _bring_next(self) -> None:
        """While playing the next frame is about to be seen; those after it are read ahead inside the gate."""
        frames, at, first = self.model.frames, self.model.following(), self.model.first
        if first is not None:
            self.frames.want(frames[at], first, self._least_px(), as_taken=self.model.originals)
            self.frames.read_ahead(tuple(frame.photo_id for frame in frames[at + 1 : at + 1 + AHEAD]))

    def _advance(self) -> None:
        if self.model.playing and self.active:
            self.model.go(self.model.following())
            self.bring()

    def rested(self) -> None:
        """The hand rests: as sharp as it is seen, and its neighbours read ahead."""
        if not self.active or self.model.playing:
            return
        if self.shown is not None and not self.shown.enough(self._least_px()):
            self.bring()
        near = (self.model.index + 1, self.model.index - 1)
        frames = self.model.frames
        self.frames.read_ahead(tuple(frames[at].photo_id for at in near if 0 <= at < len(frames)))

    def _least_px(self) -> tuple[int, int]:
        """The least (width, height) in screen px that looks sharp now."""
        wide, high = self.view.canvas.pane()
        facts = self.model.first.photo.facts if self.model.first is not None else None
        width, height = (facts.width_px or wide, facts.height_px or high) if facts is not None else (wide, high)
        scale = min(wide / width, high / height) * self.look.zoom * self.view.devicePixelRatioF()
        return round(width * scale), round(height * scale)

    def refresh(self) -> None:
        """Show the words of what is seen."""
        self.view.refresh()
        self.band.refresh()
        seen = self.shown is not None and not self.shown.image.isNull()
        self.band.zoom.show_percent(self.view.canvas.percent() if seen else 0.0)
