"""Views and visits: rows, gaps in words, what is chosen; the page's keys and hands; only what is seen is asked for."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from photodesk.desk.timeline import Timeline, TimelineVisit
from photodesk.photos import DEFAULT_PROTOCOLS
from photodesk.photos.sites import FACE
from photodesk.ui.series.model import MOST, Place, SeriesModel, ViewRow
from photodesk.ui.series.page import SeriesPage
from photodesk.ui.timeline.page import TimelinePage
from photodesk.ui.timeline.tray import TraySide
from tests.ui.pretend_desk import (
    CHEEK,
    FOREARM,
    PATIENT,
    TODAY,
    UPPER_BACK,
    HandTasks,
    PretendDesk,
    PretendGate,
    Went,
    context,
    large_timeline,
    photo,
    small_timeline,
    visit,
)

KEY = Qt.Key


@pytest.fixture
def model() -> SeriesModel:
    made = SeriesModel(TODAY)
    made.load(small_timeline())
    return made


def at(model: SeriesModel, site: str, view: str, column: int) -> Place:
    return Place(model.rows.index(ViewRow(site, view)), column)


# -- without a window ---------------------------------------------------------------------------------------------


def test_views_go_down_and_visits_across_the_oldest_first(model: SeriesModel) -> None:
    assert [visit.day for visit in model.columns] == sorted(visit.day for visit in model.columns)
    assert [row.title for row in model.rows] == [
        "Left forearm, overview",
        "Left forearm, close-up",
        "Left forearm, dermoscopy",
        "Cheek, frontal",
        "Cheek, oblique right",
        "Upper back, overview",
        "Upper back, close-up",
    ]
    assert model.apart(5) == "Today"
    assert model.apart(4) == "12 weeks"


def test_a_gap_says_what_is_missing_and_when(model: SeriesModel) -> None:
    gap = at(model, FOREARM, "dermoscopy", 0)
    assert model.missing(gap)
    assert model.words(gap) == "Left forearm, dermoscopy missing on 14 Mar 2025"
    other = at(model, CHEEK, "frontal", 0)
    assert not model.missing(other), "a visit without this site lacks nothing of it"
    assert model.words(other) == "No photos of this site on 14 Mar 2025"
    assert model.lacks(0) == 1


def test_a_series_that_was_begun_shows_what_was_never_taken() -> None:
    face = next(p for p in DEFAULT_PROTOCOLS if {s.site for s in p.steps} == {FACE} and len(p.steps) > 3)
    day = date(2026, 5, 3)
    this = visit(0, day)
    taken = tuple(photo(n, this.visit_id, FACE, s.view) for n, s in enumerate(face.steps) if s.view != "oblique-left")
    model = SeriesModel(TODAY)
    model.load(Timeline(PATIENT, (TimelineVisit(this, taken),)), DEFAULT_PROTOCOLS)
    assert model.words(at(model, FACE, "oblique-left", 0)) == "Face, oblique left missing on 3 May 2026"


def test_the_last_photo_that_can_be_shown_stands_for_a_cell() -> None:
    this = visit(0, TODAY)
    first, last = photo(1, this.visit_id, CHEEK, "frontal"), photo(2, this.visit_id, CHEEK, "frontal")
    broken = replace(last, facts=replace(last.facts, undecodable="Not a picture"))
    model = SeriesModel(TODAY)
    model.load(Timeline(PATIENT, (TimelineVisit(this, (first, broken)),)))
    assert model.photo(Place(0, 0)) == first
    assert model.toggle(Place(0, 0))
    assert model.chosen() == (first.photo_id,)
    assert "2 photos" in model.words(Place(0, 0))


def test_two_to_six_cells_are_chosen_oldest_first(model: SeriesModel) -> None:
    close = [at(model, FOREARM, "close-up", column) for column in range(6)]
    for place in reversed(close):
        assert model.toggle(place)
    assert not model.toggle(at(model, FOREARM, "overview", 0)), "a seventh"
    assert [model.letter(place) for place in close] == list("ABCDEF")
    assert not model.toggle(at(model, FOREARM, "dermoscopy", 0)), "a gap"
    assert model.toggle(close[0])
    assert model.letter(close[1]) == "A"
    chosen = model.chosen()
    model.load(small_timeline())
    assert model.chosen() == chosen, "another reading keeps it"
    assert model.clear()
    assert not model.clear()


def test_one_site_alone(model: SeriesModel) -> None:
    model.show_site(UPPER_BACK)
    assert {row.site for row in model.rows} == {UPPER_BACK}
    assert model.focus is not None
    model.show_site("")
    assert len(model.rows) == 7


@given(st.lists(st.tuples(st.integers(-3, 12), st.integers(-3, 12), st.booleans()), max_size=20))
def test_focus_stays_inside_and_never_more_than_six_are_chosen(steps: list[tuple[int, int, bool]]) -> None:
    model = SeriesModel(TODAY)
    model.load(small_timeline())
    for row, column, sweep in steps:
        model.go(Place(row, column))
        focus = model.focus
        assert focus is not None
        assert 0 <= focus.row < len(model.rows)
        assert 0 <= focus.column < len(model.columns)
        if sweep:
            model.choose_between(Place(0, 0), focus)
        else:
            model.toggle(focus)
        chosen = model.chosen()
        assert len(chosen) == len(set(chosen)) <= MOST
        days = {p.photo_id: v.visit.day for v in small_timeline().visits for p in v.photos}
        assert [days[p] for p in chosen] == sorted(days[p] for p in chosen)


def test_five_thousand_photos_are_laid_out_fast() -> None:
    timeline, model = large_timeline(5000), SeriesModel(TODAY)
    began = time.thread_time()
    model.load(timeline)
    assert time.thread_time() - began < 1.0
    assert len(model.columns) == 417


# -- the page -----------------------------------------------------------------------------------------------------


class Opened:
    def __init__(self, qtbot: QtBot, *, photos: int = 0, broken: bool = False) -> None:
        self.tasks, self.went, self.gate = HandTasks(), Went(), PretendGate(broken=broken)
        desk = PretendDesk(large_timeline(photos) if photos else small_timeline(), self.gate)
        self.page = SeriesPage(context(desk, self.tasks, self.went), PATIENT.patient_id)
        qtbot.addWidget(self.page)
        self.page.resize(1600, 1000)
        self.page.show()
        self.page.entered()
        self.tasks.run()
        self.page.table.ask_for_visible()
        self.model = self.page.model


def test_no_thumbnail_before_its_entry_and_one_entry_for_what_is_seen(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    seen = at.page.table.visible_photos()
    assert len(seen) > 15
    assert all(at.page.source.pixmap(p) is None for p in seen)
    at.tasks.run()
    assert all(at.page.source.pixmap(p) is not None for p in seen)
    views = [e for e in at.gate.entries if e[0] == "VIEW"]
    assert views == [("VIEW", views[0][1], "thumbnail", "series")]
    assert set(views[0][1]) == set(seen)
    at.page.left()
    at.tasks.run()
    assert at.gate.entries[-1] == ("VIEW_END", (), "", "series")
    assert all(at.page.source.pixmap(p) is None for p in seen)


def test_a_full_log_shows_nothing_and_says_so(qtbot: QtBot) -> None:
    at = Opened(qtbot, broken=True)
    at.tasks.run()
    assert all(at.page.source.pixmap(p) is None for p in at.page.table.visible_photos())
    assert "activity log cannot be written" in at.page.message.text()


def test_nothing_is_asked_for_before_the_person_said_what_for(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    at.tasks.run()
    at.page.left()
    at.tasks.run()
    at.gate.purposes.ask = True
    before = len(at.gate.entries)
    at.page.entered()
    at.tasks.run()
    at.page.table.ask_for_visible()
    at.tasks.run()
    assert at.page.purpose.isVisible()
    assert len(at.gate.entries) == before
    qtbot.keyClick(at.page, KEY.Key_1)
    at.tasks.run()
    at.page.table.ask_for_visible()
    at.tasks.run()
    assert at.gate.purposes.said
    assert at.gate.entries[-1][0] == "VIEW"


def test_of_five_thousand_photos_only_what_is_seen_is_asked_for(qtbot: QtBot) -> None:
    at = Opened(qtbot, photos=5000)
    at.tasks.run()
    asked = {p for e in at.gate.entries for p in e[1]}
    assert 0 < len(asked) < 120
    began = time.thread_time()
    for _ in range(50):
        qtbot.keyClick(at.page, KEY.Key_Left)
    qtbot.keyClick(at.page, KEY.Key_Home)
    at.page.table.viewport().repaint()
    assert time.thread_time() - began < 3.0
    at.page.table.ask_for_visible()
    at.tasks.run()
    oldest = {p.photo_id for p in at.model.timeline.visits[-1].photos}  # type: ignore[union-attr]
    assert oldest & {p for e in at.gate.entries for p in e[1]}


def test_keys(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    at.tasks.run()
    assert at.model.focus == Place(0, 5), "the newest visit"
    qtbot.keyClick(at.page, KEY.Key_Down)
    qtbot.keyClick(at.page, KEY.Key_Space)
    qtbot.keyClick(at.page, KEY.Key_Home)
    assert at.model.focus == Place(1, 0)
    qtbot.keyClick(at.page, KEY.Key_Return)
    chosen = at.model.chosen()
    assert len(chosen) == 2
    assert at.went.calls[-1] == ("open_photos", PATIENT.patient_id, chosen)
    assert at.page.escape()
    assert at.model.chosen() == ()
    assert not at.page.escape()
    qtbot.keyClick(at.page, KEY.Key_Down)
    assert at.page.foot.text() == "Left forearm, dermoscopy missing on 14 Mar 2025"
    qtbot.keyClick(at.page, KEY.Key_Space)
    assert at.went.calls[-1] == ("say", "Left forearm, dermoscopy missing on 14 Mar 2025.")
    qtbot.keyClick(at.page, KEY.Key_End)
    qtbot.keyClick(at.page, KEY.Key_F)
    assert at.went.calls[-1][0] == "open_photo"


def test_a_click_chooses_and_a_drag_sweeps(qtbot: QtBot) -> None:
    at = Opened(qtbot)
    at.tasks.run()
    table = at.page.table
    view = table.viewport()
    first, last = table.well(Place(0, 2)).center(), table.well(Place(1, 4)).center()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=first)
    assert at.model.letter(Place(0, 2)) == "A"
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=first)
    assert at.model.letter(Place(0, 2)) == ""
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=first)
    qtbot.mouseMove(view, last)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=last)
    assert len(at.model.chosen()) == 6
    qtbot.mouseClick(at.page.foot.compare, Qt.MouseButton.LeftButton)
    assert at.went.calls[-1] == ("open_photos", PATIENT.patient_id, at.model.chosen())
    assert table.place_at(QPoint(10, 10)) is None


# -- from the timeline --------------------------------------------------------------------------------------------


def test_from_the_timeline_by_key_and_photos_dropped_on_the_tray(qtbot: QtBot) -> None:
    tasks, went = HandTasks(), Went()
    page = TimelinePage(context(PretendDesk(small_timeline()), tasks, went), PATIENT.patient_id)
    qtbot.addWidget(page)
    page.resize(1528, 944)
    page.show()
    page.entered()
    tasks.run()
    qtbot.keyClick(page, KEY.Key_G)
    assert went.calls == [("open_series", PATIENT.patient_id)]
    page.model.clear_marks()
    page.middle.tray.refresh()
    assert not page.middle.tray.isVisible()
    page.middle.tray.expect(dragged=True)
    assert page.middle.tray.isVisible(), "there is a place to drop it"
    sides = page.middle.tray.findChildren(TraySide)
    sides[0].dropped.emit(page.model.order[3])
    sides[1].dropped.emit(page.model.order[0])
    assert (page.model.before, page.model.after) == (page.model.order[3], page.model.order[0])
    sides[1].dropped.emit(page.model.order[0])
    assert page.model.after == page.model.order[0], "dropping it again takes nothing away"
