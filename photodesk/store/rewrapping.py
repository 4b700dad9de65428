"""Chart keys wrapped anew under the newest CK: 76 bytes each, the charts stay as they are."""

from __future__ import annotations

from photodesk.errors import Damaged
from photodesk.store import chart_keys
from photodesk.store.catalog import Catalog, ChartPointer

_AT_ONCE = 500


def rewrap_charts(catalog: Catalog) -> int:
    """Wrap every chart key that lies under an older CK, where CK is held; how many.

    A key that does not open is left as it is for a check to find.
    """
    if not catalog.keyset.chart_keys:
        return 0
    newest = catalog.keyset.chart_epoch
    older = [pointer for pointer in catalog.chart_pointers() if pointer.epoch < newest]
    return sum(_rewrap(catalog, older[start : start + _AT_ONCE]) for start in range(0, len(older), _AT_ONCE))


def _rewrap(catalog: Catalog, pointers: list[ChartPointer]) -> int:
    fresh = []
    for pointer in pointers:
        try:
            erasure_key = catalog.erasure.key(pointer.chart_id)
            key = chart_keys.unwrap(catalog.keyset, pointer.chart_id, erasure_key, pointer.epoch, pointer.wrapped)
        except Damaged:
            continue
        epoch, wrapped = chart_keys.wrap(catalog.keyset, pointer.chart_id, erasure_key, key)
        fresh.append((epoch, wrapped, pointer.chart_id))
    if fresh:
        with catalog.ledger.database.transaction() as connection:
            connection.executemany("UPDATE chart SET epoch = ?, wrapped = ? WHERE chart_id = ?", fresh)
    return len(fresh)
