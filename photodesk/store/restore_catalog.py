"""The catalog and the erasure keys of a restored store, made anew from operations and rows of a backup."""

from __future__ import annotations

from photodesk.ids import NO_ID
from photodesk.store import catalog_search
from photodesk.store.backup_catalog import CatalogRows, read_operations, read_rows
from photodesk.store.backup_record import Part
from photodesk.store.catalog import Catalog, ContentState, KnownContent
from photodesk.store.catalog_patients import patient_of
from photodesk.store.catalog_schema import CATALOG_TABLES
from photodesk.store.conflicts import ConflictBook
from photodesk.store.restore_source import Opened
from photodesk.store.restore_tables import Replay, put_erased

_NO_SCOPE = NO_ID.hex()


def restore_catalog(opened: Opened, catalog: Catalog) -> CatalogRows:
    """Fill an empty catalog and its erasure keys; the rows whose content ids are settled at the end. Damaged."""
    with catalog.erasure.database.transaction() as connection:
        connection.executemany("INSERT INTO erasure_key VALUES (?, ?)", sorted(opened.erasure_keys.items()))
    replay = Replay(CATALOG_TABLES, opened.keyset, _stations(opened), lambda scope: _key(opened, scope))
    rows = [read_rows(opened.snapshot(one)) for one in opened.parts(Part.CATALOG_ROWS)]
    with catalog.ledger.database.transaction() as connection:
        for snapshot in opened.parts(Part.CATALOG):
            replay.run(connection, read_operations(opened.snapshot(snapshot)))
        replay.mark_left_out(connection)
        ConflictBook(connection, opened.keyset, lambda scope: _key(opened, scope) or bytes(32)).find_all()
        for one in rows:
            put_erased(connection, one.erased)
            connection.executemany(
                "INSERT INTO chart (chart_id, epoch, wrapped, made) VALUES (?, ?, ?, 0)",
                [(chart.hex(), epoch, wrapped) for chart, epoch, wrapped, _ in one.charts],
            )
            connection.executemany("INSERT INTO card_file VALUES (?, ?, ?)", one.card_files)
        found = connection.execute(
            "SELECT patient_id, mrn, family, given, birth, sex FROM patient WHERE NOT hidden ORDER BY number"
        ).fetchall()
        for row in found:
            catalog_search.index_patient(connection, patient_of(row))
    return CatalogRows(
        tuple(chart for one in rows for chart in one.charts),
        tuple(content for one in rows for content in one.contents),
        (),
        (),
    )


def settle_contents(catalog: Catalog, rows: CatalogRows, filed: list[KnownContent], waiting: set[str]) -> None:
    """Which bytes are known: what the charts hold, what waits in the inbox, what was deleted on purpose.

    What the catalog had heard of after its chart was stored is forgotten, so that it can be imported again.
    """
    known = [
        KnownContent(content, ContentState(state), patient_id, photo_id, job_id)
        for content, state, patient_id, photo_id, job_id in rows.contents
    ]
    deleted = [one for one in known if one.state is ContentState.DELETED]
    inbox = [one for one in known if one.state is ContentState.INBOX and one.photo_id in waiting]
    jobs = {one.content_id: one.job_id for one in known}
    with catalog.ledger.database.transaction() as connection:
        connection.executemany(
            "INSERT INTO content VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state,"
            " patient_id = excluded.patient_id, photo_id = excluded.photo_id, job_id = excluded.job_id",
            [
                (
                    one.content_id,
                    one.state.value,
                    one.patient_id,
                    one.photo_id,
                    one.job_id or jobs.get(one.content_id, ""),
                )
                for one in (*deleted, *inbox, *filed)
            ],
        )


def _stations(opened: Opened) -> dict[str, bytes]:
    return {one.workstation_id: one.signing_public for one in opened.members.workstations.values()}


def _key(opened: Opened, scope: str) -> bytes | None:
    return bytes(32) if scope == _NO_SCOPE else opened.erasure_keys.get(scope)
