"""From a backup and the recovery code to a new workstation: every photo, every change, nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from photodesk import ids
from photodesk.crypto import FLOOR_COST
from photodesk.errors import Cancelled, Damaged, Fixable, Refused
from photodesk.log.verify import Result, verify
from photodesk.photos import Rendition
from photodesk.progress import Cancel, Progress
from photodesk.store.backup_target import FolderTarget, blob_path
from photodesk.store.correcting import Correcting
from photodesk.store.epochs import raise_epochs
from photodesk.store.health import Parts, check
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.packs import PackReader, pack_numbers
from photodesk.store.people import remove_person
from photodesk.store.recovery import new_code
from photodesk.store.restore_run import Restored, restore
from photodesk.store.restore_source import open_backup
from photodesk.store.rewrapping import rewrap_charts
from photodesk.store.roles import KeyKind, Role
from photodesk.store.store_json import read_store
from tests.store.backup_clinic import Desk, files_of, founded_desk, open_desk
from tests.store.clinic import Clinic
from tests.store.fake_keyring import MemoryKeyring
from tests.store.inbox import RENDITIONS, packed

NEW_PASSWORD = "eleven blue kettles sing"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = founded_desk(tmp_path / "store")
    yield made
    made.close()


def bring_back(desk: Desk, folder: Path, to: Path, code: str = "", **more: object) -> tuple[Desk, Restored]:
    """Restore, and sign in at the new workstation."""
    code = code or desk.clinic.founded.recovery_code
    keyring = MemoryKeyring()
    secrets, layout = Secrets(keyring), Layout(to)
    opened = open_backup(FolderTarget(folder), code)
    done = restore(opened, layout, secrets, code, "ada byron", NEW_PASSWORD, "New room", cost=FLOOR_COST, **more)  # type: ignore[arg-type]
    there = open_desk(Clinic(layout, secrets, keyring, desk.clinic.founded), "Ada Byron", NEW_PASSWORD)
    for name, generation in done.generations.items():
        there.keeper.known.setdefault(name, generation)
    return there, done


def hashes(desk: Desk, mrn: str) -> dict[str, str]:
    chart = desk.charts.open(desk.catalog.patient_by_mrn(mrn).patient_id)
    return {
        one.original_id: hashlib.sha256(chart.original_bytes(one.original_id)).hexdigest() for one in chart.originals()
    }


def test_every_photo_comes_back(desk: Desk, tmp_path: Path) -> None:
    first, second = desk.patient("1"), desk.patient("2", "Santos", "Bea")
    chart = desk.file(first, files_of(4))
    desk.file(second, files_of(2))
    chart.set_photo(desk.change, chart.photos()[0].photo_id, site="89545001", tags=["mole"])
    chart.set_notes(desk.change, "penicillin")
    desk.catalog.set_setting(desk.change, "colour", "grey")
    before = {mrn: hashes(desk, mrn) for mrn in ("1", "2")}
    desk.back_up(tmp_path / "backup")
    there, done = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert (done.photos, done.charts, done.problems) == (6, 2, ())
    assert {mrn: hashes(there, mrn) for mrn in ("1", "2")} == before
    again = there.charts.open(first.patient_id)
    assert again.photos() == chart.photos()
    assert again.notes() == "penicillin"
    assert again.rendition(again.photos()[0].photo_id, Rendition.SCREEN) == RENDITIONS[Rendition.SCREEN]
    assert there.catalog.setting("colour") == "grey"
    assert [one.patient.family for one in there.catalog.search("sant")] == ["Santos"]
    assert there.catalog.search("mull")[0].photos == 4
    assert there.catalog.visits(first.patient_id) == desk.catalog.visits(first.patient_id)
    found = check(
        Parts(there.clinic.layout, there.keyset, there.catalog, there.charts, there.keeper, dict(there.keeper.known))
    )
    assert found.problems == []
    there.close()


def test_a_new_workstation_with_new_keys_and_the_old_log_beside_its_own(desk: Desk, tmp_path: Path) -> None:
    desk.file(desk.patient("1"), files_of(1))
    desk.back_up(tmp_path / "backup")
    old = desk.keyset.workstation_id
    there, done = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    store = read_store(there.clinic.layout)
    assert there.keyset.workstation_id == done.workstation_id != old
    assert there.keyset.clinic_id == desk.keyset.clinic_id
    assert set(store.log_signing_keys) == {old, done.workstation_id}
    there.keeper.log.checkpoint()
    verdict = verify(there.clinic.layout.log, store.log_signing_keys, required=(done.workstation_id,))
    assert verdict.result is Result.INTACT
    assert set(verdict.workstations) == {old, done.workstation_id}
    assert set(desk.keyset.database_keys.values()).isdisjoint(there.keyset.database_keys.values())
    there.close()


def test_others_rest_until_an_administrator_renews_them(desk: Desk, tmp_path: Path) -> None:
    desk.clinic.add(desk.keyset, "Cleo", Role.CLINICIAN)
    desk.back_up(tmp_path / "backup")
    there, _ = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    from photodesk.store.signin import people_for_signin

    shown = {one.name: one.disabled for one in people_for_signin(there.clinic.layout, there.clinic.secrets)}
    assert shown == {"Ada Byron": False, "Cleo": True}
    there.close()


def test_what_waits_in_the_inbox_comes_back(desk: Desk, tmp_path: Path) -> None:
    files, layout = files_of(3), desk.clinic.layout
    job, pack = packed(SimpleNamespace(layout=layout, keyset=desk.keyset, keeper=desk.keeper), files)  # type: ignore[arg-type]
    pack.close()
    done = desk.back_up(tmp_path / "backup")
    assert (done.waiting, done.photos) == (3, 3)
    there, restored = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert restored.waiting == 3
    assert pack_numbers(there.clinic.layout, job) == [1]
    opened = PackReader.open(there.clinic.layout, job, 1, there.keyset)
    assert [opened.original_bytes(one.shot_id) for one in opened.shots()] == files
    assert {one.stage for one in opened.shots()} == {"verified"}
    assert opened.renditions(opened.shots()[0].shot_id) == RENDITIONS
    opened.close()
    there.close()


def test_a_wrong_code_opens_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.back_up(tmp_path / "backup")
    target = FolderTarget(tmp_path / "backup")
    with pytest.raises(Refused) as another:
        open_backup(target, new_code())
    assert another.value.code == "recovery_code_of_another"
    code = desk.clinic.founded.recovery_code
    with pytest.raises(Fixable) as mistyped:
        open_backup(target, code[:-1] + ("B" if code.endswith("A") else "A"))
    assert mistyped.value.code == "recovery_code_wrong"


def test_a_missing_photo_is_named_and_the_rest_comes_back_when_asked(desk: Desk, tmp_path: Path) -> None:
    chart = desk.file(desk.patient("1"), files_of(3))
    desk.back_up(tmp_path / "backup")
    target = FolderTarget(tmp_path / "backup")
    opened = open_backup(target, desk.clinic.founded.recovery_code)
    biggest = max(opened.run.charts[0].blobs, key=lambda one: one.size_bytes)
    (tmp_path / "backup" / blob_path(biggest.blob_id)).unlink()
    with pytest.raises(Damaged) as incomplete:
        bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert incomplete.value.code == "backup_incomplete"
    assert chart.chart_id in incomplete.value.message
    assert not (tmp_path / "new").exists()
    there, done = bring_back(desk, tmp_path / "backup", tmp_path / "new", anyway=True)
    assert (done.photos, len(done.problems)) == (2, 1)
    assert done.problems[0].photo_id in {one.photo_id for one in chart.photos()}
    there.close()


def test_an_altered_photo_is_found(desk: Desk, tmp_path: Path) -> None:
    desk.file(desk.patient("1"), files_of(1))
    desk.back_up(tmp_path / "backup")
    opened = open_backup(FolderTarget(tmp_path / "backup"), desk.clinic.founded.recovery_code)
    biggest = max(opened.run.charts[0].blobs, key=lambda one: one.size_bytes)
    path = tmp_path / "backup" / blob_path(biggest.blob_id)
    data = bytearray(path.read_bytes())
    data[3000] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged) as damaged:
        bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert damaged.value.code == "photo_not_in_backup"
    assert not (tmp_path / "new" / "store.json").exists()
    there, done = bring_back(desk, tmp_path / "backup", tmp_path / "new", anyway=True)
    assert (done.photos, len(done.problems)) == (0, 1)
    there.close()


def test_only_an_empty_folder_takes_a_restore(desk: Desk, tmp_path: Path) -> None:
    desk.back_up(tmp_path / "backup")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "letter.txt").write_text("hello")
    with pytest.raises(Fixable) as refused:
        bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert refused.value.code == "folder_not_empty"
    with pytest.raises(Fixable) as store:
        bring_back(desk, tmp_path / "backup", desk.clinic.layout.root)
    assert store.value.code == "store_exists"


def test_the_restored_store_goes_on_in_the_same_folder(desk: Desk, tmp_path: Path) -> None:
    desk.file(desk.patient("1"), files_of(2))
    first = desk.back_up(tmp_path / "backup")
    there, _ = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    again = there.back_up(tmp_path / "backup")
    assert (again.number, again.photos) == (first.number + 1, 2)
    assert again.new_bytes < first.new_bytes
    with pytest.raises(Fixable) as taken:
        desk.back_up(tmp_path / "backup")
    assert taken.value.code == "backup_of_another"
    there.close()


def test_an_older_chart_put_back_after_the_restore_is_an_alarm(desk: Desk, tmp_path: Path) -> None:
    patient = desk.patient("1")
    chart = desk.file(patient, files_of(1))
    desk.charts.close_all()
    desk.back_up(tmp_path / "backup")
    older = chart.ledger.database.path.read_bytes()
    there, done = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    there.clinic.layout.charts(chart.chart_id).write_bytes(older)
    from photodesk.clock import SystemClock
    from photodesk.store.charts import Charts

    charts = Charts(
        there.clinic.layout,
        there.keyset,
        there.catalog,
        there.catalog.erasure,
        there.keeper,
        there.keeper,
        SystemClock(),
        done.generations,
    )
    stopped = charts.open(patient.patient_id).ledger.database.stopped
    assert stopped is not None
    assert stopped.code == "behind_log"
    charts.close_all()
    there.close()


def test_an_interrupted_restore_begins_again(desk: Desk, tmp_path: Path) -> None:
    desk.file(desk.patient("1"), files_of(3))
    desk.back_up(tmp_path / "backup")
    stop, steps = Cancel(), 0

    def after_two(_: Progress) -> None:
        nonlocal steps
        steps += 1
        if steps == 2:
            stop.set()

    with pytest.raises(Cancelled):
        bring_back(desk, tmp_path / "backup", tmp_path / "new", report=after_two, cancel=stop)
    assert not (tmp_path / "new" / "store.json").exists()
    assert (tmp_path / "new" / "members.log").exists()
    there, done = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert (done.photos, done.problems) == (3, ())
    assert not (tmp_path / "new" / "restoring").exists()
    there.close()


def test_an_earlier_run_is_restored_when_asked(desk: Desk, tmp_path: Path) -> None:
    patient = desk.patient("1")
    chart = desk.file(patient, files_of(1))
    desk.back_up(tmp_path / "backup")
    chart.set_notes(desk.change, "later")
    desk.back_up(tmp_path / "backup")
    code = desk.clinic.founded.recovery_code
    with pytest.raises(Fixable) as unknown:
        open_backup(FolderTarget(tmp_path / "backup"), code, 9)
    assert unknown.value.code == "run_unknown"
    opened = open_backup(FolderTarget(tmp_path / "backup"), code, 1)
    secrets, layout = Secrets(MemoryKeyring()), Layout(tmp_path / "new")
    done = restore(opened, layout, secrets, code, "Ada Byron", NEW_PASSWORD, "B", cost=FLOOR_COST, anyway=True)
    assert (done.run, done.photos) == (1, 1)
    there = open_desk(Clinic(layout, secrets, MemoryKeyring(), desk.clinic.founded), "Ada Byron", NEW_PASSWORD)
    assert there.charts.open(patient.patient_id).notes() == ""
    there.close()


def test_after_somebody_left_and_every_key_is_new(desk: Desk, tmp_path: Path) -> None:
    """New epochs of every key: what was stored before under the old ones and what came after both come back."""
    clinic, first, second = desk.clinic, desk.patient("1"), desk.patient("2", "Santos")
    waiting = files_of(1)
    desk.file(first, files_of(2))
    desk.file(second, files_of(2))
    job, pack = packed(SimpleNamespace(layout=clinic.layout, keyset=desk.keyset, keeper=desk.keeper), waiting)
    pack.close()
    leaver = clinic.add(desk.keyset, "Cleo", Role.CLINICIAN, Role.PRIVACY_OFFICER)
    desk.back_up(tmp_path / "backup")
    remove_person(clinic.membership(desk.keyset), leaver)
    assert KeyKind.CHART in raise_epochs(clinic.membership(desk.keyset))
    rewrap_charts(desk.catalog)
    desk.file(first, files_of(1))
    done = desk.back_up(tmp_path / "backup")
    assert (done.photos, done.problems) == (6, ())
    there, restored = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert (restored.photos, restored.problems) == (6, ())
    assert there.keyset.chart_epoch == desk.keyset.chart_epoch == 2
    assert {mrn: hashes(there, mrn) for mrn in ("1", "2")} == {mrn: hashes(desk, mrn) for mrn in ("1", "2")}
    again = PackReader.open(there.clinic.layout, job, 1, there.keyset)
    assert [again.original_bytes(one.shot_id) for one in again.shots()] == waiting
    again.close()
    assert there.back_up(tmp_path / "elsewhere").photos == 6
    there.close()


def test_a_photo_that_moved_and_came_back_is_under_its_newest_key(desk: Desk, tmp_path: Path) -> None:
    right, wrong = desk.patient("1"), desk.patient("2", "Santos")
    chart = desk.file(wrong, files_of(2))
    visits = {one.patient_id: desk.visit(one).visit_id for one in (right, wrong)}
    desk.back_up(tmp_path / "backup")
    correcting = Correcting(desk.catalog, desk.charts, desk.keyset)
    photo_id = chart.photos()[0].photo_id
    for source, target in ((wrong, right), (right, wrong), (wrong, right)):
        ids_of = (ids.random_id(), [photo_id], source.patient_id, target.patient_id, visits[target.patient_id])
        correcting.move(desk.change, correcting.plan_move(desk.change, *ids_of, 1))
        assert desk.back_up(tmp_path / "backup").photos == 2
    there, done = bring_back(desk, tmp_path / "backup", tmp_path / "new")
    assert (done.photos, done.problems) == (2, ())
    assert {mrn: hashes(there, mrn) for mrn in ("1", "2")} == {mrn: hashes(desk, mrn) for mrn in ("1", "2")}
    there.close()
