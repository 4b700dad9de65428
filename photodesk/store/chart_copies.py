"""Sealed copies of a chart's bytes: which there are, sealing one, taking one in, letting bytes go that are elsewhere.

A copy is one operation (`copy`: whose, what kind, blob id, bytes); its id is the blob's uuid, which the photo's key and
the bytes fix, so that every workstation says the same of the same bytes. Taking in changes no record: it puts bytes
where the signed operations say they belong, and only bytes whose SHA-256 those operations name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.ids import to_text
from photodesk.photos import Rendition
from photodesk.store.backup_seal import proven
from photodesk.store.change import Change
from photodesk.store.chart_pieces import PICTURES, Piece, content_of, original_pieces, picture_pieces
from photodesk.store.chart_writing import SPARE_BYTES, ChartWriting
from photodesk.store.files import need_room
from photodesk.store.original_parts import TABLE, write_parts
from photodesk.store.projection import Edit
from photodesk.store.sealed_blob import BlobKind, fixed_name, open_blob, seal_blob

_LET_GO = "UPDATE fetched SET here = 0 WHERE owner_id = ? AND kind IN (1, 4)"  # originals and attachments
_RENDITIONS = {kind: rendition.value for rendition, kind in PICTURES.items()}


Wish = Callable[[Collection[str], BlobKind], None]
"""Told of ids of originals or photos and what of them is waited for; may be called from any thread."""


def _nobody(_owner_ids: Collection[str], _kind: BlobKind) -> None:
    return None


@dataclass(frozen=True)
class KeptCopy:
    """A sealed blob that there is of some bytes of a chart. `blob_id` is 32 bytes, `size_bytes` the blob's length."""

    copy_id: str
    owner_id: str
    kind: BlobKind
    blob_id: bytes
    size_bytes: int


def copy_of(piece: Piece, blob_id: bytes, size_bytes: int) -> KeptCopy:
    """The copy that a piece's sealed blob is."""
    return KeptCopy(to_text(piece.uuid), piece.owner_id, piece.kind, blob_id, size_bytes)


