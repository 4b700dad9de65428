"""Whose camera wrote a card and how many photos it holds, from the names of its files alone: nothing is opened.

Cameras follow DCF: folders of three digits and five letters below `DCIM`, the letters by maker. Sony keeps videos in
`PRIVATE/M4ROOT`, phones use `Camera` or the same folders with letters of their own. Case never matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from photodesk.importing.scan import folders_in

CAMERA_FOLDER = "DCIM"
PHONE = "Phone"
_MAKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Canon", re.compile(r"\d{3}(CANON|EOS.*|_\d{4}|___\d\d)|CANONMSC")),
    ("Nikon", re.compile(r"\d{3}(NIKON|N[DZC].*)")),
    ("Sony", re.compile(r"\d{3}MSDCF|M4ROOT|\d{3}ANV01")),
    ("Fujifilm", re.compile(r"\d{3}_FUJI")),
    ("Olympus", re.compile(r"\d{3}(OLYMP|OMSYS|OMSYST?)")),
    ("Panasonic", re.compile(r"\d{3}_PANA")),
    (PHONE, re.compile(r"CAMERA|\d{3}(APPLE|ANDRO)|\d{6}__")),
)
_PHOTOS = "jpg jpeg heic heif hif png tif tiff webp dng cr2 cr3 crw nef nrw arw sr2 srf raf orf rw2 pef dcm"
_VIDEOS = "mp4 mov avi mts m2ts m4v 3gp mxf"
PHOTO_ENDINGS, VIDEO_ENDINGS = frozenset(_PHOTOS.split()), frozenset(_VIDEOS.split())


@dataclass(frozen=True)
class CardContents:
    """What the names say. RAW and JPEG of one shot count as one photo; `others` are sidecars and the like."""

    makers: tuple[str, ...]
    photos: int
    videos: int
    files: int
    others: int = 0

    @property
    def title(self) -> str:
        """`Canon card`, `Phone card`, `Camera card`."""
        cameras = [maker for maker in self.makers if maker != PHONE]
        if cameras:
            return f"{' and '.join(cameras)} card"
        return "Phone card" if self.makers else "Camera card"

    @property
    def words(self) -> str:
        """`Canon card, 214 photos`; an empty card and one with videos only are said as what they are."""
        if self.photos:
            return f"{self.title}, {_counted(self.photos, 'photo')}"
        if self.videos:
            return f"{self.title}, no photos, {_counted(self.videos, 'video')}"
        return f"{self.title}, empty" if not self.files else f"{self.title}, no photos"


def contents_of(names: Iterable[str]) -> CardContents:
    """From names relative to the card, `/` between folders."""
    makers: set[str] = set()
    photos: set[tuple[str, str]] = set()
    folders: set[str] = set()
    videos = files = others = 0
    for name in names:
        folder, _, file = name.rpartition("/")
        stem, _, ending = file.lower().rpartition(".")
        files += 1
        folders.add(folder)
        if ending in PHOTO_ENDINGS:
            photos.add((folder, stem))
        elif ending in VIDEO_ENDINGS:
            videos += 1
        else:
            others += 1
    for folder in folders:
        makers.update(_makers_of(folder))
    ordered = tuple(maker for maker, _ in _MAKERS if maker in makers)
    return CardContents(ordered, len(photos), videos, files, others)


def camera_folder(root: Path) -> Path | None:
    """The `DCIM` folder of a volume, in any case, or None. A look at the root folder; not for the GUI thread."""
    try:
        return next((one for one in folders_in(root) if one.name.upper() == CAMERA_FOLDER), None)
    except OSError:
        return None


def _makers_of(folder: str) -> set[str]:
    parts = [part.upper() for part in PurePosixPath(folder).parts]
    return {maker for part in parts for maker, pattern in _MAKERS if pattern.fullmatch(part)}


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
