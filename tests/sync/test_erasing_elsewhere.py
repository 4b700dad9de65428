"""A patient erased at one workstation goes everywhere, on the membership log's word, also after what comes late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk import ids
from photodesk.store.erasing import Erasing
from photodesk.store.keeping_book import Erasure, ErasureState, KeepingBook
from tests.store.inbox import RENDITIONS, shot_of
from tests.sync.workstations import Network, Workstation, clinic

NOW_MS = 1_795_000_000_000


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[Workstation, Workstation, Workstation]]:
    a, b, c = clinic(tmp_path, 3)
    yield a, b, c
    for one in (a, b, c):
        one.close()


def erase(station: Workstation, patient_id: str) -> Erasure:
    """Ask for it, authorise it and carry it out at one workstation, as its desk does."""
    store = station.store
    book = KeepingBook(store.catalog)
    chart_id = store.catalog.chart_pointer(patient_id).chart_id
    person = store.keyset.person_id
    erasure = Erasure(
        ids.random_id(), ErasureState.REQUESTED, patient_id, chart_id, "moved away", "", person, "", NOW_MS, 0
    )
    book.request(store.change, [erasure])
    running = book.authorise(store.change, erasure, "")
    station.members.erased.add(chart_id)
    erasing = Erasing(
        store.layout,
        store.keyset,
        station.session.secrets,
        store.catalog,
        store.charts,
        store.keeper,
        store.keeper,
        station.session.clock,
    )
    return erasing.carry_out(store.change, running, ())


def test_it_goes_where_it_was_and_where_it_comes_late(
    three: tuple[Workstation, Workstation, Workstation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Erasing, "_name_keys", lambda _self, _fresh: None)  # these stores have no key file
    a, b, c = three
    network = Network()
    patient, other = a.store.patient("4711", "Erased"), a.store.patient("4712", "Stays")
    shot, source = shot_of(b"one")
    chart = a.store.charts.open(patient.patient_id)
    photo_id = chart.file_shot(a.store.change, shot, source, RENDITIONS, "v1").photo_id
    network.exchange(a, b)
    b.store.charts.open(patient.patient_id).set_photo(b.store.change, photo_id, tags=["late"])
    chart_id = a.store.catalog.chart_pointer(patient.patient_id).chart_id
    done = erase(a, patient.patient_id)
    a.store.visit(other)
    network.erasure_keys.pop(chart_id)
    taken = network.exchange(a, b, c)
    for station in three:
        assert chart_id not in station.store.catalog.erasure.known()
        assert [one.patient_id for one in station.store.catalog.patients()] == [other.patient_id]
        assert not station.store.layout.charts(chart_id).exists()
        assert len(station.store.catalog.visits(other.patient_id)) == 1
        (row,) = KeepingBook(station.store.catalog).erasures()
        assert (row.state, row.carried_out_by) == (ErasureState.ERASED, a.store.keyset.person_id)
    assert [one.waiting for one in taken] == [0, 0, 0]
    told = KeepingBook(a.store.catalog).confirmations(done.erasure_id)
    assert set(told) == {b.store.keyset.workstation_id}
    for station in three:
        station.store.patient("4713" + station.store.keyset.workstation_id[:3], "Later")
    taken = network.exchange(a, b, c)
    assert [one.waiting for one in taken] == [0, 0, 0], "every chain goes on over what is gone"
