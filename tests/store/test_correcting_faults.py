"""Moves and deletions killed at any step, or on a disk that fails: nothing lost, nothing doubled, ended at sign-in."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from photodesk import ids
from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.patients import Patient
from photodesk.photos import Rendition
from photodesk.store.catalog import ContentState
from photodesk.store.catalog_corrections import DeletionState, MoveState
from photodesk.store.chart_corrections import Presence
from photodesk.store.correcting import Correcting
from photodesk.store.database import Database
from photodesk.store.files import disk_full
from photodesk.store.health import Parts, check
from photodesk.store.index_healing import heal_index
from photodesk.store.layout import Layout
from tests.store.conftest import Keeper, Store, make_store, open_store
from tests.store.inbox import RENDITIONS, random_files, shot_of
from tests.store.test_filing_faults import steps_until

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are tried where a process can be forked")
KILLS = 40
NOW_MS = 1_800_000_000_000


class Wrong:
    """Two patients; the photos of one are the other's."""

    def __init__(self, root: Path, photos: int = 2) -> None:
        store = make_store(root)
        self.keyset, self.key = store.keyset, store.keeper.key
        self.wrong, self.right = store.patient(), store.patient("4712", "Okafor", "Ngozi")
        visit = store.visit(self.wrong)
        self.to = store.visit(self.right, date(2026, 11, 19)).visit_id
        chart = store.charts.open(self.wrong.patient_id)
        self.photo_ids: list[str] = []
        self.hashes: list[str] = []
        for number, data in enumerate(random_files(photos, 40_000)):
            shot, source = shot_of(data, f"IMG_{number}.JPG")
            chart.file_shot(store.change, shot, source, RENDITIONS, visit.visit_id)
            raw, raw_source = shot_of(data[::-1], f"IMG_{number}.NEF")
            chart.add_original(store.change, shot.shot_id, raw, raw_source)
            self.photo_ids.append(shot.shot_id)
            self.hashes += [shot.sha256, raw.sha256]
        store.close()

    def open(self, root: Path) -> Store:
        return open_store(Layout(root), self.keyset, Keeper(self.key, self.keyset.clinic_id))

    def move(self, root: Path) -> None:
        """What a desk does."""
        store = self.open(root)
        correcting = Correcting(store.catalog, store.charts, store.keyset)
        planned = correcting.plan_move(
            store.change,
            ids.ordered_id(),
            self.photo_ids,
            self.wrong.patient_id,
            self.right.patient_id,
            self.to,
            NOW_MS,
        )
        correcting.move(store.change, planned)
        store.close()

    def delete_and_purge(self, root: Path) -> None:
        """Delete both, have one back, purge the other."""
        store = self.open(root)
        correcting = Correcting(store.catalog, store.charts, store.keyset)
        correcting.delete(store.change, self.wrong.patient_id, self.photo_ids, NOW_MS, 0)
        correcting.restore(store.change, self.wrong.patient_id, self.photo_ids[:1])
        deletion = store.catalog.deletion(self.photo_ids[1])
        assert deletion is not None
        correcting.purge(store.change, deletion, NOW_MS)
        store.close()


def resume(store: Store) -> None:
    """What the next desk does at sign-in."""
    correcting = Correcting(store.catalog, store.charts, store.keyset)
    for move in correcting.open_moves():
        correcting.finish_move(store.change, move)
    correcting.settle(store.change, correcting.unsettled())
    heal_index(store.catalog.index, store.charts)


def held(store: Store, patient: Patient) -> list[str]:
    """SHA-256 of what the chart lists, read from its bytes."""
    chart = store.charts.open(patient.patient_id)
    return sorted(
        hashlib.sha256(chart.original_bytes(one.original_id)).hexdigest()
        for photo in chart.photos()
        for one in photo.originals
    )


def sound(store: Store) -> list[str]:
    found = check(Parts(store.layout, store.keyset, store.catalog, store.charts, store.keeper, {}))
    return [problem.kind for problem in found.problems]


