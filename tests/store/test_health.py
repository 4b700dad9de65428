"""One flipped byte is damage of that chart, with the photo named; other charts open; nothing crashes."""

from __future__ import annotations

import hashlib
import random
import shutil
from pathlib import Path

import pytest

from photodesk.clock import SystemClock
from photodesk.errors import Damaged
from photodesk.photos import Rendition
from photodesk.store.catalog import ContentState, KnownContent
from photodesk.store.health import Findings, Parts, check
from photodesk.store.quarantine import Quarantine
from tests.store.conftest import Store
from tests.store.inbox import RENDITIONS, packed, random_files, shot_of


def parts(store: Store, logged: dict[str, int] | None = None) -> Parts:
    found = store.keeper.generations if logged is None else logged
    return Parts(store.layout, store.keyset, store.catalog, store.charts, store.keeper, dict(found))


def run(store: Store, *, repair: bool = False) -> Findings:
    return check(parts(store), repair=repair, rebuild=lambda _: RENDITIONS)


def two_charts(store: Store) -> tuple[str, list[str], str]:
    """Two patients with photos; (first chart's id, its photo ids, second patient's id)."""
    first, second = store.patient("1"), store.patient("2", "Young")
    photos: list[str] = []
    for patient in (first, second):
        chart = store.charts.open(patient.patient_id)
        for data in random_files(3, 150_000):
            shot, source = shot_of(data)
            filed = chart.file_shot(store.change, shot, source, RENDITIONS, "v")
            if patient is first:
                photos.append(filed.photo_id)
    store.charts.close_all()
    return store.catalog.chart_pointer(first.patient_id).chart_id, photos, second.patient_id


def flip(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x40]))


def test_a_sound_store_is_clean(store: Store) -> None:
    two_charts(store)
    _, pack = packed(store, random_files(2))
    pack.close()
    found = run(store)
    assert [p.kind for p in found.problems] == ["job_unknown"]
    store.keeper.generations.clear()
    assert (found.photos, found.charts) == (6, 2)


@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_byte_is_found_and_touches_no_other_chart(store: Store, seed: int) -> None:
    chart_id, photos, other = two_charts(store)
    path = store.layout.charts(chart_id)
    offset = random.Random(seed).randrange(path.stat().st_size) if seed else 3  # noqa: S311  which byte is flipped
    flip(path, offset)
    found = run(store)
    assert found.result == "damaged"
    assert {p.chart_id for p in found.problems} == {chart_id}
    assert {p.photo_id for p in found.problems} <= {*photos, None}
    assert len(store.charts.open(other).photos()) == 3


