"""A pack on disk: its name, its sealed key, its removal.

Seal file: `[version, suite, job_id, number, inbox_epoch, sealed to the inbox key, sealed to the starter or empty]`,
each sealing HPKE over the 48-byte database key with info label ‖ clinic id ‖ job id ‖ number u32 ‖ epoch u32.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.crypto import SUITE, VERSION, seal_open, seal_to
from photodesk.errors import Damaged, Refused
from photodesk.store.files import FOLDER_ENTRY_BYTES, in_words, sync_folder, write_atomically
from photodesk.store.layout import Layout
from photodesk.store.records import pack, unpack
from photodesk.store.signer import REMOVED_GENERATION, Generations

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

_SEAL = "pack-seal"
_JOB = re.compile(r"[0-9a-f]{32}")


def write_seal(
    layout: Layout,
    job_id: str,
    number: int,
    clinic_id: bytes,
    key: bytes,
    inbox_public: bytes,
    inbox_epoch: int,
    starter_public: bytes | None,
) -> None:
    """Seal a pack's 48-byte key to the inbox and, where given, to the person who started the job; durable on return."""
    bound = _bound(job_id, number, inbox_epoch)
    sealed = seal_to(inbox_public, key, _SEAL, clinic_id, bound)
    starter = seal_to(starter_public, key, _SEAL, clinic_id, bound) if starter_public else b""
    record = pack([VERSION, SUITE, ids.to_bytes(job_id), number, inbox_epoch, sealed, starter])
    write_atomically(layout.seal(job_id, number), record)


def pack_name(job_id: str, number: int) -> str:
    """What a pack's generations are kept under."""
    return f"{job_id}/{number}"


def pack_numbers(layout: Layout, job_id: str) -> list[int]:
    """Numbers of the packs of a job that lie on disk."""
    folder = layout.inbox(job_id)
    if not folder.is_dir():
        return []
    return sorted(int(path.stem) for path in folder.glob("*.db") if path.stem.isdigit())


def next_number(layout: Layout, job_id: str) -> int:
    """A number no pack of the job has had among those on disk, from 1."""
    folder = layout.inbox(job_id)
    used = [int(path.stem) for path in folder.iterdir() if path.stem.isdigit()] if folder.is_dir() else []
    return max(used, default=0) + 1


def packed_jobs(layout: Layout) -> list[str]:
    """Ids of the jobs that have packs on disk."""
    return [job_id for job_id in _jobs(layout) if pack_numbers(layout, job_id)]


def emptied_jobs(layout: Layout) -> list[str]:
    """Ids of the jobs whose folder is there and has no pack any more."""
    return [job_id for job_id in _jobs(layout) if not pack_numbers(layout, job_id)]


def _jobs(layout: Layout) -> list[str]:
    if not layout.inbox_folder.is_dir():
        return []
    return sorted(folder.name for folder in layout.inbox_folder.iterdir() if _JOB.fullmatch(folder.name))


def make_folder(layout: Layout, job_id: str) -> None:
    """The folder for a job's packs, durable. Fixable `disk_full`, `folder_read_only`; Damaged `disk_failed`."""
    try:
        layout.inbox(job_id).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise in_words(error, layout.inbox_folder, FOLDER_ENTRY_BYTES) from None
    sync_folder(layout.inbox_folder)


def remove_pack(layout: Layout, job_id: str, number: int, generations: Generations) -> None:
    """Remove a pack on purpose. Its end is told first: a kill in between leaves an empty pack, or a seal of nothing."""
    generations.committed(pack_name(job_id, number), REMOVED_GENERATION)
    path = layout.pack(job_id, number)
    for ending in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    layout.seal(job_id, number).unlink(missing_ok=True)
    remove_if_empty(layout, job_id)


def remove_stray_seals(layout: Layout, job_id: str) -> None:
    """Remove seals whose database was never made or was removed: they open nothing. For jobs that miss no shot."""
    for seal in layout.inbox(job_id).glob("*.seal"):
        if not seal.with_suffix(".db").exists():
            seal.unlink()
    remove_if_empty(layout, job_id)


def remove_torn_seals(layout: Layout, job_id: str) -> None:
    """Remove what a killed importer was writing and had not yet named a seal: no pack is under it."""
    for torn in layout.inbox(job_id).glob(".*.seal.*.new"):
        torn.unlink(missing_ok=True)


def remove_if_empty(layout: Layout, job_id: str) -> None:
    """Remove the folder of a job that has no pack any more, unless an importer begins one there just now."""
    folder = layout.inbox(job_id)
    if folder.is_dir() and not any(folder.iterdir()):
        try:
            folder.rmdir()
        except OSError:
            return
        sync_folder(layout.inbox_folder)


def read_seal(layout: Layout, job_id: str, number: int, keyset: KeySet) -> bytes:
    """The pack's key, by the inbox key or as the starter. Refused `pack_sealed`, `newer_format`; Damaged."""
    path = layout.seal(job_id, number)
    if not path.is_file():
        raise Damaged("seal_missing", f"Part {number} of the import {job_id} has lost its sealed key.")
    version, suite, job, at, epoch, sealed, starter = unpack(path.read_bytes(), "seal", 7)
    if (version, suite) != (VERSION, SUITE):
        raise Refused("newer_format", "The inbox was written by a newer PhotoDesk.", "Update PhotoDesk.")
    if (job, at) != (ids.to_bytes(job_id), number):
        raise Damaged("seal_of_another", f"Part {number} of the import {job_id} carries another part's sealed key.")
    bound = _bound(job_id, number, epoch)
    if epoch in keyset.inbox_keys:
        return seal_open(keyset.inbox_keys[epoch], sealed, _SEAL, keyset.clinic_id, bound)
    if starter:
        try:
            return seal_open(keyset.kem, starter, _SEAL, keyset.clinic_id, bound)
        except Damaged:
            pass_on = Refused("pack_sealed", "This import was started by someone else.", "Ask a clinician to sign in.")
            raise pass_on from None
    raise Refused("pack_sealed", "This person's role opens no imports of others.", "Ask a clinician to sign in.")


def _bound(job_id: str, number: int, epoch: int) -> bytes:
    return ids.to_bytes(job_id) + number.to_bytes(4, "little") + epoch.to_bytes(4, "little")
