"""What is known about a photo."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

_CAMERA = re.compile(r"^(\d{4})[:\-](\d{2})[:\-](\d{2})[ T](\d{2}):(\d{2}):(\d{2})$")


class Rendition(StrEnum):
    """Which picture of a photo is meant."""

    THUMBNAIL = "thumbnail"
    SCREEN = "screen"
    ORIGINAL = "original"


RENDITION_LONG_EDGE_PX = {Rendition.THUMBNAIL: 480, Rendition.SCREEN: 2560}


@dataclass(frozen=True, order=True)
class CameraTime:
    """Wall time without a zone, exactly as the camera wrote it: never turned into an instant by guessing."""

    text: str

    @classmethod
    def parse(cls, exif: str) -> CameraTime | None:
        """From EXIF `2026:11:20 09:14:05` or ISO form; None for zeros, blanks and impossible dates."""
        match = _CAMERA.match(exif.strip("\0 \t"))
        if not match:
            return None
        year, month, day, hour, minute, second = match.groups()
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second}"
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return None
        return cls(text)

    def local(self) -> datetime:
        """A naive datetime for sorting and gaps within one camera."""
        return datetime.fromisoformat(self.text)

    def shifted(self, offset_ms: int) -> CameraTime:
        """The time in the room where the clock was off by so much; the same where it would leave the calendar."""
        try:
            moved = self.local() + timedelta(milliseconds=offset_ms)
        except OverflowError:
            return self
        return CameraTime(moved.isoformat(timespec="seconds")) if offset_ms else self


@dataclass(frozen=True)
class CaptureFacts:
    """Facts from the file's metadata, as far as written. Lengths in mm, exposure in s."""

    make: str = ""
    model: str = ""
    lens: str = ""
    focal_length_mm: float | None = None
    focal_length_35mm: float | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: int | None = None
    subject_distance_m: float | None = None
    flash: bool | None = None
    has_gps: bool = False
    serial: str = ""


@dataclass(frozen=True)
class Code:
    """A code read in a photo: what kind it is (`QR Code`, `Code 128`, …) and its text. What it means is not known here.

    Whoever can print a code can put any text into it: it names nobody before a check has vouched for it.
    """

    symbology: str
    text: str


@dataclass(frozen=True)
class IdentityInFile:
    """Whom the file itself says it shows (DICOM); "" where it says nothing.

    A claim to compare with, never an assignment. `name` is `Family, Given`, `born` a date in ISO form.
    """

    name: str = ""
    record_number: str = ""
    born: str = ""


@dataclass(frozen=True)
class PhotoFacts:
    """What decoding found out about one file.

    `width_px`, `height_px` as displayed (upright), 0 when undecodable. `undecodable` is a plain reason or "".
    `codes`: read only when they were asked for. `pixel_spacing_mm`: height and width of one pixel of the original on
    the subject, where the file says so. `modality` is DICOM's word for what made the picture (`XC` is a camera, `CT` is
    not). `live_photo_id` is the same in a still and the video that belongs to it.
    """

    media_type: str
    width_px: int = 0
    height_px: int = 0
    orientation: int = 1
    colour_profile: str = ""
    camera_time: CameraTime | None = None
    capture: CaptureFacts = field(default_factory=CaptureFacts)
    undecodable: str = ""
    codes: tuple[Code, ...] = ()
    modality: str = ""
    pixel_spacing_mm: tuple[float, float] | None = None
    identity: IdentityInFile = field(default_factory=IdentityInFile)
    live_photo_id: str = ""


@dataclass(frozen=True)
class Original:
    """One file as the camera wrote it. `sha256` is hex; `name` is its name on the card."""

    original_id: str
    sha256: str
    size_bytes: int
    media_type: str
    name: str


@dataclass(frozen=True)
class Photo:
    """One photo of a chart; its id is its first, displayed original's.

    `clock_offset_ms`: what the camera's clock was off by, as far as somebody has said so for the import.
    """

    photo_id: str
    patient_id: str
    visit_id: str
    originals: tuple[Original, ...]
    facts: PhotoFacts
    body_site: str = ""
    standard_view: str = ""
    tags: tuple[str, ...] = ()
    job_id: str = ""
    clock_offset_ms: int = 0

    @property
    def taken(self) -> CameraTime | None:
        """When it was taken, corrected; `facts.camera_time` is what the camera wrote."""
        written = self.facts.camera_time
        return None if written is None else written.shifted(self.clock_offset_ms)

    @property
    def displayed(self) -> Original:
        """The original that renditions are made from."""
        return self.originals[0]


@dataclass(frozen=True)
class Attachment:
    """A file kept with a visit that is no still picture (video, sidecar, separator shot).

    `photo_id` is the photo it belongs to (a Live Photo's video), "" for none.
    """

    original: Original
    visit_id: str
    reason: str
    photo_id: str = ""