def test_damage_in_a_photos_bytes_names_that_photo_and_leaves_the_others(store: Store) -> None:
    chart_id, photos, _ = two_charts(store)
    patient = store.catalog.patient_by_mrn("1").patient_id
    path = store.layout.charts(chart_id)
    named: set[str | None] = set()
    sound = path.read_bytes()
    for page in range(len(sound) // 16384):
        path.write_bytes(sound)
        flip(path, page * 16384 + 5000)
        problems = run(store).problems
        kinds = {p.kind for p in problems}
        assert problems
        if kinds == {"photo_damaged"}:
            named |= {p.photo_id for p in problems}
            if {p.photo_id for p in problems} == {photos[1]}:
                chart = store.charts.open(patient)
                assert chart.original_bytes(photos[0])
                with pytest.raises(Damaged) as caught:
                    chart.original_bytes(photos[1])
                assert (caught.value.chart_id, caught.value.photo_id) == (chart_id, photos[1])
                assert chart.original_bytes(photos[2])
                store.charts.close_all()
    assert named == set(photos)


def test_renditions_index_and_catalog_are_rebuilt(store: Store) -> None:
    _, photos, _ = two_charts(store)
    patient = store.catalog.patient_by_mrn("1").patient_id
    chart = store.charts.open(patient)
    with chart.ledger.database.transaction() as connection:
        connection.execute("UPDATE thumbnail SET bytes = x'00' WHERE photo_id = ?", (photos[0],))
    with store.catalog.ledger.database.transaction() as connection:
        connection.execute("DELETE FROM content")
    assert store.catalog.index is not None
    with store.catalog.index.database.transaction() as connection:
        connection.execute("DELETE FROM photo")
    assert {p.kind for p in run(store).problems} == {"rendition_damaged", "content_missing", "index_differs"}
    assert run(store, repair=True).result == "repaired"
    assert run(store).result == "clean"
    assert chart.rendition(photos[0], Rendition.THUMBNAIL) == RENDITIONS[Rendition.THUMBNAIL]


def test_an_older_chart_put_back_is_an_alarm_and_read_only(store: Store, tmp_path: Path) -> None:
    chart_id, photos, _ = two_charts(store)
    path = store.layout.charts(chart_id)
    shutil.copy(path, tmp_path / "old")
    patient = store.catalog.patient_by_mrn("1").patient_id
    store.charts.open(patient).set_notes(store.change, "newer")
    store.charts.close_all()
    shutil.copy(tmp_path / "old", path)
    assert [(p.kind, p.chart_id) for p in run(store).problems] == [("behind_log", chart_id)]
    store.charts._logged = dict(store.keeper.generations)
    chart = store.charts.open(patient)
    assert len(chart.photos()) == len(photos)
    with pytest.raises(Damaged, match="older than the log"):
        chart.set_notes(store.change, "x")


def test_a_chart_that_cannot_be_opened_is_put_aside_and_never_deleted(store: Store) -> None:
    chart_id, photos, _ = two_charts(store)
    path = store.layout.charts(chart_id)
    flip(path, 2000)
    found = run(store, repair=True)
    assert found.result == "damaged"
    assert {p.photo_id for p in found.problems} == {*photos, None}
    assert not path.exists()
    (case,) = Quarantine(store.layout, SystemClock()).cases()
    assert (case.kind, case.chart_id, set(case.photo_ids)) == ("database_damaged", chart_id, set(photos))
    aside = store.layout.quarantine / case.case_id / path.relative_to(store.layout.root)
    assert hashlib.sha256(aside.read_bytes()).hexdigest() == case.files[0].sha256
    again = run(store, repair=True)
    assert {p.kind for p in again.problems} == {"chart_quarantined", "photo_unreachable"}
    assert all(p.is_in_a_backup for p in again.problems)
    assert len(Quarantine(store.layout, SystemClock()).cases()) == 1
    aside.rename(path)  # as a backup would bring it back
    flip(path, 2000)
    assert run(store).result == "clean"
    flip(path, 2000)
    path.rename(aside)
    with pytest.raises(Damaged) as caught:
        store.charts.open(store.catalog.patient_by_mrn("1").patient_id)
    assert caught.value.chart_id == chart_id


def test_missing_photo_stray_chart_and_missing_pack_are_named(store: Store) -> None:
    chart_id, photos, _ = two_charts(store)
    chart = store.charts.open(store.catalog.patient_by_mrn("1").patient_id)
    with chart.ledger.database.transaction() as connection:
        for table in ("photo", "original"):
            connection.execute(f"DELETE FROM {table} WHERE photo_id = ?", (photos[0],))  # noqa: S608
    stray = store.layout.charts("00" * 16)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    job, pack = packed(store, random_files(1))
    pack.close()
    store.layout.pack(job, 1).unlink()
    store.catalog.record_content([KnownContent(bytes(32), ContentState.INBOX, job_id=job)])
    kinds = {p.kind: p for p in run(store).problems}
    assert kinds["photo_missing"].photo_id == photos[0]
    assert kinds["chart_unknown"].chart_id == "00" * 16
    assert "database_missing" in kinds
    assert chart_id == kinds["photo_missing"].chart_id


def test_damage_in_a_pack_names_the_shot(store: Store) -> None:
    job, pack = packed(store, random_files(2, 200_000))
    shots = [shot.shot_id for shot in pack.shots()]
    pack.close()
    path = store.layout.pack(job, 1)
    flip(path, path.stat().st_size // 2)
    found = [p for p in run(store).problems if p.kind != "job_unknown"]
    assert found
    assert {p.photo_id for p in found} <= {*shots, None}
