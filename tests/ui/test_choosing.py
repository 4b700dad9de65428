"""Choosing the pair: first and last, pins, the next site and view, the filmstrip, photos dragged onto panes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from photodesk.ui.compare.model import CompareModel, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.photo_drag import FORMAT, PhotoDrag, PhotoDrop
from tests.ui.pretend_desk import PATIENT, TODAY, HandTasks, PretendDesk, Went, context, small_timeline
from tests.ui.test_time_lapse import series_ids

KEY, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


class Opened:
    def __init__(self, qtbot: QtBot, before: str = "", after: str = "") -> None:
        self.tasks, self.went = HandTasks(), Went()
        self.page = ComparePage(
            context(PretendDesk(small_timeline()), self.tasks, self.went), PATIENT.patient_id, before, after
        )
        qtbot.addWidget(self.page)
        self.page.resize(1600, 1000)
        self.page.show()
        self.page.entered()
        self.tasks.run()
        qtbot.waitUntil(lambda: not self.page.beside.waits)  # the strip is drawn behind the photos

    @property
    def pair(self) -> tuple[str, str]:
        self.tasks.run()
        return self.page.model.pair()


def test_without_ids_today_stands_beside_the_first_visit_of_the_same_site_and_view(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    a, b = (at.page.model.frame(side) for side in Side)
    assert a is not None
    assert b is not None
    assert a.place == b.place
    assert b.visit.day == TODAY
    assert a.number == 1


def test_first_and_last_visit_by_key(qtbot: QtBot) -> None:
    ids = series_ids()
    at = Opened(qtbot, ids[2], ids[3])
    qtbot.keyClick(at.page, KEY.Key_End)
    assert at.pair == (ids[2], ids[5])
    qtbot.keyClick(at.page, KEY.Key_Home, SHIFT)
    assert at.pair == (ids[0], ids[5])
    qtbot.keyClick(at.page, KEY.Key_Home)
    assert at.pair == (ids[0], ids[1]), "never the same photo twice"
    qtbot.keyClick(at.page, KEY.Key_End, SHIFT)
    assert at.pair == (ids[5], ids[1])


def test_n_goes_round_the_site_and_view_and_shift_n_to_the_next(qtbot: QtBot) -> None:
    ids = series_ids()
    at = Opened(qtbot, ids[0], ids[5])
    found = []
    for _ in range(6):
        qtbot.keyClick(at.page, KEY.Key_N)
        found.append(at.pair)
    assert found == [
        (ids[4], ids[5]),
        (ids[0], ids[4]),
        (ids[0], ids[3]),
        (ids[0], ids[2]),
        (ids[0], ids[1]),
        (ids[0], ids[5]),
    ]
    places = set()
    for _ in range(8):
        qtbot.keyClick(at.page, KEY.Key_N, SHIFT)
        places.add(at.page.model.subject())
    assert len(places) == 7, "every site and view of two visits"


def test_a_pinned_photo_stays_and_the_other_steps(qtbot: QtBot) -> None:
    ids = series_ids()
    at = Opened(qtbot, ids[0], ids[5])
    qtbot.keyClick(at.page, KEY.Key_P, SHIFT)
    assert at.page.model.pinned is Side.A
    assert at.page.header.accessibleName().endswith("A pinned")
    qtbot.keyClick(at.page, KEY.Key_Left, SHIFT)
    assert at.pair == (ids[0], ids[4]), "the key of A steps B while A is pinned"
    qtbot.keyClick(at.page, KEY.Key_Home, SHIFT)
    assert at.pair == (ids[0], ids[1])
    qtbot.keyClick(at.page, KEY.Key_N)
    assert at.pair[0] == ids[0]
    qtbot.keyClick(at.page, KEY.Key_N, SHIFT)
    assert at.pair[0] == ids[0]
    assert at.went.calls[-1] == ("say", "A is pinned. Press Shift+P to let go of it.")
    qtbot.keyClick(at.page, KEY.Key_X)
    assert at.pair[1] == ids[0]
    assert at.page.model.pinned is Side.B
    before = at.pair[0]
    qtbot.keyClick(at.page, KEY.Key_Left)
    assert at.pair[1] == ids[0]
    assert at.pair[0] != before
    qtbot.keyClick(at.page, KEY.Key_P, SHIFT)
    assert at.page.model.pinned is None


@given(
    st.lists(st.sampled_from(["←", "→", "⇧←", "⇧→", "Home", "End", "⇧Home", "⇧End", "N", "⇧N", "X"]), max_size=30),
    st.sampled_from(list(Side)),
    st.integers(0, 22),
    st.integers(0, 22),
)
def test_whatever_is_pressed_a_pinned_photo_stays_and_no_photo_stands_twice(
    keys: list[str], pinned: Side, first: int, second: int
) -> None:
    model = CompareModel(TODAY)
    timeline = small_timeline()
    ids = [p.photo_id for v in timeline.visits for p in v.photos]
    if ids[first % len(ids)] == ids[second % len(ids)]:
        return
    model.load(timeline, ids[first % len(ids)], ids[second % len(ids)])
    model.pinned = pinned
    kept = model.pair()[pinned is Side.B]
    for key in keys:
        side = Side.A if key.startswith("⇧") else Side.B
        {
            "←": lambda s=side: model.step(s, -1),
            "→": lambda s=side: model.step(s, 1),
            "Home": lambda s=side: model.to_end(s, last=False),
            "End": lambda s=side: model.to_end(s, last=True),
            "N": model.next_series if side is Side.A else model.next_pair,
            "X": model.swap,
        }[key.lstrip("⇧")]()
        assert model.pinned is not None
        assert model.pair()[model.pinned is Side.B] == kept
        assert model.a != model.b


def test_the_filmstrip_picks_when_it_is_let_go(qtbot: QtBot) -> None:
    ids = series_ids()
    at = Opened(qtbot, ids[0], ids[5])
    strip = at.page.band.strip
    where = QPoint(strip._left(2) + 20, 40)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=where)
    assert at.pair == (ids[0], ids[2])
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, SHIFT, QPoint(strip._left(1) + 20, 40))
    assert at.pair == (ids[1], ids[2])
    qtbot.keyClick(at.page, KEY.Key_P, SHIFT)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, SHIFT, QPoint(strip._left(4) + 20, 40))
    assert at.pair == (ids[1], ids[4]), "a pinned side leaves it to the other"


class Dropped(QDropEvent):
    """A drop of a photo that a widget of this desk lets go of."""

    def __init__(self, source: QWidget, photo_id: str) -> None:
        data = QMimeData()
        data.setData(FORMAT, b"")
        source.setProperty(FORMAT, photo_id)
        self._from, self._data = source, data
        at, copy = QPointF(10, 10), Qt.DropAction.CopyAction
        super().__init__(at, copy, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)

    def source(self) -> QWidget:
        return self._from


def test_a_photo_is_dragged_from_the_filmstrip_onto_a_pane(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = series_ids()
    at = Opened(qtbot, ids[0], ids[5])
    strip = at.page.band.strip
    carried: list[tuple[str, list[str], bytes]] = []

    def let_go(drag: QDrag, *_: object) -> Qt.DropAction:
        data = drag.mimeData()
        source = drag.source()
        carried.append((str(source.property(FORMAT)), data.formats(), bytes(data.data(FORMAT).data())))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", let_go)
    where = QPoint(strip._left(3) + 20, 40)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=where)
    drag = strip.findChild(PhotoDrag)
    assert isinstance(drag, PhotoDrag)
    assert drag.photo_id == ids[3]
    drag.start()
    assert carried == [(ids[3], [FORMAT], b"")], "other programs are offered nothing"
    assert strip.property(FORMAT) == ""

    drop = at.page.panes.canvases[Side.A].viewport().findChild(PhotoDrop)
    assert isinstance(drop, PhotoDrop)
    assert drop.eventFilter(strip, Dropped(strip, ids[3]))
    assert at.pair == (ids[3], ids[5])
    assert drop.eventFilter(strip, Dropped(strip, ids[5]))
    assert at.pair == (ids[5], ids[3]), "the photo of the other side swaps"
    qtbot.keyClick(at.page, KEY.Key_P, SHIFT)
    assert drop.eventFilter(strip, Dropped(strip, ids[1]))
    assert at.pair == (ids[5], ids[3]), "a pinned photo stays"
    assert not drop.eventFilter(strip, Dropped(strip, "")), "what is not a photo of this desk is not taken"


def test_another_site_and_view_is_another_time_lapse(qtbot: QtBot) -> None:
    at = Opened(qtbot, *(series_ids()[::5]))
    qtbot.keyClick(at.page, KEY.Key_6)
    at.tasks.run()
    first = at.page.lapse.model.frames
    qtbot.keyClick(at.page, KEY.Key_N, SHIFT)
    at.tasks.run()
    assert at.page.model.mode is Mode.TIME_LAPSE
    assert at.page.lapse.model.frames != first
    assert at.page.lapse.model.seen == 0
    assert at.page.lapse.view.canvas.item.image is not None
