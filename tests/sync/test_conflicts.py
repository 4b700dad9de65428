"""Two people change the same thing without knowing of each other: both values stay, a person decides, all follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from photodesk.desk.conflict import Conflict
from photodesk.errors import Fixable, Refused
from photodesk.patients import Patient, PatientDraft
from photodesk.photos.marks import Mark, MarkKind
from tests.store.inbox import RENDITIONS, shot_of
from tests.sync.workstations import Network, Workstation, clinic

Three = tuple[Workstation, Workstation, Workstation]
LEFT, RIGHT = "66480008", "64262003"


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    a, b, c = clinic(tmp_path, 3)
    yield a, b, c
    for one in (a, b, c):
        one.close()


def filed(station: Workstation, patient: Patient, data: bytes = b"one") -> str:
    shot, source = shot_of(data)
    chart = station.store.charts.open(patient.patient_id)
    return chart.file_shot(station.store.change, shot, source, RENDITIONS, "v1").photo_id


def renamed(station: Workstation, patient: Patient, **fields: Any) -> None:
    now = station.store.catalog.patient(patient.patient_id)
    draft = PatientDraft(now.mrn, now.family, now.given, now.birth, now.sex)
    station.store.catalog.edit_patient(station.store.change, patient.patient_id, replace(draft, **fields))


def same(stations: Three) -> list[Conflict]:
    """What is to be reviewed, the same everywhere."""
    found = [[replace(one, here=one.here, there=one.there) for one in station.desk.conflicts()] for station in stations]
    assert found[0] == found[1] == found[2]
    return found[0]


def test_a_name_changed_at_two_workstations_is_reviewed_and_blocks_export(three: Three) -> None:
    a, b, c = three
    network = Network()
    patient = a.store.patient()
    photo = filed(a, patient)
    network.exchange(*three)
    renamed(a, patient, family="Meier")
    renamed(b, patient, family="Maier")
    renamed(b, patient, given="Anne")
    taken = network.exchange(*three)
    assert [one.conflicts for one in taken] == [1, 1, 1]
    (conflict,) = same(three)
    assert (conflict.what, conflict.here.words, conflict.there.words) == ("Family name", "Maier", "Meier")
    assert conflict.blocks_export
    assert {one.store.catalog.patient(patient.patient_id).family for one in three} == {"Maier"}
    with pytest.raises(Refused) as refused:
        c.session.disclosures.disclose(patient.patient_id, [photo], "", "", "original", "")
    assert refused.value.code == "conflict_open"
    c.desk.resolve(conflict.conflict_id, "there")
    assert c.desk.conflicts() == []
    network.exchange(*three)
    assert same(three) == []
    assert {one.store.catalog.patient(patient.patient_id).family for one in three} == {"Meier"}
    assert [one.patient.given for one in a.store.catalog.search("meier anne")] == ["Anne"]
    b.session.disclosures.disclose(patient.patient_id, [photo], "", "", "original", "")


def test_keeping_what_stands_is_a_decision_too(three: Three) -> None:
    a, b, _ = three
    network = Network()
    patient = a.store.patient()
    photo = filed(a, patient)
    network.exchange(*three)
    a.store.charts.open(patient.patient_id).set_photo(a.store.change, photo, site=LEFT)
    b.store.charts.open(patient.patient_id).set_photo(b.store.change, photo, site=RIGHT)
    network.exchange(*three)
    (conflict,) = same(three)
    assert (conflict.photo_id, conflict.what, conflict.blocks_export) == (photo, "Body site", True)
    with pytest.raises(Fixable, match="no such conflict"):
        a.desk.resolve("00" * 16, "here")
    a.desk.resolve(conflict.conflict_id, "here")
    network.exchange(*three)
    assert same(three) == []
    a.store.charts.open(patient.patient_id).set_photo(a.store.change, photo, site=LEFT)
    network.exchange(*three)
    assert same(three) == [], "a later change of what stands reopens nothing"


@pytest.mark.parametrize("last", ["here", "there"])
@pytest.mark.parametrize("kind", ["site", "family"])
def test_two_decisions_made_without_knowing_of_each_other_are_a_conflict_again(
    three: Three, kind: str, last: str
) -> None:
    a, b, c = three
    network = Network()
    patient = a.store.patient()
    photo = filed(a, patient)
    network.exchange(*three)

    def say(one: Workstation, value: str) -> None:
        if kind == "site":
            one.store.charts.open(patient.patient_id).set_photo(one.store.change, photo, site=value)
        else:
            renamed(one, patient, family=value)

    def says(one: Workstation) -> str:
        if kind == "site":
            return one.store.charts.open(patient.patient_id).photo(photo).body_site
        return one.store.catalog.patient(patient.patient_id).family

    say(a, LEFT)
    say(b, RIGHT)
    network.exchange(*three)
    (conflict,) = same(three)
    first = {"here": "there", "there": "here"}[last]
    a.desk.resolve(conflict.conflict_id, first)
    b.desk.resolve(conflict.conflict_id, last)
    network.exchange(*three)
    (again,) = same(three)
    assert again.blocks_export
    kept = {"here": RIGHT, "there": LEFT}
    assert {says(one) for one in three} == {kept[last]}, "decided last"
    if kind == "site":
        told = [line.changes["body_site"] for line in c.session.photo_history.of(photo) if "body_site" in line.changes]
        assert told[-2:] == [kept[first], kept[last]]
    assert (again.here.workstation_id, again.there.workstation_id) == (
        b.store.keyset.workstation_id,
        a.store.keyset.workstation_id,
    )
    c.desk.resolve(again.conflict_id, "there")
    network.exchange(*three)
    assert same(three) == []
    assert {says(one) for one in three} == {kept[first]}
    say(a, "" if kind == "site" else "Later")
    network.exchange(*three)
    assert same(three) == [], "whoever changes it later knew of all that was decided"


@pytest.mark.parametrize("keep", ["here", "there"])
def test_the_same_decision_at_two_workstations_is_none(three: Three, keep: str) -> None:
    a, b, _ = three
    network = Network()
    patient = a.store.patient()
    photo = filed(a, patient)
    network.exchange(*three)
    for one, site in ((a, LEFT), (b, RIGHT)):
        one.store.charts.open(patient.patient_id).set_photo(one.store.change, photo, site=site)
    network.exchange(*three)
    (conflict,) = same(three)
    for one in (a, b):
        one.desk.resolve(conflict.conflict_id, keep)
    network.exchange(*three)
    assert same(three) == []


def test_what_only_one_changed_or_both_alike_is_no_conflict(three: Three) -> None:
    a, b, c = three
    network = Network()
    patient = a.store.patient()
    network.exchange(*three)
    renamed(a, patient, family="Meier")
    renamed(b, patient, given="Anne")
    renamed(c, patient, family="Meier")
    network.exchange(*three)
    assert same(three) == []
    renamed(b, patient, family="Maier")
    network.exchange(*three)
    assert same(three) == [], "both had said what was changed then"
    now = a.store.catalog.patient(patient.patient_id)
    assert (now.family, now.given) == ("Maier", "Anne")


def test_deleted_here_and_changed_there_comes_back_if_a_person_says_so(three: Three) -> None:
    a, b, c = three
    network = Network()
    patient = a.store.patient()
    photo = filed(a, patient)
    network.exchange(*three)
    a.session.corrections.delete([photo], "blurred")
    b.store.charts.open(patient.patient_id).set_photo(b.store.change, photo, tags=["healed"])
    network.exchange(*three)
    assert [one.store.charts.open(patient.patient_id).photos() for one in three] == [(), (), ()]
    (conflict,) = same(three)
    assert (conflict.what, conflict.here.words, conflict.there.words) == ("Deleted photo", "deleted", "tags: healed")
    c.desk.resolve(conflict.conflict_id, "there")
    network.exchange(*three)
    assert same(three) == []
    for one in three:
        (held,) = one.store.charts.open(patient.patient_id).photos()
        assert held.tags == ("healed",)
        assert one.store.catalog.summary(patient.patient_id).photos == 1


def test_a_mark_taken_away_and_moved(three: Three) -> None:
    a, b, c = three
    network = Network()
    patient = a.store.patient()
    photo = filed(a, patient)
    mark = Mark("0a" * 16, photo, MarkKind.ARROW, ((1.0, 2.0), (3.0, 4.0)), "here", "", False, ())
    a.store.charts.open(patient.patient_id).put_mark(a.store.change, mark)
    network.exchange(*three)
    a.store.charts.open(patient.patient_id).drop_mark(a.store.change, mark.mark_id)
    b.store.charts.open(patient.patient_id).put_mark(b.store.change, replace(mark, text="moved"))
    network.exchange(*three)
    (conflict,) = same(three)
    assert (conflict.what, conflict.photo_id) == ("Mark that was taken away", photo)
    c.desk.resolve(conflict.conflict_id, "there")
    network.exchange(*three)
    assert same(three) == []
    assert [one.text for one in a.store.charts.open(patient.patient_id).marks()] == ["moved"]


def test_two_patients_added_with_one_record_number(three: Three) -> None:
    a, b, _ = three
    network = Network()
    first = a.store.patient("4711", "Müller")
    second = b.store.patient("4711", "Schulz")
    network.exchange(*three)
    (conflict,) = same(three)
    assert conflict.blocks_export
    assert {conflict.here.words[:6], conflict.there.words[:6]} == {"Müller", "Schulz"}
    with pytest.raises(Fixable) as told:
        a.store.catalog.patient_by_mrn("4711")
    assert told.value.code == "mrn_shared"
    renamed(b, first, birth=date(1981, 5, 12))
    b.desk.resolve(conflict.conflict_id, "here")
    network.exchange(*three)
    assert same(three) == []
    numbers = {one.patient_id: a.store.catalog.patient(one.patient_id).mrn for one in (first, second)}
    assert sorted(numbers.values()) == ["4711", "4711-2"]
    assert [one.patient.mrn for one in a.store.catalog.search("4711-2")] == ["4711-2"]
