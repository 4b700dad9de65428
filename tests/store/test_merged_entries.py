"""That two entries are one person is carried by a backup, and comes back with it."""

from __future__ import annotations

from pathlib import Path

from tests.store.backup_clinic import files_of, founded_desk
from tests.store.test_restore import bring_back


def test_entries_are_one_person_after_a_restore_too(tmp_path: Path) -> None:
    desk = founded_desk(tmp_path / "store")
    try:
        one, other = desk.patient("1"), desk.patient("2", "Santos", "Bea")
        for patient in (one, other):
            desk.file(patient, files_of(1))
        desk.catalog.persons.merge(desk.change, other.patient_id, one.patient_id, 5)
        said = desk.catalog.persons.merged(one.patient_id)
        desk.back_up(tmp_path / "backup")
        there, _ = bring_back(desk, tmp_path / "backup", tmp_path / "there")
        try:
            assert there.catalog.persons.merged(one.patient_id) == said
            assert there.catalog.patient_by_mrn("2") == one
            assert [one.photos for one in there.catalog.search("santos")] == [2]
            assert len(there.charts.of_person(other.patient_id)) == 2
            there.catalog.persons.part(there.change, other.patient_id, 6)
            assert there.catalog.patient_by_mrn("2") == other
        finally:
            there.close()
    finally:
        desk.close()
