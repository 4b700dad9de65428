"""Timeline, full size and comparison as widgets: keys, the gate before pixels, late answers dropped."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from photodesk.photos import Rendition
from photodesk.ui.body.site_popover import SitePopover
from photodesk.ui.compare.loading import Loaded, PhotoLoader
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.decoding import cover_image, rendition_image
from photodesk.ui.photo.page import PhotoPage
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.timeline.page import TimelinePage
from tests.ui.pretend_desk import (
    CHEEK,
    PATIENT,
    HandTasks,
    PretendDesk,
    PretendGate,
    Went,
    context,
    grey_jpeg,
    large_timeline,
    small_timeline,
)

KEY = Qt.Key
LAID_OUT_PX = 700  # narrower, photos of one visit wrap into rows


class Opened:
    """A page in a window of its own size, with everything it talks to."""

    def __init__(self, qtbot: QtBot, kind: str, *, photos: int = 0, broken: bool = False) -> None:
        self.tasks, self.went = HandTasks(), Went()
        self.gate = PretendGate(broken=broken)
        self.desk = PretendDesk(large_timeline(photos) if photos else small_timeline(), self.gate)
        made = context(self.desk, self.tasks, self.went)
        ids = [p.photo_id for v in self.desk.timeline.timeline.visits for p in v.photos]
        self.ids = ids
        self.page = {
            "timeline": lambda: TimelinePage(made, PATIENT.patient_id),
            "photo": lambda: PhotoPage(made, PATIENT.patient_id, ids[1]),
            "compare": lambda: ComparePage(made, PATIENT.patient_id),
        }[kind]()
        qtbot.addWidget(self.page)
        self.page.resize(1528, 944)
        self.page.show()
        self.page.entered()
        self.tasks.run()
        if isinstance(self.page, TimelinePage):
            shown = self.page.list.viewport()
            qtbot.waitUntil(lambda: shown.width() > LAID_OUT_PX)

    def settle(self) -> None:
        """What the page's timers would do now."""
        if isinstance(self.page, TimelinePage):
            self.page.list.ask_for_visible()
        self.tasks.run()


def test_no_thumbnail_before_its_entry(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "timeline")
    page = opened.page
    assert isinstance(page, TimelinePage)
    before = len(opened.gate.entries)
    page.list.ask_for_visible()
    shown = page.list.visible_photos()
    assert shown
    assert all(page.source.pixmap(p) is None for p in shown)
    opened.tasks.run()
    assert all(page.source.pixmap(p) is not None for p in shown)
    batches = opened.gate.entries[before:]
    assert [e for e in batches if set(e[1]) >= set(shown)], "one entry covers what became visible together"


def test_a_full_log_shows_nothing_and_says_so(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "timeline", broken=True)
    page = opened.page
    assert isinstance(page, TimelinePage)
    opened.settle()
    assert all(page.source.pixmap(p) is None for p in opened.ids)
    assert page.message.text().startswith("Photos cannot be shown: the activity log cannot be written.")


def test_only_what_is_seen_is_asked_for(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "timeline", photos=5000)
    opened.settle()
    asked = {p for e in opened.gate.entries for p in e[1]}
    assert 0 < len(asked) < 80
    page = opened.page
    assert isinstance(page, TimelinePage)
    page.list.verticalScrollBar().setValue(page.list.verticalScrollBar().maximum())
    opened.settle()
    assert opened.ids[-1] in {p for e in opened.gate.entries for p in e[1]}


