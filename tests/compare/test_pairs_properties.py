"""Pairs of any chart: same site and view, never the same visit, earlier before later, and every one is reached."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from photodesk.compare import DatedPhoto, all_series, next_pair, next_series, sensible_pairs, suggested_pair
from photodesk.photos import CameraTime, Photo, PhotoFacts

FIRST = date(2025, 1, 1)


@st.composite
def charts(draw: st.DrawFn) -> list[DatedPhoto]:
    found = []
    for number in range(draw(st.integers(0, 24))):
        day = FIRST + timedelta(days=30 * draw(st.integers(0, 5)))
        site, view = draw(st.sampled_from(["", "face", "back", "arm"])), draw(st.sampled_from(["", "frontal", "basal"]))
        undecodable = "Not a picture" if draw(st.integers(0, 9)) == 0 else ""
        facts = PhotoFacts(
            "image/jpeg",
            10,
            10,
            camera_time=CameraTime(f"{day}T{draw(st.integers(8, 17)):02}:00:00"),
            undecodable=undecodable,
        )
        found.append(DatedPhoto(Photo(f"{number:032x}", "p", f"visit {day}", (), facts, site, view), day))
    return found


@given(charts())
def test_pairs_are_of_one_site_and_view_and_of_two_visits(photos: list[DatedPhoto]) -> None:
    for pair in sensible_pairs(photos):
        assert pair.before.place == pair.after.place
        assert pair.before.photo.body_site
        assert pair.before.day < pair.after.day
        assert not pair.before.photo.facts.undecodable
        assert not pair.after.photo.facts.undecodable


@given(charts())
def test_the_suggested_pair_is_first_against_latest_of_the_series_photographed_last(photos: list[DatedPhoto]) -> None:
    days = defaultdict(set)
    for each in photos:
        if each.photo.body_site and not each.photo.facts.undecodable:
            days[each.place].add(each.day)
    series = {place: found for place, found in days.items() if len(found) > 1}
    pair = suggested_pair(photos)
    if not series:
        assert pair is None
        return
    assert pair is not None
    found = series[pair.before.place]
    assert (pair.before.day, pair.after.day) == (min(found), max(found))
    with_view = {place: held for place, held in series.items() if place[1]} or series
    assert pair.before.place in with_view
    assert max(found) == max(max(held) for held in with_view.values())
    assert len(found) == max(len(held) for held in with_view.values() if max(held) == max(found))


@given(charts())
def test_one_key_goes_round_one_site_and_view_and_another_through_all_of_them(photos: list[DatedPhoto]) -> None:
    pairs = sensible_pairs(photos)
    if not pairs:
        assert next_pair(pairs, ("", "")) is None
        assert next_series(pairs, ("", "")) is None
        return
    own = [pair for pair in pairs if pair.before.place == pairs[0].before.place]
    seen, now = [pairs[0].ids], pairs[0].ids
    for _ in own:
        following = next_pair(pairs, now)
        if following is None or following.ids in seen:
            break
        seen.append(now := following.ids)
    if len(own) > 1:
        assert seen == [pair.ids for pair in own], "first–latest, previous–latest, then the ones between"
    places, now = set(), pairs[0].ids
    for _ in range(len(pairs) + 1):
        following = next_series(pairs, now)
        if following is not None:
            now = following.ids
        places.add(next(pair.before.place for pair in pairs if pair.ids == now))
    assert places == {pair.before.place for pair in pairs}


@given(charts(), st.data())
def test_what_is_pinned_stays_in_every_pair(photos: list[DatedPhoto], data: st.DataObject) -> None:
    pairs = sensible_pairs(photos)
    if not pairs:
        return
    now = data.draw(st.sampled_from([pair.ids for pair in pairs]))
    keep = data.draw(st.sampled_from(now))
    following = next_pair(pairs, now, keep)
    if following is not None:
        assert keep in following.ids
        assert set(following.ids) != set(now)


@given(charts())
def test_a_series_holds_one_photo_a_visit_oldest_first(photos: list[DatedPhoto]) -> None:
    for series in all_series(photos):
        days = [each.day for each in series]
        assert days == sorted(set(days))
        for each in series:
            same = [p for p in photos if (p.place, p.day) == (each.place, each.day) and not p.photo.facts.undecodable]
            assert each.photo.facts.camera_time.text == max(p.photo.facts.camera_time.text for p in same)