class ChartCopies(ChartWriting):
    """The sealed copies of one open chart. `wish` hears what somebody asked for and is not here."""

    wish: Wish = staticmethod(_nobody)

    def pieces(self, *, pictures: bool = True, originals: bool = True) -> tuple[Piece, ...]:
        """Every piece of the chart, pictures first; reads none of their bytes."""
        with self.ledger.database.reader() as connection:
            found = list(picture_pieces(connection, self.workstation_id)) if pictures else []
            if originals:
                found += original_pieces(connection, self.workstation_id)
        return tuple(found)

    def original_piece(self, original_id: str) -> Piece | None:
        """One original or file; None where the chart has let it go, or never had it."""
        with self.ledger.database.reader() as connection:
            return next(original_pieces(connection, self.workstation_id, original_id), None)

    def copies(self) -> dict[str, KeptCopy]:
        """The copies that operations tell of, by copy id; what cannot be one is left out."""
        rows = self.ledger.database.rows("SELECT copy_id, owner_id, kind, blob_id, bytes FROM copy")
        kinds = set(BlobKind)
        return {
            row[0]: KeptCopy(row[0], row[1], BlobKind(row[2]), bytes(row[3]), row[4])
            for row in rows
            if row[2] in kinds and isinstance(row[3], bytes) and len(row[3]) == 32 and isinstance(row[4], int)
        }

    def record_copies(self, change: Change, copies: Sequence[KeptCopy]) -> None:
        """Say of these blobs that they are the copies of the chart's bytes."""
        with self._writing(change, "") as writing:
            for one in copies:
                fields = {
                    "owner_id": one.owner_id,
                    "kind": int(one.kind),
                    "blob_id": one.blob_id,
                    "bytes": one.size_bytes,
                }
                writing.record(self._scope, Edit("copy", one.copy_id, "add", fields))

    def sealed(self, piece: Piece) -> Iterator[bytes] | None:
        """The sealed blob of a piece that is here, in pieces; None where it went meanwhile. The same every time.

        Damaged where the bytes are not what was filed.
        """
        content = content_of(self.ledger.database, piece)
        if content is None:
            return None
        uuid, salt = fixed_name(piece.photo_key, piece.kind, content.sha256)
        clinic_id = self._keyset.clinic_id
        return seal_blob(proven(content), content.size_bytes, piece.kind, piece.photo_key, clinic_id, uuid, salt)

    def take(
        self, pieces: Sequence[Piece], opened: Callable[[Piece], BinaryIO], needed_bytes: int
    ) -> Mapping[str, Damaged]:
        """Put the bytes of these pieces where they belong, all in one transaction; why not, by owner and kind.

        `opened` gives a piece's sealed blob. What another key, kind, clinic or photo sealed, what is cut short or
        reordered, and what is not the bytes that were filed, is refused and leaves nothing. Fixable `disk_full`.
        """
        needed = 2 * needed_bytes + SPARE_BYTES
        need_room(self.ledger.database.path.parent, needed)
        refused: dict[str, Damaged] = {}
        with self.ledger.database.transaction(needed) as connection:
            for piece in pieces:
                connection.execute("SAVEPOINT piece")
                try:
                    with opened(piece) as stream:
                        self._put_bytes(
                            connection, piece, open_blob(stream, piece.photo_key, self._keyset.clinic_id, piece.kind)
                        )
                except Damaged as damage:
                    connection.execute("ROLLBACK TO piece")
                    refused[name_of(piece)] = damage
                finally:
                    connection.execute("RELEASE piece")
        return refused

    def fetched_originals(self) -> frozenset[str]:
        """Originals and files that came from a copy and lie here."""
        rows = self.ledger.database.rows("SELECT owner_id FROM fetched WHERE here = 1 AND kind IN (1, 4)")
        return frozenset(str(row[0]) for row in rows)

    def let_bytes_go(self, original_ids: Sequence[str]) -> None:
        """Delete and overwrite originals that were fetched. The caller knows that they can be fetched again."""
        with self.ledger.database.transaction() as connection:
            for original_id in original_ids:
                connection.execute(f"DELETE FROM {TABLE} WHERE original_id = ?", (original_id,))  # noqa: S608
                connection.execute(_LET_GO, (original_id,))
        self.ledger.database.give_back()

    def drop_gone_bytes(self) -> int:
        """Delete and overwrite what operations of other workstations say was moved away or deleted for good."""
        database = self.ledger.database
        gone = database.rows(
            f"SELECT DISTINCT b.original_id FROM {TABLE} b JOIN original o USING (original_id) WHERE o.gone = 1"  # noqa: S608
        )
        left = "SELECT photo_id FROM photo WHERE presence IN ('moved', 'purged')"
        pictures = [
            (kind.value, row[0])
            for kind in (Rendition.THUMBNAIL, Rendition.SCREEN)
            for row in database.rows(f"SELECT photo_id FROM {kind.value} WHERE photo_id IN ({left})")  # noqa: S608
        ]
        if gone or pictures:
            with database.transaction() as connection:
                connection.executemany(f"DELETE FROM {TABLE} WHERE original_id = ?", gone)  # noqa: S608
                for table, photo_id in pictures:
                    connection.execute(f"DELETE FROM {table} WHERE photo_id = ?", (photo_id,))  # noqa: S608
            database.checkpoint()
        return len(gone) + len(pictures)

    def _absent(self, original_id: str) -> PhotoDeskError:
        piece = self.original_piece(original_id)
        if piece is None or not piece.away:
            return super()._absent(original_id)
        self.wish([original_id], piece.kind)
        return original_not_here()

    def ask_for(self, ids: Collection[str]) -> int:
        """Wish for every original of these photos, originals or files that is away; how many that is."""
        wanted = frozenset(ids)
        away = [one for one in self.pieces(pictures=False) if one.away and {one.photo_id, one.owner_id} & wanted]
        for kind in {one.kind for one in away}:
            self.wish([one.owner_id for one in away if one.kind is kind], kind)
        return len(away)

    def coming(self, photo_ids: Iterable[str], kind: BlobKind) -> frozenset[str]:
        """Those of these photos whose picture of this kind was made elsewhere and is not here yet."""
        with self.ledger.database.reader() as connection:
            found = picture_pieces(connection, self.workstation_id)
            away = {one.owner_id for one in found if one.away and one.kind is kind}
        return frozenset(away.intersection(photo_ids))

    def coming_thumbnails(self, photo_ids: Iterable[str]) -> frozenset[str]:
        """Those whose thumbnail is on its way, wished for: somebody looks at where they will be."""
        coming = self.coming(photo_ids, BlobKind.THUMBNAIL)
        if coming:
            self.wish(sorted(coming), BlobKind.THUMBNAIL)
        return coming

    def coming_screen(self, photo_id: str) -> bytes | None:
        """For a screen picture that is on its way: the thumbnail meanwhile; None where none is to come."""
        if not self.coming([photo_id], BlobKind.SCREEN):
            return None
        self.wish([photo_id], BlobKind.SCREEN)
        return self.renditions([photo_id], Rendition.THUMBNAIL).get(photo_id)

    def _put_bytes(self, connection: Any, piece: Piece, plain: Iterator[bytes]) -> None:
        if piece.kind in _RENDITIONS:
            table, data = _RENDITIONS[piece.kind], b"".join(plain)
            if hashlib.sha256(data).hexdigest() != piece.sha256:
                raise _not_it(self.chart_id, piece)
            connection.execute(f"DELETE FROM {table} WHERE photo_id = ?", (piece.owner_id,))  # noqa: S608
            connection.execute(f"INSERT INTO {table} (photo_id, bytes) VALUES (?, ?)", (piece.owner_id, data))  # noqa: S608
            note_fetched(connection, piece.owner_id, piece.kind, piece.sha256)
            return
        connection.execute(f"DELETE FROM {TABLE} WHERE original_id = ?", (piece.owner_id,))  # noqa: S608
        if write_parts(connection, piece.owner_id, plain) != (piece.size_bytes, piece.sha256):
            raise _not_it(self.chart_id, piece)
        note_fetched(connection, piece.owner_id, piece.kind, piece.sha256)


def original_not_here(count: int = 1) -> Fixable:
    """The sentence for originals whose bytes are on the clinic server or at another workstation."""
    several = f"{count:,} originals are not on this workstation yet. They were asked for."
    return Fixable(
        "original_not_here",
        "The original of this photo is not on this workstation yet. It was asked for." if count == 1 else several,
        "It comes by itself when the clinic server is reached, or at once with: photodesk sync --once",
    )


def note_fetched(connection: Any, owner_id: str, kind: BlobKind, sha256: str) -> None:
    """These bytes came from a copy: from now on they must be here."""
    connection.execute("INSERT OR REPLACE INTO fetched VALUES (?, ?, 1, ?)", (owner_id, int(kind), sha256))


def name_of(piece: Piece) -> str:
    """What a piece is called among those of its chart."""
    return f"{piece.owner_id} {piece.kind.name.lower()}"


def _not_it(chart_id: str, piece: Piece) -> Damaged:
    return Damaged(
        "copy_differs",
        f"The sealed copy of photo {piece.photo_id} is not what was filed.",
        "It was not taken. It will be asked for again.",
        chart_id=chart_id,
        photo_id=piece.photo_id,
    )
