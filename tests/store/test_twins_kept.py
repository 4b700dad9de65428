"""A photo that two workstations filed is sound, backed up, restored, moved, erased and exported like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.store.catalog import Catalog, ContentState
from photodesk.store.chart import Chart
from photodesk.store.correcting import Correcting
from photodesk.store.health import Findings, Parts, check
from photodesk.store.taking_chart import follow
from tests.store.backup_clinic import Desk, files_of, founded_desk
from tests.store.erased_clinic import Open, erase, opened, two_patients
from tests.store.inbox import RENDITIONS, shot_of
from tests.store.test_erasing import sound, traces, whole
from tests.store.test_restore import bring_back, hashes


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = founded_desk(tmp_path / "store")
    yield made
    made.close()


def filed_again(there: Desk | Open, chart: Chart, data: bytes, visit_id: str) -> None:
    """File bytes that the chart holds, as a workstation does that does not know of it, and take that in."""
    shot, source = shot_of(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(chart), "content", lambda _self, _content_id: None)
        filed = chart.file_shot(there.change, shot, source, RENDITIONS, visit_id)
    follow(there.catalog, chart, there.keyset, [filed.photo_id])


def health(desk: Desk, *, repair: bool = False) -> Findings:
    parts = Parts(
        desk.clinic.layout, desk.keyset, desk.catalog, desk.charts, desk.keeper, dict(desk.keeper.generations())
    )
    return check(parts, repair=repair)


def forget_contents(catalog: Catalog) -> None:
    with catalog.ledger.database.transaction() as connection:
        connection.execute("DELETE FROM content")


def test_a_check_finds_them_sound_and_knows_them_again(desk: Desk) -> None:
    patient, (data, other) = desk.patient("1"), files_of(2)
    chart = desk.file(patient, [data, other])
    filed_again(desk, chart, data, "v")
    assert len(chart.photos()) == 2
    found = health(desk)
    assert (found.problems, found.photos, found.originals) == ([], 2, 3)
    forget_contents(desk.catalog)
    assert health(desk, repair=True).result == "repaired"
    assert health(desk).problems == []
    assert len(desk.catalog.contents(ContentState.FILED)) == 2


def test_they_come_back_from_a_backup(desk: Desk, tmp_path: Path) -> None:
    patient, (data, other) = desk.patient("1"), files_of(2)
    chart = desk.file(patient, [data, other])
    filed_again(desk, chart, data, "v")
    before, listed = hashes(desk, "1"), chart.photos()
    desk.back_up(tmp_path / "backup")
    there, done = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert done.problems == ()
    assert hashes(there, "1") == before
    assert there.charts.open(patient.patient_id).photos() == listed
    assert health(there).problems == []
    there.close()


def test_nothing_of_them_is_left_when_their_patient_is_erased(tmp_path: Path) -> None:
    clinic, goes, stays, known = two_patients(tmp_path / "store")
    with opened(clinic, known) as there:
        for planted in (goes, stays):
            chart = there.charts.open(planted.patient.patient_id)
            listed = chart.photos()[0]
            data = chart.original_bytes(listed.displayed.original_id)
            filed_again(there, chart, data, listed.visit_id)
        assert sound(there) == []
        erase(there, goes)
        assert traces(there, goes) == []
        whole(there, stays)
        assert sound(there) == []


def test_deleted_for_good_and_moved_they_leave_sound_charts(desk: Desk) -> None:
    patient, other = desk.patient("1"), desk.patient("2", "Santos", "Bea")
    data = files_of(2)
    chart = desk.file(patient, data)
    for one in data:
        filed_again(desk, chart, one, "v")
    gone, moved = chart.photos()
    correcting = Correcting(desk.catalog, desk.charts, desk.keyset)
    correcting.delete(desk.change, patient.patient_id, [gone.photo_id], 5, 0)
    assert health(desk).problems == []
    visit = desk.visit(other)
    planned = correcting.plan_move(
        desk.change, "0a" * 16, [moved.photo_id], patient.patient_id, other.patient_id, visit.visit_id, 5
    )
    correcting.move(desk.change, planned)
    found = health(desk)
    assert (found.problems, found.photos) == ([], 1)
    assert len(desk.charts.open(other.patient_id).photos()) == 1
