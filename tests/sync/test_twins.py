"""The same photo imported at two workstations is one photo for people, whatever each of them said about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.errors import Refused
from photodesk.photos import Rendition
from photodesk.photos.marks import Mark, MarkKind
from photodesk.store.catalog import ContentState
from photodesk.store.chart import Chart
from photodesk.store.held_originals import Held, held_of
from tests.store.inbox import RENDITIONS, shot_of
from tests.store.test_health import run
from tests.sync.workstations import Network, Workstation, clinic

LEFT, RIGHT = "66480008", "64262003"
Two = tuple[Workstation, Workstation]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    a, b = clinic(tmp_path, 2)
    yield a, b
    a.close()
    b.close()


def filed(station: Workstation, patient_id: str, data: bytes, site: str = "") -> str:
    shot, source = shot_of(data)
    return chart_of(station, patient_id).file_shot(station.store.change, shot, source, RENDITIONS, "v1", site).photo_id


def chart_of(station: Workstation, patient_id: str) -> Chart:
    return station.store.charts.open(patient_id)


def test_one_photo_with_what_was_said_of_both(two: Two) -> None:
    a, b = two
    network = Network()
    patient_id = a.store.patient().patient_id
    network.exchange(a, b)
    ids = [filed(a, patient_id, b"the same"), filed(b, patient_id, b"the same", LEFT)]
    chart_of(a, patient_id).set_photo(a.store.change, ids[0], tags=["healed"])
    mark = Mark("0a" * 16, ids[1], MarkKind.ARROW, ((1.0, 2.0), (3.0, 4.0)), "here", "", False, ())
    chart_of(b, patient_id).put_mark(b.store.change, mark)
    raw, source = shot_of(b"raw")
    chart_of(b, patient_id).add_original(b.store.change, ids[1], raw, source)
    other = filed(b, patient_id, b"another")
    network.exchange(a, b)
    photos = [chart_of(one, patient_id).photos() for one in two]
    assert photos[0] == photos[1]
    assert {one.photo_id for one in photos[0]} == {ids[1], other}
    kept = chart_of(a, patient_id).photo(ids[1])
    assert (kept.body_site, kept.tags, len(kept.originals)) == (LEFT, ("healed",), 2)
    assert [one.photo_id for one in chart_of(a, patient_id).marks([ids[1]])] == [ids[1]]
    assert a.store.catalog.summary(patient_id).photos == 2
    assert chart_of(a, patient_id).original_bytes(kept.originals[0].original_id) == b"the same", "A has it as its own"
    assert chart_of(a, patient_id).renditions([ids[1]], Rendition.THUMBNAIL)
    chart_of(a, patient_id).set_photo(a.store.change, ids[1], site="")
    network.exchange(a, b)
    assert [chart_of(one, patient_id).photo(ids[1]).body_site for one in two] == ["", ""], "cleared for good"


def test_another_site_said_at_each_is_reviewed_and_blocks_export(two: Two) -> None:
    a, b = two
    network = Network()
    patient_id = a.store.patient().patient_id
    network.exchange(a, b)
    filed(a, patient_id, b"the same", LEFT)
    filed(b, patient_id, b"the same", RIGHT)
    assert [one.conflicts for one in network.exchange(a, b)] == [1, 1]
    (conflict,), (there,) = a.desk.conflicts(), b.desk.conflicts()
    assert conflict == there
    assert (conflict.what, conflict.blocks_export) == ("Body site", True)
    (listed,) = chart_of(a, patient_id).photos()
    assert listed.body_site == RIGHT, "said last"
    with pytest.raises(Refused):
        a.session.disclosures.disclose(patient_id, [listed.photo_id], "", "", "original", "")
    a.desk.resolve(conflict.conflict_id, "there")
    network.exchange(a, b)
    assert a.desk.conflicts() == b.desk.conflicts() == []
    assert [chart_of(one, patient_id).photos()[0].body_site for one in two] == [LEFT, LEFT]
    assert [one.store.catalog.summary(patient_id).photos for one in two] == [1, 1]
    b.session.disclosures.disclose(patient_id, [listed.photo_id], "", "", "original", "")


def test_they_share_their_fate(two: Two) -> None:
    a, b = two
    network = Network()
    patient_id = a.store.patient().patient_id
    network.exchange(a, b)
    ids = [filed(one, patient_id, b"the same") for one in two]
    network.exchange(a, b)
    (listed,) = chart_of(a, patient_id).photos()
    b.session.corrections.delete([listed.photo_id], "blurred")
    network.exchange(a, b)
    assert [chart_of(one, patient_id).photos() for one in two] == [(), ()]
    a.session.corrections.restore([listed.photo_id])
    network.exchange(a, b)
    assert [len(chart_of(one, patient_id).photos()) for one in two] == [1, 1]
    other = a.store.patient("4712", "Right")
    visit = a.store.visit(other)
    a.session.corrections.move([listed.photo_id], other.patient_id, visit.visit_id, "wrong patient")
    network.exchange(a, b)
    for one in two:
        assert chart_of(one, patient_id).photos() == ()
        (moved,) = chart_of(one, other.patient_id).photos()
        assert moved.photo_id in ids
        known = one.store.catalog.known(one.store.keyset.content_id(bytes.fromhex(moved.displayed.sha256)))
        assert known is not None
        assert (known.state, known.patient_id) == (ContentState.FILED, other.patient_id)


def test_a_check_finds_them_sound_at_each_also_where_one_joins_later(tmp_path: Path) -> None:
    a, b, later = clinic(tmp_path, 3)
    network = Network()
    patient_id = a.store.patient().patient_id
    network.exchange(a, b)
    for one in (a, b):
        filed(one, patient_id, b"the same")
    filed(b, patient_id, b"another")
    network.exchange(a, b, later)
    for one in (a, b, later):
        assert [problem.message for problem in run(one.store).problems] == []
        assert run(one.store, repair=True).result == "clean"
    assert run(a.store).photos == 2, "for people they are one"
    for one in (a, b, later):
        one.close()


def test_they_count_once_in_what_a_lost_workstation_held(two: Two) -> None:
    a, b = two
    network = Network()
    patient_id = a.store.patient().patient_id
    network.exchange(a, b)
    filed(a, patient_id, b"only here")
    for one in two:
        filed(one, patient_id, b"the same")
        filed(one, patient_id, b"the same too")
    network.exchange(a, b)
    for photo in chart_of(b, patient_id).photos():
        chart_of(b, patient_id).set_photo(b.store.change, photo.photo_id, tags=["seen"])
    network.exchange(a, b)
    until_ms = 1 << 46
    for one in two:
        chart = chart_of(one, patient_id)
        assert held_of(chart, a.store.keyset.workstation_id, until_ms) == Held(3, 3)
        assert held_of(chart, b.store.keyset.workstation_id, until_ms) == Held(2, 3), "a change is no import"
