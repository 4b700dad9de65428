"""Photos and comparisons to a folder, each against a disclosure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from photodesk.desk.disclosure import Disclosure
from photodesk.errors import Damaged, Fixable
from photodesk.export.names import extension_of, file_name, free_path
from photodesk.export.stripped import write_jpeg, write_pdf, write_png
from photodesk.imaging import Decoded, Decoder, Pixels
from photodesk.photos import Photo
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.files import write_atomically


class Source(Protocol):
    """What `desk.disclosure.DisclosureDesk` offers: nothing without a `Disclosure`."""

    def photo(self, disclosure: Disclosure, photo_id: str) -> Photo:
        """What is recorded about a disclosed photo."""
        ...

    def original(self, disclosure: Disclosure, photo_id: str, original_id: str) -> bytes:
        """The exact bytes of one original."""
        ...

    def pixels(self, disclosure: Disclosure, photo_id: str, long_edge_px: int | None = None) -> Decoded:
        """Upright sRGB pixels through a decoder."""
        ...


@dataclass(frozen=True)
class ExportItem:
    """A photo to export and the year its file name tells (that of its visit)."""

    photo_id: str
    year: int


@dataclass(frozen=True)
class Exported:
    """One written file. `sha256` is hex."""

    photo_id: str
    path: Path
    sha256: str


def export_photos(
    source: Source,
    disclosure: Disclosure,
    items: Sequence[ExportItem],
    folder: Path,
    decoder: Decoder,
    *,
    originals: bool = False,
    report: Report = silent,
    cancel: Cancel | None = None,
) -> tuple[Exported, ...]:
    """Write each photo, stripped and at full resolution, or all its originals byte by byte.

    `Fixable("export_failed")` where a photo cannot be decoded or a file cannot be written and proven; what was written
    before stays and is in the log. `Damaged` where an original no longer has its hash.
    """
    _check_folder(folder)
    written: list[Exported] = []
    for done, item in enumerate(items):
        if cancel is not None:
            cancel.check()
        report(Progress("Exporting photos", done, len(items)))
        photo = source.photo(disclosure, item.photo_id)
        if originals:
            written += _originals(source, disclosure, photo, item.year, folder)
        else:
            pixels = _pixels(source.pixels(disclosure, item.photo_id), item.photo_id)
            path = free_path(folder, file_name(disclosure.disclosure_id, disclosure.patient_id, photo, item.year))
            written.append(Exported(item.photo_id, path, write_jpeg(pixels, path, decoder)))
    report(Progress("Exporting photos", len(items), len(items)))
    return tuple(written)


def export_comparison(pixels: Pixels, path: Path, disclosure: Disclosure, decoder: Decoder) -> Exported:
    """Write the picture of a disclosed pair without metadata: as the ending of `path` says, PNG where it has none.

    `path` may exist and is then replaced. Fixable `ending_unknown`, `folder_missing`, `export_failed`.
    """
    check_ending(path)
    _check_folder(path.parent)
    write = _WRITERS[path.suffix.lower()]
    return Exported(disclosure.photo_ids[0], path, write(pixels, path, decoder))


_WRITERS = {"": write_png, ".png": write_png, ".jpg": write_jpeg, ".jpeg": write_jpeg, ".pdf": write_pdf}


def check_ending(path: Path) -> None:
    """Fixable `ending_unknown` where a file's ending names something that is not written here."""
    if path.suffix.lower() not in _WRITERS:
        raise Fixable(
            "ending_unknown",
            f"A comparison is not written as {path.suffix}.",
            "Give the file a name that ends in .png, .jpg or .pdf.",
        )


def _originals(source: Source, disclosure: Disclosure, photo: Photo, year: int, folder: Path) -> list[Exported]:
    written = []
    for original in photo.originals:
        data = source.original(disclosure, photo.photo_id, original.original_id)
        found = hashlib.sha256(data).hexdigest()
        if found != original.sha256:
            raise Damaged(
                "original_damaged", f"An original of photo {photo.photo_id} is damaged.", photo_id=photo.photo_id
            )
        name = file_name(
            disclosure.disclosure_id, disclosure.patient_id, photo, year, extension_of(original.media_type)
        )
        path = free_path(folder, name)
        write_atomically(path, data)
        if hashlib.sha256(path.read_bytes()).hexdigest() != found:
            path.unlink(missing_ok=True)
            raise Fixable("export_failed", "The folder did not keep the file's bytes.", "Choose another folder.")
        written.append(Exported(photo.photo_id, path, found))
    return written


def _pixels(decoded: Decoded, photo_id: str) -> Pixels:
    if decoded.pixels is None:
        raise Fixable(
            "export_failed",
            f"Photo {photo_id} cannot be shown: {decoded.facts.undecodable}",
            "Export the original instead.",
        )
    return decoded.pixels


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise Fixable("folder_missing", "The folder to export to does not exist.", "Make it first, or choose another.")
