"""Correcting a chart: photos and attachments that leave it, come back, are hidden, or go for good.

A photo or attachment (an *item*) of a chart is here, *hidden* (deleted, and to be had back for a while), *moved* to
another patient, or *purged*. The row and the history of what was here stay in every case; the bytes of what moved or
was purged are deleted and overwritten.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from photodesk.errors import Damaged, Fixable
from photodesk.photos import Attachment, Photo, Rendition
from photodesk.store.change import Change
from photodesk.store.chart_copies import ChartCopies
from photodesk.store.chart_reading import ChartReading
from photodesk.store.chart_schema import CHART_TABLES
from photodesk.store.chart_writing import SPARE_BYTES, put_renditions
from photodesk.store.files import need_room
from photodesk.store.ledger import Writing
from photodesk.store.original_parts import TABLE, write_parts
from photodesk.store.photo_listing import unknown_photo
from photodesk.store.projection import Edit


class Presence(StrEnum):
    """Whether an item is in a chart."""

    HERE = ""
    HIDDEN = "hidden"
    MOVED = "moved"
    PURGED = "purged"


@dataclass(frozen=True)
class HeldOriginal:
    """One original as it travels between charts. `content_id` is computed anew from `sha256` where it arrives."""

    original_id: str
    place: int
    sha256: str
    size_bytes: int
    media_type: str
    name: str
    mtime_ms: int
    reason: str


@dataclass(frozen=True)
class Item:
    """One photo or attachment with what is recorded about it. `entity` is `photo` or `attachment`."""

    item_id: str
    entity: str
    presence: Presence
    visit_id: str
    fields: dict[str, Any]
    originals: tuple[HeldOriginal, ...]


@dataclass(frozen=True)
class Hidden:
    """A deleted photo (or attachment, then `photo` is None) that can still be had back."""

    item_id: str
    photo: Photo | None
    attachment: Attachment | None
    at_ms: int
    person_id: str
    reason: str


_JSON = frozenset({"tags", "facts", "renditions", "points", "pinned"})
_ITS_OWN = frozenset(
    {"visit_id", "photo_key", "presence", "presence_at_ms", "presence_by", "presence_reason", "moved_to", "moved_from"}
)
_CARRIED = {entity: tuple(sorted(CHART_TABLES[entity].columns - _ITS_OWN)) for entity in ("photo", "attachment")}
_LAYERS = {"mark": ("mark_id", "photo_id"), "scale": ("photo_id", "photo_id")}


class ChartCorrecting(ChartCopies):
    """The corrections of one open chart. Each method is one transaction; repeating one changes nothing."""

    def item(self, item_id: str) -> Item | None:
        """A photo or attachment of this chart, also one that is gone; None where it never was here."""
        for entity, carried in _CARRIED.items():
            row = self.ledger.database.row(
                f"SELECT presence, visit_id, {', '.join(carried)} FROM {entity} WHERE {CHART_TABLES[entity].key} = ?",  # noqa: S608
                (item_id,),
            )
            if row is not None:
                values = zip(carried, row[2:], strict=True)
                fields = {name: msgspec.json.decode(value) if name in _JSON else value for name, value in values}
                return Item(item_id, entity, Presence(row[0]), row[1], fields, self._held(entity, item_id))
        return None

    def _held(self, entity: str, item_id: str) -> tuple[HeldOriginal, ...]:
        column = "photo_id" if entity == "photo" else "original_id"
        rows = self.ledger.database.rows(
            "SELECT original_id, place, sha256, size_bytes, media_type, name, mtime_ms, reason FROM original"  # noqa: S608
            f" WHERE {column} = ? ORDER BY place, original_id",
            (item_id,),
        )
        return tuple(HeldOriginal(*row) for row in rows)

    def companions(self, photo_id: str, presence: Presence = Presence.HERE) -> list[str]:
        """Attachments that belong to a photo and share its fate (the video of a Live Photo)."""
        rows = self.ledger.database.rows(
            "SELECT original_id FROM attachment WHERE photo_id = ? AND photo_id <> '' AND presence = ?"
            " ORDER BY original_id",
            (photo_id, presence.value),
        )
        return [str(row[0]) for row in rows]

    def hidden(self) -> tuple[Hidden, ...]:
        """What was deleted and can still be had back, the latest first."""
        rows = self.ledger.database.rows(
            "SELECT photo_id, presence_at_ms, presence_by, presence_reason FROM photo WHERE presence = 'hidden'"
            " UNION ALL SELECT original_id, presence_at_ms, presence_by, presence_reason FROM attachment"
            " WHERE presence = 'hidden' ORDER BY 2 DESC, 1"
        )
        photos = {photo.photo_id: photo for photo in self._photos("", Presence.HIDDEN)} if rows else {}
        files = {one.original.original_id: one for one in self.attachments(Presence.HIDDEN)} if rows else {}
        return tuple(Hidden(row[0], photos.get(row[0]), files.get(row[0]), *row[1:]) for row in rows)

    def take_over(self, change: Change, item: Item, source: ChartReading, visit_id: str) -> None:
        """Copy an item of another patient's chart here, encrypted anew and under a new photo key, and read it back.

        Nothing but the reading back happens where this chart holds it already. Fixable `disk_full`,
        `already_in_chart`; Damaged `copy_differs`, `filed_differs`: the other chart still has it then.
        """
        held = self.item(item.item_id)
        if held is None or held.presence in (Presence.MOVED, Presence.PURGED):
            self._copy_from(change, item, source, visit_id, "add" if held is None else "set")
        for original in item.originals:
            self._read_back(original.original_id, original.sha256)

    def _copy_from(self, change: Change, item: Item, source: ChartReading, visit_id: str, verb: str) -> None:
        contents = [self._keyset.content_id(bytes.fromhex(one.sha256)) for one in item.originals]
        if any(self.content(content_id) is not None for content_id in contents):
            raise Fixable(
                "already_in_chart",
                "The patient's chart holds this photo already.",
                "Delete it in the chart where it is wrong.",
            )
        pictures = _pictures(source, item.item_id) if item.entity == "photo" else {}
        needed = 2 * sum(one.size_bytes for one in item.originals) + SPARE_BYTES
        need_room(self.ledger.database.path.parent, needed)
        photo_id = item.item_id if item.entity == "photo" else ""
        with self._writing(change, photo_id, needed) as writing:
            for original, content_id in zip(item.originals, contents, strict=True):
                self._copy_original(writing, original, content_id, photo_id, source, verb)
            fields = {**item.fields, "visit_id": visit_id, "photo_key": os.urandom(32)}
            fields.update(_presence(Presence.HERE, change, moved_from=source.patient_id))
            writing.record(self._scope, Edit(item.entity, item.item_id, verb, fields))
            for entity, entity_id, layer in _layers(source, item.item_id):
                writing.record(self._scope, Edit(entity, entity_id, "set", layer))
            put_renditions(writing, item.item_id, pictures)

    def _copy_original(
        self, writing: Writing, one: HeldOriginal, content_id: bytes, photo_id: str, source: ChartReading, verb: str
    ) -> None:
        size, sha256 = write_parts(writing.connection, one.original_id, source.original_reader(one.original_id))
        if sha256 != one.sha256:
            raise Damaged(
                "copy_differs",
                f"The photo {photo_id or one.original_id} is damaged in the chart it lies in.",
                "It was not moved. Run a check.",
                chart_id=source.chart_id,
                photo_id=photo_id or one.original_id,
            )
        fields = {
            "photo_id": photo_id,
            "place": one.place,
            "content_id": content_id,
            "sha256": sha256,
            "size_bytes": size,
            "media_type": one.media_type,
            "name": one.name,
            "mtime_ms": one.mtime_ms,
            "reason": one.reason,
            "gone": 0,
        }
        writing.record(self._scope, Edit("original", one.original_id, verb, fields))

    def let_go(self, change: Change, item_id: str, presence: Presence, at_ms: int, moved_to: str = "") -> None:
        """Delete and overwrite the bytes of an item that moved or is purged; that it was here stays."""
        item = self.item(item_id)
        if item is None or item.presence in (Presence.MOVED, Presence.PURGED):
            return
        needed = sum(one.size_bytes for one in item.originals) + SPARE_BYTES
        with self._writing(change, item_id if item.entity == "photo" else "", needed) as writing:
            for original in item.originals:
                writing.execute(f"DELETE FROM {TABLE} WHERE original_id = ?", (original.original_id,))  # noqa: S608
                gone = {"gone": 1, "content_id": None}
                writing.record(self._scope, Edit("original", original.original_id, "delete", gone))
            for kind in (Rendition.THUMBNAIL, Rendition.SCREEN):
                writing.execute(f"DELETE FROM {kind.value} WHERE photo_id = ?", (item_id,))  # noqa: S608
            for entity, entity_id, _ in _layers(self, item_id):
                writing.record(self._scope, Edit(entity, entity_id, "delete", {"gone": 1}))
            fields = {"photo_key": b"", **_presence(presence, change, at_ms, moved_to)}
            writing.record(self._scope, Edit(item.entity, item_id, "delete", fields))
        self.ledger.database.checkpoint()

    def hide(self, change: Change, item_ids: Sequence[str], at_ms: int) -> None:
        """Delete items so that they can be had back: nothing lists them any more. Fixable `photo_unknown`."""
        self._set_presence(change, item_ids, Presence.HERE, _presence(Presence.HIDDEN, change, at_ms))

    def unhide(self, change: Change, item_ids: Sequence[str]) -> None:
        """Have hidden items back. Fixable `photo_unknown` where one is not hidden here."""
        self._set_presence(change, item_ids, Presence.HIDDEN, _presence(Presence.HERE, change))

    def set_visit(self, change: Change, visits: dict[str, str]) -> None:
        """Put items into other visits of this patient: visit id by item id."""
        with self._writing(change, "") as writing:
            for item_id, visit_id in visits.items():
                item = self._must_be(item_id, Presence.HERE)
                if item.visit_id != visit_id:
                    writing.record(self._scope, Edit(item.entity, item_id, "set", {"visit_id": visit_id}))
            self._listed = None

    def _set_presence(
        self, change: Change, item_ids: Sequence[str], before: Presence, fields: dict[str, object]
    ) -> None:
        with self._writing(change, "") as writing:
            for item_id in item_ids:
                item = self._must_be(item_id, before)
                writing.record(self._scope, Edit(item.entity, item_id, "set", fields))
            self._listed = None

    def _must_be(self, item_id: str, presence: Presence) -> Item:
        item = self.item(item_id)
        if item is None or item.presence is not presence:
            raise unknown_photo()
        return item


def _presence(
    presence: Presence, change: Change, at_ms: int = 0, moved_to: str = "", moved_from: str = ""
) -> dict[str, object]:
    here = presence is Presence.HERE
    return {
        "presence": presence.value,
        "presence_at_ms": at_ms,
        "presence_by": "" if here else change.actor,
        "presence_reason": "" if here else change.reason,
        "moved_to": moved_to,
        "moved_from": moved_from,
    }


def _layers(chart: ChartReading, photo_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Marks and the scale of a photo: (entity, its id, fields).

    A lesion is the one patient's and is not named to the other; a mark that comes back finds its own lesion again.
    """
    found: list[tuple[str, str, dict[str, Any]]] = []
    for entity, (key, owner) in _LAYERS.items():
        columns = sorted(CHART_TABLES[entity].columns)
        rows = chart.ledger.database.rows(
            f"SELECT {key}, {', '.join(columns)} FROM {entity} WHERE {owner} = ? AND gone = 0",  # noqa: S608
            (photo_id,),
        )
        for entity_id, *values in rows:
            fields = dict(zip(columns, values, strict=True))
            fields = {name: msgspec.json.decode(value) if name in _JSON else value for name, value in fields.items()}
            fields.pop("lesion_id", None)
            found.append((entity, entity_id, fields))
    return found


def _pictures(source: ChartReading, photo_id: str) -> dict[Rendition, bytes]:
    """The renditions that can be read; a damaged one stays behind and is made anew from the original by a repair."""
    found: dict[Rendition, bytes] = {}
    for kind in (Rendition.THUMBNAIL, Rendition.SCREEN):
        try:
            found.update((kind, data) for data in source.renditions([photo_id], kind).values())
        except Damaged:
            continue
    return found
