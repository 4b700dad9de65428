"""Which of a chart's photos a workstation brought in, and how many it could know: read from the chart's operations."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.store.chart import Chart

_CLOCK_BITS = 16


@dataclass(frozen=True)
class Held:
    """`originals`: photos that were imported there; `photos`: all that were known to the clinic until an instant.

    What two workstations imported is one photo, and an original at each of them.
    """

    originals: int
    photos: int


def held_of(chart: Chart, workstation_id: str, until_ms: int) -> Held:
    """What a workstation held of one patient that was last heard of at `until_ms`."""
    rows = chart.ledger.database.rows(
        "SELECT entity_id, workstation, workstation = ?1 OR clock <= ?2 FROM operation WHERE entity = 'photo'"
        " ORDER BY clock, workstation",
        (workstation_id, until_ms << _CLOCK_BITS),
    )
    twins: dict[str, str] = chart.listed_as()
    maker: dict[str, str] = {}
    known: set[str] = set()
    for name, workstation, was_known in rows:
        photo_id = str(name)
        maker.setdefault(photo_id, str(workstation))
        if was_known:
            known.add(twins.get(photo_id, photo_id))
    made = {twins.get(photo_id, photo_id) for photo_id, who in maker.items() if who == workstation_id}
    return Held(len(made), len(known))
