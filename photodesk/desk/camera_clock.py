"""A camera clock that was wrong: one offset for each import, stated wherever it is used.

The camera's own time stays as the camera wrote it. The offset is added where a time is shown or compared. The catalog
keeps with it where it came from: set by hand, or a separator card photographed on a screen, which shows the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from photodesk.photos import CameraTime, Photo

if TYPE_CHECKING:
    from photodesk.store.catalog import Catalog
    from photodesk.store.change import Change

LARGEST_MS = 100 * 366 * 86_400_000


class OffsetSource(StrEnum):
    """Who says by how much a camera's clock was wrong."""

    NONE = "none"
    HAND = "hand"
    SEPARATOR = "separator"


@dataclass(frozen=True)
class ClockOffset:
    """Milliseconds to add to the camera's times of one import."""

    offset_ms: int = 0
    source: OffsetSource = OffsetSource.NONE

    def corrected(self, time: CameraTime) -> CameraTime:
        """The time as it was in the room; the same where it would leave the calendar."""
        return time.shifted(self.offset_ms)


def kept_offset(catalog: Catalog, job_id: str) -> ClockOffset:
    """The offset of an import, as the catalog keeps it."""
    text = catalog.setting(_name(job_id)) or ""
    source, _, offset = text.partition(" ")
    return ClockOffset(int(offset), OffsetSource(source)) if offset else ClockOffset()


def corrected(catalog: Catalog, photos: Iterable[Photo]) -> Iterator[Photo]:
    """The same photos, each with the offset of its import."""
    known: dict[str, int] = {}
    for photo in photos:
        if photo.job_id and photo.job_id not in known:
            known[photo.job_id] = kept_offset(catalog, photo.job_id).offset_ms
        offset_ms = known.get(photo.job_id, 0)
        yield replace(photo, clock_offset_ms=offset_ms) if offset_ms else photo


def keep_offset(catalog: Catalog, change: Change, job_id: str, offset: ClockOffset) -> None:
    """Keep it; one without a source is forgotten."""
    known = offset.source is not OffsetSource.NONE
    catalog.set_setting(change, _name(job_id), f"{offset.source.value} {offset.offset_ms}" if known else "")


def number_of(time: CameraTime) -> int:
    """A camera's wall time as milliseconds; only differences mean anything."""
    return round((time.local() - datetime(1970, 1, 1)) / timedelta(milliseconds=1))


def local_number(wall_ms: int) -> int:
    """An instant as the wall clock of this workstation shows it, on the scale of `number_of`."""
    return round((datetime.fromtimestamp(wall_ms / 1000) - datetime(1970, 1, 1)) / timedelta(milliseconds=1))


def _name(job_id: str) -> str:
    return f"import.clock.{job_id}"
