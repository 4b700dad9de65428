"""Announcing a chart's snapshot: one operation of the catalog, signed by a workstation and a person, under the
patient's scope, so that it goes with an erased patient.

Its entity is `snapshot`, its id the chart's; it names the sealed blob, the epoch of CK it is under, and what it covers:
of each workstation the last operation's number and the chain after it, as text `[[workstation, number, chain]…]`. The
newest announcement of a chart counts. Earlier ones stay in the history, where they still say what their person had
before them; others who have all that it covers may announce the same one again in their own name: see `snapshot_proof`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from photodesk.errors import PhotoDeskError
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.keyset import KeySet
from photodesk.store.operations import open_operation
from photodesk.store.projection import Edit
from photodesk.store.snapshot_schema import SNAPSHOT

Covers = Mapping[str, tuple[int, bytes]]
"""By workstation: the number of the last operation, and the chain after it."""
MOST_BYTES = 256 << 20
REASON = "snapshot of a chart"
_covers = msgspec.json.Decoder(list[tuple[str, int, str]])


@dataclass(frozen=True)
class Announced:
    """A chart's newest snapshot, as somebody announced it."""

    blob_id: bytes
    size_bytes: int
    epoch: int
    covers: Covers


@dataclass(frozen=True)
class Vouched:
    """A person signed for having these operations; whoever signed it signed for what is said in their own name."""

    person: str
    covers: Covers


def announced(catalog: Catalog, chart_id: str) -> Announced | None:
    """The newest snapshot of a chart; None where there is none, or what is said of it makes no sense."""
    row = catalog.ledger.database.row(
        "SELECT blob_id, bytes, epoch, covers FROM snapshot WHERE chart_id = ?", (chart_id,)
    )
    if row is None:
        return None
    blob_id, size, epoch, said = row
    covers = read_covers(said)
    sound = isinstance(blob_id, bytes) and len(blob_id) == 32 and isinstance(size, int) and isinstance(epoch, int)
    if not sound or not covers or not 0 < size <= MOST_BYTES:
        return None
    return Announced(bytes(blob_id), size, epoch, covers)


def announced_charts(catalog: Catalog) -> dict[str, bytes]:
    """Charts that there is a snapshot of, with its blob."""
    rows = catalog.ledger.database.rows("SELECT chart_id, blob_id FROM snapshot")
    return {str(chart_id): blob_id for chart_id, blob_id in rows if isinstance(blob_id, bytes)}


def announce(catalog: Catalog, change: Change, patient_id: str, one: Announced) -> None:
    """Say that a snapshot was made."""
    scope = catalog.scope(patient_id)
    with catalog.ledger.writing(change) as writing:
        writing.record(scope, announcing(scope.chart_id, one))


def announcing(chart_id: str, one: Announced) -> Edit:
    """The change that announces a snapshot."""
    fields = {
        "blob_id": one.blob_id,
        "bytes": one.size_bytes,
        "epoch": one.epoch,
        "covers": written_covers(one.covers),
    }
    return Edit(SNAPSHOT, chart_id, "set", fields)


def vouched(connection: Any, keyset: KeySet, chart_id: str, erasure_key: bytes) -> list[Vouched]:
    """What people signed for in every announcement of a chart; each was checked when it was taken in."""
    rows = connection.execute(
        "SELECT record FROM operation WHERE entity_id = ? AND entity = ?", (chart_id, SNAPSHOT)
    ).fetchall()
    found = []
    for (record,) in rows:
        try:
            told = open_operation(bytes(record), keyset, lambda _: erasure_key)
        except PhotoDeskError:
            continue
        found.append(Vouched(told.person, read_covers(told.edit.fields.get("covers"))))
    return found


def read_covers(said: object) -> Covers:
    """What an announcement covers; nothing where it cannot be read."""
    try:
        rows = _covers.decode(said) if isinstance(said, str) else []
        read = {station: (number, bytes.fromhex(chain)) for station, number, chain in rows}
    except (msgspec.MsgspecError, ValueError):
        return {}
    if any(number < 1 or len(chain) != 32 for number, chain in read.values()) or len(read) != len(rows):
        return {}
    return read


def written_covers(covers: Covers) -> str:
    """As an announcement says it."""
    rows = [[station, number, chain.hex()] for station, (number, chain) in sorted(covers.items())]
    return msgspec.json.encode(rows).decode("ascii")
