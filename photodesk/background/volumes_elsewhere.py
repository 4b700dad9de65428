"""Mounted volumes on macOS and Windows. Written from the systems' documentation; not run by us.

macOS: folders in `/Volumes`, with `diskutil info -plist` for serial and label. Windows: drive letters, with
`GetVolumeInformationW`. Neither tells of a change here, so the watch looks every two seconds at names only; volumes
are asked about when the names have changed.
"""

from __future__ import annotations

import ctypes
import plistlib
import subprocess
from pathlib import Path
from typing import Any

from photodesk.importing.volume import Volume

WINDOWS = hasattr(ctypes, "windll")
LOOK_S = 2.0
ASK_S = 10.0
MAC_VOLUMES = Path("/Volumes")
DRIVE_REMOVABLE, DRIVE_FIXED = 2, 3
READ_ONLY_VOLUME = 0x00080000


def names() -> frozenset[str]:
    """What is mounted, by name only: cheap enough to look at every two seconds."""
    if WINDOWS:
        letters = int(_kernel().GetLogicalDrives())
        return frozenset(f"{chr(65 + bit)}:\\" for bit in range(26) if letters >> bit & 1)
    try:
        return frozenset(str(one) for one in MAC_VOLUMES.iterdir() if one.is_mount())
    except OSError:
        return frozenset()


def mounted() -> tuple[Volume, ...]:
    """Volumes besides the system's own."""
    found = (_windows(name) if WINDOWS else _mac(Path(name)) for name in sorted(names()))
    return tuple(volume for volume in found if volume is not None)


def eject(volume: Volume) -> str:
    """Ask the system to let go of the volume; "" when it did, else why not in its words."""
    if WINDOWS:
        return _eject_windows(volume.root.drive)
    done = subprocess.run(
        ["/usr/sbin/diskutil", "eject", volume.device],
        capture_output=True,
        text=True,
        timeout=ASK_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return "" if done.returncode == 0 else "Something still uses the card."


def mac_volume(root: Path, facts: dict[str, Any]) -> Volume | None:
    """From what `diskutil info -plist` says; None for the system's own disk."""
    if facts.get("SystemImage") or (facts.get("Internal") and not facts.get("RemovableMediaOrExternalDevice")):
        return None
    return Volume(
        root,
        str(facts.get("DeviceNode", "")),
        str(facts.get("VolumeName", "")),
        str(facts.get("VolumeUUID", "")),
        str(facts.get("FilesystemType", "")),
        int(facts.get("TotalSize", 0)),
        not facts.get("WritableVolume", True),
        bool(facts.get("RemovableMediaOrExternalDevice", facts.get("RemovableMedia", False))),
    )


def _kernel() -> Any:
    """The Windows functions; only asked for on Windows."""
    return vars(ctypes)["windll"].kernel32


def _mac(root: Path) -> Volume | None:
    try:
        asked = subprocess.run(
            ["/usr/sbin/diskutil", "info", "-plist", str(root)],
            capture_output=True,
            timeout=ASK_S,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        facts = plistlib.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, plistlib.InvalidFileException):
        return Volume(root)
    return mac_volume(root, facts)


def _windows(name: str) -> Volume | None:
    kernel = _kernel()
    kind = kernel.GetDriveTypeW(name)
    if kind not in {DRIVE_REMOVABLE, DRIVE_FIXED}:
        return None
    label, system = ctypes.create_unicode_buffer(261), ctypes.create_unicode_buffer(261)
    serial, longest, flags = ctypes.c_uint32(), ctypes.c_uint32(), ctypes.c_uint32()
    answered = kernel.GetVolumeInformationW(
        name, label, 261, ctypes.byref(serial), ctypes.byref(longest), ctypes.byref(flags), system, 261
    )
    if not answered:
        return None  # a reader without a card
    free, total = ctypes.c_uint64(), ctypes.c_uint64()
    kernel.GetDiskFreeSpaceExW(name, ctypes.byref(free), ctypes.byref(total), None)
    text = f"{serial.value >> 16:04X}-{serial.value & 0xFFFF:04X}"
    read_only = bool(flags.value & READ_ONLY_VOLUME)
    removable = kind == DRIVE_REMOVABLE
    return Volume(Path(name), name, label.value, text, system.value, total.value, read_only, removable)


def _eject_windows(drive: str) -> str:
    """Lock, dismount, eject: the three controls Explorer sends to a drive."""
    kernel = _kernel()
    handle = kernel.CreateFileW(rf"\\.\{drive}", 0xC0000000, 3, None, 3, 0, None)
    if handle in {0, -1}:
        return "Windows did not give the drive."
    try:
        returned = ctypes.c_uint32()
        for control in (0x00090018, 0x00090020, 0x002D4808):
            if not kernel.DeviceIoControl(handle, control, None, 0, None, 0, ctypes.byref(returned), None):
                return "Something still uses the card."
        return ""
    finally:
        kernel.CloseHandle(handle)
