"""A backup's records are final: what is written is the frozen example, and the frozen example is read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from photodesk.errors import Damaged, Refused
from photodesk.store.backup_catalog import (
    CARRIED_TABLES,
    DERIVED_TABLES,
    OWN_TABLES,
    read_erasure,
    read_operations,
    read_rows,
)
from photodesk.store.backup_chart import read_chart_copy
from photodesk.store.backup_inbox import read_inbox
from photodesk.store.backup_record import Blob, ChartPart, Run, check_signature, read_run
from photodesk.store.backup_seal import open_under
from photodesk.store.backup_target import FolderTarget, blob_path
from photodesk.store.catalog_schema import CATALOG_TABLES
from photodesk.store.chart_schema import CHART_TABLES
from photodesk.store.database import Database
from photodesk.store.merge_schema import DERIVED_MERGE_TABLES
from photodesk.store.records import pack
from photodesk.store.recovery import groups, new_code
from photodesk.store.sealed_blob import BlobKind, open_blob
from tests.store.backup_examples import (
    CHART,
    CK,
    CLINIC,
    DK,
    EK,
    OPERATION,
    PHOTO,
    PHOTO_KEY,
    SIGNING,
    examples,
    payloads,
    recovery_signing,
    run_record,
)
from tests.store.conftest import Store

FROZEN = json.loads((Path(__file__).parent.parent / "vectors" / "backup.json").read_text("ascii"))


def test_what_is_written_is_frozen() -> None:
    assert examples() == {name: value for name, value in FROZEN.items() if not name.startswith("recovery")}


def test_the_recovery_signing_key_is_frozen() -> None:
    code = new_code(lambda size: bytes([29]) * size)
    assert "-".join(groups(code)) == FROZEN["recovery_code"]
    assert recovery_signing(code) == FROZEN["recovery_signing_public"]


def test_the_frozen_run_is_read() -> None:
    run = read_run(bytes.fromhex(FROZEN["run"]))
    assert run == run_record()
    check_signature(run, SIGNING.public)
    assert (run.photos, len(set(run.blobs()))) == (1, 4)


def test_the_frozen_blobs_open(tmp_path: Path) -> None:
    raw = {name: bytes.fromhex(value) for name, value in FROZEN.items() if name.startswith("blob_")}
    assert b"".join(open_blob(io.BytesIO(raw["blob_photo"]), PHOTO_KEY, CLINIC, BlobKind.ORIGINAL)) == PHOTO
    opened = {
        name: open_under(CK if name == "inbox" else DK, CLINIC, io.BytesIO(raw[f"blob_{name}"]))
        for name in ("operations", "rows", "erasure", "inbox")
    }
    assert {"chart": payloads()["chart"], **opened} == payloads()
    assert read_operations(opened["operations"])[0] == OPERATION
    assert read_rows(opened["rows"]).contents[0][1] == "filed"
    assert read_erasure(opened["erasure"]) == {CHART: EK}
    assert read_inbox(opened["inbox"]).packs[0][2][0].name == "IMG_1.JPG"
    blob = Blob("ab" * 32, len(raw["blob_chart"]))
    path = tmp_path / blob_path(blob.blob_id)
    path.parent.mkdir(parents=True)
    path.write_bytes(raw["blob_chart"])
    copy = read_chart_copy(FolderTarget(tmp_path), ChartPart(CHART, 1, 1, 1, blob, ()), CK, EK, CLINIC)
    assert (copy.operations, copy.copies[0].size_bytes) == ((OPERATION,), 46)


def test_a_snapshot_is_one_charts_and_one_keys(tmp_path: Path) -> None:
    raw = bytes.fromhex(FROZEN["blob_erasure"])
    with pytest.raises(Damaged):
        open_under(CK, CLINIC, io.BytesIO(raw))
    with pytest.raises(Damaged):
        open_under(DK, bytes(16), io.BytesIO(raw))
    path = tmp_path / blob_path("ab" * 32)
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes.fromhex(FROZEN["blob_chart"]))
    part = ChartPart("0e" * 16, 1, 1, 1, Blob("ab" * 32, 1), ())
    with pytest.raises(Damaged):
        read_chart_copy(FolderTarget(tmp_path), part, CK, EK, CLINIC)


def test_an_altered_or_newer_run_is_refused() -> None:
    record = bytes.fromhex(FROZEN["run"])
    for place in range(0, len(record), 7):
        bent = bytearray(record)
        bent[place] ^= 1
        with pytest.raises((Damaged, Refused)):
            check_signature(read_run(bytes(bent)), SIGNING.public)
    with pytest.raises(Refused):
        read_run(pack([2, 1]))
    assert Run(CLINIC, "02" * 16, 1, bytes(32), 0).name == "runs/00000001.run"


def test_every_table_is_in_a_backup_or_known_not_to_be(store: Store) -> None:
    """A new table of the catalog or of charts that is no projection of operations needs its place in a backup."""
    catalog = _tables(store.catalog.ledger.database)
    projected = {table.name for table in CATALOG_TABLES.values()}
    assert catalog == projected | CARRIED_TABLES | DERIVED_TABLES | OWN_TABLES
    chart = _tables(store.charts.open(store.patient().patient_id).ledger.database)
    in_charts = {table.name for table in CHART_TABLES.values()}
    sealed = {"original_part", "thumbnail", "screen"}
    own = {"seen", "fetched"}
    own |= DERIVED_MERGE_TABLES
    assert chart == in_charts | sealed | own | {"operation", "erased_operation", "field_clock", "generation"}


def _tables(database: Database) -> set[str]:
    rows = database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {str(row[0]) for row in rows}
