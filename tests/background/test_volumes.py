"""What is mounted: the mount table, udev's notes, and the watch; with a real loop mount where this account may."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.background import volumes, volumes_elsewhere
from photodesk.background.volumes import VolumeWatch
from photodesk.background.volumes_linux import Sources, mounted, plain
from photodesk.importing.volume import Volume, volume_of

TABLE = r"""
21 1 8:2 / / rw,relatime - ext4 /dev/sda2 rw
22 21 0:20 / /proc rw - proc proc rw
30 21 8:17 / /media/ada/EOS\040DIGITAL rw,nosuid shared:5 - vfat /dev/sdb1 rw,fmask=0022
31 21 8:33 / /run/media/ada/LUMIX ro - exfat /dev/sdc1 rw
32 21 0:44 / /home/ada/net rw - nfs4 server:/export rw
33 21 8:2 /var/lib/x /srv/bind rw - ext4 /dev/sda2 rw
34 21 0:50 / /mnt/exfat rw - fuseblk /dev/sdd1 rw
35 21 0:51 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
""".lstrip()


def test_the_mount_table_and_udev_tell_label_serial_and_size(tmp_path: Path) -> None:
    (tmp_path / "table").write_text(TABLE, encoding="utf-8")
    (tmp_path / "udev").mkdir()
    (tmp_path / "udev" / "b8:17").write_text(
        "S:disk\nE:ID_FS_LABEL=EOS_DIGITAL\nE:ID_FS_LABEL_ENC=EOS\\x20DIGITAL\nE:ID_FS_UUID=3A1F-09C2\n", "utf-8"
    )
    (tmp_path / "blocks" / "8:17").mkdir(parents=True)
    (tmp_path / "blocks" / "8:17" / "size").write_text("124735488\n", "ascii")
    (tmp_path / "disks" / "by-uuid").mkdir(parents=True)
    (tmp_path / "disks" / "by-uuid" / "64A5-F009").symlink_to("/dev/sdc1")
    found = mounted(Sources(tmp_path / "table", tmp_path / "udev", tmp_path / "disks", tmp_path / "blocks"))
    assert [str(one.root) for one in found] == ["/media/ada/EOS DIGITAL", "/mnt/exfat", "/run/media/ada/LUMIX"]
    canon, _, lumix = found
    assert (canon.label, canon.serial, canon.size_bytes) == ("EOS DIGITAL", "3A1F-09C2", 63_864_569_856)
    assert canon.removable
    assert not canon.read_only
    assert lumix.read_only
    assert lumix.serial == "64A5-F009"
    assert volume_of(Path("/"), found) is None


def test_escapes_of_the_mount_table() -> None:
    assert plain(r"a\040b\134c") == r"a b\c"
    assert plain(r"Z\xc3\xbcrich") == "Zürich"


def test_a_table_that_is_not_there_or_not_readable_gives_nothing(tmp_path: Path) -> None:
    assert mounted(Sources(tmp_path / "none")) == ()
    (tmp_path / "bent").write_bytes(b"\xff\x00 nonsense\n1 2 3\n\n")
    assert mounted(Sources(tmp_path / "bent")) == ()


@pytest.fixture
def image(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A file system in a file, and where to mount it. Skips where loop mounts are not allowed."""
    file, folder = tmp_path / "card.img", tmp_path / "card"
    folder.mkdir()
    file.write_bytes(bytes(4 << 20))
    made = subprocess.run(["mkfs.ext4", "-q", "-L", "EOS_DIGITAL", file], check=False, capture_output=True)
    if os.geteuid() != 0 or made.returncode != 0 or _mount(file, folder) != 0:
        pytest.skip("this account cannot mount an image")
    subprocess.run(["umount", folder], check=True)
    yield file, folder
    subprocess.run(["umount", "-l", folder], check=False, capture_output=True)


def _mount(file: Path, folder: Path) -> int:
    return subprocess.run(["mount", "-o", "loop", file, folder], check=False, capture_output=True).returncode


def test_the_watch_hears_a_card_come_and_go_without_polling(image: tuple[Path, Path]) -> None:
    file, folder = image
    heard = threading.Semaphore(0)
    watch = VolumeWatch(heard.release)
    try:
        assert heard.acquire(timeout=10)
        assert _mount(file, folder) == 0
        assert heard.acquire(timeout=10)
        assert any(volume.root == folder for volume in volumes.mounted())
        subprocess.run(["umount", folder], check=True)
        assert heard.acquire(timeout=10)
        assert not any(volume.root == folder for volume in volumes.mounted())
    finally:
        watch.close()
    watch.close()


def test_without_a_disk_service_nothing_is_ejected_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    assert "umount" in volumes.eject(Volume(Path("/media/card"), "/dev/sdz1"))


def test_what_diskutil_says_of_a_card() -> None:
    facts = {
        "DeviceNode": "/dev/disk4s1",
        "VolumeName": "NIKON Z 6",
        "FilesystemType": "exfat",
        "TotalSize": 64_000_000_000,
        "VolumeUUID": "0D5A…",
        "RemovableMediaOrExternalDevice": True,
        "WritableVolume": False,
    }
    card = volumes_elsewhere.mac_volume(Path("/Volumes/NIKON Z 6"), facts)
    assert card is not None
    assert card.removable
    assert card.read_only
    assert volumes_elsewhere.mac_volume(Path("/Volumes/Macintosh HD"), {"Internal": True}) is None
