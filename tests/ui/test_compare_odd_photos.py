"""Odd photos beside each other: other sizes, one pixel, very long, CMYK and 16 bit, an original that is not here."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from photodesk.compare import Mode as Way
from photodesk.compare import Side as MeasuredSide
from photodesk.compare import align, measure, render
from photodesk.compare.light_match import Source, match_light
from photodesk.compare.render import MOST_TALL
from photodesk.errors import Damaged, Fixable
from photodesk.imaging.decode import decode, prepare
from photodesk.imaging.decoded import Decoded
from photodesk.imaging.renditions import encode, jpeg_pixels
from photodesk.photos import PhotoFacts, Rendition
from photodesk.ui.compare.laying import NOT_LOOKED
from photodesk.ui.compare.loading import Loaded, Rank
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from tests.ui.pretend_desk import PATIENT, TODAY, HandTasks, PretendDesk, PretendGate, Went, context, small_timeline
from tests.ui.test_chart_pages import Opened


def _noise(width: int, height: int, levels: int = 256) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(width * 7 + height).integers(0, levels, (height, width, 3))


def _file(kind: str, picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def _rgb(width: int, height: int) -> Image.Image:
    return Image.fromarray(_noise(width, height).astype(np.uint8))


FILES = {
    "ordinary": lambda: _file("JPEG", _rgb(1200, 800)),
    "upright": lambda: _file("JPEG", _rgb(600, 900)),
    "one pixel": lambda: _file("PNG", _rgb(1, 1)),
    "1 × 5000": lambda: _file("PNG", _rgb(1, 5000)),
    "5000 × 1": lambda: _file("PNG", _rgb(5000, 1)),
    "3 × 2": lambda: _file("PNG", _rgb(3, 2)),
    "CMYK": lambda: _file("TIFF", _rgb(640, 480).convert("CMYK")),
    "CMYK JPEG": lambda: _file("JPEG", _rgb(640, 480).convert("CMYK")),
    "16 bit": lambda: _file("PNG", Image.fromarray((_noise(640, 480, 65536)[:, :, 0]).astype(np.uint16))),
    "grey": lambda: _file("JPEG", _rgb(640, 480).convert("L")),
    "panorama": lambda: _file("JPEG", _rgb(6_000, 450)),
}


@cache
def decoded(name: str) -> tuple[PhotoFacts, bytes, bytes]:
    """(facts, screen rendition, thumbnail) as an import makes them."""
    prepare()
    facts, pixels = decode(FILES[name](), None)
    assert pixels is not None, (name, facts.undecodable)
    made = encode(pixels)
    return facts, made[Rendition.SCREEN], made[Rendition.THUMBNAIL]


class Odd:
    """The comparison of an ordinary photo with an odd one, or the other way round."""

    def __init__(self, qtbot: QtBot, names: tuple[str, str]) -> None:
        self.tasks, self.went = HandTasks(), Went()
        timeline = small_timeline()
        ids = [visit.photos[0].photo_id for visit in timeline.visits[:2]]
        known = dict(zip(ids, names, strict=True))
        visits = tuple(
            replace(
                visit,
                photos=tuple(
                    replace(p, facts=decoded(known[p.photo_id])[0]) if p.photo_id in known else p for p in visit.photos
                ),
            )
            for visit in timeline.visits
        )
        pictures = {one: decoded(name) for one, name in known.items()}
        plain = decoded("ordinary")
        self.gate = PretendGate(lambda p, r: pictures.get(p, plain)[1 if r is Rendition.SCREEN else 2])
        self.desk = PretendDesk(replace(timeline, visits=visits), self.gate)
        self.page = ComparePage(context(self.desk, self.tasks, self.went), PATIENT.patient_id, *ids)
        qtbot.addWidget(self.page)
        self.page.resize(1280, 800)
        self.page.show()
        self.page.entered()
        self.settle()

    def settle(self) -> None:
        for _ in range(2):
            self.tasks.run()
            self.page._settle.timeout.emit()
        self.tasks.run()


@pytest.mark.parametrize("name", [name for name in FILES if name != "ordinary"])
@pytest.mark.parametrize("first", [True, False], ids=["as A", "as B"])
def test_an_odd_photo_is_shown_in_every_mode(qtbot: QtBot, dressed: QApplication, name: str, first: bool) -> None:
    at = Odd(qtbot, (name, "ordinary") if first else ("ordinary", name))
    page = at.page
    assert all(page.panes.canvases[side].item.image is not None for side in Side)
    assert page.model.laying is not None
    assert page.model.laying.matrix is None, "nothing in common: declined"
    for mode in Mode:
        page.acts.set_mode(mode)
        page.acts.zoom(1.25)
        at.tasks.run()
        page.panes.canvas(Side.A).to_full()
        page._settle.timeout.emit()
        at.tasks.run()
        (page.lapse.view if mode is Mode.TIME_LAPSE else page.panes).grab()
    assert not any("inside PhotoDesk" in str(call) for call in at.went.calls)


@pytest.mark.parametrize("name", list(FILES))
def test_arithmetic_of_an_odd_photo_has_an_answer(name: str) -> None:
    a, b = jpeg_pixels(decoded("ordinary")[1]), jpeg_pixels(decoded(name)[1])
    sizes = [(facts.width_px, facts.height_px) for facts in (decoded("ordinary")[0], decoded(name)[0])]
    for one, other, sides in ((a, b, sizes), (b, a, sizes[::-1])):
        found = align(one, other, *sides)
        assert 0 <= found.confidence <= 1
        if name != "ordinary":
            assert found.matrix is None
        facts = [PhotoFacts("image/jpeg", *size) for size in sides]
        measure(MeasuredSide(one, facts[0], TODAY), MeasuredSide(other, facts[1], TODAY), found.matrix)
        match_light(one, other, Source.SKIN)
        for way in Way:
            page = render(one, other, way, 400)
            assert page.shape[1] == 400
            assert page.shape[0] <= 400 * MOST_TALL


def test_an_original_that_is_not_here_leaves_the_screen_rendition_and_says_so(
    qtbot: QtBot, dressed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Odd(qtbot, ("ordinary", "panorama"))
    page = at.page

    def missing(*_: object, **__: object) -> Decoded:
        raise Fixable("original_not_here", "The original of this photo is not here yet.", "The screen size is shown.")

    monkeypatch.setattr(at.gate, "original_pixels", missing)
    came: list[Loaded] = []
    page.loader.arrived.connect(came.append)
    page.acts.zoom(64)
    at.settle()
    at.settle()
    assert "on its way from the clinic server" in page.message.text()
    assert page.message.isVisible()
    assert all(page.panes.canvases[side].item.image is not None for side in Side)
    assert Rank.ORIGINAL not in {loaded.rank for loaded in came}
    assert page.panes.percent() > 0


def test_a_damaged_one_says_so_in_its_pane_and_the_other_works(qtbot: QtBot, dressed: QApplication) -> None:
    at = Odd(qtbot, ("ordinary", "upright"))
    page = at.page
    whole, broken = page.model.pair()
    good = at.gate.pictures
    at.gate.pictures = lambda p, r: good(p, r)[:40] if p == broken else good(p, r)
    page.laying.forget(page.model.pair())
    page.left()
    page.entered()
    at.settle()
    assert page.panes.canvases[Side.A].item.image is not None
    assert page.panes.canvases[Side.B].item.image is None
    assert page.message.isVisible()
    assert page.message.text().startswith("B, ")
    assert "The picture made from this photo is damaged." in page.message.text()
    assert page.model.laying == NOT_LOOKED
    page.acts.zoom(2)
    assert page.panes.canvases[Side.A].percent() > 0
    assert whole in page.shown.values()


def test_a_damaged_rendition_is_called_damaged_and_nobody_goes_on_looking(qtbot: QtBot, dressed: QApplication) -> None:
    at = Odd(qtbot, ("ordinary", "upright"))
    page, good = at.page, at.gate.pictures
    broken = page.model.pair()[0]
    at.gate.pictures = lambda p, r: b"" if p == broken else good(p, r)
    at.gate.damages[broken] = Damaged("database_damaged", "Its bytes are damaged.", photo_id=broken)
    page.laying.forget(page.model.pair())
    page.left()
    page.entered()
    at.settle()
    assert page.panes.canvases[Side.A].item.image is None
    assert page.panes.canvases[Side.B].item.image is not None
    assert page.message.text().startswith("A, ")
    assert "is damaged. Have the store checked and repaired" in page.message.text()
    assert page.model.laying == NOT_LOOKED
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # rows that were emptied
    said = [label.text() for label in page.side.findChildren(QLabel)]
    assert "Looking" not in said
    assert "Not measured." in said
    at.gate.pictures = good
    page.left()
    page.entered()
    at.settle()
    assert page.model.laying is not None
    assert page.model.laying.looked, "what is here again is looked at"


def test_what_was_measured_of_a_page_that_is_gone_is_dropped(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "compare")
    page, tasks = opened.page, opened.tasks
    assert isinstance(page, ComparePage)
    opened.settle()
    page.measuring.measure()
    page.measuring._done_for = None
    page.measuring.measure()
    assert [asked.cancelled for asked in tasks.waiting].count(False) == 1, "an earlier question is not waited for"
    page.side.destroyed.emit()
    assert all(asked.cancelled for asked in tasks.waiting)
