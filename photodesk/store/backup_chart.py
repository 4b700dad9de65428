"""One chart in a backup: its operations in a sealed snapshot, and each photo, picture and file as a sealed blob.

Snapshot: `[version, suite, "chart", chart_id, [operation…], [[workstation, sequence, chain]…], [[id, kind, blob id,
blob bytes, sha256, bytes, uuid]…]]`: the signed operations as they are, those that went with an erased patient, and
where the bytes lie; the id is the original's, or the photo's for pictures made from it, uuid is the blob's own and
changes with the photo's key. The list also keeps what an earlier run held and the chart lost without having let it go:
a photo is only ever left out of a backup because the chart says that it was deleted for good or moved.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from photodesk.crypto import SUITE, VERSION
from photodesk.errors import Damaged, PhotoDeskError
from photodesk.ids import to_bytes, to_text
from photodesk.store.backup_catalog import erased_rows
from photodesk.store.backup_record import Blob, ChartPart
from photodesk.store.backup_seal import Shelf, chart_secret, plain
from photodesk.store.backup_target import Target, blob_path
from photodesk.store.chart import Chart
from photodesk.store.chart_pieces import PICTURES, Piece, content_of, original_pieces, picture_pieces
from photodesk.store.record_version import bad_record, read_typed
from photodesk.store.records import pack
from photodesk.store.sealed_blob import BlobKind, open_blob

_KIND = "chart"
_Row = tuple[bytes, BlobKind, bytes, int, bytes, int, bytes]
_Erased = tuple[bytes, int, bytes]


@dataclass(frozen=True)
class Copy:
    """Where the bytes of an original, of a file, or of a picture made from a photo lie. `sha256` is the plaintext's."""

    owner_id: str
    kind: BlobKind
    blob: Blob
    sha256: str
    size_bytes: int
    uuid: bytes


@dataclass(frozen=True)
class ChartCopy:
    """A chart as a snapshot holds it."""

    chart_id: str
    operations: tuple[bytes, ...]
    erased: tuple[tuple[bytes, int, bytes], ...]
    copies: tuple[Copy, ...]


@dataclass(frozen=True)
class _Listing:
    """What the chart said at one moment. `gone` are originals it let go, `away` those whose bytes lie elsewhere."""

    generation: int
    operations: tuple[bytes, ...]
    erased: list[list[Any]]
    wanted: tuple[Piece, ...]
    away: tuple[Piece, ...]
    gone: frozenset[str]
    photos: int


class ChartBackup:
    """Backs up charts, one after the other. `problems` are photos that could not be read, told by id; `elsewhere`
    is how many originals and files of the last chart are not on this workstation and were never in this backup.
    """

    def __init__(self, shelf: Shelf, chart_key: bytes, epoch: int) -> None:
        self._shelf = shelf
        self._chart_key = chart_key
        self._epoch = epoch
        self.problems: list[Damaged] = []
        self.elsewhere = 0

    def run(self, chart: Chart, erasure_key: bytes, before: ChartCopy | None) -> ChartPart:
        """Store what is new of a chart and its snapshot. `before` is what the backup held of it, where it held any."""
        listing = _listed(chart)
        known = {(one.owner_id, one.kind, one.uuid): one for one in (before.copies if before else ())}
        copies: list[Copy] = []
        for wanted in listing.wanted:
            held = known.pop(wanted.names(), None)
            made = held if held is not None and self._shelf.holds(held.blob) else self._copy(chart, wanted)
            if made is not None:
                copies.append(made)
        copies += _lost(known.values(), listing, copies)
        held_now = {(one.owner_id, one.kind) for one in copies}
        missing = [one for one in listing.away if (one.owner_id, one.kind) not in held_now]
        self.elsewhere = len(missing)
        whole = {one.photo_id for one in listing.wanted if one.kind is BlobKind.ORIGINAL}
        photos = listing.photos - len({one.photo_id for one in missing if one.kind is BlobKind.ORIGINAL} - whole)
        rows = [
            [
                to_bytes(one.owner_id),
                int(one.kind),
                bytes.fromhex(one.blob.blob_id),
                one.blob.size_bytes,
                bytes.fromhex(one.sha256),
                one.size_bytes,
                one.uuid,
            ]
            for one in copies
        ]
        payload = chart_payload(chart.chart_id, listing.operations, listing.erased, rows)
        secret = chart_secret(self._chart_key, erasure_key)
        snapshot = self._shelf.put(secret, BlobKind.SNAPSHOT, plain(payload))
        blobs = tuple(dict.fromkeys(one.blob for one in copies))
        return ChartPart(chart.chart_id, listing.generation, self._epoch, photos, snapshot, blobs)

    def _copy(self, chart: Chart, wanted: Piece) -> Copy | None:
        """Seal one; None where it went meanwhile, or cannot be read, which is a problem and no end."""
        try:
            content = content_of(chart.ledger.database, wanted)
            if content is None:
                return None
            blob = self._shelf.put(wanted.photo_key, wanted.kind, content)
        except PhotoDeskError as failure:
            if failure.code not in {"source_differs", "photo_unknown", "database_damaged", "not_authentic"}:
                raise
            if _went(chart, wanted):
                return None
            self.problems.append(
                Damaged(
                    "photo_damaged",
                    f"The photo {wanted.owner_id} of chart {chart.chart_id} cannot be read, and is not in this backup.",
                    chart_id=chart.chart_id,
                    photo_id=wanted.owner_id,
                )
            )
            return None
        return Copy(wanted.owner_id, wanted.kind, blob, wanted.sha256, wanted.size_bytes, wanted.uuid)


