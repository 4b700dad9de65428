"""From the words for a place to the place: a folder, or a bucket `s3://name/prefix` where that is installed."""

from __future__ import annotations

from pathlib import Path

from photodesk.errors import Fixable
from photodesk.store.backup_objects import ObjectKeys, is_objects, object_place, open_objects
from photodesk.store.backup_target import FolderTarget, Target
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout


def target_of(place: str, layout: Layout | None = None, keys: ObjectKeys | None = None) -> Target:
    """Where a backup goes or comes from. `layout` is the store that is backed up, `keys` are a bucket's.

    Fixable `backup_inside_store`, `backup_gone` where the folder and the one above it are not there,
    `backup_keys_missing`, `bad_place`.
    """
    if is_objects(place):
        if keys is None:
            raise keys_missing()
        return open_objects(place, keys)
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


def kept_keys(place: str, secrets: Secrets) -> ObjectKeys | None:
    """The keys of a bucket from the keyring, None where it has none or there is no keyring."""
    try:
        key_id, _, secret = secrets.words(object_place(place).account).partition("\n")
    except Fixable as failure:
        if failure.code not in {"keyring_missing", "keyring_locked"}:
            raise
        return None
    return ObjectKeys(key_id, secret) if key_id and secret else None


def keep_keys(place: str, keys: ObjectKeys, secrets: Secrets) -> bool:
    """Keep them in the keyring; False where there is none: they are asked for each time then."""
    try:
        return secrets.keep_words(object_place(place).account, f"{keys.key_id}\n{keys.secret}")
    except Fixable as failure:
        if failure.code not in {"keyring_missing", "keyring_locked"}:
            raise
        return False


def keys_missing() -> Fixable:
    """A bucket without keys."""
    return Fixable(
        "backup_keys_missing",
        "The access keys of this object store are not in the keyring.",
        "Run the backup once on the command line: it asks for them.",
    )


def same_disk(place: str, layout: Layout) -> bool:
    """Whether a folder lies on the disk of the store itself; False where that cannot be told."""
    folder = Path(place).expanduser()
    if is_objects(place):
        return False
    try:
        return (folder if folder.exists() else folder.parent).stat().st_dev == layout.root.stat().st_dev
    except OSError:
        return False
