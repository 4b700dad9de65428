"""A card as a real mounted image: never written to, really pulled, write-protected. Skips where mounts are refused."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from photodesk.importing.card_look import look_at
from photodesk.importing.erasing import PROTECTED
from photodesk.importing.reading import DiskCard, OpenSource
from photodesk.importing.volume import Volume
from tests.importing.conftest import Clinic, jpeg


@dataclass
class Image:
    """A file system in a file, mounted and unmounted like a card put in and taken out."""

    file: Path
    folder: Path

    def put_in(self, options: str = "loop") -> bool:
        done = subprocess.run(["mount", "-o", options, self.file, self.folder], check=False, capture_output=True)
        return done.returncode == 0

    def take_out(self) -> None:
        subprocess.run(["umount", self.folder], check=True)

    def pull(self) -> None:
        """The mount goes while files are open; what is not open cannot be opened any more."""
        subprocess.run(["umount", "-l", self.folder], check=True)

    def sha256(self) -> str:
        os.sync()
        return hashlib.sha256(self.file.read_bytes()).hexdigest()


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Image]:
    made = Image(tmp_path / "card.img", tmp_path / "reader")
    made.folder.mkdir()
    made.file.write_bytes(bytes(16 << 20))
    command = ["mkfs.ext4", "-q", "-O", "^has_journal", "-E", "lazy_itable_init=0", "-L", "EOS_DIGITAL", made.file]
    try:
        formatted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        formatted = False
    if os.geteuid() != 0 or not formatted or not made.put_in():
        pytest.skip("this account cannot mount an image")
    folder = made.folder / "DCIM" / "100CANON"
    folder.mkdir(parents=True)
    for number in range(12):
        (folder / f"IMG_{number:04}.JPG").write_bytes(jpeg(number))
    (folder / "MVI_0013.MP4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(5000))
    made.take_out()
    yield made
    subprocess.run(["umount", "-l", made.folder], check=False, capture_output=True)


@pytest.mark.parametrize("options", ["loop,strictatime", "loop,relatime", "loop,ro"])
def test_a_card_is_never_written_to(clinic: Clinic, image: Image, options: str) -> None:
    assert image.put_in(options)
    before = image.sha256()
    look = look_at(Volume(image.folder, "/dev/loop0", "EOS_DIGITAL"))
    assert look is not None
    assert look.words == "Canon card, 12 photos"
    result = clinic.run(image.folder)
    assert result.all_safe
    assert image.sha256() == before
    assert sorted(path.name for path in image.folder.iterdir()) == ["DCIM", "lost+found"]


def test_a_read_only_card_is_imported_and_not_erased(clinic: Clinic, image: Image) -> None:
    assert image.put_in("loop,ro")
    result = clinic.run(image.folder, erase=True)
    assert result.all_safe
    assert result.erased is not None
    assert {one["reason"] for one in result.erased} == {PROTECTED}
    assert result.exit_code == 1
    assert result.counts["failed"] == 0


def test_erasing_leaves_the_file_system_and_nothing_of_ours(clinic: Clinic, image: Image) -> None:
    assert image.put_in()
    result = clinic.run(image.folder, erase=True)
    assert result.erased is not None
    assert all(one["erased"] for one in result.erased)
    assert [path.name for path in image.folder.rglob("*") if path.is_file()] == []
    assert (image.folder / "DCIM" / "100CANON").is_dir()
    image.take_out()
    checked = subprocess.run(["fsck.ext4", "-n", "-f", image.file], check=False, capture_output=True)
    assert checked.returncode == 0


class PullingCard(DiskCard):
    """Pulls the image when the nth file is opened."""

    def __init__(self, image: Image, after: int) -> None:
        super().__init__([image.folder])
        self._image, self._left = image, after

    def open(self, path: Path) -> OpenSource:
        self._left -= 1
        if self._left == 0:
            self._image.pull()
        return super().open(path)


def test_a_card_that_is_really_pulled_says_so_and_goes_on_when_it_is_back(clinic: Clinic, image: Image) -> None:
    assert image.put_in()
    clinic.card = PullingCard(image, 6)
    result = clinic.run(image.folder)
    assert result.stopped is not None
    assert result.stopped.code == "card_gone"
    safe = sum(outcome.is_safe for outcome in result.outcomes)
    assert result.stopped.message.startswith(f"The card was taken out. {safe} files are safe.")
    assert result.receipt is not None
    assert not result.receipt["all_safe"]
    assert image.put_in()
    clinic.card = DiskCard([image.folder])
    again = clinic.run(image.folder)
    assert again.job_id == result.job_id
    assert again.all_safe
    assert len(clinic.chart.photos()) + len(clinic.chart.attachments()) == 13