def read_chart_copy(
    target: Target, part: ChartPart, chart_key: bytes, erasure_key: bytes, clinic_id: bytes
) -> ChartCopy:
    """A chart's snapshot, opened. Damaged where it is missing, altered or another chart's."""
    with target.open(blob_path(part.snapshot.blob_id)) as stream:
        data = stream.read()
    secret = chart_secret(chart_key, erasure_key)
    payload = b"".join(open_blob(io.BytesIO(data), secret, clinic_id, BlobKind.SNAPSHOT))
    operations, erased, rows = read_chart_payload(payload, part.chart_id)
    copies = tuple(
        Copy(to_text(owner), of, Blob(blob.hex(), size), sha.hex(), plain_size, uuid)
        for owner, of, blob, size, sha, plain_size, uuid in rows
    )
    return ChartCopy(part.chart_id, tuple(operations), tuple(erased), copies)


def chart_payload(
    chart_id: str, operations: Sequence[bytes], erased: Sequence[object] = (), copies: Sequence[object] = ()
) -> bytes:
    """What a chart's snapshot says, to be sealed."""
    return pack([VERSION, SUITE, _KIND, to_bytes(chart_id), list(operations), list(erased), list(copies)])


def read_chart_payload(payload: bytes, chart_id: str) -> tuple[list[bytes], list[_Erased], list[_Row]]:
    """(operations, erased, copies) of `chart_payload`. Damaged where it is none, or another chart's."""
    kind, raw_id, operations, erased, rows = read_typed(
        payload, "chart snapshot", tuple[str, bytes, list[bytes], list[_Erased], list[_Row]], {}
    )
    if kind != _KIND or raw_id != to_bytes(chart_id):
        raise bad_record("chart snapshot")
    return operations, erased, rows


def _listed(chart: Chart) -> _Listing:
    """One consistent look at a chart: operations, what it holds, what it let go."""
    database = chart.ledger.database
    with database.fresh() as connection:
        connection.execute("BEGIN")
        try:
            generation = int(connection.execute("SELECT value FROM generation").fetchone()[0])
            rows = connection.execute("SELECT record FROM operation ORDER BY clock, sequence").fetchall()
            erased = erased_rows(connection)
            originals = list(original_pieces(connection, chart.workstation_id))
            pictures = [one for one in picture_pieces(connection, chart.workstation_id) if one.here]
            gone = connection.execute("SELECT original_id FROM original WHERE gone = 1").fetchall()
            photos = connection.execute(
                "SELECT count(DISTINCT photo_id) FROM original WHERE gone = 0 AND photo_id <> ''"
            ).fetchone()
        finally:
            connection.execute("COMMIT")
    operations = tuple(bytes(row[0]) for row in rows)
    wanted = (*(one for one in originals if not one.away), *pictures)
    away = tuple(one for one in originals if one.away)
    return _Listing(generation, operations, erased, wanted, away, frozenset(row[0] for row in gone), int(photos[0]))


def _went(chart: Chart, wanted: Piece) -> bool:
    """Whether the chart let it go, or made the picture anew, since it was listed."""
    return wanted.names() not in {one.names() for one in _listed(chart).wanted}


def _lost(before: Iterable[Copy], listing: _Listing, copies: Iterable[Copy]) -> list[Copy]:
    """Copies of what the chart neither holds under another key now, nor let go, nor made anew."""
    held = {(one.owner_id, one.kind, one.sha256) for one in copies}
    owners = {one.owner_id for one in listing.wanted}
    pictures = set(PICTURES.values())
    return [
        one
        for one in before
        if one.owner_id not in listing.gone
        and (one.owner_id, one.kind, one.sha256) not in held
        and not (one.kind in pictures and one.owner_id in owners)
    ]
