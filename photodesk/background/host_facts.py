"""What this computer does for the store: is the disk below it encrypted, is swap.

Linux is read from `/proc/self/mountinfo`, `/proc/swaps` and `/sys/dev/block`: a device is encrypted where every device
it is made of goes through dm-crypt (LUKS and plain) or where the file system itself encrypts. What cannot be told is
`unknown`, never a guess: a disk that encrypts by itself, ZFS, a virtual machine's host. macOS (`fdesetup`) and Windows
(the shell's BitLocker property) are written from their documentation and have not been run by us.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from photodesk.desk.security import HostFacts, Protection, Shield

ASK_S = 10.0
_MAPPED_KINDS = ("CRYPT-LUKS2", "CRYPT-LUKS1", "CRYPT-PLAIN", "CRYPT-")
_ENCRYPTING_FILE_SYSTEMS = {"ecryptfs": "eCryptfs", "fuse.gocryptfs": "gocryptfs", "fuse.encfs": "EncFS"}
_IN_MEMORY = {"tmpfs", "ramfs"}
DeviceOf = Callable[[str], str]


@dataclass(frozen=True)
class Mount:
    """One line of mountinfo: the device as `major:minor`, the kind of file system, what was mounted."""

    device: str
    kind: str
    source: str


def look(store: Path) -> HostFacts:
    """The facts for the folder of a store, on this system."""
    system = platform.system()
    if system == "Linux":
        disk = linux_disk(store.resolve(), Path("/proc/self/mountinfo").read_text("utf-8"), Path("/sys"), device_of)
        return HostFacts(disk, linux_swap(Path("/proc/swaps").read_text("utf-8"), Path("/sys"), device_of))
    if system == "Darwin":
        return HostFacts(file_vault(_asked("/usr/bin/fdesetup", "status")), Protection(Shield.ON, "macOS does it"))
    return _windows(store)


def linux_disk(path: Path, mountinfo: str, sys_root: Path, device: DeviceOf) -> Protection:
    """Whether what lies below an absolute path is encrypted."""
    mount = mount_of(path, mountinfo)
    if mount is None:
        return Protection(Shield.UNKNOWN)
    if mount.kind in _ENCRYPTING_FILE_SYSTEMS:
        return Protection(Shield.ON, _ENCRYPTING_FILE_SYSTEMS[mount.kind])
    number = mount.device if not mount.device.startswith("0:") else device(mount.source)
    return block_device(number, sys_root)


def linux_swap(swaps: str, sys_root: Path, device: DeviceOf) -> Protection:
    """The weakest of all swap areas; memory that is only compressed (zram) is none."""
    found = []
    for line in swaps.splitlines()[1:]:
        fields = line.split()
        if len(fields) >= 2 and "/zram" not in fields[0]:
            number = device(fields[0]) if fields[1] == "partition" else ""
            found.append(block_device(number, sys_root) if number else Protection(Shield.UNKNOWN, fields[1]))
    if not found:
        return Protection(Shield.ON, "none")
    order = (Shield.OFF, Shield.UNKNOWN, Shield.ON)
    return min(found, key=lambda one: order.index(one.shield))


def block_device(number: str, sys_root: Path) -> Protection:
    """A device by `major:minor`: itself, or all that it is made of, through dm-crypt."""
    folder = sys_root / "dev" / "block" / number
    if not number or not folder.exists():
        return Protection(Shield.UNKNOWN)
    try:
        kind = (folder / "dm" / "uuid").read_text("ascii").strip()
    except OSError:
        kind = ""
    name = next((one for one in _MAPPED_KINDS if kind.startswith(one)), "")
    if name:
        return Protection(Shield.ON, name.removeprefix("CRYPT-").strip("-") or "dm-crypt")
    try:
        below = sorted(path.name for path in (folder / "slaves").iterdir())
    except OSError:
        below = []
    parts = [_named(one, sys_root) for one in below]
    if parts and all(part.shield is Shield.ON for part in parts):
        return parts[0]
    return Protection(Shield.OFF)


def mount_of(path: Path, mountinfo: str) -> Mount | None:
    """The mount that holds a path: the one with the longest mount point, of equal ones the last (proc(5))."""
    best, found = -1, None
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, behind = before.split(), after.split()
        if len(fields) < 5 or len(behind) < 2:
            continue
        point = Path(_plain(fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), Mount(fields[2], behind[0], _plain(behind[1]))
    return found


def device_of(path: str) -> str:
    """`major:minor` of a device file; "" where it is none."""
    try:
        number = Path(path).stat().st_rdev
    except (OSError, ValueError):
        return ""
    return f"{os.major(number)}:{os.minor(number)}" if number else ""


def file_vault(said: str) -> Protection:
    """What `fdesetup status` says."""
    if "FileVault is On" in said:
        return Protection(Shield.ON, "FileVault")
    return Protection(Shield.OFF if "FileVault is Off" in said else Shield.UNKNOWN, "FileVault")


def bit_locker(said: str) -> Protection:
    """`System.Volume.BitLockerProtection`: 1, 3 and 5 protected, 2 not; others unknown."""
    number = said.strip()
    shield = Shield.ON if number in {"1", "3", "5"} else Shield.OFF if number == "2" else Shield.UNKNOWN
    return Protection(shield, "BitLocker")


def _named(name: str, sys_root: Path) -> Protection:
    try:
        number = (sys_root / "class" / "block" / name / "dev").read_text("ascii").strip()
    except OSError:
        number = ""
    return block_device(number, sys_root)


def _windows(store: Path) -> HostFacts:
    """Swap lies on the system's drive: the page file is as protected as that."""
    powershell = Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "System32/WindowsPowerShell/v1.0/powershell.exe"

    def drive(letter: str) -> Protection:
        shell = f"(New-Object -ComObject Shell.Application).NameSpace('{letter}').Self"
        question = f"{shell}.ExtendedProperty('System.Volume.BitLockerProtection')"
        return bit_locker(_asked(str(powershell), "-NoProfile", "-Command", question))

    letter = store.resolve().drive
    fit = len(letter) == 2 and letter[0].isalpha() and letter[1] == ":"
    return HostFacts(drive(letter) if fit else Protection(Shield.UNKNOWN), drive(os.environ.get("SYSTEMDRIVE", "C:")))


def _asked(*command: str) -> str:
    """What one of the system's own programs says; "" where it cannot."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def _plain(text: str) -> str:
    return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
