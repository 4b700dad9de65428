"""Reading a chart: lists from the small tables, renditions and originals from theirs, each by its own pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.photos import Attachment, Original, PhotoFacts, Rendition
from photodesk.store.original_parts import digest_of, part_numbers, read_parts
from photodesk.store.photo_listing import ORIGINAL as _ORIGINAL
from photodesk.store.photo_listing import PhotoListing, unknown_photo
from photodesk.store.twins import original_with_bytes, twin_picture

_hashes = msgspec.json.Decoder(dict[str, str])
_NOTHING: dict[str, Any] = msgspec.to_builtins(PhotoFacts(""))


@dataclass(frozen=True)
class Seen:
    """Who opened the chart where, and when last. A convenience; the log is the proof."""

    person_id: str
    workstation_id: str
    last_ms: int


class ChartReading(PhotoListing):
    """One open chart, read from any thread."""

    def attachments(self, presence: str = "") -> tuple[Attachment, ...]:
        """Files kept with a visit that are no still picture; those here and not deleted, unless asked otherwise."""
        rows = self.ledger.database.rows(
            f"SELECT a.visit_id, a.reason, a.photo_id, o.{_ORIGINAL.replace(', ', ', o.')} FROM attachment a"  # noqa: S608
            " JOIN original o USING (original_id) WHERE a.presence = ? AND o.gone = 0 ORDER BY original_id",
            (presence,),
        )
        return tuple(Attachment(Original(*row[3:]), *row[:3]) for row in rows)

    def rendition(self, photo_id: str, kind: Rendition) -> bytes:
        """A thumbnail or screen rendition (JPEG). Fixable `no_rendition`; Damaged names the photo."""
        found = self.renditions([photo_id], kind)
        if photo_id not in found:
            raise Fixable(
                "no_rendition", "This photo has no picture to show.", "It is kept as it is; export the original."
            )
        return found[photo_id]

    def renditions(self, photo_ids: Sequence[str], kind: Rendition) -> dict[str, bytes]:
        """Renditions of several photos, those that exist. Damaged names the first photo that cannot be read."""
        found: dict[str, bytes] = {}
        for photo_id in photo_ids:
            with self._naming(photo_id):
                row = self.ledger.database.row(f"SELECT bytes FROM {_table(kind)} WHERE photo_id = ?", (photo_id,))  # noqa: S608
                data = row[0] if row is not None else twin_picture(self.ledger.database, _table(kind), photo_id)
                if data is not None:
                    found[photo_id] = data
        return found

    def rendition_hashes(self, photo_id: str) -> Mapping[str, str]:
        """SHA-256 hex by kind, as the signed operation says."""
        row = self.ledger.database.row("SELECT renditions FROM photo WHERE photo_id = ?", (photo_id,))
        return _hashes.decode(row[0]) if row else {}

    def original_reader(self, original_id: str, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        """The bytes of an original in pieces. Fixable `photo_unknown`, `original_not_here`; Damaged names the photo."""
        self._original(original_id)
        with self._naming(original_id), self.ledger.database.reader() as connection:
            held = original_with_bytes(connection, original_id)
            yield from read_parts(connection, held or original_id, piece_bytes)
        if not held:
            raise self._absent(original_id)

    def original_bytes(self, original_id: str) -> bytes:
        """All bytes of an original."""
        size = self._original(original_id).size_bytes
        return b"".join(self.original_reader(original_id, max(size, 1)))

    def verify_original(self, original_id: str, fresh: Any = None) -> str:
        """SHA-256 hex of the original as a fresh connection reads it. Damaged where it cannot be read.

        `fresh` is such a connection of the caller's, for several originals one after another.
        """
        with self._naming(original_id), self.ledger.database.errors_in_words(), ExitStack() as stack:
            connection = fresh if fresh is not None else stack.enter_context(self.ledger.database.fresh())
            if not part_numbers(connection, original_id):
                raise unknown_photo()
            return digest_of(read_parts(connection, original_id))

    def _absent(self, original_id: str) -> PhotoDeskError:
        """What is said where none of an original's bytes are in the chart."""
        return Damaged(
            "photo_damaged",
            f"The bytes of photo {original_id} are missing from chart {self.chart_id}.",
            chart_id=self.chart_id,
            photo_id=original_id,
        )

    def originals(self) -> tuple[Original, ...]:
        """Every original that the chart has not let go, those of attachments and of deleted photos included."""
        rows = self.ledger.database.rows(f"SELECT {_ORIGINAL} FROM original WHERE gone = 0")  # noqa: S608
        return tuple(Original(*row) for row in rows)

    def photo_of(self, original_id: str) -> str:
        """The photo an original belongs to; an attachment's own id."""
        row = self.ledger.database.row("SELECT photo_id FROM original WHERE original_id = ?", (original_id,))
        if row is None:
            raise unknown_photo()
        return str(row[0]) or original_id

    def content(self, content_id: bytes) -> str | None:
        """The original that holds these bytes, or None."""
        row = self.ledger.database.row("SELECT original_id FROM original WHERE content_id = ?", (content_id,))
        return None if row is None else str(row[0])

    def kept_as_is(self, content_id: bytes) -> str:
        """Why these bytes have no picture ("" where they have one, or are not here)."""
        row = self.ledger.database.row(
            "SELECT o.reason, o.photo_id, o.original_id, a.reason FROM original o LEFT JOIN attachment a"
            " USING (original_id) WHERE o.content_id = ?",
            (content_id,),
        )
        if row is None or row[0] or row[3]:
            return str(row[0] or row[3]) if row else ""
        photo = next(iter(self._photos(row[1])), None)
        return photo.facts.undecodable if photo and photo.displayed.original_id == row[2] else ""

    def visit_texts(self) -> dict[str, tuple[str, str]]:
        """(title, reason) by visit id."""
        return {row[0]: (row[1], row[2]) for row in self.ledger.database.rows("SELECT * FROM visit_text")}

    def notes(self) -> str:
        """The patient's notes."""
        row = self.ledger.database.row("SELECT notes FROM record WHERE chart_id = ?", (self.chart_id,))
        return "" if row is None else str(row[0])

    def seen_list(self) -> list[Seen]:
        """Who opened this chart, the latest first."""
        return [Seen(*row) for row in self.ledger.database.rows("SELECT * FROM seen ORDER BY last_ms DESC")]

    def _original(self, original_id: str) -> Original:
        row = self.ledger.database.row(f"SELECT {_ORIGINAL} FROM original WHERE original_id = ?", (original_id,))  # noqa: S608
        if row is None:
            raise unknown_photo()
        return Original(*row)

    @contextmanager
    def _naming(self, photo_or_original_id: str) -> Iterator[None]:
        """Damage met inside names the photo."""
        try:
            yield
        except Damaged as damage:
            raise Damaged(
                damage.code,
                f"The photo {photo_or_original_id} of chart {self.chart_id} cannot be read: its bytes are damaged.",
                chart_id=self.chart_id,
                photo_id=photo_or_original_id,
            ) from None


def _table(kind: Rendition) -> str:
    if kind is Rendition.ORIGINAL:
        raise ValueError("an original is no stored rendition")
    return kind.value


def photo_fields(facts: PhotoFacts, renditions: Mapping[Rendition, str]) -> dict[str, Any]:
    """Facts (those that differ from their defaults) and rendition hashes as an operation holds them."""
    return {
        "facts": _told(msgspec.to_builtins(facts), _NOTHING),
        "renditions": {kind.value: sha256 for kind, sha256 in renditions.items()},
    }


def _told(facts: dict[str, Any], nothing: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, dict) and isinstance(nothing.get(name), dict):
            inner = _told(value, nothing[name])
            if inner:
                told[name] = inner
        elif value != nothing.get(name) or name == "media_type":
            told[name] = value
    return told
