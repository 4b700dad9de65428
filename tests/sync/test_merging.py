"""Entries merged at one workstation are one person at every other, and what is said against each other ends alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.errors import Refused
from photodesk.patients import Patient
from tests.store.inbox import RENDITIONS, shot_of
from tests.sync.workstations import Network, Workstation, clinic

Three = tuple[Workstation, Workstation, Workstation]


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    a, b, c = clinic(tmp_path, 3)
    yield a, b, c
    for one in (a, b, c):
        one.close()


def filed(station: Workstation, patient: Patient, data: bytes) -> str:
    visit = station.store.visit(patient)
    shot, source = shot_of(data)
    chart = station.store.charts.open(patient.patient_id)
    return chart.file_shot(station.store.change, shot, source, RENDITIONS, visit.visit_id).photo_id


def merge(station: Workstation, entry: Patient, into: Patient) -> None:
    station.session.merging.merge(entry.patient_id, into.patient_id, "entered twice")


def shown(station: Workstation, patient: Patient) -> tuple[str, frozenset[str]]:
    """Which entry opens, and its photos."""
    timeline = station.session.timeline.open(patient.patient_id)
    return timeline.patient.patient_id, frozenset(photo.photo_id for one in timeline.visits for photo in one.photos)


def alike(stations: Three, patient: Patient) -> tuple[str, frozenset[str]]:
    found = {shown(one, patient) for one in stations}
    assert len(found) == 1
    return found.pop()


def test_entries_of_two_offline_workstations_with_one_number_are_merged_for_all(three: Three) -> None:
    a, b, c = three
    network = Network()
    one, other = a.store.patient(), b.store.patient()  # the same record number at both
    photos = {filed(a, one, b"one"), filed(b, other, b"other")}
    network.exchange(*three)
    assert {len(station.desk.conflicts()) for station in three} == {1}
    merge(c, other, one)
    network.exchange(*three)
    assert alike(three, other) == (one.patient_id, frozenset(photos))
    assert {len(station.desk.conflicts()) for station in three} == {0}
    assert [len(station.session.patients.search("muller")) for station in three] == [1, 1, 1]
    b.session.merging.unmerge(other.patient_id)
    network.exchange(*three)
    assert alike(three, other)[0] == other.patient_id
    assert {len(station.desk.conflicts()) for station in three} == {1}


def test_merged_the_one_way_here_and_the_other_way_there(three: Three) -> None:
    a, b, _ = three
    network = Network()
    one, other = a.store.patient(), a.store.patient("4712", "Mueller")
    photos = {filed(a, one, b"one"), filed(a, other, b"other")}
    network.exchange(*three)
    merge(a, other, one)
    merge(b, one, other)
    network.exchange(*three)
    main = min(one.patient_id, other.patient_id)
    assert alike(three, one) == alike(three, other) == (main, frozenset(photos))
    b.session.merging.unmerge(max(one.patient_id, other.patient_id))
    network.exchange(*three)
    assert alike(three, one) != alike(three, other)


def test_one_entry_merged_into_two_is_decided_by_a_person(three: Three) -> None:
    a, b, c = three
    network = Network()
    entry, one, other = a.store.patient("1"), a.store.patient("2", "Maier"), a.store.patient("3", "Mayer")
    photo = filed(a, entry, b"photo")
    network.exchange(*three)
    merge(a, entry, one)
    merge(b, entry, other)
    network.exchange(*three)
    assert alike(three, entry)[0] == other.patient_id
    (conflict,) = c.desk.conflicts()
    assert (conflict.what, conflict.blocks_export) == ("Same person as", True)
    assert (conflict.here.words, conflict.there.words) == ("Mayer, Anna (3)", "Maier, Anna (2)")
    with pytest.raises(Refused) as refused:
        c.session.disclosures.disclose(other.patient_id, [photo], "", "", "original", "")
    assert refused.value.code == "conflict_open"
    c.desk.resolve(conflict.conflict_id, "there")
    network.exchange(*three)
    assert alike(three, entry)[0] == one.patient_id
    assert {len(station.desk.conflicts()) for station in three} == {0}


def test_merged_here_and_parted_there_stands_as_it_was_said_last(three: Three) -> None:
    a, b, _ = three
    network = Network()
    one, other = a.store.patient(), a.store.patient("4712", "Mueller")
    merge(a, other, one)
    network.exchange(*three)
    b.session.merging.unmerge(other.patient_id)
    network.exchange(*three)
    assert [len(station.session.patients.search("anna")) for station in three] == [2, 2, 2]
