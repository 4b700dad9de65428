"""Sealed copies between two workstations of one clinic: sealed out, taken in, and nothing that is not the photo."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.store.sealed_blob import BlobKind
from photodesk.sync.copies_out import seal_out
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool, Out
from tests.desk.conftest import Desk, ListKeeper, TestClock, session_of
from tests.store.conftest import make_store


@pytest.fixture
def a(tmp_path: Path) -> Iterator[Desk]:
    made = make_store(tmp_path / "a")
    keeper, clock = ListKeeper(made.keeper), TestClock()
    yield Desk(session_of(made, made.keyset, keeper, clock), keeper, clock, made)
    made.close()


def files(blobs: BlobSpool) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in blobs.out_folder.iterdir()}


def test_every_photo_is_sealed_once_and_the_chart_says_where(a: Desk, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    blobs = BlobSpool(spool.file)
    patient = a.store.patient()
    a.photos(patient, a.store.visit(patient))
    assert seal_out(a.session, spool).blobs == 9
    chart = a.store.charts.open(patient.patient_id)
    copies = chart.copies().values()
    assert (
        sorted(one.kind for one in copies) == [BlobKind.ORIGINAL] * 3 + [BlobKind.SCREEN] * 3 + [BlobKind.THUMBNAIL] * 3
    )
    sealed = blobs.out_in(Out.SEALED)
    assert [one.rank for one in sealed] == [0] * 3 + [1] * 3 + [2] * 3
    assert {one.name for one in sealed} == files(blobs).keys() == {one.blob_id.hex() for one in copies}
    generation = chart.ledger.database.generation()
    assert seal_out(a.session, spool).blobs == 0
    assert chart.ledger.database.generation() == generation
    spool.close()


def test_without_the_spool_the_same_blobs_are_made_again_for_what_the_server_lacks(a: Desk, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    patient = a.store.patient()
    a.photos(patient, a.store.visit(patient))
    seal_out(a.session, spool)
    before = files(BlobSpool(spool.file))
    spool.close()
    shutil.rmtree(tmp_path / "spool")
    spool = Spool(tmp_path / "spool")
    blobs = BlobSpool(spool.file)
    assert seal_out(a.session, spool).blobs == 0
    asked = blobs.out_in(Out.ASK)
    assert {one.name for one in asked} == before.keys()
    blobs.set_out([one.blob_id for one in asked], Out.LACKING)
    assert seal_out(a.session, spool).blobs == 9
    assert files(blobs) == before
    spool.close()


def test_originals_wait_for_room_and_pictures_do_not(a: Desk, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    blobs = BlobSpool(spool.file)
    patient = a.store.patient()
    a.photos(patient, a.store.visit(patient))
    done = seal_out(a.session, spool, room_bytes=1)
    assert (done.blobs, done.later) == (6, 3)
    assert blobs.waiting().photos_out == 3
    for one in blobs.out_in(Out.SEALED):
        blobs.arrived_there(one.blob_id)
    assert seal_out(a.session, spool, room_bytes=1).later == 2
    assert seal_out(a.session, spool).later == 0
    assert blobs.waiting().photos_out == 3
    spool.close()
