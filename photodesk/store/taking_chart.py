"""What follows from operations taken into a chart: catalog and index learn what is there.

All of it is read from the chart as it stands, so that a kill between the chart's commit and this is made good by doing
it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from photodesk.store.catalog import Catalog, ContentState, KnownContent
from photodesk.store.chart import Chart
from photodesk.store.chart_corrections import Presence
from photodesk.store.keyset import KeySet
from photodesk.store.projection import column_value

_ITEMS = (
    "SELECT o.sha256, o.gone, coalesce(p.photo_id, o.original_id), coalesce(p.presence, a.presence, ''),"
    " coalesce(p.job_id, a.job_id, '') FROM original o"
    " LEFT JOIN photo p ON p.photo_id = o.photo_id AND o.photo_id <> ''"
    " LEFT JOIN attachment a ON a.original_id = o.original_id WHERE o.sha256 <> ''"
    " AND (o.original_id IN (SELECT value FROM json_each(?1)) OR o.photo_id IN (SELECT value FROM json_each(?1)))"
)
_STATES = {
    Presence.HERE.value: ContentState.FILED,
    Presence.HIDDEN.value: ContentState.DELETED,
    Presence.PURGED.value: ContentState.DELETED,
}


def touched(connection: Any, entity_ids: Iterable[str]) -> list[str]:
    """These with the photos that those of them which are originals belong to."""
    wanted = list(dict.fromkeys(entity_ids))
    rows = connection.execute(
        "SELECT photo_id FROM original WHERE photo_id <> '' AND original_id IN (SELECT value FROM json_each(?))",
        (column_value(wanted),),
    )
    return list(dict.fromkeys((*wanted, *(str(row[0]) for row in rows))))


def follow(catalog: Catalog, chart: Chart, keyset: KeySet, ids: list[str]) -> None:
    """After the commit: content ids and the photo index say of these what the chart says."""
    if not ids:
        return
    known, content_id_of = [], keyset.content_ids()
    for sha256, gone, item_id, presence, job_id in chart.ledger.database.rows(_ITEMS, (column_value(ids),)):
        state = _STATES.get(presence)
        if state is not None and (state is ContentState.DELETED or not gone):
            content_id = content_id_of(bytes.fromhex(sha256))
            known.append(KnownContent(content_id, state, chart.patient_id, item_id, job_id))
    _tell(catalog, chart.patient_id, known)
    if catalog.index is not None:
        catalog.index.follow(chart.patient_id, chart.photos())


def _tell(catalog: Catalog, patient_id: str, known: list[KnownContent]) -> None:
    """What is filed is known as filed; what was deleted is, unless another patient or photo has the same bytes."""
    settled = []
    for one in known:
        before = catalog.known(one.content_id) if one.state is ContentState.DELETED else None
        others = before is not None and before.state is ContentState.FILED
        others = others and before is not None and (before.patient_id, before.photo_id) != (patient_id, one.photo_id)
        if not others:
            settled.append(one)
    if settled:
        catalog.correct_content(settled)
