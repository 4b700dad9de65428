"""Disabling a clinician cut off at every write: each time the store opens, and the next sign-in ends what was begun."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from photodesk.errors import Refused
from photodesk.patients import PatientDraft
from photodesk.photos import Rendition
from photodesk.store.epochs import raise_epochs
from photodesk.store.keys_file import read_grant, read_keys
from photodesk.store.members_log import MembersLog
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signin import people_for_signin
from photodesk.store.workstation import open_workstation_keys
from photodesk.visits import VisitDraft
from tests.desk.clinic_desk import signed_in
from tests.store.clinic import OTHER_PASSWORD, Clinic, make_clinic
from tests.store.inbox import RENDITIONS, shot_of
from tests.store.quick import quick_passwords

NEW_PASSWORD = "nine slow trains by the sea"


class PowerCut(BaseException):
    """Nobody catches it."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_passwords(monkeypatch)


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    """A chart with one photo; Ada holds every key, Dora is a clinician, Fay at the front desk."""
    made = make_clinic(tmp_path / "store")
    with signed_in(made) as session:
        made.add(session.keyset, "Dora", Role.CLINICIAN)
        made.add(session.keyset, "Fay", Role.FRONT_DESK)
        patient = session.catalog.add_patient(
            session.actor.change("test"), PatientDraft("4711", "Müller", "Anna", date(1980, 5, 12))
        )
        visit = session.visits.add(VisitDraft(patient.patient_id, date(2026, 11, 20)))
        shot, source = shot_of(b"pixels of Anna")
        chart = session.charts.open(patient.patient_id)
        chart.file_shot(session.actor.change("test"), shot, source, RENDITIONS, visit.visit_id)
    return made


@contextmanager
def cut_at(step: int) -> Iterator[list[str]]:
    """The power goes before the write numbered `step`, half of it done where it is bytes; what was called."""
    calls: list[str] = []

    def cutting(name: str, real: Any) -> Any:
        def called(*arguments: Any, **settings: Any) -> Any:
            calls.append(name)
            if len(calls) == step:
                if name == "write":
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                raise PowerCut
            if len(calls) > step:
                raise PowerCut
            return real(*arguments, **settings)

        return called

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((os, "write"), (os, "fsync"), (os, "ftruncate"), (Path, "replace"), (Path, "unlink")):
            patch.setattr(owner, name, cutting(name, getattr(owner, name)))
        yield calls


def _steps(clinic: Clinic, change: str, tmp_path: Path) -> Iterator[tuple[Clinic, bool]]:
    """The store after each cut, and once without one; whether the change ended."""
    for step in range(1, 400):
        copy = clinic.copied(tmp_path / f"{change}-{step}")
        with signed_in(copy) as session:
            person_id = session.people.named("Dora").person_id
            ended = True
            with cut_at(step):
                try:
                    getattr(_Changes, change)(session, person_id)
                except PowerCut:
                    ended = False
        yield copy, ended
        if ended:
            assert step > 10
            return


class _Changes:
    """What is cut off."""

    @staticmethod
    def disable(session: Any, person_id: str) -> None:
        session.people.disable(person_id)

    @staticmethod
    def reset(session: Any, person_id: str) -> None:
        session.people.reset(person_id, NEW_PASSWORD)

    @staticmethod
    def front_desk(session: Any, person_id: str) -> None:
        session.people.set_roles(person_id, [Role.FRONT_DESK])


def _names(clinic: Clinic) -> set[str]:
    return {one.name for one in people_for_signin(clinic.layout, clinic.secrets)}


def test_disabling_cut_off_anywhere(clinic: Clinic, tmp_path: Path) -> None:
    for copy, ended in _steps(clinic, "disable", tmp_path):
        open_workstation_keys(copy.layout, copy.secrets)
        gone = "Dora" not in _names(copy)
        assert gone or not ended
        if not gone:
            copy.sign_in("Dora", OTHER_PASSWORD)
        with signed_in(copy, "Fay", OTHER_PASSWORD) as session:
            assert session.keyset.desk_epoch == (2 if gone else 1)
            assert not session.keyset.chart_keys
        with signed_in(copy) as session:
            if not gone:
                session.people.disable(session.people.named("Dora").person_id)
            _dora_is_out(copy, session)
        assert not copy.layout.store_json_next.exists()


def _dora_is_out(clinic: Clinic, session: Any) -> None:
    keyset, layout = session.keyset, clinic.layout
    assert (keyset.desk_epoch, keyset.chart_epoch, keyset.inbox_epoch) == (2, 2, 2)
    assert {pointer.epoch for pointer in session.catalog.chart_pointers()} == {2}
    patient = session.catalog.patients()[0]
    chart = session.charts.open(patient.patient_id)
    assert chart.rendition(chart.photos()[0].photo_id, Rendition.THUMBNAIL) == RENDITIONS[Rendition.THUMBNAIL]
    members = MembersLog.open(layout.members, keyset.clinic_id).members
    assert not members.owed
    present = {one.person_id for one in members.people.values() if not one.removed}
    keys = read_keys(layout, keyset.clinic_id)
    assert {read_grant(record).person_id for record in keys.grants} == present
    assert len(keys.grants) == len({(g.person_id, g.kind, g.epoch) for g in map(read_grant, keys.grants)})
    assert len(keys.recovery) == len(set(members.marks)) + 1


def test_a_reset_cut_off_anywhere(clinic: Clinic, tmp_path: Path) -> None:
    for copy, ended in _steps(clinic, "reset", tmp_path):
        open_workstation_keys(copy.layout, copy.secrets)
        fits = [password for password in (OTHER_PASSWORD, NEW_PASSWORD) if _opens(copy, password)]
        assert fits == [NEW_PASSWORD] if ended else len(fits) == 1, "one password opens, never none and never both"
        with signed_in(copy, "Dora", fits[0]) as session:
            assert session.has_chart_keys


def _opens(clinic: Clinic, password: str) -> bool:
    try:
        clinic.sign_in("Dora", password)
    except Refused:
        return False
    return True


def test_other_roles_cut_off_anywhere(clinic: Clinic, tmp_path: Path) -> None:
    for copy, ended in _steps(clinic, "front_desk", tmp_path):
        open_workstation_keys(copy.layout, copy.secrets)
        dora = copy.sign_in("Dora", OTHER_PASSWORD)
        assert not ended or dora.roles == {Role.FRONT_DESK}
        assert bool(dora.chart_keys) == (Role.CLINICIAN in dora.roles)
        with signed_in(copy) as session:
            if Role.CLINICIAN in dora.roles:
                continue
            assert session.keyset.chart_epoch == 2
            assert {pointer.epoch for pointer in session.catalog.chart_pointers()} == {2}
            assert raise_epochs(copy.membership(session.keyset)) == ()
            assert max(epoch for kind, epoch in _marks(copy) if kind is KeyKind.CHART) == 2


def _marks(clinic: Clinic) -> set[tuple[KeyKind, int]]:
    return set(MembersLog.open(clinic.layout.members, bytes.fromhex(clinic.founded.clinic_id)).members.marks)
