"""Photos in the colours of the screen they are seen on: read from the platform, changed for display only, and said."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColorSpace, QImage, QPixmap
from pytestqt.qtbot import QtBot

from photodesk.compare.light_match import LightMatch, Source
from photodesk.ui import monitor_profile
from photodesk.ui.compare.light import in_light
from photodesk.ui.compare.loading import Loaded, Rank
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.controls.text import Text
from photodesk.ui.controls.thumbnails import ThumbnailWell
from photodesk.ui.display_colours import SAID, DisplayColours, screen_space
from photodesk.ui.importing.group_line import GroupLine
from photodesk.ui.importing.group_list import GroupList
from photodesk.ui.importing.shot_views import ShotViews
from photodesk.ui.importing.tile_grid import TileGrid
from photodesk.ui.importing.tiles import Tile
from photodesk.ui.monitor_profile import x11_profile
from photodesk.ui.photo.page import PhotoPage
from photodesk.ui.picture_source import PictureSource
from tests.journeys.screen import Screen, available
from tests.ui.pretend_desk import (
    PATIENT,
    HandTasks,
    PretendDesk,
    PretendGate,
    Went,
    context,
    grey_jpeg,
    small_timeline,
)

NAMED = QColorSpace.NamedColorSpace


def made_profile(primaries: QColorSpace.Primaries = QColorSpace.Primaries.AdobeRgb, gamma: float = 2.2) -> bytes:
    """A profile as a calibration writes it."""
    return bytes(QColorSpace(primaries, gamma).iccProfile().data())


def red(value: int = 200) -> QImage:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(value << 16 | 40 << 8 | 40)
    return image


def first(image: QImage) -> tuple[int, int, int]:
    colour = image.pixelColor(3, 3)
    return colour.red(), colour.green(), colour.blue()


def test_a_wide_screen_gets_less_of_its_stronger_red_and_grey_stays_grey() -> None:
    colours = DisplayColours()
    assert colours.use(made_profile())
    assert not colours.use(made_profile()), "the same screen is no news"
    assert first(colours.shown(red()))[0] < 200
    grey = QImage(4, 4, QImage.Format.Format_RGB32)
    grey.fill(0x808080)
    assert max(first(colours.shown(grey))) - min(first(colours.shown(grey))) <= 1
    back = first(colours.taken(colours.shown(red())))
    assert max(abs(a - b) for a, b in zip(back, (200, 40, 40), strict=True)) <= 3


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"not a profile",
        bytes(QColorSpace(NAMED.SRgb).iccProfile().data()),
        made_profile()[:200],
        b"\0" * 4096,
        bytes(QColorSpace(QPointF(0.3127, 0.329), QColorSpace.TransferFunction.SRgb).iccProfile().data()),
    ],
    ids=["none", "nonsense", "sRGB itself", "cut", "zeros", "grey"],
)
def test_srgb_and_what_is_no_profile_of_a_screen_change_nothing(profile: bytes) -> None:
    colours = DisplayColours()
    colours.use(profile)
    assert not colours.matched
    assert screen_space(profile) is None
    image = red()
    assert colours.shown(image) is image


def test_light_is_multiplied_in_the_photos_own_colours() -> None:
    plain, wide = DisplayColours(), DisplayColours()
    wide.use(made_profile())
    match = LightMatch((1.3, 1.0, 0.9), Source.SKIN, 0.0)
    alone = in_light(Loaded("p", red(120), Rank.LOOK), match, plain).image
    through = in_light(Loaded("p", wide.shown(red(120)), Rank.LOOK), match, wide).image
    expected, found = first(wide.shown(alone)), first(through)
    assert max(abs(a - b) for a, b in zip(expected, found, strict=True)) <= 3


def opened(qtbot: QtBot, colours: DisplayColours, monkeypatch: pytest.MonkeyPatch, profile: bytes) -> ComparePage:
    monkeypatch.setattr("photodesk.ui.display_colours.profile_of", lambda _screen: profile)
    tasks = HandTasks()
    made = replace(context(PretendDesk(small_timeline(), PretendGate()), tasks, Went()), colours=colours)
    page = ComparePage(made, PATIENT.patient_id)
    qtbot.addWidget(page)
    page.resize(1600, 1000)
    page.show()
    page.entered()
    tasks.run()
    qtbot.waitUntil(lambda: not page.beside.waits)
    page.tasks_of_test = tasks  # type: ignore[attr-defined]
    return page


def test_the_page_shows_them_and_says_so(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    colours = DisplayColours()
    page = opened(qtbot, colours, monkeypatch, made_profile(gamma=1.4))
    assert colours.matched
    assert page.side._colours.full_text() == SAID
    assert page.side._colours.isVisible()
    image = page.panes.canvases[Side.A].item.image
    assert image is not None
    other = first(image)
    assert other != (128, 128, 128), "another gamma"
    monkeypatch.setattr("photodesk.ui.display_colours.profile_of", lambda _screen: b"")
    page.show_on(page.screen())  # the window goes to an ordinary screen
    page.tasks_of_test.run()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not page.beside.waits)
    image = page.panes.canvases[Side.A].item.image
    assert image is not None
    assert max(abs(part - 128) for part in first(image)) <= 1
    assert not page.side._colours.isVisible()


def test_one_photo_says_it_too(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photodesk.ui.display_colours.profile_of", lambda _screen: made_profile())
    tasks, timeline = HandTasks(), small_timeline()
    photo_id = timeline.visits[0].photos[0].photo_id
    page = PhotoPage(context(PretendDesk(timeline), tasks, Went()), PATIENT.patient_id, photo_id)
    qtbot.addWidget(page)
    page.show()
    page.entered()
    tasks.run()
    assert SAID in {part.full_text() for part in page.facts.findChildren(Text)}


def test_thumbnails_are_matched_and_come_anew_on_another_screen(qtbot: QtBot) -> None:
    colours, tasks, gate = DisplayColours(), HandTasks(), PretendGate(lambda _photo, _rendition: grey_jpeg(480, 360))
    source = PictureSource(gate, tasks, "p", "timeline", colours=colours)

    def seen() -> tuple[int, int, int]:
        source.want(["a"])
        tasks.run()
        pixmap = source.pixmap("a")
        assert pixmap is not None
        return first(pixmap.toImage())

    plain = seen()
    colours.use(made_profile(gamma=1.4))
    matched = seen()
    assert max(abs(a - b) for a, b in zip(plain, matched, strict=True)) > 5
    assert len([e for e in gate.entries if e[0] == "VIEW"]) == 2, "asked for again, logged as the gate sees fit"
    assert seen() == matched
    assert len([e for e in gate.entries if e[0] == "VIEW"]) == 2


def middle(picture: QPixmap | None) -> int:
    assert picture is not None
    return picture.toImage().pixelColor(picture.width() // 2, picture.height() // 2).red()


def test_wells_are_matched_and_keep_their_size(qtbot: QtBot) -> None:
    well, colours = ThumbnailWell(72, 54), DisplayColours()
    qtbot.addWidget(well)
    well.show_rendition(grey_jpeg(480, 360), colours)
    plain = middle(well._pixmap)
    colours.use(made_profile(gamma=1.4))
    well.show_rendition(grey_jpeg(480, 360), colours)
    assert abs(middle(well._pixmap) - plain) > 5
    assert well._pixmap is not None
    assert (well._pixmap.width(), well._pixmap.height()) == (72, 54), "no more pixels are kept than are seen"
    well.show_rendition(b"no JPEG", colours)
    assert well._pixmap is None


@pytest.mark.usefixtures("dressed")
def test_shots_of_an_import_are_matched_and_come_anew_on_another_screen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile, asked, tasks = [b""], [], HandTasks()
    monkeypatch.setattr("photodesk.ui.display_colours.profile_of", lambda _screen: profile[0])

    def view_shots(_job: str, shot_ids: tuple[str, ...], _screen: str) -> dict[str, bytes]:
        asked.append(shot_ids)
        return {shot_id: grey_jpeg(480, 360) for shot_id in shot_ids}

    gate = SimpleNamespace(view_shots=view_shots, leave=lambda _screen: None)
    grid, groups = TileGrid(), GroupList()
    for view in (grid, groups):
        qtbot.addWidget(view)
        view.resize(400, 300)
        view.show()
    desk = SimpleNamespace(gate=gate, may=lambda _right: True)
    views = ShotViews(context(desk, tasks), "import", grid, groups)  # type: ignore[arg-type]
    views.show_job("job")
    grid.show_tiles((Tile("k", "IMG_1.JPG", "IMG_1.JPG", "tray", "ink2", "a"),))
    groups.show_lines((GroupLine("g", "One", "", "tray", "1", shot_id="a"),), "g")
    views.ask()
    tasks.run()
    plain = middle(grid.tile_model.pictures["a"])
    assert middle(groups.pictures["a"]) == plain
    assert len(asked) == 2
    profile[0] = made_profile(gamma=1.4)
    grid.window().windowHandle().screenChanged.emit(grid.screen())
    tasks.run()
    assert len(asked) == 4, "asked for again, logged as the gate sees fit"
    assert abs(middle(grid.tile_model.pictures["a"]) - plain) > 5
    assert middle(groups.pictures["a"]) == middle(grid.tile_model.pictures["a"])


@pytest.fixture
def display() -> Iterator[Screen]:
    if not available():
        pytest.skip("no X tools here")
    with Screen(320, 240) as made:
        yield made


def _keep(display: str, name: bytes, data: bytes) -> None:
    """Let an X display keep a profile, as a calibration's loader does."""
    xcb, _libc = monitor_profile._libraries()
    xcb.xcb_intern_atom.argtypes = (ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint16, ctypes.c_char_p)
    connection = xcb.xcb_connect(display.encode(), None)
    root = int(xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(connection)).data[0])
    atom = monitor_profile._reply(
        xcb.xcb_intern_atom_reply, connection, xcb.xcb_intern_atom(connection, 0, len(name), name)
    )
    number = ctypes.cast(atom, ctypes.POINTER(ctypes.c_uint32))[2]  # type: ignore[arg-type]
    cardinal, word = 6, ctypes.c_uint32
    takes = (ctypes.c_void_p, ctypes.c_uint8, word, word, word, ctypes.c_uint8, word, ctypes.c_char_p)
    xcb.xcb_change_property.argtypes = takes
    xcb.xcb_change_property(connection, 0, root, number, cardinal, 8, len(data), data)
    xcb.xcb_flush.argtypes = (ctypes.c_void_p,)
    xcb.xcb_flush(connection)
    monitor_profile._reply(xcb.xcb_intern_atom_reply, connection, xcb.xcb_intern_atom(connection, 0, len(name), name))
    xcb.xcb_disconnect(connection)


def test_an_x_display_tells_each_screens_profile(display: Screen) -> None:
    assert x11_profile(display.display, 0) == b""
    profile = made_profile()
    _keep(display.display, b"_ICC_PROFILE", profile)
    assert x11_profile(display.display, 0) == profile
    assert x11_profile(display.display, 1) == b""
    large = made_profile(gamma=1.8) + b"\0" * 300_000  # more than one answer of the ordinary size
    _keep(display.display, b"_ICC_PROFILE_1", large[:200_000])
    assert x11_profile(display.display, 1) == large[:200_000]
    space = screen_space(x11_profile(display.display, 0))
    assert space is not None
    assert space.primaries() in {QColorSpace.Primaries.AdobeRgb, QColorSpace.Primaries.Custom}


def test_a_display_that_is_not_there_has_none() -> None:
    assert x11_profile(":4711", 0) == b""


def test_numbers_of_pixels_stay() -> None:
    colours = DisplayColours()
    colours.use(made_profile())
    image = QImage(5, 3, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    made = colours.shown(image)
    assert (made.width(), made.height(), made.format()) == (5, 3, image.format())
    assert np.frombuffer(image.constBits(), np.uint8)[2] == 0x33, "the picture itself stays as it is"
