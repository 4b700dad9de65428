"""Reading a whole backup back, without any key: every file is named by a hash, and the record naming them is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from photodesk.errors import Damaged, Fixable
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.backup_files import log_matches
from photodesk.store.backup_folder import find_backup, not_a_backup
from photodesk.store.backup_record import Run, log_path, state_path
from photodesk.store.backup_target import Target, blob_path, hash_of, read_whole
from photodesk.store.sealed_blob import BlobName


@dataclass(frozen=True)
class CheckedBackup:
    """What was read. `problems` name files that are missing or damaged; the backup is whole where there are none.

    `damaged` are their names in the backup, for `back_up` to write them anew.
    """

    run: Run
    files: int
    size_bytes: int
    problems: tuple[Damaged, ...]
    damaged: frozenset[str]


def check_backup(
    target: Target,
    signing_keys: Mapping[str, bytes],
    report: Report = silent,
    cancel: Cancel | None = None,
) -> CheckedBackup:
    """Read every file of the newest run. Fixable `not_a_backup`; Damaged where no run's record is whole."""
    found = find_backup(target, signing_keys)
    if found is None:
        raise not_a_backup()
    run, cancel = found.newest, cancel or Cancel()
    if run is None:
        raise Damaged("backup_damaged", "No run of this backup can be read.", "Begin a new backup in another folder.")
    bad: list[str] = []
    blobs = sorted(set(run.blobs()))
    total = len(blobs) + len(run.states) + len(run.logs)
    size = 0
    for done, blob in enumerate(blobs):
        cancel.check()
        report(Progress("Reading the backup", done, total, size))
        size += blob.size_bytes
        if not _reads(target, blob_path(blob.blob_id), blob.blob_id):
            bad.append(blob_path(blob.blob_id))
    for state in run.states:
        size += state.size_bytes
        if not _hashes(target, state_path(state.sha256), state.sha256):
            bad.append(state_path(state.sha256))
    for part in run.logs:
        size += part.size_bytes
        name = log_path(part.workstation_id, part.number)
        if not log_matches(_bytes(target, name), part):
            bad.append(name)
    report(Progress("Reading the backup", total, total, size))
    return CheckedBackup(run, total + 1, size, tuple(_damaged(name) for name in bad), frozenset(bad))


def _reads(target: Target, name: str, blob_id: str) -> bool:
    read = BlobName()
    try:
        with target.open(name) as stream:
            read.take(stream)
    except (Damaged, OSError):
        return False
    return read.hex() == blob_id


def _hashes(target: Target, name: str, sha256: str) -> bool:
    try:
        with target.open(name) as stream:
            return hash_of(stream).hex() == sha256
    except (Damaged, OSError):
        return False


def _bytes(target: Target, name: str) -> bytes:
    try:
        return read_whole(target, name)
    except (Damaged, Fixable):
        return b""


def _damaged(name: str) -> Damaged:
    return Damaged(
        "backup_file_damaged",
        f"The backup's file {name.rpartition('/')[2]} is missing or damaged.",
        "Run the backup again: what this workstation still has is stored anew. Have the disk looked at.",
    )
