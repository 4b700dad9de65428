"""How many originals of each chart are not on this workstation, as a backup last saw it: what it could not include."""

from __future__ import annotations

from photodesk.store.catalog import Catalog


def note_elsewhere(catalog: Catalog, chart_id: str, originals: int) -> None:
    """What a backup saw of one chart. Kept on this workstation only; no operation."""
    database = catalog.ledger.database
    known = database.row("SELECT originals FROM elsewhere WHERE chart_id = ?", (chart_id,))
    if originals == (int(known[0]) if known else 0):
        return
    with database.transaction() as connection:
        connection.execute("DELETE FROM elsewhere WHERE chart_id = ?", (chart_id,))
        if originals:
            connection.execute("INSERT INTO elsewhere VALUES (?, ?)", (chart_id, originals))


def elsewhere_in_all(catalog: Catalog) -> int:
    """Originals of every chart there is that are not here."""
    row = catalog.ledger.database.row("SELECT coalesce(sum(originals), 0) FROM elsewhere JOIN chart USING (chart_id)")
    return int(row[0]) if row else 0
