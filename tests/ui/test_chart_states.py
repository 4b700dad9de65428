"""Chart pages where something is missing, dropped, swapped or seen by others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.compare import LinkedView
from photodesk.desk.timeline import Timeline
from photodesk.errors import Damaged
from photodesk.photos import Rendition
from photodesk.ui.compare.levels import smaller_images
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.photo_canvas import PhotoCanvas
from photodesk.ui.controls.text import Text
from photodesk.ui.page import Page
from photodesk.ui.photo.page import PhotoPage
from photodesk.ui.timeline.page import TimelinePage
from photodesk.ui.timeline.sections import site_ranks
from tests.ui.pretend_desk import (
    CHEEK,
    FOREARM,
    PATIENT,
    UPPER_BACK,
    HandTasks,
    PretendDesk,
    PretendGate,
    Went,
    context,
    grey_jpeg,
    small_timeline,
)

KEY = Qt.Key


def shown(qtbot: QtBot, kind: type[Page], desk: PretendDesk, *ids: str) -> tuple[Page, HandTasks, Went]:
    """A page in a window, everything it asked for answered."""
    tasks, went = HandTasks(), Went()
    page = kind(context(desk, tasks, went), PATIENT.patient_id, *ids)  # type: ignore[arg-type, call-arg]
    qtbot.addWidget(page)
    page.resize(1600, 1000)
    page.show()
    page.entered()
    tasks.run()
    return page, tasks, went


def words_of(page: Page) -> list[str]:
    QApplication.processEvents()
    return [text.full_text() for text in page.findChildren(Text) if text.isVisibleTo(page)]


def test_a_site_stands_in_one_place_most_photos_first_then_from_the_head() -> None:
    ranks = site_ranks([UPPER_BACK, CHEEK, "", "", "", FOREARM, FOREARM])
    assert sorted(ranks, key=lambda code: ranks[code]) == [FOREARM, CHEEK, UPPER_BACK, ""]


def test_every_visit_keeps_the_order_of_the_chart(qtbot: QtBot) -> None:
    timeline = small_timeline()
    turned = tuple(replace(each, photos=tuple(reversed(each.photos))) for each in timeline.visits)
    page, _, _ = shown(qtbot, TimelinePage, PretendDesk(Timeline(PATIENT, turned)))
    assert isinstance(page, TimelinePage)
    assert [[g.site for g in s.groups] for s in page.model.sections] == [
        [FOREARM, UPPER_BACK],
        [FOREARM, CHEEK],
        [FOREARM, CHEEK],
        [FOREARM, CHEEK],
        [FOREARM, UPPER_BACK],
        [FOREARM, UPPER_BACK],
    ]
    assert page.model.place_in_visit(page.model.sections[0].photos[0].photo_id) == (1, 5)


def test_who_has_seen_the_chart(qtbot: QtBot) -> None:
    page, _, _ = shown(qtbot, TimelinePage, PretendDesk(small_timeline()))
    words = words_of(page)
    assert words.index("Dr. Iris Sample") < words.index("Now") < words.index("Dr. Jo Model")


def test_dropped_files_go_to_the_import_with_the_patient(qtbot: QtBot, tmp_path: Path) -> None:
    page, _, went = shown(qtbot, TimelinePage, PretendDesk(small_timeline()))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.invalid/a.jpg")])
    page.dropEvent(
        QDropEvent(
            QPointF(400, 400), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    assert went.calls == [("importing", PATIENT.patient_id, (tmp_path,))]


def test_a_damaged_chart_leaves_the_patient_and_says_so(qtbot: QtBot) -> None:
    desk = PretendDesk(small_timeline())

    def damaged(_patient_id: str) -> Timeline:
        raise Damaged("chart_damaged", "This chart is damaged.", "Call your administrator.")

    desk.timeline.refresh = damaged  # type: ignore[method-assign]
    desk.patients.get = lambda _: PATIENT  # type: ignore[attr-defined]
    page, _, _ = shown(qtbot, TimelinePage, desk)
    assert isinstance(page, TimelinePage)
    assert page.message.text() == "This chart is damaged. Call your administrator."
    assert PATIENT.display_name in words_of(page)
    assert not page.inspector.isVisibleTo(page)


def values(photo_id: str, _rendition: Rendition) -> bytes:
    """Another grey for each photo."""
    return grey_jpeg(value=20 + 8 * int(photo_id, 16))


def greys(page: ComparePage) -> list[tuple[int, int]]:
    """(what each pane shows, what it should show)."""
    found = []
    for side, photo_id in zip(Side, page.model.pair(), strict=True):
        image = page.panes.canvases[side].item.image
        found.append((image.pixel(5, 5) & 255 if image else -1, 20 + 8 * int(photo_id, 16)))
    return found


@pytest.mark.parametrize("keys", [[KEY.Key_X], [KEY.Key_X, KEY.Key_Left], [KEY.Key_Left, KEY.Key_X, KEY.Key_X]])
def test_pixels_stay_with_their_date_when_photos_change_sides(qtbot: QtBot, keys: list[Qt.Key]) -> None:
    page, tasks, _ = shown(qtbot, ComparePage, PretendDesk(small_timeline(), PretendGate(values)))
    assert isinstance(page, ComparePage)
    for key in keys:
        qtbot.keyClick(page, key)
        tasks.run()
        assert [abs(is_there - should) <= 1 for is_there, should in greys(page)] == [True, True]


def test_alt_and_an_arrow_nudge_one_photo(qtbot: QtBot) -> None:
    page, _, _ = shown(qtbot, ComparePage, PretendDesk(small_timeline()))
    assert isinstance(page, ComparePage)
    for _ in range(6):
        qtbot.keyClick(page, KEY.Key_Plus)
    a, b, pair = page.model.view(Side.A), page.model.view(Side.B), page.model.pair()
    qtbot.keyClick(page, KEY.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert page.model.view(Side.A) == a
    assert page.model.view(Side.B).centre_x < b.centre_x
    assert page.model.pair() == pair


def test_a_pair_opens_filling_its_panes_where_little_is_hidden(qtbot: QtBot) -> None:
    timeline = small_timeline()
    square = tuple(
        replace(
            each, photos=tuple(replace(p, facts=replace(p.facts, width_px=3000, height_px=3000)) for p in each.photos)
        )
        for each in timeline.visits
    )
    page, _, _ = shown(qtbot, ComparePage, PretendDesk(Timeline(PATIENT, square)))
    assert isinstance(page, ComparePage)
    wide, high = page.panes.canvases[Side.A].pane()
    assert page.model.view(Side.A).zoom == pytest.approx(max(wide, high) / min(wide, high), abs=0.01)
    qtbot.keyClick(page, KEY.Key_0)
    assert page.model.view(Side.A) == LinkedView()
    other, _, _ = shown(qtbot, ComparePage, PretendDesk(timeline))
    assert isinstance(other, ComparePage)
    assert other.model.view(Side.A).zoom == 1.0, "a landscape photo would lose nearly half"


def test_nothing_to_compare_shows_words_and_no_empty_chrome(qtbot: QtBot) -> None:
    page, _, _ = shown(qtbot, ComparePage, PretendDesk(Timeline(PATIENT, ())))
    assert isinstance(page, ComparePage)
    assert page.message.text().startswith("There are not two photos to compare yet.")
    assert not any(part.isVisibleTo(page) for part in (page.side, page.band, page.header, page.panes))


def test_a_file_that_is_no_picture_is_named_with_its_reason(qtbot: QtBot) -> None:
    timeline = small_timeline()
    first = timeline.visits[0]
    bad = replace(first.photos[0], facts=replace(first.photos[0].facts, undecodable="The picture data is damaged."))
    visits = (replace(first, photos=(bad, *first.photos[1:])), *timeline.visits[1:])
    gate = PretendGate(pictures=lambda _photo, _rendition: b"")
    page, _, _ = shown(qtbot, PhotoPage, PretendDesk(Timeline(PATIENT, visits), gate), bad.photo_id)
    assert isinstance(page, PhotoPage)
    assert page.message.text() == (
        "IMG_00000.JPG: This file cannot be shown (the picture data is damaged). It is kept as it is."
    )


def test_halvings_are_means_of_four() -> None:
    image = QImage(1030, 515, QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.bits(), np.uint8).reshape(515, 1030, 4)
    pixels[:] = np.random.default_rng(3).integers(0, 255, pixels.shape, np.uint8)
    (half,) = smaller_images(image)[:1]
    assert (half.width(), half.height()) == (515, 257)
    mean = pixels[:2, :2, :3].astype(float).mean((0, 1))
    assert np.abs(np.frombuffer(half.constBits(), np.uint8)[:3] - mean).max() <= 1


@pytest.mark.parametrize("point", [(0, 0), (37, 51)])
def test_own_pixels_are_exact(qtbot: QtBot, point: tuple[int, int]) -> None:
    canvas = PhotoCanvas("Photo")
    qtbot.addWidget(canvas)
    canvas.resize(301, 200)
    canvas.show()
    image = QImage(1201, 902, QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.bits(), np.uint8).reshape(902, 1201, 4)
    pixels[:] = np.random.default_rng(5).integers(0, 255, pixels.shape, np.uint8)
    canvas.show_image(image, (1201, 902))
    canvas.moved.connect(lambda moved: canvas.show_view(moved[0]))
    canvas.to_full(QPointF(*point))
    seen = canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    grabbed = np.frombuffer(seen.constBits(), np.uint8).reshape(seen.height(), seen.width(), 4)[:, :, :3]
    place = canvas.view.placement(canvas.photo(), canvas.pane())
    ratio = canvas.devicePixelRatioF()
    x, y = round(-place.x_px * ratio), round(-place.y_px * ratio)
    part = pixels[y : y + seen.height(), x : x + seen.width(), :3]
    assert place.scale * ratio == pytest.approx(1.0)
    assert np.array_equal(grabbed, part)
