"""The pair that suggests itself."""

from __future__ import annotations

from datetime import date

from photodesk.compare import DatedPhoto, pair_with, sensible_pairs, suggested_pair
from photodesk.photos import CameraTime, Photo, PhotoFacts

FACE, BACK = "89545001", "77568009"


def _photo(name: str, day: date, site: str, view: str = "frontal", at: str = "09:00:00") -> DatedPhoto:
    facts = PhotoFacts("image/jpeg", 10, 10, camera_time=CameraTime(f"{day}T{at}"))
    return DatedPhoto(Photo(name, "patient", f"visit {day}", (), facts, site, view), day)


MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def test_first_against_latest_of_one_site_and_view() -> None:
    photos = [
        _photo("c", JULY, FACE),
        _photo("a", MAY, FACE),
        _photo("b", JUNE, FACE),
        _photo("x", JULY, FACE, "basal"),
    ]
    pair = suggested_pair(photos)
    assert pair is not None
    assert (pair.before.photo.photo_id, pair.after.photo.photo_id) == ("a", "c")


def test_the_last_taken_of_a_visit_stands_for_it() -> None:
    photos = [_photo("a", MAY, FACE), _photo("b1", JUNE, FACE, at="09:00:00"), _photo("b2", JUNE, FACE, at="09:05:00")]
    pair = suggested_pair(photos)
    assert pair is not None
    assert pair.after.photo.photo_id == "b2"


def test_the_series_photographed_last_comes_first_and_the_rest_follows() -> None:
    photos = [_photo("f1", MAY, FACE), _photo("f2", JUNE, FACE)]
    photos += [_photo("b1", MAY, BACK), _photo("b2", JUNE, BACK), _photo("b3", JULY, BACK)]
    found = [(pair.before.photo.photo_id, pair.after.photo.photo_id) for pair in sensible_pairs(photos)]
    assert found == [("b1", "b3"), ("f1", "f2"), ("b2", "b3"), ("b1", "b2")]


def test_nothing_is_paired_by_guess() -> None:
    assert suggested_pair([]) is None
    assert suggested_pair([_photo("a", MAY, ""), _photo("b", JUNE, "")]) is None
    assert suggested_pair([_photo("a", MAY, FACE), _photo("b", JUNE, BACK)]) is None
    assert suggested_pair([_photo("a", MAY, FACE, at="08:00:00"), _photo("b", MAY, FACE)]) is None
    unsure = [_photo("a", MAY, BACK, ""), _photo("b", JULY, BACK, ""), _photo("c", MAY, FACE), _photo("d", JUNE, FACE)]
    pair = suggested_pair(unsure)
    assert pair is not None
    assert pair.before.photo.photo_id == "c", "a known view goes before an unknown one"


def test_one_photo_finds_its_partner() -> None:
    days = [date(2026, month, 1) for month in (1, 3, 5, 7)]
    photos = [_photo(f"p{at}", day, "face") for at, day in enumerate(days)]
    early = _photo("early", days[3], "face", at="08:00:00")  # the same site, view and visit as p3
    known = [*photos, early, _photo("alone", days[3], "hand"), _photo("unsorted", days[0], "")]
    partners = {photo_id: pair_with(known, photo_id) for photo_id in ("p0", "p1", "p2", "p3", "early")}
    found = {photo_id: pair.ids for photo_id, pair in partners.items() if pair is not None}
    assert found == {
        "p0": ("p0", "p3"),
        "p1": ("p0", "p1"),
        "p2": ("p2", "p3"),
        "p3": ("p0", "p3"),
        "early": ("p0", "early"),
    }
    assert all(pair_with(known, photo_id) is None for photo_id in ("alone", "unsorted", "nobody"))
