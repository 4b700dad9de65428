"""A photo whose better pixels are still on the clinic server: shown from what is here, said, sharper when they come."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from photodesk.errors import Fixable
from photodesk.photos import RENDITION_LONG_EDGE_PX, Rendition
from photodesk.ui.compare.loading import NOT_HERE, PhotoLoader, is_rough
from photodesk.ui.photo.page import PhotoPage
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.sync.clinic_server import Arrived
from photodesk.ui.timeline.page import TimelinePage
from photodesk.ui.timeline.painting import NOT_HERE_YET
from photodesk.ui.viewing_page import COMING
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendGate, grey_jpeg
from tests.ui.test_chart_pages import Opened

THUMBNAIL_PX = RENDITION_LONG_EDGE_PX[Rendition.THUMBNAIL]


class FarGate(PretendGate):
    """Originals are on the server until they came."""

    here = False

    def original_pixels(self, *args: Any, **more: Any) -> Any:
        if not self.here:
            raise Fixable(NOT_HERE, "The original of this photo is not on this workstation yet.")
        return super().original_pixels(*args, **more)


def test_a_thumbnail_that_stands_in_is_known_by_its_size() -> None:
    assert is_rough(grey_jpeg(THUMBNAIL_PX, 300))
    assert not is_rough(grey_jpeg(THUMBNAIL_PX + 1, 300))
    assert not is_rough(b"no picture")


def test_an_original_on_its_way_is_asked_for_once_and_again_when_something_came() -> None:
    tasks, gate = HandTasks(), FarGate()
    loader = PhotoLoader(gate, tasks, "p", "photo")
    said: list[str] = []
    failed: list[object] = []
    loader.coming.connect(said.append)
    loader.failed.connect(failed.append)
    loader.show({"x": (100, 100)})
    tasks.run()
    for _ in range(3):
        loader.sharpen("x", 4000, 6000)
        tasks.run()
    assert said == ["x"]
    assert failed == []
    gate.here = True
    loader.came()
    sharper: list[object] = []
    loader.arrived.connect(sharper.append)
    loader.sharpen("x", 4000, 6000)
    tasks.run()
    assert len(sharper) == 1


def test_the_photo_page_says_so_and_is_quiet_once_it_came(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "photo")
    page = opened.page
    assert isinstance(page, PhotoPage)
    page.loader.coming.emit("x")
    assert page.message.text() == COMING
    view = page.canvas.view
    page.arrived(Arrived(frozenset({"somebody else"}), catalog=True))
    assert not page.message._resting.isActive()
    page.arrived(Arrived(frozenset({PATIENT.patient_id})))
    assert page.message._resting.isActive()
    assert page._settle.isActive()
    assert page.canvas.view == view


def test_a_photo_without_any_picture_yet_is_on_its_way_and_is_seen_once_it_came(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "photo")
    page, pictures = opened.page, opened.gate.pictures
    assert isinstance(page, PhotoPage)
    opened.gate.pictures = lambda _photo, _rendition: b""
    page.show_photo()
    opened.settle()
    assert page.canvas.item.image is None
    assert page.message.text() == NOT_HERE_YET
    opened.gate.pictures = pictures
    page.arrived(Arrived(frozenset({PATIENT.patient_id})))
    opened.settle()
    assert page.canvas.item.image is not None
    assert not page.loader.rough


def test_thumbnails_that_were_missing_are_asked_for_again_when_they_came(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "timeline")
    page = opened.page
    assert isinstance(page, TimelinePage)
    opened.settle()
    chosen = page.model.focus
    gone = opened.ids[0]
    page.source.forget([gone])
    page.source._missing.add(gone)
    page.arrived(Arrived(frozenset({PATIENT.patient_id})))
    opened.settle()
    assert not page.source.missing(gone)
    assert page.source.pixmap(gone) is not None
    assert page.model.focus == chosen


def test_nothing_missing_asks_for_nothing() -> None:
    tasks = HandTasks()
    source = PictureSource(PretendGate(), tasks, "p", "timeline")
    changed: list[None] = []
    source.changed.connect(lambda: changed.append(None))
    source.look_again()
    assert changed == []


@pytest.mark.parametrize("kind", ["timeline", "photo", "compare"])
def test_changes_of_somebody_else_leave_a_page_alone(kind: str, qtbot: QtBot) -> None:
    opened = Opened(qtbot, kind)
    opened.settle()
    before = len(opened.gate.entries)
    opened.page.arrived(Arrived(frozenset({"somebody else"}), catalog=True))
    opened.settle()
    assert len(opened.gate.entries) == before
