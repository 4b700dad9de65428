"""Changing many photos as one, protocols as a setting, and the purpose of a stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from photodesk.desk.protocols import ProtocolDesk
from photodesk.desk.purpose import NONE_GIVEN
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.photos import DEFAULT_PROTOCOLS, PhotoChange, Rendition
from tests.desk.conftest import Desk


def test_many_photos_change_as_one_and_back(desk: Desk) -> None:
    patient = desk.store.patient()
    first, second = desk.store.visit(patient), desk.store.visit(patient, date(2026, 10, 1))
    ids = desk.photos(patient, first, 3)
    edit, chart = desk.session.photo_edit, desk.session.charts.open(patient.patient_id)
    desk.keeper.entries.clear()
    before = {photo_id: chart.photo(photo_id) for photo_id in ids}
    wanted = PhotoChange("60819002", "close-up", ("acne",), second.visit_id)
    changed = edit.apply(patient.patient_id, dict.fromkeys(ids, wanted))
    assert {(p.body_site, p.standard_view, p.tags, p.visit_id) for p in changed} == {
        ("60819002", "close-up", ("acne",), second.visit_id)
    }
    assert {photo.photo_id: photo for photo in chart.photos()} == {photo.photo_id: photo for photo in changed}
    [entry] = desk.keeper.entries
    assert (entry.action, set(entry.photo_ids)) == (Action.EDIT, set(ids))
    assert entry.details["what"] == "photo site view tags visit"
    edit.apply(patient.patient_id, {photo_id: wanted.undoing(before[photo_id]) for photo_id in ids})
    assert {photo_id: chart.photo(photo_id) for photo_id in ids} == before


def test_many_photos_change_all_or_none(desk: Desk) -> None:
    patient, other = desk.store.patient(), desk.store.patient(mrn="2")
    ids = desk.photos(patient, desk.store.visit(patient), 2)
    edit = desk.session.photo_edit
    with pytest.raises(Fixable) as caught:
        edit.apply(patient.patient_id, {ids[0]: PhotoChange(site="60819002"), "0" * 32: PhotoChange(site="60819002")})
    assert caught.value.code == "photo_unknown"
    assert edit.photo(ids[0]).body_site == ""
    strange = desk.store.visit(other)
    with pytest.raises(Fixable) as caught:
        edit.apply(patient.patient_id, {ids[0]: PhotoChange(visit_id=strange.visit_id)})
    assert caught.value.code == "visit_unknown"


def test_protocols_are_kept_and_logged(desk: Desk) -> None:
    protocols = desk.session.protocols
    assert protocols.all() == DEFAULT_PROTOCOLS
    shorter = replace(protocols.named("face"), steps=protocols.named("face").steps[:3])
    protocols.save(shorter)
    protocols.save(replace(shorter, code="knee", name="Knee  series"))
    assert protocols.named("face") == shorter
    assert protocols.all()[-1].name == "Knee series"
    assert len(protocols.all()) == len(DEFAULT_PROTOCOLS) + 1
    protocols.remove("knee")
    with pytest.raises(Fixable):
        protocols.named("knee")
    changed = [e for e in desk.keeper.entries if e.action is Action.POLICY]
    assert [e.details["protocol"] for e in changed] == ["face", "knee", "knee"]
    assert [p.code for p in protocols.for_site("789217004")] == ["hand", "dermatology-regional"]


def test_a_visit_is_told_what_it_lacks(desk: Desk) -> None:
    patient = desk.store.patient()
    visit = desk.store.visit(patient)
    ids = desk.photos(patient, visit, 2)
    session = desk.session
    session.photo_edit.apply(
        patient.patient_id,
        {ids[0]: PhotoChange("60819002", "frontal"), ids[1]: PhotoChange("89545001", "basal")},
    )
    begun = session.protocols.missing(patient.patient_id, visit.visit_id)
    assert begun[0].words == "Face series: 2 of 6, oblique right and 3 more missing"
    [hand] = session.protocols.missing(patient.patient_id, visit.visit_id, "hand")
    assert hand.taken == {}


def test_the_front_desk_changes_no_protocol(counter: Desk) -> None:
    protocols: ProtocolDesk = counter.session.protocols
    with pytest.raises(Refused):
        protocols.save(DEFAULT_PROTOCOLS[0])


@pytest.mark.parametrize("said", ["teaching", ""])
def test_what_was_said_holds_for_the_stay(desk: Desk, said: str) -> None:
    patient = desk.store.patient()
    ids = desk.photos(patient, desk.store.visit(patient, date(2025, 1, 2)), 1)
    gate, patient_id = desk.session.gate, patient.patient_id
    assert gate.purposes.needed(patient_id)
    gate.purposes.say(patient_id, *([said] if said else []))
    assert not gate.purposes.needed(patient_id)
    for screen in ("timeline", "photo"):
        gate.view(patient_id, ids, Rendition.THUMBNAIL, screen)
        assert desk.keeper.entries[-1].purpose == (said or NONE_GIVEN)
    gate.purposes.leave()
    assert gate.purposes.needed(patient_id)
    gate.view(patient_id, ids, Rendition.THUMBNAIL, "compare")
    assert desk.keeper.entries[-1].purpose == NONE_GIVEN