def killed_at_steps(
    folder: Path, made: Wrong, work: Callable[[Path], None], look: Callable[[Store, bool], None]
) -> None:
    shutil.copytree(folder / "made", folder / "whole")
    total, finished = steps_until(0, lambda: work(folder / "whole"))
    assert finished
    for place in range(KILLS):
        root = folder / f"kill{place}"
        shutil.copytree(folder / "made", root)
        at = 1 + (place * total + total // 2) // KILLS
        assert not steps_until(at, lambda: work(root))[1]  # noqa: B023
        there = made.open(root)
        look(there, False)
        resume(there)
        look(there, True)
        resume(there)
        assert sound(there) == []
        there.close()
        shutil.rmtree(root)


@forks
def test_a_move_killed_at_any_step_is_in_one_chart_in_the_end(tmp_path: Path) -> None:
    made = Wrong(tmp_path / "made")
    begun = []

    def look(store: Store, resumed: bool) -> None:
        old, new = held(store, made.wrong), held(store, made.right)
        assert set(old) | set(new) == set(made.hashes), "a photo is lost"
        if resumed:
            assert sorted(old + new) == sorted(made.hashes), "a photo is in both charts"
            assert not (old and new), "a move is done whole or was never begun"
            begun.append(bool(new))
            assert store.catalog.open_moves() == []
            owner = made.right if new else made.wrong
            contents = {known.patient_id for known in store.catalog.contents(ContentState.FILED)}
            assert contents == {owner.patient_id}
            assert store.catalog.summary(owner.patient_id).photos == len(made.photo_ids)

    killed_at_steps(tmp_path, made, made.move, look)
    assert sum(begun) > KILLS // 2


@forks
def test_deleting_restoring_and_purging_killed_at_any_step(tmp_path: Path) -> None:
    made = Wrong(tmp_path / "made")

    def look(store: Store, resumed: bool) -> None:
        chart = store.charts.open(made.wrong.patient_id)
        for place, photo_id in enumerate(made.photo_ids):
            item = chart.item(photo_id)
            assert item is not None
            if item.presence is not Presence.PURGED:
                for original in item.originals:
                    assert chart.verify_original(original.original_id) == original.sha256
            else:
                assert place == 1, "only the second was purged"
            if resumed:
                states = {known.state for known in store.catalog.contents(ContentState.DELETED)}
                known = store.catalog.known(store.keyset.content_id(bytes.fromhex(made.hashes[2 * place])))
                assert known is not None
                here = item.presence is Presence.HERE
                assert known.state is (ContentState.FILED if here else ContentState.DELETED), states
                assert (photo_id in {photo.photo_id for photo in chart.photos()}) == here
        if resumed:
            assert store.catalog.deletions(DeletionState.UNSETTLED) == []

    killed_at_steps(tmp_path, made, made.delete_and_purge, look)


@pytest.mark.parametrize("work", ["move", "delete_and_purge"])
def test_every_failing_transaction_is_whole_or_nothing(
    work: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction of each database fails in turn with a full disk, until the work passes without a failure."""
    made = Wrong(tmp_path / "made")
    plain = Database.transaction
    quiet: list[str] = []
    for failing in range(60):
        root = tmp_path / f"full{failing}"
        shutil.copytree(tmp_path / "made", root)
        count = iter(range(10_000))
        refused: list[str] = []

        @contextmanager
        def transaction(
            self: Database, needed: int = 0, at: int = failing, count: Any = count, refused: list[str] = refused
        ) -> Iterator[Any]:
            if next(count) == at:
                refused.append(self.name)
                raise disk_full(4096)
            with plain(self, needed) as connection:
                yield connection

        monkeypatch.setattr(Database, "transaction", transaction)
        failed = ""
        try:
            getattr(made, work)(root)
        except Fixable as error:
            failed = error.code
        monkeypatch.setattr(Database, "transaction", plain)
        store = made.open(root)
        resume(store)
        resume(store)
        old, new = held(store, made.wrong), held(store, made.right)
        if work == "move":
            assert sorted(old + new) == sorted(made.hashes)
        else:
            hidden = {one.item_id for one in store.charts.open(made.wrong.patient_id).hidden()}
            gone = store.catalog.deletions(DeletionState.PURGED)
            listed = {photo.photo_id for photo in store.charts.open(made.wrong.patient_id).photos()}
            assert sorted([*hidden, *listed, *(one.photo_id for one in gone)]) == sorted(made.photo_ids)
        assert sound(store) == []
        store.close()
        shutil.rmtree(root)
        if not refused:
            assert failing > 8, "there are more transactions than that"
            assert quiet.count("catalog") <= 1, "only the index and the mark that it followed may miss a write"
            assert set(quiet) <= {"index", "catalog"}
            return
        assert failed in {"disk_full", ""}
        quiet += [] if failed else refused
    raise AssertionError("it never passed")


def test_a_failing_disk_under_the_right_chart_leaves_the_wrong_one_whole(tmp_path: Path) -> None:
    """A file-size limit makes every further write of the file fail, as a dying disk does."""
    import resource

    made = Wrong(tmp_path / "made", 1)
    store = made.open(tmp_path / "made")
    chart = store.charts.open(made.wrong.patient_id)
    shot, source = shot_of(os.urandom(3_000_000))
    chart.file_shot(store.change, shot, source, RENDITIONS, "v")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    correcting = Correcting(store.catalog, store.charts, store.keyset)
    planned = correcting.plan_move(
        store.change, ids.ordered_id(), [shot.shot_id], made.wrong.patient_id, made.right.patient_id, made.to, NOW_MS
    )
    store.charts.open(made.right.patient_id)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
        with pytest.raises(Damaged) as caught:
            correcting.move(store.change, planned)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert caught.value.code == "disk_failed"
    store.close()
    store = made.open(tmp_path / "made")
    resume(store)
    assert shot.sha256 in held(store, made.wrong) + held(store, made.right)
    assert len(held(store, made.wrong) + held(store, made.right)) == 3
    assert sound(store) == []
    store.close()


def test_a_photo_whose_bytes_are_damaged_is_not_moved(tmp_path: Path) -> None:
    made = Wrong(tmp_path / "made")
    store = made.open(tmp_path / "made")
    chart = store.charts.open(made.wrong.patient_id)
    with chart.ledger.database.transaction() as connection:
        connection.execute(
            "UPDATE original_part SET bytes = ? WHERE original_id = ?", (b"something else", made.photo_ids[1])
        )
    correcting = Correcting(store.catalog, store.charts, store.keyset)
    planned = correcting.plan_move(
        store.change, ids.ordered_id(), made.photo_ids, made.wrong.patient_id, made.right.patient_id, made.to, NOW_MS
    )
    with pytest.raises(Damaged) as caught:
        correcting.move(store.change, planned)
    assert (caught.value.code, caught.value.photo_id) == ("copy_differs", made.photo_ids[1])
    assert [photo.photo_id for photo in store.charts.open(made.right.patient_id).photos()] == made.photo_ids[:1]
    assert [photo.photo_id for photo in chart.photos()] == made.photo_ids[1:]
    kept = store.catalog.move(planned.move_id)
    assert (kept.state, kept.photo_ids) == (MoveState.DONE, tuple(made.photo_ids[:1]))
    store.close()


def test_a_copy_that_reads_back_differently_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Wrong(tmp_path / "made", 1)
    store = made.open(tmp_path / "made")
    target = store.charts.open(made.right.patient_id)
    monkeypatch.setattr(type(target), "verify_original", lambda *_: "0" * 64)
    correcting = Correcting(store.catalog, store.charts, store.keyset)
    planned = correcting.plan_move(
        store.change, ids.ordered_id(), made.photo_ids, made.wrong.patient_id, made.right.patient_id, made.to, NOW_MS
    )
    with pytest.raises(PhotoDeskError) as caught:
        correcting.move(store.change, planned)
    assert caught.value.code == "filed_differs"
    monkeypatch.undo()
    assert held(store, made.wrong) == sorted(made.hashes), "the wrong chart let nothing go"
    assert store.catalog.move(planned.move_id).state is MoveState.OPEN
    resume(store)
    assert (held(store, made.wrong), held(store, made.right)) == ([], sorted(made.hashes))
    assert sound(store) == []
    store.close()


def test_the_wrong_chart_s_file_holds_the_bytes_no_more(tmp_path: Path) -> None:
    """With its own key in hand: not one page of the file that was, nor of the write-ahead log, holds the photo."""
    made = Wrong(tmp_path / "made", 1)
    made.move(tmp_path / "made")
    store = made.open(tmp_path / "made")
    chart = store.charts.open(made.wrong.patient_id)
    database = chart.ledger.database
    assert database.rows("SELECT count(*) FROM original_part") == [(0,)]
    assert database.rows("SELECT count(*) FROM thumbnail") == [(0,)]
    assert chart.renditions(made.photo_ids, Rendition.SCREEN) == {}
    wal = database.path.with_name(database.path.name + "-wal")
    assert not wal.exists() or wal.stat().st_size < 32_768
    item = chart.item(made.photo_ids[0])
    assert item is not None
    assert (item.presence, [one.name for one in item.originals]) == (Presence.MOVED, ["IMG_0.JPG", "IMG_0.NEF"])
    store.close()
