"""Which of a chart's photos a workstation brought in, and how many it could know: read from the chart's operations."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.store.chart import Chart

_CLOCK_BITS = 16


@dataclass(frozen=True)
class Held:
    """`originals`: photos that were imported there; `photos`: all that were known to the clinic until an instant."""

    originals: int
    photos: int


def held_of(chart: Chart, workstation_id: str, until_ms: int) -> Held:
    """What a workstation held of one patient that was last heard of at `until_ms`."""
    row = chart.ledger.database.row(
        "SELECT count(DISTINCT CASE WHEN workstation = ?1 THEN entity_id END), count(DISTINCT entity_id)"
        " FROM operation WHERE entity = 'photo' AND (workstation = ?1 OR clock <= ?2)",
        (workstation_id, until_ms << _CLOCK_BITS),
    )
    return Held(int(row[0]), int(row[1])) if row is not None else Held(0, 0)
