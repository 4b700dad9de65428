"""Cards in words, from the names on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.importing.camera_folders import camera_folder, contents_of


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["DCIM/100CANON/IMG_0001.JPG", "DCIM/100CANON/IMG_0001.CR3"], "Canon card, 1 photo"),
        (["DCIM/100EOS5D/A.CR2", "DCIM/101EOSR6/B.CR3"], "Canon card, 2 photos"),
        (["dcim/100nikon/dsc_0001.nef"], "Nikon card, 1 photo"),
        (["DCIM/100ND750/DSC_0001.NEF"], "Nikon card, 1 photo"),
        (["DCIM/100NCZ_6/DSC_0001.NEF"], "Nikon card, 1 photo"),
        (["DCIM/100MSDCF/DSC00001.ARW"], "Sony card, 1 photo"),
        (["PRIVATE/M4ROOT/CLIP/C0001.MP4"], "Sony card, no photos, 1 video"),
        (["DCIM/100_FUJI/DSCF0001.RAF"], "Fujifilm card, 1 photo"),
        (["DCIM/100OLYMP/P1010001.ORF"], "Olympus card, 1 photo"),
        (["DCIM/100OMSYS/P1010001.ORF"], "Olympus card, 1 photo"),
        (["DCIM/100_PANA/P1000001.RW2"], "Panasonic card, 1 photo"),
        (["DCIM/Camera/20261120_091405.heic"], "Phone card, 1 photo"),
        (["DCIM/100APPLE/IMG_0001.HEIC", "DCIM/202611__/IMG_0002.HEIC"], "Phone card, 2 photos"),
        (["DCIM/100ANDRO/A.jpg"], "Phone card, 1 photo"),
        (["DCIM/100CANON/A.JPG", "DCIM/100NIKON/A.JPG"], "Canon and Nikon card, 2 photos"),
        (["DCIM/100ABCDE/A.JPG"], "Camera card, 1 photo"),
        (["DCIM/100CANON/MVI_0001.MP4", "DCIM/100CANON/MVI_0002.MOV"], "Canon card, no photos, 2 videos"),
        (["DCIM/100CANON/IMG_0001.THM"], "Canon card, no photos"),
        ([], "Camera card, empty"),
    ],
)
def test_a_card_is_named_by_its_folders(names: list[str], words: str) -> None:
    assert contents_of(names).words == words


def test_the_same_name_in_two_folders_is_two_photos() -> None:
    assert contents_of(["DCIM/100CANON/IMG_0001.JPG", "DCIM/101CANON/IMG_0001.JPG"]).photos == 2


def test_the_camera_folder_is_found_in_any_case(tmp_path: Path) -> None:
    assert camera_folder(tmp_path) is None
    assert camera_folder(tmp_path / "none") is None
    (tmp_path / "DcIm").mkdir()
    assert camera_folder(tmp_path) == tmp_path / "DcIm"