def test_keys_of_the_timeline(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "timeline")
    page, model = opened.page, opened.page.model  # type: ignore[attr-defined]
    assert isinstance(page, TimelinePage)
    qtbot.keyClick(page, KEY.Key_Home)
    first = model.focus
    qtbot.keyClick(page, KEY.Key_Right)
    assert model.focus == model.order[1]
    qtbot.keyClick(page, KEY.Key_Down)
    below = model.mark(model.focus)
    assert below is not None
    assert below.visit.day < model.mark(first).visit.day
    qtbot.keyClick(page, KEY.Key_A)
    qtbot.keyClick(page, KEY.Key_Home)
    qtbot.keyClick(page, KEY.Key_B)
    assert (model.before, model.after) == (below.photo.photo_id, first)
    qtbot.keyClick(page, KEY.Key_C)
    qtbot.keyClick(page, KEY.Key_Space)
    assert opened.went.calls == [
        ("open_compare", PATIENT.patient_id, below.photo.photo_id, first),
        ("open_photo", PATIENT.patient_id, first),
    ]
    qtbot.keyClick(page, KEY.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert not page.inspector.isVisible()
    assert page.escape()
    assert model.before == ""


def test_a_page_further_down_and_back(qtbot: QtBot) -> None:
    at = Opened(qtbot, "timeline", photos=400)
    page = at.page
    assert isinstance(page, TimelinePage)
    first = page.model.focus
    qtbot.keyClick(page, KEY.Key_PageDown)
    qtbot.keyClick(page, KEY.Key_PageDown)
    well = page.list.well_of(page.model.focus)
    assert page.model.order.index(page.model.focus) > 12
    assert page.list.verticalScrollBar().value() > 0
    assert well is not None
    assert page.list.viewport().rect().contains(well)
    qtbot.keyClick(page, KEY.Key_PageUp)
    qtbot.keyClick(page, KEY.Key_PageUp)
    assert page.model.order.index(page.model.focus) <= page.model.order.index(first) + 12
    for _ in range(60):
        qtbot.keyClick(page, KEY.Key_PageDown)
    assert page.model.focus in at.ids[-12:]


def test_site_for_several_photos_by_typing(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "timeline")
    page = opened.page
    assert isinstance(page, TimelinePage)
    qtbot.keyClick(page, KEY.Key_Home)
    qtbot.keyClick(page, KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    chosen = page.model.acting_on()
    assert len(chosen) == 2
    qtbot.keyClick(page, KEY.Key_S)
    popover = page.window().findChild(SitePopover)
    assert isinstance(popover, SitePopover)
    qtbot.keyClicks(popover.field.edit, "chee")
    qtbot.keyClick(popover.field.edit, KEY.Key_Return)
    opened.tasks.run()
    assert all(page.model.mark(p).photo.body_site == CHEEK for p in chosen)  # type: ignore[union-attr]


def test_click_and_double_click(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "timeline")
    page = opened.page
    assert isinstance(page, TimelinePage)
    well = page.list.well_of(opened.ids[2])
    assert well is not None
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=well.center())
    assert page.model.focus == opened.ids[2]
    qtbot.mouseDClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=well.center())
    assert opened.went.calls[-1] == ("open_photo", PATIENT.patient_id, opened.ids[2])
    page.panel.site_chosen.emit(CHEEK)
    assert {page.model.mark(p).photo.body_site for p in page.model.order} == {CHEEK}  # type: ignore[union-attr]


def test_leaving_ends_the_view_and_drops_pixels(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "timeline")
    page = opened.page
    assert isinstance(page, TimelinePage)
    opened.settle()
    page.left()
    opened.tasks.run()
    assert opened.gate.entries[-1] == ("VIEW_END", (), "", "timeline")
    assert all(page.source.pixmap(p) is None for p in opened.ids)


def test_late_thumbnails_are_dropped() -> None:
    tasks, gate = HandTasks(), PretendGate()
    source = PictureSource(gate, tasks, "p", "timeline")
    source.want(["a", "b"])
    late = tasks.waiting[0]
    source.drop()
    late.cancelled = False  # the worker had already begun
    tasks.finish(late)
    tasks.run()
    assert source.pixmap("a") is None
    assert source.waiting == 0


def test_kept_thumbnails_are_bounded(qtbot: QtBot) -> None:
    tasks = HandTasks()
    source = PictureSource(PretendGate(), tasks, "p", "timeline", limit_bytes=140 * 105 * 4 * 10)
    source.want([str(n) for n in range(40)])
    tasks.run()
    assert sum(source.pixmap(str(n)) is not None for n in range(40)) == 10


def test_late_photos_are_dropped() -> None:
    tasks, gate = HandTasks(), PretendGate()
    loader = PhotoLoader(gate, tasks, "p", "compare")
    arrived: list[Loaded] = []
    loader.arrived.connect(arrived.append)
    loader.show({"a": (10, 10), "b": (10, 10)})
    late, tasks.waiting = list(tasks.waiting), []
    assert loader.busy
    loader.show({"a": (10, 10), "c": (10, 10)})
    for asked in late:
        asked.cancelled = False
        tasks.finish(asked)
    assert arrived == []
    tasks.run()
    assert {one.photo_id for one in arrived} == {"a", "c"}
    assert not loader.busy
    assert [e[0] for e in gate.entries] == ["COMPARE", "COMPARE"]


