"""The comparison's state, without a window."""

from __future__ import annotations

import pytest

from photodesk.compare import LinkedView
from photodesk.ui.compare.model import CompareModel, Side, followed
from tests.ui.pretend_desk import FOREARM, TODAY, small_timeline


@pytest.fixture
def model() -> CompareModel:
    made = CompareModel(TODAY)
    timeline = small_timeline()
    close = [
        p.photo_id for v in timeline.visits for p in v.photos if (p.body_site, p.standard_view) == (FOREARM, "close-up")
    ]
    made.load(timeline, close[1], close[0])
    return made


def test_the_strip_shows_the_same_site_and_view_oldest_first(model: CompareModel) -> None:
    strip = model.strip()
    assert len(strip) == 6
    assert [f.visit.day for f in strip] == sorted(f.visit.day for f in strip)
    assert [f.number for f in strip] == [1, 2, 3, 4, 5, 6]


def test_stepping_passes_the_other_photo_and_stops_at_the_ends(model: CompareModel) -> None:
    ids = [f.photo_id for f in model.strip()]
    assert model.pair() == (ids[4], ids[5])
    assert not model.step(Side.B, 1)
    assert model.step(Side.B, -1)
    assert model.pair() == (ids[4], ids[3])
    assert model.step(Side.A, -1)
    assert model.pair() == (ids[2], ids[3])


def test_words(model: CompareModel) -> None:
    assert model.interval() == "12 weeks"
    assert model.header(Side.A) == ("28 Aug 2026", "Visit 5 · Naevus check")
    assert model.header(Side.B) == ("20 Nov 2026", "Visit 6 · today")
    assert model.subject() == "Left forearm, close-up"


def test_next_pair_goes_round(model: CompareModel) -> None:
    seen = []
    while model.pair() not in seen:
        seen.append(model.pair())
        assert model.next_pair()
    assert len(seen) > 3


def test_linked_panes_move_together_and_a_nudge_survives(model: CompareModel) -> None:
    model.show(Side.A, LinkedView(2.0, 0.4, 0.5))
    assert model.view(Side.B) == LinkedView(2.0, 0.4, 0.5)
    model.show(Side.B, LinkedView(2.0, 0.5, 0.5), alone=True)
    model.show(Side.A, LinkedView(4.0, 0.4, 0.6))
    nudged = model.view(Side.B)
    assert (nudged.zoom, round(nudged.centre_x, 6), round(nudged.centre_y, 6)) == (4.0, 0.5, 0.6)
    model.toggle_link()
    model.show(Side.A, LinkedView(1.0))
    assert model.view(Side.B).zoom == 4.0
    model.toggle_link()
    assert model.view(Side.B) == model.view(Side.A)


def test_swap_takes_the_views_along(model: CompareModel) -> None:
    model.linked = False
    model.show(Side.A, LinkedView(3.0))
    before = model.pair()
    model.swap()
    assert model.pair() == (before[1], before[0])
    assert (model.view(Side.A).zoom, model.view(Side.B).zoom) == (1.0, 3.0)


def test_without_ids_a_pair_suggests_itself() -> None:
    model = CompareModel(TODAY)
    model.load(small_timeline(), "", "")
    a, b = model.frame(Side.A), model.frame(Side.B)
    assert a is not None
    assert b is not None
    assert a.visit.day < b.visit.day
    assert a.photo.body_site == b.photo.body_site


def test_following_never_shrinks_below_the_whole_photo() -> None:
    assert followed(LinkedView(1.0), LinkedView(4.0), LinkedView(2.0)).zoom == 1.0
