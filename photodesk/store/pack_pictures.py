"""What decoding a shot gave, as its pack keeps it: facts, the reason where there is no picture, renditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from photodesk.photos import PhotoFacts, Rendition

RENDITIONS = (Rendition.THUMBNAIL, Rendition.SCREEN)


def put_pictures(
    connection: Any, shot_id: str, renditions: Mapping[Rendition, bytes], facts: PhotoFacts, reason: str
) -> bool:
    """Keep them, inside the caller's transaction; False where the shot has left the pack meanwhile."""
    seen = connection.execute(
        "UPDATE shot SET facts = ?, reason = ? WHERE shot_id = ?",
        (msgspec.json.encode(facts).decode("utf-8"), reason, shot_id),
    )
    if not seen.rowcount:
        return False
    for kind in RENDITIONS:
        if kind in renditions:
            connection.execute(
                f"INSERT OR REPLACE INTO {kind.value} (photo_id, bytes) VALUES (?, ?)",  # noqa: S608
                (shot_id, renditions[kind]),
            )
    return True
