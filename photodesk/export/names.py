"""What an exported file is called: `case-7f3a_face-frontal_2026.jpg`. Nothing in it leads back to the patient."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from photodesk.errors import Fixable
from photodesk.patients import fold
from photodesk.photos import BODY_SITES, Original, Photo

_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/x-adobe-dng": "dng",
    "image/x-canon-cr2": "cr2",
    "image/x-canon-cr3": "cr3",
    "image/x-canon-crw": "crw",
    "image/x-nikon-nef": "nef",
    "image/x-sony-arw": "arw",
    "image/x-fuji-raf": "raf",
    "image/x-olympus-orf": "orf",
    "image/x-panasonic-rw2": "rw2",
    "application/dicom": "dcm",
    "video/quicktime": "mov",
    "video/mp4": "mp4",
}
_SITES = {site.code: site.name for site in BODY_SITES}


def file_name(disclosure_id: str, patient_id: str, photo: Photo, year: int, extension: str = "jpg") -> str:
    """The case is told by disclosure and patient together: the same within one export, another in the next."""
    case = _case(disclosure_id, patient_id)
    return f"case-{case}_{_place(photo)}_{year}.{extension}"


def attachment_name(disclosure_id: str, patient_id: str, original: Original, year: int) -> str:
    """As `file_name`, for a video or sidecar; the ending is the usual one of its type, else that of its name."""
    case = _case(disclosure_id, patient_id)
    ending = PurePosixPath(original.name).suffix.lower().lstrip(".")
    usual = _EXTENSIONS.get(original.media_type) or (ending if re.fullmatch(r"[a-z0-9]{1,5}", ending) else "bin")
    return f"case-{case}_attachment_{year}.{usual}"


def comparison_name(photo: Photo, year: int, extension: str) -> str:
    """A proposal for the picture of a pair: the later photo's site and view, and the year."""
    return f"comparison_{_place(photo)}_{year}.{extension}"


def check_typed(name: str, identifiers: Iterable[str]) -> None:
    """Fixable `name_tells_who` where a name typed by hand holds a name or number of the patient."""
    folded = fold(name)
    parts = {part for each in identifiers for part in fold(each).split() if len(part) > 1}
    if any(part in folded.split() or (len(part) > 3 and part in folded) for part in parts):
        raise Fixable(
            "name_tells_who",
            "The file's name holds a name or number of the patient.",
            "Choose another name, such as the one proposed.",
        )


def _place(photo: Photo) -> str:
    parts = (_SITES.get(photo.body_site, ""), photo.standard_view)
    return ("-".join(part for part in parts if part) or "photo").lower().replace(" ", "-")


def _case(disclosure_id: str, patient_id: str) -> str:
    return hashlib.sha256(f"{disclosure_id}/{patient_id}".encode("ascii")).hexdigest()[:4]


def extension_of(media_type: str) -> str:
    """The usual extension of an original; `bin` where there is none."""
    return _EXTENSIONS.get(media_type, "bin")


def free_path(folder: Path, name: str) -> Path:
    """`name` in `folder`, or with `-2`, `-3`, … where that is taken: nothing is ever overwritten."""
    stem, _, extension = name.rpartition(".")
    path, number = folder / name, 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.{extension}", number + 1
    return path
