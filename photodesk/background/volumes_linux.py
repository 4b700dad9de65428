"""Mounted volumes on Linux: the kernel's mount table, which tells when it changes, and the device manager's notes.

`/proc/self/mountinfo` can be polled for change (`POLLPRI`), so nothing wakes up while nothing is plugged in. Label and
serial come from udev's database or the links in `/dev/disk`; neither opens the device. `volumes.py` adds what udisks
knows, where it runs.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from photodesk.importing.volume import Volume

MOUNT_TABLE = Path("/proc/self/mountinfo")
NETWORKED = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph", "davfs", "overlay", "autofs"})
NOT_DISKS = frozenset({"fuse.gvfsd-fuse", "fuse.portal", "fuse.lxcfs", "fuse.sshfs", "fusectl", "squashfs"})
SECTOR_BYTES = 512
_ESCAPE = re.compile(r"\\(\d{3})|\\x([0-9a-fA-F]{2})")


@dataclass(frozen=True)
class Sources:
    """Where the system keeps what is asked; tests bring their own."""

    mount_table: Path = MOUNT_TABLE
    udev: Path = Path("/run/udev/data")
    disks: Path = Path("/dev/disk")
    blocks: Path = Path("/sys/dev/block")


def mounted(sources: Sources | None = None) -> tuple[Volume, ...]:
    """Volumes on devices of this computer, without the root; network and pseudo file systems are left out."""
    where = sources or Sources()
    try:
        lines = where.mount_table.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ()
    found = (_volume(line, where) for line in lines)
    by_root = {volume.root: volume for volume in found if volume is not None}
    return tuple(sorted(by_root.values(), key=lambda volume: volume.root))


def wait_for_change(wake_fd: int, table: Path = MOUNT_TABLE) -> Callable[[], bool]:
    """A function that sleeps until the mount table changes (True), or something is written to `wake_fd` (False)."""
    mounts = os.open(table, os.O_RDONLY | os.O_CLOEXEC)
    poll = select.poll()
    poll.register(mounts, select.POLLPRI | select.POLLERR)
    poll.register(wake_fd, select.POLLIN)

    def wait() -> bool:
        ready = {fd for fd, _ in poll.poll()}
        if wake_fd in ready:
            os.close(mounts)
            return False
        return True

    return wait


def _volume(line: str, where: Sources) -> Volume | None:
    fields = line.split(" ")
    try:
        end = fields.index("-", 6)
        number, inside, root, options = fields[2], fields[3], plain(fields[4]), fields[5]
        kind, device, more = fields[end + 1], plain(fields[end + 2]), fields[end + 3]
    except (ValueError, IndexError):
        return None
    if root == "/" or inside != "/" or kind in NETWORKED or kind in NOT_DISKS:
        return None
    if not device.startswith("/dev/") and not kind.startswith("fuse"):
        return None
    notes = udev_notes(where.udev / f"b{number}")
    return Volume(
        Path(root),
        device,
        plain(notes.get("ID_FS_LABEL_ENC", "")) or notes.get("ID_FS_LABEL", "") or _linked(where, "by-label", device),
        notes.get("ID_FS_UUID", "") or _linked(where, "by-uuid", device),
        kind,
        _size_bytes(where.blocks / number),
        "ro" in (*options.split(","), *more.split(",")),
        _removable(where.blocks / number, Path(root)),
    )


def udev_notes(path: Path) -> dict[str, str]:
    """Properties of a device in udev's database (`E:NAME=value`); empty where there are none."""
    with contextlib.suppress(OSError):
        lines = path.read_text("utf-8", "replace").splitlines()
        pairs = [line[2:].partition("=") for line in lines if line.startswith("E:")]
        return {name: value for name, _, value in pairs}
    return {}


def plain(text: str) -> str:
    """Undo the octal escapes of the mount table and the `\\xNN` of udev."""

    def byte(match: re.Match[str]) -> str:
        return chr(int(match[1], 8) if match[1] else int(match[2], 16))

    if "\\" not in text:
        return text
    return _ESCAPE.sub(byte, text).encode("latin-1", "surrogateescape").decode("utf-8", "surrogateescape")


def _linked(where: Sources, kind: str, device: str) -> str:
    """The name of the link in `/dev/disk/KIND` that leads to this device."""
    with contextlib.suppress(OSError):
        for link in (where.disks / kind).iterdir():
            if device.startswith("/dev/") and link.resolve() == Path(device).resolve():
                return plain(link.name)
    return ""


def _size_bytes(block: Path) -> int:
    with contextlib.suppress(OSError, ValueError):
        return int((block / "size").read_text("ascii")) * SECTOR_BYTES
    return 0


def _removable(block: Path, root: Path) -> bool:
    """By the disk's own mark, or where desktops mount what was put in."""
    if {Path("/media"), Path("/run/media")} & set(root.parents):
        return True
    with contextlib.suppress(OSError):
        disk = block.resolve()
        marks = [mark for mark in (disk / "removable", disk.parent / "removable") if mark.is_file()]
        return any(mark.read_text("ascii").strip() == "1" for mark in marks)
    return False