def test_a_pair_is_logged_before_it_is_seen(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "compare")
    page = opened.page
    assert isinstance(page, ComparePage)
    assert all(page.panes.canvases[side].item.image is not None for side in Side)
    assert opened.gate.entries[0] == ("COMPARE", page.model.pair(), Rendition.SCREEN.value, "compare")
    broken = Opened(qtbot, "compare", broken=True)
    assert isinstance(broken.page, ComparePage)
    assert all(broken.page.panes.canvases[side].item.image is None for side in Side)
    assert "activity log cannot be written" in broken.page.message.text()


def test_keys_of_the_comparison(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "compare")
    page, model = opened.page, opened.page.model  # type: ignore[attr-defined]
    assert isinstance(page, ComparePage)
    a, b = model.pair()
    qtbot.keyClick(page, KEY.Key_2)
    assert model.mode is Mode.CURTAIN
    assert page.panes.stack.isVisible()
    qtbot.keyClick(page, KEY.Key_1)
    qtbot.keyClick(page, KEY.Key_Left)
    opened.tasks.run()
    assert model.a == a
    assert model.b != b
    qtbot.keyClick(page, KEY.Key_X)
    assert model.b == a
    qtbot.keyClick(page, KEY.Key_Plus)
    assert model.view(Side.A).zoom == pytest.approx(1.25)
    assert model.view(Side.B).zoom == pytest.approx(1.25)
    qtbot.keyClick(page, KEY.Key_0)
    assert model.view(Side.A).zoom == 1.0
    qtbot.keyClick(page, KEY.Key_L)
    assert not model.linked
    qtbot.keyClick(page, KEY.Key_G)
    assert model.surround == 1
    qtbot.keyClick(page, KEY.Key_N)
    opened.tasks.run()
    assert {e[0] for e in opened.gate.entries} >= {"COMPARE"}


def test_the_curtain_follows_the_hand(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "compare")
    page = opened.page
    assert isinstance(page, ComparePage)
    page.acts.set_mode(Mode.CURTAIN)
    canvas = page.panes.stack.viewport()
    middle = QPoint(canvas.width() // 2, 150)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(canvas, QPoint(canvas.width() // 4, 150))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() // 4, 150))
    assert page.model.curtain == pytest.approx(0.25, abs=0.01)
    page.panes.divide(0.5)
    stack = page.panes.stack
    at = stack.turner().toPoint()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(canvas, QPoint(canvas.width() // 2 + 200, canvas.height() // 2 - 200))
    qtbot.mouseRelease(
        canvas, Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() // 2 + 200, canvas.height() // 2 - 200)
    )
    assert page.model.curtain_degrees == pytest.approx(45, abs=1)
    assert page.model.curtain == 0.5


def test_the_original_comes_when_more_pixels_are_seen(qtbot: QtBot) -> None:
    opened = Opened(qtbot, "photo")
    page = opened.page
    assert isinstance(page, PhotoPage)
    page.canvas.to_full()
    assert page.canvas.percent() == pytest.approx(100)
    page._settled()
    opened.tasks.run()
    page._settled()
    opened.tasks.run()
    assert ("VIEW", (opened.ids[1],), "original", "photo") in opened.gate.entries
    qtbot.keyClick(page, KEY.Key_Right)
    assert page.model.photo_id == opened.ids[2]
    assert page.model.view.zoom == 1.0
    assert page.canvas.item.image is None, "the next photo is empty until its entry is written"
    opened.tasks.run()
    assert page.canvas.item.image is not None


def test_renditions_are_cropped_to_the_well() -> None:
    wide = cover_image(grey_jpeg(480, 200), 140, 105)
    assert (wide.width(), wide.height()) == (140, 105)
    assert rendition_image(b"not a picture").isNull()
    assert rendition_image(grey_jpeg(64, 48)).format() == QImage.Format.Format_RGB32
