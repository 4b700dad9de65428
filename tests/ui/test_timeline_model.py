"""The timeline's state and arithmetic, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.ui.timeline.geometry import CAPTION_PX, DATE_PX, lay_out
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.painting import APART_PX, RING_PX, TEXT_X_PX, SectionPainter, apart_words
from photodesk.ui.timeline.sections import NO_SITE, Filter, Section, capture_facts, groups_of, title_of
from photodesk.ui.timeline.time_scale import scale_of
from photodesk.visits import interval_words
from tests.ui.pretend_desk import CHEEK, FOREARM, TODAY, photo, small_timeline, visit


@pytest.fixture
def model() -> TimelineModel:
    made = TimelineModel(TODAY)
    made.load(small_timeline())
    return made


def test_sections_are_newest_first_and_grouped_by_site(model: TimelineModel) -> None:
    assert [s.visit.day for s in model.sections] == sorted((s.visit.day for s in model.sections), reverse=True)
    assert [(g.name, len(g.photos)) for g in model.sections[0].groups] == [("Left forearm", 3), ("Upper back", 2)]
    assert model.sections[0].today
    assert [s.apart for s in model.sections[:3]] == ["", "12 weeks", "12 weeks"]


def test_photos_without_a_site_come_last() -> None:
    groups = groups_of([photo(1, "v"), photo(2, "v", FOREARM), photo(3, "v")])
    assert [(g.name, len(g.photos)) for g in groups] == [("Left forearm", 1), (NO_SITE, 2)]


def test_a_pair_suggests_itself_and_marks_never_meet(model: TimelineModel) -> None:
    assert model.can_compare
    one, other = model.order[0], model.order[1]
    model.mark_before(one)
    model.mark_after(one)
    assert (model.before, model.after) == ("", one)
    model.mark_before(other)
    assert (model.before, model.after) == (other, one)
    model.mark_after(one)
    assert model.after == ""
    assert model.clear_marks()
    assert not model.clear_marks()


def test_the_filter_hides_and_the_focus_follows(model: TimelineModel) -> None:
    model.set_filter(Filter(site=CHEEK))
    assert len(model.sections) == 3
    assert all(model.mark(p).photo.body_site == CHEEK for p in model.order)  # type: ignore[union-attr]
    assert model.focus in model.order
    model.set_filter(Filter(site=CHEEK, tag="naevus"))
    assert model.order == ()
    assert model.focus == ""
    assert model.acting_on() == ()


def test_selection_by_run_and_by_toggle(model: TimelineModel) -> None:
    order = model.order
    model.choose(order[2])
    model.step(3, through=True)
    assert model.acting_on() == order[2:6]
    model.choose(order[8], add=True)
    assert model.acting_on() == (*order[2:6], order[8])
    model.step(-100)
    assert model.acting_on() == (order[0],)


def test_counts_by_site(model: TimelineModel) -> None:
    assert [(c.name, c.count) for c in model.site_counts()] == [("Left forearm", 14), ("Cheek", 6), ("Upper back", 6)]
    assert model.place_in_visit(model.sections[0].photos[1].photo_id) == (2, 5)


def test_facts_that_are_not_known_are_left_out() -> None:
    facts = dict(capture_facts(photo(1, "v", FOREARM, "close-up")))
    assert facts["Taken"] == "20 Nov 2026, 09:14"
    assert facts["Exposure"] == "1/160\u00a0s, f/8, ISO\u00a0200"
    assert "Lens" not in facts
    assert title_of(photo(1, "v", FOREARM, "close-up")) == "Left forearm, close-up"


@given(
    counts=st.lists(st.integers(1, 70), min_size=0, max_size=6),
    width=st.integers(300, 1800),
    thumbnail=st.integers(96, 240),
)
def test_thumbnails_never_overlap_and_stay_inside(counts: list[int], width: int, thumbnail: int) -> None:
    codes = (FOREARM, CHEEK, "699893008", "22335008", "7769000", "")
    photos = [photo(100 * g + n, "v", codes[g]) for g, count in enumerate(counts) for n in range(count)]
    section = Section(visit(1, TODAY), groups_of(photos), "", True)
    layout = lay_out(section, width, thumbnail)
    assert [c.photo_id for c in layout.cells] == [p.photo_id for p in section.photos]
    boxes = [(c.x, c.y) for c in layout.cells]
    for index, (x, y) in enumerate(boxes):
        assert x >= DATE_PX
        assert x == DATE_PX or x + thumbnail <= max(width, DATE_PX + thumbnail)
        assert y + layout.well_height + CAPTION_PX <= layout.height
        for ox, oy in boxes[max(0, index - 20) : index]:
            assert abs(ox - x) >= thumbnail or abs(oy - y) >= layout.well_height + CAPTION_PX
        assert layout.hit(x + 1, y + 1) == layout.cells[index]


@given(days=st.lists(st.dates(date(1990, 1, 1), date(2100, 1, 1)), min_size=1, max_size=40))
def test_the_scale_is_true_and_turns_back(days: list[date]) -> None:
    scale = scale_of(days, 60, 960)
    for day in days:
        x = scale.x(day)
        assert 60 <= x <= 960
        assert abs((scale.day(x) - day).days) <= 1
    assert scale.nearest(scale.x(days[0]), days, 12) is not None
    assert all(60 <= x <= 960 for x in scale.ticks())


def test_the_list_of_a_long_record_is_arranged_quickly() -> None:
    from tests.ui.pretend_desk import large_timeline

    model = TimelineModel(TODAY + timedelta(days=1))
    model.load(large_timeline(5000))
    assert len(model.order) == 5000


def test_every_visit_says_alike_how_long_before_the_next_it_was(model: TimelineModel) -> None:
    told = [apart_words(section) for section in model.sections]
    assert told == ["", *(f"{section.apart} before" for section in model.sections[1:])]
    assert told[1] == "12 weeks before"
    assert apart_words(replace(model.sections[1], apart="same day")) == "same day"


def test_how_long_before_ends_in_front_of_the_ring_of_the_first_photo(qtbot: QtBot, dressed: QApplication) -> None:
    model = TimelineModel(TODAY)
    model.load(small_timeline())
    painter = SectionPainter(model, None)  # type: ignore[arg-type]  no pictures are asked for
    metrics = QFontMetrics(painter._fonts["apart"])
    for days in range(1, 366 * 40, 5):
        words = apart_words(replace(model.sections[1], apart=interval_words(TODAY - timedelta(days=days), TODAY)))
        assert metrics.elidedText(words, Qt.TextElideMode.ElideRight, APART_PX) == words
    assert TEXT_X_PX + APART_PX <= DATE_PX - RING_PX
