"""Photos to a folder: names that tell nothing, originals byte by byte, nothing overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodesk.desk.disclosure import Disclosure
from photodesk.errors import Cancelled, Damaged, Fixable
from photodesk.export import ExportItem, export_comparison, export_photos, file_name
from photodesk.imaging import Decoded
from photodesk.log.entry import Receipt
from photodesk.photos import Original, Photo, PhotoFacts
from photodesk.progress import Cancel
from tests.export.test_stripped import PlainDecoder

PATIENT = "7" * 32
LEAVE = Disclosure("d" * 32, PATIENT, ("a" * 32, "b" * 32), Receipt("w" * 32, 1, bytes(32)))


class Shelf:
    """Two photos of one patient; the first has RAW and JPEG."""

    def __init__(self) -> None:
        self.bytes = {"raw": b"raw bytes", "jpeg": b"jpeg bytes", "other": b"other bytes"}
        self.undecodable = ""

    def photo(self, disclosure: Disclosure, photo_id: str) -> Photo:
        kinds = {"raw": "image/x-nikon-nef", "jpeg": "image/jpeg"} if photo_id == "a" * 32 else {"other": "image/heic"}
        originals = tuple(
            Original(name, hashlib.sha256(f"{name} bytes".encode()).hexdigest(), 9, kind, "DSC_0001 Maria.JPG")
            for name, kind in kinds.items()
        )
        return Photo(photo_id, PATIENT, "v", originals, PhotoFacts("image/jpeg"), "89545001", "frontal")

    def original(self, disclosure: Disclosure, photo_id: str, original_id: str) -> bytes:
        return self.bytes[original_id]

    def pixels(self, disclosure: Disclosure, photo_id: str, long_edge_px: int | None = None) -> Decoded:
        if self.undecodable:
            return Decoded(PhotoFacts("image/jpeg", undecodable=self.undecodable))
        return Decoded(PhotoFacts("image/jpeg", 60, 40), np.full((40, 60, 3), 150, np.uint8))


ITEMS = (ExportItem("a" * 32, 2026), ExportItem("b" * 32, 2025))


def test_names_lead_nowhere(tmp_path: Path) -> None:
    written = export_photos(Shelf(), LEAVE, ITEMS, tmp_path, PlainDecoder())
    names = [each.path.name for each in written]
    assert names[0].endswith("_face-frontal_2026.jpg")
    assert names[1].endswith("_face-frontal_2025.jpg")
    assert names[0][:9] == names[1][:9]
    assert all("Maria" not in name and PATIENT[:4] not in name for name in names)
    assert [each.sha256 for each in written] == [hashlib.sha256(each.path.read_bytes()).hexdigest() for each in written]
    other = file_name("e" * 32, PATIENT, Shelf().photo(LEAVE, "a" * 32), 2026)
    assert other[:9] != names[0][:9], "another disclosure, another case number"


def test_originals_are_all_there_byte_by_byte(tmp_path: Path) -> None:
    written = export_photos(Shelf(), LEAVE, ITEMS, tmp_path, PlainDecoder(), originals=True)
    assert [each.path.suffix for each in written] == [".nef", ".jpg", ".heic"]
    assert {each.path.read_bytes() for each in written} == {b"raw bytes", b"jpeg bytes", b"other bytes"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    first = export_photos(Shelf(), LEAVE, ITEMS[:1], tmp_path, PlainDecoder())[0]
    second = export_photos(Shelf(), LEAVE, ITEMS[:1], tmp_path, PlainDecoder())[0]
    assert first.path != second.path
    assert second.path.stem.endswith("-2")
    assert first.path.exists()


def _damage(shelf: Shelf) -> None:
    shelf.bytes["raw"] = b"raw bytez"


def _blind(shelf: Shelf) -> None:
    shelf.undecodable = "The file ends before the picture is complete."


@pytest.mark.parametrize(("spoil", "originals", "error"), [(_damage, True, Damaged), (_blind, False, Fixable)])
def test_what_cannot_leave_leaves_no_file(
    tmp_path: Path, spoil: Callable[[Shelf], None], originals: bool, error: type[Exception]
) -> None:
    shelf = Shelf()
    spoil(shelf)
    with pytest.raises(error):
        export_photos(shelf, LEAVE, ITEMS, tmp_path, PlainDecoder(), originals=originals)
    assert list(tmp_path.iterdir()) == []


def test_cancel_and_missing_folder(tmp_path: Path) -> None:
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        export_photos(Shelf(), LEAVE, ITEMS, tmp_path, PlainDecoder(), cancel=cancel)
    with pytest.raises(Fixable) as refusal:
        export_photos(Shelf(), LEAVE, ITEMS, tmp_path / "gone", PlainDecoder())
    assert refusal.value.code == "folder_missing"


def test_a_comparison_is_a_png(tmp_path: Path) -> None:
    done = export_comparison(np.full((30, 90, 3), 119, np.uint8), tmp_path / "pair.png", LEAVE, PlainDecoder())
    with Image.open(done.path) as picture:
        assert (picture.format, picture.size) == ("PNG", (90, 30))
