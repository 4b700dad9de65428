"""The time-lapse: every visit of one site and view, logged before it is seen, laid on the first, played and stepped."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from photodesk.imaging.renditions import encode_jpeg, jpeg_pixels
from photodesk.photos import Rendition
from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import CompareModel
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.time_lapse_frames import LapseFrames
from photodesk.ui.compare.time_lapse_model import LapseModel
from tests.ui.pretend_desk import (
    FOREARM,
    PATIENT,
    TODAY,
    HandTasks,
    PretendDesk,
    PretendGate,
    context,
    grey_jpeg,
    small_timeline,
)

KEY = Qt.Key
DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo"
SHIFT = ((1.0, 0.0, 60.0), (0.0, 1.0, 30.0), (0.0, 0.0, 1.0))


def series_ids() -> list[str]:
    """Close-ups of the forearm, oldest first."""
    return [
        p.photo_id
        for each in reversed(small_timeline().visits)
        for p in each.photos
        if (p.body_site, p.standard_view) == (FOREARM, "close-up")
    ]


def of_skin(photo_id: str, _rendition: Rendition) -> bytes:
    """The first photo, and the same a little to the side for every other one; one with nothing in common."""
    pixels = jpeg_pixels((DEMO / "naevus0.jpg").read_bytes())
    pixels = pixels[: pixels.shape[1] * 2 // 3] if pixels.shape[0] * 3 > pixels.shape[1] * 2 else pixels
    high, wide = pixels.shape[:2]
    at = series_ids().index(photo_id) if photo_id in series_ids() else 0
    if at == 3:
        return grey_jpeg(wide, high)
    left = 12 * at
    return encode_jpeg(pixels[8 : high - 60, 8 + left : wide - 80 + left].copy(), 92)


class Opened:
    """A comparison of two close-ups of the forearm."""

    def __init__(self, qtbot: QtBot, gate: PretendGate | None = None, size: tuple[int, int] = (1600, 1000)) -> None:
        self.tasks, self.gate = HandTasks(), gate or PretendGate()
        ids = series_ids()
        desk = PretendDesk(small_timeline(), self.gate)
        self.page = ComparePage(context(desk, self.tasks), PATIENT.patient_id, ids[0], ids[-1])
        qtbot.addWidget(self.page)
        self.page.resize(*size)
        self.page.show()
        self.page.entered()
        self.tasks.run()
        self.lapse = self.page.lapse

    def tick(self) -> None:
        """What the timer of the playing frame would do now."""
        self.lapse.showing._advance()
        self.tasks.run()


def test_every_frame_is_logged_before_it_is_seen_and_only_when_it_is_about_to_be(qtbot: QtBot) -> None:
    at, ids = Opened(qtbot), series_ids()
    before = len(at.gate.entries)
    qtbot.keyClick(at.page, KEY.Key_6)
    assert at.page.model.mode is Mode.TIME_LAPSE
    assert at.lapse.view.canvas.item.image is None
    assert at.lapse.model.day_words() == "", "no date without its photo"
    at.tasks.run()
    assert at.lapse.view.canvas.item.image is not None
    assert [e for e in at.gate.entries[before:] if e[0] == "VIEW" and e[2] == "screen"] == [
        ("VIEW", (ids[0],), "screen", "compare")
    ]
    qtbot.keyClick(at.page, KEY.Key_Right)
    assert at.lapse.model.day_words() == "14 Mar 2025", "words change with the picture"
    at.tasks.run()
    assert at.lapse.model.day_words() == "12 Sep 2025"
    assert at.gate.entries[-1][1] == (ids[1],)


def test_a_full_log_shows_no_frame(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    at.gate.broken = True
    qtbot.keyClick(at.page, KEY.Key_6)
    at.tasks.run()
    assert at.lapse.view.canvas.item.image is None
    assert "activity log cannot be written" in at.page.message.text()


def test_keys(qtbot: QtBot) -> None:
    at, ids = Opened(qtbot), series_ids()
    pair = at.page.model.pair()
    qtbot.keyClick(at.page, KEY.Key_6)
    at.tasks.run()
    assert at.lapse.view.isVisible()
    assert not at.page.panes.isVisible()
    assert not at.page.band.isVisible()
    for key, index in ((KEY.Key_End, 5), (KEY.Key_Left, 4), (KEY.Key_Home, 0), (KEY.Key_Left, 0), (KEY.Key_Right, 1)):
        qtbot.keyClick(at.page, key)
        at.tasks.run()
        assert (at.lapse.model.index, at.lapse.model.seen) == (index, index)
    assert at.lapse.model.frames[1].photo_id == ids[1]
    qtbot.keyClick(at.page, KEY.Key_Period)
    assert at.lapse.model.rate_words() == "2 a second"
    qtbot.keyClick(at.page, KEY.Key_Comma)
    qtbot.keyClick(at.page, KEY.Key_Comma)
    assert at.lapse.model.rate_words().startswith("1 in 2")
    qtbot.keyClick(at.page, KEY.Key_Plus)
    assert at.lapse.showing.look.zoom == pytest.approx(1.25)
    qtbot.keyClick(at.page, KEY.Key_0)
    assert at.lapse.showing.look.zoom == 1.0
    qtbot.keyClick(at.page, KEY.Key_G)
    assert at.page.model.surround == 1
    for key in (KEY.Key_N, KEY.Key_X, KEY.Key_L):
        qtbot.keyClick(at.page, key)
    assert at.page.model.pair() == pair, "keys of the pair rest"
    assert at.page.model.linked
    qtbot.keyClick(at.page, KEY.Key_1)
    assert at.page.panes.isVisible()
    assert at.page.band.isVisible()
    assert not at.lapse.view.isVisible()
    assert at.lapse.showing.frames.kept_bytes == 0


def test_from_several_photos_and_back_to_them(qtbot: QtBot) -> None:
    at, ids = Opened(qtbot), series_ids()
    at.page.show_photos(tuple(ids[:4]))
    at.page.refresh()
    at.tasks.run()
    several = at.page.several.view
    assert several.isVisible()
    for _ in range(2):
        qtbot.keyClick(at.page, KEY.Key_6)
        at.tasks.run()
        assert at.lapse.view.isVisible()
        assert not several.isVisible()
        assert not at.page.panes.isVisible()
        at.page.bar.modes.choose(0)
        at.tasks.run()
        assert several.isVisible()
        assert not at.lapse.view.isVisible()
        assert not at.page.panes.isVisible()


def test_playing_shows_every_frame_in_turn_and_goes_round(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    qtbot.keyClick(at.page, KEY.Key_6)
    at.tasks.run()
    qtbot.keyClick(at.page, KEY.Key_Space)
    at.tasks.run()
    seen = [at.lapse.model.seen]
    for _ in range(6):
        at.tick()
        seen.append(at.lapse.model.seen)
    assert seen == [1, 2, 3, 4, 5, 0, 1]
    qtbot.keyClick(at.page, KEY.Key_Space)
    assert not at.lapse.model.playing
    at.tick()
    assert at.lapse.model.seen == 1


def test_pausing_before_a_frame_has_come_stays_where_it_is(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    qtbot.keyClick(at.page, KEY.Key_6)
    at.tasks.run()
    qtbot.keyClick(at.page, KEY.Key_Space)
    qtbot.keyClick(at.page, KEY.Key_Space)
    at.tasks.run()
    assert (at.lapse.model.index, at.lapse.model.seen) == (0, 0)


@pytest.mark.skipif(not DEMO.exists(), reason="no demo photos")
def test_what_lies_on_the_first_says_so_and_what_does_not_warns_and_is_shown_as_taken(qtbot: QtBot) -> None:
    at, ids = Opened(qtbot, PretendGate(of_skin)), series_ids()
    qtbot.keyClick(at.page, KEY.Key_6)
    at.tasks.run()
    qtbot.keyClick(at.page, KEY.Key_Right)
    at.tasks.run()
    assert at.lapse.view.laid_words().startswith("Aligned, ")
    assert at.lapse.showing.shown is not None
    assert at.lapse.showing.shown.image.hasAlphaChannel(), "drawn in the first one's frame, clear where it ends"
    known = at.page.laying.of((ids[0], ids[1]))
    assert known is not None
    assert known.matrix is not None
    qtbot.keyClick(at.page, KEY.Key_O)
    at.tasks.run()
    assert at.lapse.view.laid_words() == "Shown as taken"
    assert not at.lapse.showing.shown.image.hasAlphaChannel()
    qtbot.keyClick(at.page, KEY.Key_O)
    at.lapse.showing.go(3)
    at.tasks.run()
    assert at.lapse.view.laid_words() == "Not aligned, shown as taken"
    assert at.lapse.model.unaligned(3)


def test_a_photo_without_a_picture_says_so(qtbot: QtBot) -> None:
    ids = series_ids()
    at = Opened(qtbot, PretendGate(lambda p, _r: b"not a picture" if p == ids[1] else grey_jpeg(240, 160)))
    qtbot.keyClick(at.page, KEY.Key_6)
    at.tasks.run()
    qtbot.keyClick(at.page, KEY.Key_Right)
    at.tasks.run()
    assert at.lapse.view.canvas.item.image is None
    assert at.page.message.text().startswith("12 Sep 2025: This file cannot be shown")
    qtbot.keyClick(at.page, KEY.Key_Right)
    at.tasks.run()
    assert at.lapse.view.canvas.item.image is not None
    qtbot.waitUntil(lambda: not at.page.message.isVisible())


def test_the_scrubber_goes_where_the_hand_points(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    qtbot.keyClick(at.page, KEY.Key_6)
    at.tasks.run()
    scrubber = at.lapse.band.scrubber
    scale = scrubber.scale_now()
    assert scale is not None
    days = scrubber.days()
    gaps = [scale.x(b) - scale.x(a) for a, b in pairwise(days)]
    assert gaps[0] / gaps[-1] == pytest.approx((days[1] - days[0]).days / (days[-1] - days[-2]).days), "to scale"
    for index, day in enumerate(days[1:], 1):
        where = scrubber.rect().center()
        where.setX(round(scale.x(day)))
        qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=where)
        at.tasks.run()
        assert at.lapse.model.seen == index


def test_a_single_visit_has_no_time_lapse(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    dermoscopy = [p.photo_id for v in small_timeline().visits for p in v.photos if p.standard_view == "dermoscopy"]
    back = [p.photo_id for v in small_timeline().visits for p in v.photos if p.standard_view == "oblique-right"]
    at.page.model.a, at.page.model.b = dermoscopy[0], back[0]
    at.page.model._frames = {p: at.page.model._frames[p] for p in (dermoscopy[0], back[0])}
    qtbot.keyClick(at.page, KEY.Key_6)
    assert at.page.model.mode is Mode.SIDE_BY_SIDE


def test_what_is_kept_is_bounded() -> None:
    class Nowhere:
        def of(self, _pair: tuple[str, str]) -> Laying | None:
            return Laying(LaidBy.HAND, SHIFT, 1.0)

        def lay(self, _pair: tuple[str, str], _laying: Laying) -> None:
            raise AssertionError("known already")

    model = CompareModel(TODAY)
    ids = series_ids()
    model.load(small_timeline(), ids[0], ids[-1])
    tasks, gate = HandTasks(), PretendGate(lambda _p, _r: grey_jpeg(1200, 800))
    one_bytes = 1200 * 800 * 4
    frames = LapseFrames(gate, tasks, Nowhere(), "p", "compare", limit_bytes=4 * one_bytes)
    series = model.series()
    for frame in series:
        frames.want(frame, series[0], (0, 0))
        tasks.run()
    assert frames.kept_bytes <= 4 * one_bytes
    assert [e[1] for e in gate.entries] == [(p,) for p in ids]
    late = []
    frames.ready.connect(late.append)
    frames.want(series[0], series[0], (0, 0))
    asked = tasks.waiting[0]
    frames.drop()
    asked.cancelled = False
    tasks.finish(asked)
    assert late == []


def test_words() -> None:
    compare = CompareModel(TODAY)
    ids = series_ids()
    compare.load(small_timeline(), ids[0], ids[-1])
    model = LapseModel()
    assert model.take(compare.series())
    assert not model.take(compare.series())
    model.seen = 0
    assert (model.place_words(), model.since_words(), model.laid_words()) == (
        "1 of 6",
        "First visit",
        ("Laid on this one", False),
    )
    model.index = model.seen = 5
    assert model.since_words() == "20 months after the first"
    assert model.laid_words() == ("", False)
    model.laid[ids[5]] = Laying(LaidBy.NOBODY, None, 0.3)
    assert model.laid_words() == ("Not aligned, shown as taken", True)
