"""A look at a card that is in: its volume, what its names say, and what the register knows of it.

Names are listed, nothing is opened, and folders are read without touching their times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from photodesk.desk.card_register import CardFacts, CardFile, SeenCard
from photodesk.errors import PhotoDeskError
from photodesk.importing.camera_folders import CAMERA_FOLDER, CardContents, camera_folder, contents_of
from photodesk.importing.scan import Found, scan
from photodesk.importing.volume import Volume, volume_of

SONY_VIDEO = ("PRIVATE", "M4ROOT")


@dataclass(frozen=True)
class CardIn:
    """A card in a reader. `unreadable` counts folders and files that could not be listed."""

    volume: Volume
    contents: CardContents
    facts: CardFacts
    unreadable: int = 0

    @property
    def words(self) -> str:
        """`Canon card, 214 photos`."""
        return self.contents.words

    @property
    def problem(self) -> str:
        """What is wrong with the card itself, or ""."""
        if not self.unreadable:
            return ""
        return "Part of this card cannot be read. Import what can be, and do not use the card again."


def look_at(volume: Volume) -> CardIn | None:
    """What is on this volume, or None where it is no camera card. Lists names: not for the GUI thread."""
    folder = camera_folder(volume.root)
    sony = volume.root.joinpath(*SONY_VIDEO)
    if folder is None and not sony.is_dir():
        return None
    try:
        scanned = scan((volume.root,))
    except (PhotoDeskError, OSError):
        return None  # taken out meanwhile
    contents = contents_of(found.name for found in scanned.files)
    unreadable = sum(1 for _, why in scanned.skipped if "could not be" in why)
    return CardIn(volume, contents, facts_of(volume, contents, scanned.files, volume.root), unreadable)


def facts_of(volume: Volume, contents: CardContents, files: Iterable[Found], root: Path) -> CardFacts:
    """What the register is told: names are below the card's root, whatever part of it was chosen."""
    listed = tuple(CardFile(below(found, root), found.size_bytes, found.mtime_ms) for found in files)
    return CardFacts(volume.serial, volume.label, contents.title, volume.size_bytes, contents.photos, listed)


def card_of(paths: Iterable[Path], volumes: tuple[Volume, ...]) -> Volume | None:
    """The card all chosen paths lie on; a folder around a `DCIM` counts as one. None where they lie on none."""
    found = {_card_around(path, volumes) for path in paths}
    return found.pop() if len(found) == 1 else None


def seen_words(seen: SeenCard, today: datetime) -> str:
    """`This card was imported on 12 Nov, 112 of 112 safe, not cleared; 24 new photos.` or "" for a new card."""
    if not seen.imported_before:
        return ""
    row = seen.row
    fresh = contents_of(file.name for file in seen.new)
    new = _counted(fresh.photos, "new photo") if fresh.photos else "nothing new"
    if fresh.files and not fresh.photos:
        new = _counted(fresh.files, "new file")
    day = short_day(row.imported_at_ms, today)
    return f"This card was imported on {day}, {row.safe:,} of {row.files:,} safe, not cleared; {new}."


def short_day(at_ms: int, today: datetime) -> str:
    """`12 Nov`, with the year where it is not this one."""
    at = datetime.fromtimestamp(at_ms / 1000)
    year = "" if at.year == today.year else f" {at.year}"
    return f"{at.day} {_MONTHS[at.month - 1]}{year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _card_around(path: Path, volumes: tuple[Volume, ...]) -> Volume | None:
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    volume = volume_of(real, volumes)
    if volume is not None and (volume.removable or camera_folder(volume.root) is not None):
        return volume
    for folder in (real, *real.parents):
        if folder.name.upper() == CAMERA_FOLDER:
            return Volume(folder.parent)
    return Volume(real) if real.is_dir() and camera_folder(real) is not None else None


def below(found: Found, root: Path) -> str:
    """The name of a file below its card's root."""
    try:
        return found.path.relative_to(root).as_posix()
    except ValueError:
        return found.name


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
