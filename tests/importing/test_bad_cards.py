"""Cards in a bad state: empty, videos only, damaged folders, links, names that act, doubles, files that grow."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from photodesk.importing import scan as scanning
from photodesk.importing.card_look import look_at
from photodesk.importing.job import FileState
from photodesk.importing.reading import DiskCard, DiskFile, OpenSource
from photodesk.importing.report import report_text
from photodesk.importing.scan import scan, shown_name
from photodesk.importing.volume import Volume
from tests.importing.conftest import Clinic, jpeg


def test_an_empty_card_is_said_to_be_empty(clinic: Clinic, tmp_path: Path) -> None:
    root = tmp_path / "empty"
    (root / "DCIM").mkdir(parents=True)
    look = look_at(Volume(root))
    assert look is not None
    assert look.words == "Camera card, empty"
    result = clinic.run(root, erase=True)
    assert result.outcomes == []
    assert not result.all_safe
    assert result.not_erased is not None
    assert result.receipt is not None
    assert not result.receipt["all_safe"]
    assert result.receipt["statement"] == "There were no files on it."


def test_a_card_with_only_videos_keeps_them(clinic: Clinic, tmp_path: Path) -> None:
    folder = tmp_path / "card" / "DCIM" / "100MSDCF"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"C000{number}.MP4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes([number]) * 900)
    look = look_at(Volume(tmp_path / "card"))
    assert look is not None
    assert look.words == "Sony card, no photos, 3 videos"
    result = clinic.run(tmp_path / "card")
    assert result.counts["kept_as_is"] == 3
    assert result.all_safe


def test_a_folder_that_cannot_be_read_fails_the_card_but_not_the_job(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (card / "DCIM" / "108CANON").mkdir()
    (card / "DCIM" / "108CANON" / "IMG_8000.JPG").write_bytes(jpeg(8000))
    listing = scanning._list

    def damaged(folder: str, found: list[Any]) -> None:
        if folder.endswith("108CANON"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        listing(folder, found)

    monkeypatch.setattr(scanning, "_list", damaged)
    look = look_at(Volume(card))
    assert look is not None
    assert look.problem.startswith("Part of this card cannot be read.")
    result = clinic.run(card, erase=True)
    assert result.counts["failed"] == 0
    assert [name for name, _ in result.unread] == ["DCIM/108CANON/"]
    assert not result.all_safe
    assert result.exit_code == 1
    assert result.not_erased is not None
    assert result.receipt is not None
    assert result.receipt["statement"].endswith("Part of the card could not be read. Do not format it.")


def test_a_folder_that_breaks_off_keeps_what_it_listed(card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = scanning._list

    def breaks(folder: str, found: list[Any]) -> None:
        listing(folder, found)
        if folder.endswith("100CANON"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    whole = scan([card])
    monkeypatch.setattr(scanning, "_list", breaks)
    part = scan([card])
    assert part.files == whole.files
    assert len(part.skipped) == len(whole.skipped) + 1


def test_links_that_lead_outside_are_named_and_not_followed(clinic: Clinic, card: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(jpeg(4242))
    (card / "DCIM" / "away").symlink_to(outside)
    (card / "DCIM" / "away.jpg").symlink_to(outside / "secret.jpg")
    result = clinic.run(card, erase=True)
    assert {name for name, _ in result.skipped} >= {"DCIM/away", "DCIM/away.jpg"}
    assert not any("secret" in outcome.name for outcome in result.outcomes)
    assert (outside / "secret.jpg").exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("IMG_0001.JPG", "IMG_0001.JPG"),
        ("Ö Ωмега 照片 صورة.jpg", "Ö Ωмега 照片 صورة.jpg"),
        ("a\nb\x1b[31m.jpg", r"a\nb\x1b[31m.jpg"),
        ("gpj.\u202excod.jpg", r"gpj.\u202excod.jpg"),
        ("a\u2028b", r"a\u2028b"),
    ],
)
def test_names_are_shown_and_never_act(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_names_of_any_kind_are_imported_and_reported(clinic: Clinic, tmp_path: Path) -> None:
    folder = tmp_path / "card" / "DCIM" / "100CANON"
    folder.mkdir(parents=True)
    names = ["plain.jpg", "照片.jpg", "new\nline.jpg", "bell\a.jpg", os.fsdecode(b"bytes\xff.jpg")]
    for number, name in enumerate(names):
        (folder / name).write_bytes(jpeg(6000 + number))
    result = clinic.run(tmp_path / "card")
    assert result.counts["filed"] == 5
    text = report_text(result, 0)
    assert not set(text) & {"\a", "\x1b"}


def test_one_name_in_two_folders_is_two_files(clinic: Clinic, tmp_path: Path) -> None:
    for number, folder in enumerate(("100CANON", "101CANON")):
        (tmp_path / "card" / "DCIM" / folder).mkdir(parents=True)
        (tmp_path / "card" / "DCIM" / folder / "IMG_0001.JPG").write_bytes(jpeg(7000 + number))
    result = clinic.run(tmp_path / "card")
    assert result.counts["filed"] == 2
    assert len({outcome.sha256 for outcome in result.outcomes}) == 2


class GrowingFile(DiskFile):
    """Something writes to it while it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path

    def read(self, size: int) -> bytes:
        with self._path.open("ab") as file:
            file.write(b"more")
        return super().read(size)


class GrowingCard(DiskCard):
    """One file grows."""

    def open(self, path: Path) -> OpenSource:
        return GrowingFile(path) if path.name == "IMG_0002.JPG" else super().open(path)


def test_a_file_that_grows_while_it_is_read_fails_alone_and_comes_next_time(clinic: Clinic, card: Path) -> None:
    clinic.card = GrowingCard()
    result = clinic.run(card)
    failed = [outcome for outcome in result.outcomes if outcome.state is FileState.FAILED]
    assert [outcome.name.rsplit("/", 1)[-1] for outcome in failed] == ["IMG_0002.JPG"]
    assert "changed while it was read" in failed[0].reason
    clinic.card = DiskCard()
    assert clinic.run(card).exit_code == 0
