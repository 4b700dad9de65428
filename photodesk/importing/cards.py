"""What counts as a camera card: a `DCIM` folder in it or around it, or a medium that can be taken out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from photodesk.errors import Refused

CAMERA_FOLDER = "DCIM"
TAKEN_OUT_BELOW = (Path("/media"), Path("/run/media"), Path("/Volumes"))
BLOCK_DEVICES = Path("/sys/dev/block")
DRIVE_REMOVABLE = 2


def is_card(path: Path) -> bool:
    """Whether this file or folder lies on a camera card. Asks the system: not for the GUI thread."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return False  # what is not there is said by the scan
    around = CAMERA_FOLDER in (part.upper() for part in real.parts)
    return around or (real / CAMERA_FOLDER).is_dir() or _can_be_taken_out(real)


def refuse_cards_in_demo(paths: Iterable[Path], demo: str | None) -> None:
    """Refused `demo_takes_no_cards` where the store's setting says it is a demo and one of the sources is a card."""
    if demo == "yes" and any(is_card(path) for path in paths):
        raise Refused(
            "demo_takes_no_cards",
            "The demo clinic does not read camera cards: it is no place for photos of patients.",
            "Set up your own clinic for them, or choose a folder of other pictures.",
        )


def _can_be_taken_out(real: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(real.anchor) == DRIVE_REMOVABLE)
    if any(root in real.parents for root in TAKEN_OUT_BELOW):
        return True
    number = real.stat().st_dev
    device = BLOCK_DEVICES / f"{os.major(number)}:{os.minor(number)}"
    if not device.exists():
        return False
    marks = (device.resolve() / "removable", device.resolve().parent / "removable")  # of a disk, of a partition's disk
    return any(mark.is_file() and mark.read_text(encoding="ascii").strip() == "1" for mark in marks)
