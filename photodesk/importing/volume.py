"""A mounted volume as the system tells of it, without touching what is on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Volume:
    """One mounted file system.

    `serial` is the file system's own (FAT: `3A1F-09C2`), `label` its name, both "" where nothing tells; `device` is the
    system's name for it, such as `/dev/sdb1`. Sizes in bytes, 0 where unknown.
    """

    root: Path
    device: str = ""
    label: str = ""
    serial: str = ""
    file_system: str = ""
    size_bytes: int = 0
    read_only: bool = False
    removable: bool = False


def volume_of(path: Path, volumes: tuple[Volume, ...]) -> Volume | None:
    """The volume a path lies on: the one mounted deepest above it, or None."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    above = [volume for volume in volumes if volume.root == real or volume.root in real.parents]
    return max(above, key=lambda volume: len(volume.root.parts), default=None)
