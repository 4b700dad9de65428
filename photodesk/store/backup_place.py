"""From the words for a place to the place: a folder, or a bucket `s3://name/prefix` where that is installed."""

from __future__ import annotations

from pathlib import Path

from photodesk.errors import Fixable
from photodesk.store.backup_target import FolderTarget, Target
from photodesk.store.layout import Layout


def target_of(place: str, layout: Layout | None = None) -> Target:
    """Where a backup goes or comes from. `layout` is the store that is backed up.

    Fixable `backup_inside_store`, `backup_gone` where the folder and the one above it are not there.
    """
    folder = Path(place).expanduser().absolute()
    if layout is not None and folder.resolve().is_relative_to(layout.root.resolve()):
        raise Fixable(
            "backup_inside_store",
            "A backup inside the store would be lost with it.",
            "Choose a folder on another disk or on a network drive.",
        )
    if folder.exists() and not folder.is_dir():
        raise Fixable("not_a_folder", "This is a file, not a folder.", "Choose a folder.")
    if not folder.exists() and not folder.parent.is_dir():
        raise Fixable(
            "backup_gone",
            "The backup folder cannot be reached.",
            "Put the disk in or connect the network drive, or check how the folder is written.",
        )
    return FolderTarget(folder)


def same_disk(place: str, layout: Layout) -> bool:
    """Whether a folder lies on the disk of the store itself; False where that cannot be told."""
    folder = Path(place).expanduser()
    try:
        return (folder if folder.exists() else folder.parent).stat().st_dev == layout.root.stat().st_dev
    except OSError:
        return False
