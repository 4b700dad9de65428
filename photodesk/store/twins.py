"""Twins: the same photo filed at two workstations before they knew of each other. For people they are one photo.

Both stay in the chart with their histories. Listed is the one with the most originals (of those the one with the
smallest id), with the originals of all; of visit, site, view and tags it says what was said last about any of them,
and an empty value that nobody chose gives way. Bytes that lie here under one of them serve for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from photodesk.photos import Original, Photo
from photodesk.store.original_parts import part_numbers
from photodesk.store.projection import Clocks, field_clocks
from photodesk.store.readable import Readable

TWIN_INDEX = "CREATE INDEX original_twin ON original (content) WHERE content_id IS NULL AND content IS NOT NULL"
_TOLD = ("visit_id", "body_site", "standard_view", "tags")
_SAME = (
    "SELECT o.content, o.photo_id FROM original o WHERE o.gone = 0 AND o.photo_id <> '' AND o.content IN"
    " (SELECT content FROM original WHERE content_id IS NULL AND content IS NOT NULL) ORDER BY o.content, o.photo_id"
)


def has_twins(database: Readable) -> bool:
    """Whether any bytes of a chart were filed twice."""
    sql = "SELECT 1 FROM original WHERE content_id IS NULL AND content IS NOT NULL LIMIT 1"
    return database.row(sql) is not None


def with_twins(database: Readable, photos: Sequence[Photo], only: str = "") -> tuple[Photo, ...]:
    """These photos with each group of twins as one; or `only` one of them, a twin that is not listed as it is."""
    with database.reader() as connection:
        groups = twin_groups(connection, photos)
        merged = {group[0].photo_id: _as_one(connection, group) for group in groups}
    hidden = {one.photo_id for group in groups for one in group[1:]}
    if only:
        return tuple(merged.get(one.photo_id, one) for one in photos if one.photo_id == only)
    return tuple(merged.get(one.photo_id, one) for one in photos if one.photo_id not in hidden)


def twin_groups(connection: Any, photos: Iterable[Photo]) -> list[list[Photo]]:
    """Photos that share bytes, those that are the same in one group, the one that is listed first."""
    listed = {photo.photo_id: photo for photo in photos}
    of_content: dict[bytes, list[str]] = {}
    for content, photo_id in connection.execute(_SAME):
        if photo_id in listed:
            of_content.setdefault(bytes(content), []).append(str(photo_id))
    group_of: dict[str, set[str]] = {}
    for photo_ids in of_content.values():
        joined = set(photo_ids).union(*(group_of.get(one, set()) for one in photo_ids))
        group_of.update(dict.fromkeys(joined, joined))
    groups = {min(group): group for group in group_of.values() if len(group) > 1}
    return [
        sorted((listed[one] for one in group), key=lambda photo: (-len(photo.originals), photo.photo_id))
        for _, group in sorted(groups.items())
    ]


def twins_of(database: Readable, photos: Sequence[Photo], photo_id: str) -> list[str]:
    """The other photos that share a photo's bytes and its fate."""
    with database.reader() as connection:
        for group in twin_groups(connection, photos):
            ids = [one.photo_id for one in group]
            if photo_id in ids:
                return [one for one in ids if one != photo_id]
    return []


def listed_as(database: Readable, photos: Sequence[Photo]) -> dict[str, str]:
    """By the id of each photo that is listed as another one: that one's."""
    with database.reader() as connection:
        return {one.photo_id: group[0].photo_id for group in twin_groups(connection, photos) for one in group[1:]}


def twins_that_differ(connection: Any) -> list[tuple[str, str, str]]:
    """Twins that are here and of which two workstations say another body site or view: (one, the other, which)."""
    found: set[tuple[str, str, str]] = set()
    for name in ("body_site", "standard_view"):
        rows = connection.execute(
            "SELECT k.photo_id, t.photo_id FROM original t"  # noqa: S608  our own schema's names
            " JOIN original k ON k.content = t.content AND k.photo_id <> t.photo_id AND k.gone = 0"
            " JOIN photo p ON p.photo_id = k.photo_id JOIN photo q ON q.photo_id = t.photo_id"
            " WHERE t.content_id IS NULL AND t.content IS NOT NULL AND t.gone = 0"
            f" AND p.presence = '' AND q.presence = '' AND p.{name} <> '' AND q.{name} <> '' AND p.{name} <> q.{name}"
        )
        found.update((min(one, other), max(one, other), name) for one, other in rows.fetchall())
    return sorted(found)


def original_with_bytes(connection: Any, original_id: str) -> str:
    """The original, or a twin of it whose bytes are here; "" where none are."""
    if part_numbers(connection, original_id):
        return original_id
    rows = connection.execute(
        "SELECT t.original_id FROM original o JOIN original t ON t.content = o.content AND t.gone = 0"
        " WHERE o.original_id = ? AND o.content IS NOT NULL ORDER BY t.original_id",
        (original_id,),
    )
    return next((str(row[0]) for row in rows.fetchall() if part_numbers(connection, str(row[0]))), "")


def twin_picture(database: Readable, table: str, photo_id: str) -> bytes | None:
    """A picture made from the same bytes under a twin; None where there is none."""
    row = database.row(
        f"SELECT r.bytes FROM original o JOIN original t ON t.content = o.content AND t.photo_id <> o.photo_id"  # noqa: S608
        f" JOIN {table} r ON r.photo_id = t.photo_id WHERE o.photo_id = ? AND o.content IS NOT NULL AND t.gone = 0"
        " LIMIT 1",
        (photo_id,),
    )
    return None if row is None else bytes(row[0])


def _as_one(connection: Any, group: Sequence[Photo]) -> Photo:
    kept = group[0]
    originals: dict[str, Original] = {}
    for one in group:
        for original in one.originals:
            originals.setdefault(original.sha256, original)
    clocks = {one.photo_id: field_clocks(connection, "photo", one.photo_id) for one in group}
    said: dict[str, Any] = {name: _last_said(group, clocks, name) for name in _TOLD}
    return replace(kept, originals=tuple(originals.values()), **said)


def _last_said(group: Sequence[Photo], clocks: Mapping[str, Clocks], name: str) -> Any:
    """What was said last about any of them; what is empty because it was filed so counts for nothing."""
    chosen = [
        (clocks[one.photo_id].get(name, (0, "")), getattr(one, name))
        for one in group
        if getattr(one, name) or clocks[one.photo_id].get(name) != clocks[one.photo_id].get("photo_key")
    ]
    return max(chosen, key=lambda said: said[0])[1] if chosen else getattr(group[0], name)
