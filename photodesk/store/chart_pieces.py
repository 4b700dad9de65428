"""What a chart's bytes are: originals, files, and the pictures made from photos; and whether each of them lies here.

Bytes are *here*, *away* (another workstation filed them, or they were let go because the clinic server holds them), or
neither: then they are lost, and a check says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from photodesk.photos import Rendition
from photodesk.store.backup_seal import Plain
from photodesk.store.original_parts import read_parts
from photodesk.store.readable import Readable
from photodesk.store.sealed_blob import BlobKind, fixed_name

PICTURES = {Rendition.THUMBNAIL: BlobKind.THUMBNAIL, Rendition.SCREEN: BlobKind.SCREEN}
_ORIGINALS = (
    "SELECT o.original_id, o.photo_id, o.sha256, o.size_bytes, p.photo_key, a.photo_key,"
    " EXISTS (SELECT 1 FROM original_part b WHERE b.original_id = o.original_id), f.here,"
    " (SELECT w.workstation FROM operation w WHERE w.entity_id = o.original_id AND w.entity = 'original'"
    " ORDER BY w.clock, w.workstation LIMIT 1)"
    " FROM original o LEFT JOIN photo p ON p.photo_id = o.photo_id AND o.photo_id <> ''"
    " LEFT JOIN attachment a ON a.original_id = o.original_id LEFT JOIN fetched f"
    " ON f.owner_id = o.original_id AND f.kind IN (1, 4)"  # originals and attachments
    " WHERE o.gone = 0"
)
_hashes = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True)
class Piece:
    """Bytes of a chart. `owner_id` is the original's id, or the photo's for pictures made from it, whose `size_bytes`
    is 0 unless they are here. `photo_id` is the photo it belongs to, or the file's own id.
    """

    owner_id: str
    photo_id: str
    kind: BlobKind
    sha256: str
    size_bytes: int
    here: bool
    away: bool
    photo_key: bytes = field(repr=False)

    @property
    def uuid(self) -> bytes:
        """The uuid of the sealed blob of exactly these bytes under their key."""
        return fixed_name(self.photo_key, self.kind, bytes.fromhex(self.sha256))[0]

    def names(self) -> tuple[str, BlobKind, bytes]:
        """What tells one blob of the chart from another: whose, what, and the uuid of its bytes under its key."""
        return self.owner_id, self.kind, self.uuid


def original_pieces(connection: Any, workstation_id: str, original_id: str = "") -> Iterator[Piece]:
    """Originals and files that the chart has not let go, by id; or one of them. Reads no byte of theirs."""
    where, values = (" AND o.original_id = ?", (original_id,)) if original_id else ("", ())
    rows = connection.execute(f"{_ORIGINALS}{where} ORDER BY o.original_id", values)
    for owner, photo_id, sha256, size, photo_key, file_key, here, fetched, maker in rows.fetchall():
        yield Piece(
            owner,
            photo_id or owner,
            BlobKind.ORIGINAL if photo_key else BlobKind.ATTACHMENT,
            sha256,
            size,
            here=bool(here),
            away=not here and (fetched == 0 or (fetched is None and maker not in {None, workstation_id})),
            photo_key=bytes(photo_key or file_key or b""),
        )


def picture_pieces(connection: Any, workstation_id: str) -> Iterator[Piece]:
    """Pictures that photos have, also those that are not here; each can be made again from its original.

    One that another workstation made anew is here only once it was fetched: what lies here is the earlier one.
    """
    clocks = dict(connection.execute("SELECT entity_id, clocks FROM field_clock WHERE entity = 'photo'").fetchall())
    for kind, of in PICTURES.items():
        rows = connection.execute(
            f"SELECT p.photo_id, length(r.bytes), p.renditions, p.photo_key, f.sha256 FROM photo p"  # noqa: S608
            f" LEFT JOIN {kind.value} r USING (photo_id)"
            f" LEFT JOIN fetched f ON f.owner_id = p.photo_id AND f.kind = {int(of)}"
            " WHERE p.photo_key <> x'' ORDER BY p.photo_id"
        )
        for photo_id, size, hashes, photo_key, fetched in rows.fetchall():
            sha256 = _hashes.decode(hashes).get(kind.value)
            if sha256:
                mine = _writer(clocks.get(photo_id, b""), "renditions") == workstation_id
                known = mine or fetched == sha256
                here = size is not None and known
                yield Piece(photo_id, photo_id, of, sha256, size or 0, here, not known, bytes(photo_key))


def _writer(packed: bytes, name: str) -> str:
    """The workstation whose value of a field holds, "" where nobody set it."""
    groups = msgspec.msgpack.decode(packed) if packed else []
    return next((station.hex() for _, station, names in groups if name in names), "")


def content_of(database: Readable, piece: Piece) -> Plain | None:
    """The bytes of a piece; None where a picture went meanwhile."""
    sha256 = bytes.fromhex(piece.sha256)
    for kind, of in PICTURES.items():
        if of is piece.kind:
            row = database.row(f"SELECT bytes FROM {kind.value} WHERE photo_id = ?", (piece.owner_id,))  # noqa: S608
            return None if row is None else Plain(partial(_once, bytes(row[0])), sha256, len(row[0]))

    def pieces() -> Iterator[bytes]:
        with database.reader() as connection:
            yield from read_parts(connection, piece.owner_id)

    return Plain(pieces, sha256, piece.size_bytes)


def _once(data: bytes) -> Iterator[bytes]:
    yield data
