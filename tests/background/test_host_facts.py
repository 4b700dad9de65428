"""Disk and swap encryption told from made-up `/proc` and `/sys`, and from what the other systems' programs say."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.background.host_facts import bit_locker, file_vault, linux_disk, linux_swap, look, mount_of
from photodesk.desk.security import Shield

_LUKS = "CRYPT-LUKS2-0123456789abcdef0123456789abcdef-home"
_MOUNTS = """\
22 27 0:21 / /proc rw - proc proc rw
27 1 8:2 / / rw,relatime - ext4 /dev/sda2 rw
40 27 254:1 / /home rw - ext4 /dev/mapper/home rw
41 27 254:3 / /lvm rw - xfs /dev/mapper/vg-data rw
42 27 0:45 /@ /btrfs rw - btrfs /dev/mapper/home rw
43 27 0:46 / /zfs rw - zfs pool/data rw
44 27 0:47 / /vault rw - fuse.gocryptfs /somewhere rw
45 27 254:5 / /half rw - ext4 /dev/mapper/raid rw
46 27 8:9 / /with\\040space rw - ext4 /dev/sda9 rw
"""


@pytest.fixture
def sys_root(tmp_path: Path) -> Path:
    """Partitions 8:2 and 8:3, LUKS on 8:3 (254:1), LVM above LUKS (254:3), RAID of LUKS and plain (254:5)."""

    def device(number: str, name: str, uuid: str = "", below: tuple[str, ...] = ()) -> None:
        folder = tmp_path / "dev" / "block" / number
        (folder / "slaves").mkdir(parents=True)
        for one in below:
            (folder / "slaves" / one).mkdir()
        if uuid:
            (folder / "dm").mkdir()
            (folder / "dm" / "uuid").write_text(f"{uuid}\n")
        (tmp_path / "class" / "block" / name).mkdir(parents=True)
        (tmp_path / "class" / "block" / name / "dev").write_text(f"{number}\n")

    device("8:2", "sda2")
    device("8:3", "sda3")
    device("254:1", "dm-1", _LUKS, ("sda3",))
    device("254:3", "dm-3", "LVM-abcdef", ("dm-1",))
    device("254:5", "dm-5", "", ("dm-1", "sda2"))
    return tmp_path


def _device(path: str) -> str:
    return {"/dev/mapper/home": "254:1", "/dev/sda2": "8:2", "/dev/dm-3": "254:3"}.get(path, "")


@pytest.mark.parametrize(
    ("path", "shield", "how"),
    [
        ("/var/store", Shield.OFF, ""),
        ("/home/ada/store", Shield.ON, "LUKS2"),
        ("/lvm/store", Shield.ON, "LUKS2"),
        ("/btrfs/store", Shield.ON, "LUKS2"),
        ("/zfs/store", Shield.UNKNOWN, ""),
        ("/vault/store", Shield.ON, "gocryptfs"),
        ("/half/store", Shield.OFF, ""),
        ("/with space/store", Shield.UNKNOWN, ""),
        ("/homework", Shield.OFF, ""),
    ],
)
def test_disk(sys_root: Path, path: str, shield: Shield, how: str) -> None:
    found = linux_disk(Path(path), _MOUNTS, sys_root, _device)
    assert (found.shield, found.how) == (shield, how)


_HEAD = "Filename\tType\tSize\tUsed\tPriority\n"


@pytest.mark.parametrize(
    ("lines", "shield", "how"),
    [
        ("", Shield.ON, "none"),
        ("/dev/zram0 partition 100 0 100\n", Shield.ON, "none"),
        ("/dev/dm-3 partition 100 0 -2\n", Shield.ON, "LUKS2"),
        ("/dev/sda2 partition 100 0 -2\n", Shield.OFF, ""),
        ("/dev/dm-3 partition 100 0 -2\n/dev/sda2 partition 100 0 -3\n", Shield.OFF, ""),
        ("/swapfile file 100 0 -2\n", Shield.UNKNOWN, "file"),
    ],
)
def test_swap(sys_root: Path, lines: str, shield: Shield, how: str) -> None:
    found = linux_swap(_HEAD + lines, sys_root, _device)
    assert (found.shield, found.how) == (shield, how)


def test_what_other_systems_say() -> None:
    assert file_vault("FileVault is On.\n").shield is Shield.ON
    assert file_vault("FileVault is Off.\n").shield is Shield.OFF
    assert file_vault("").shield is Shield.UNKNOWN
    assert [bit_locker(said).shield for said in ("1\r\n", "2", "0", "")] == [
        Shield.ON, Shield.OFF, Shield.UNKNOWN, Shield.UNKNOWN,
    ]  # fmt: skip


def test_the_last_of_two_mounts_at_one_place_counts() -> None:
    twice = "1 0 8:1 / / rw - ext4 /dev/a rw\n2 0 8:2 / / rw - ext4 /dev/b rw\n"
    found = mount_of(Path("/x"), twice)
    assert found is not None
    assert found.device == "8:2"


def test_here(tmp_path: Path) -> None:
    assert look(tmp_path).disk.shield in set(Shield)
