"""The catalog and the erasure keys in a backup.

Snapshots, msgpack arrays beginning `[version, suite, name, …]`: "operations" `[operation…]`, signed as they are, at
most 2,000 in one; "rows" `[[chart_id, epoch, wrapped key, made]…], [[content id, state, patient_id, photo_id,
job_id]…], [[mark, card_id, safe]…], [[workstation, sequence, chain]…]`, what is kept beside the operations, the last
being operations that went with erased patients; "erasure" `[[chart_id, key]…]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from photodesk.crypto import SUITE, VERSION
from photodesk.ids import to_bytes
from photodesk.store.backup_record import Part, Snapshot
from photodesk.store.backup_seal import Shelf, plain
from photodesk.store.catalog import Catalog
from photodesk.store.keyset import KeySet
from photodesk.store.merge_schema import DERIVED_MERGE_TABLES
from photodesk.store.record_version import bad_record, read_typed
from photodesk.store.records import pack

OPERATIONS_IN_ONE = 2_000
CARRIED_TABLES = frozenset({"operation", "erased_operation", "chart", "content", "card_file"})
DERIVED_TABLES = frozenset({"field_clock", "generation", "name_word", "person"}) | DERIVED_MERGE_TABLES
OWN_TABLES = frozenset({"worklist_file", "index_behind", "to_review", "elsewhere"})


@dataclass(frozen=True)
class CatalogRows:
    """What the catalog keeps beside its operations."""

    charts: tuple[tuple[bytes, int, bytes, int], ...]
    contents: tuple[tuple[bytes, str, str, str, str], ...]
    card_files: tuple[tuple[bytes, str, int], ...]
    erased: tuple[tuple[bytes, int, bytes], ...]


def back_up_catalog(shelf: Shelf, catalog: Catalog, keyset: KeySet) -> list[Snapshot]:
    """Operations and rows, from one consistent look."""
    epoch, made = keyset.desk_epoch, []
    with catalog.ledger.database.fresh() as connection:
        connection.execute("BEGIN")
        try:
            for name, content in _catalog_payloads(connection):
                part = Part.CATALOG if name == "operations" else Part.CATALOG_ROWS
                payload = pack([VERSION, SUITE, name, *content])
                made.append(Snapshot(part, epoch, shelf.put_under(keyset.desk_keys[epoch], plain(payload))))
        finally:
            connection.execute("COMMIT")
    return made


def _catalog_payloads(connection: Any) -> Iterator[tuple[str, list[Any]]]:
    cursor = connection.execute("SELECT record FROM operation ORDER BY rowid")
    while rows := cursor.fetchmany(OPERATIONS_IN_ONE):
        yield "operations", [[bytes(row[0]) for row in rows]]
    charts = connection.execute("SELECT chart_id, epoch, wrapped, made FROM chart ORDER BY chart_id").fetchall()
    contents = connection.execute(
        "SELECT content_id, state, patient_id, photo_id, job_id FROM content ORDER BY content_id"
    ).fetchall()
    files = connection.execute("SELECT mark, card_id, safe FROM card_file ORDER BY mark, card_id").fetchall()
    yield (
        "rows",
        [
            [[to_bytes(chart), epoch, bytes(wrapped), made] for chart, epoch, wrapped, made in charts],
            [[bytes(content), *rest] for content, *rest in contents],
            [[bytes(mark), *rest] for mark, *rest in files],
            erased_rows(connection),
        ],
    )


def erased_rows(connection: Any) -> list[list[Any]]:
    """Operations that went with an erased patient: workstation, sequence, how the chain goes on."""
    rows = connection.execute(
        "SELECT workstation, sequence, chain FROM erased_operation ORDER BY workstation, sequence"
    )
    return [[to_bytes(workstation), sequence, bytes(chain)] for workstation, sequence, chain in rows.fetchall()]


def back_up_erasure(shelf: Shelf, keys: dict[str, bytes], keyset: KeySet) -> Snapshot:
    """The one snapshot of the erasure keys."""
    epoch = keyset.desk_epoch
    rows = [[to_bytes(chart_id), key] for chart_id, key in sorted(keys.items())]
    content = plain(pack([VERSION, SUITE, "erasure", rows]))
    return Snapshot(Part.ERASURE, epoch, shelf.put_under(keyset.desk_keys[epoch], content))


def read_erasure(payload: bytes) -> dict[str, bytes]:
    """EK by chart id."""
    name, rows = read_typed(payload, "erasure snapshot", tuple[str, list[tuple[bytes, bytes]]], {})
    if name != "erasure" or any((len(chart), len(key)) != (16, 32) for chart, key in rows):
        raise bad_record("erasure snapshot")
    return {chart.hex(): key for chart, key in rows}


def read_operations(payload: bytes) -> list[bytes]:
    """Operations of the catalog."""
    name, records = read_typed(payload, "catalog snapshot", tuple[str, list[bytes]], {})
    if name != "operations":
        raise bad_record("catalog snapshot")
    return records


def read_rows(payload: bytes) -> CatalogRows:
    """The other rows of the catalog."""
    name, charts, contents, files, erased = read_typed(
        payload,
        "catalog snapshot",
        tuple[
            str,
            list[tuple[bytes, int, bytes, int]],
            list[tuple[bytes, str, str, str, str]],
            list[tuple[bytes, str, int]],
            list[tuple[bytes, int, bytes]],
        ],
        {},
    )
    if name != "rows":
        raise bad_record("catalog snapshot")
    return CatalogRows(tuple(charts), tuple(contents), tuple(files), tuple(erased))
