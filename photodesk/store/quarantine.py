"""What is damaged is moved aside and never deleted: `quarantine/<id>/` keeps the files as they were, with a record.

`record.json` is written first and names every file, so that a kill in between leaves nothing that nobody knows of. It
holds ids and the store's own file names, no name of a patient.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from photodesk import ids
from photodesk.clock import Clock, rfc3339
from photodesk.store.files import FOLDER_ENTRY_BYTES, in_words, sync_folder, write_atomically
from photodesk.store.layout import Layout

RECORD = "record.json"
SIDES = ("", "-wal", "-shm", "-journal")
_PIECE_BYTES = 1 << 20


class KeptFile(msgspec.Struct, frozen=True):
    """One file: where it lay below the store's folder, and its SHA-256 in hex ("" where it cannot be read)."""

    path: str
    bytes: int
    sha256: str


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why something was moved aside, what it is, and which photos a backup would have to bring back."""

    case_id: str
    at: str
    kind: str
    message: str
    files: tuple[KeptFile, ...]
    chart_id: str = ""
    job_id: str = ""
    photo_ids: tuple[str, ...] = ()


class Quarantine:
    """The store's quarantine. One check at a time writes it."""

    def __init__(self, layout: Layout, clock: Clock) -> None:
        self._layout = layout
        self._clock = clock

    def put_aside(
        self,
        kind: str,
        message: str,
        paths: Iterable[Path],
        *,
        chart_id: str = "",
        job_id: str = "",
        photo_ids: Sequence[str] = (),
    ) -> Case:
        """Move these files of the store (those that exist) aside, with a record of why.

        Fixable `disk_full`, `folder_read_only`; Damaged `disk_failed`: then they lie where they lay.
        """
        now_ms = self._clock.wall_ms()
        found = [path for path in paths if path.exists() or path.is_symlink()]
        case = Case(
            ids.ordered_id(now_ms),
            rfc3339(now_ms),
            kind,
            message,
            tuple(self._described(path) for path in found),
            chart_id,
            job_id,
            tuple(photo_ids),
        )
        folder = self._layout.quarantine / case.case_id
        try:
            folder.mkdir(mode=0o700, parents=True)
            write_atomically(folder / RECORD, msgspec.json.format(msgspec.json.encode(case)) + b"\n")
            for path in found:
                target = folder / path.relative_to(self._layout.root)
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.rename(target)
                sync_folder(target.parent)
                sync_folder(path.parent)
            for above in (self._layout.quarantine, self._layout.root):
                sync_folder(above)
        except OSError as error:
            raise in_words(error, self._layout.root, FOLDER_ENTRY_BYTES) from None
        return case

    def cases(self) -> tuple[Case, ...]:
        """Everything that was moved aside, the oldest first; a record that cannot be read is passed over."""
        found: list[Case] = []
        for path in sorted(self._layout.quarantine.glob(f"*/{RECORD}")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Case))
            except (msgspec.DecodeError, OSError):
                continue
        return tuple(found)

    def of_charts(self) -> dict[str, Case]:
        """The newest case of each chart that was moved aside."""
        return {case.chart_id: case for case in self.cases() if case.chart_id}

    def _described(self, path: Path) -> KeptFile:
        digest = hashlib.sha256()
        size, read = 0, not path.is_symlink() and path.is_file()
        try:
            if read:
                with path.open("rb") as file:
                    while piece := file.read(_PIECE_BYTES):
                        digest.update(piece)
                        size += len(piece)
        except OSError:
            read = False
        name = path.relative_to(self._layout.root).as_posix()
        return KeptFile(name, size, digest.hexdigest() if read else "")


def with_sides(path: Path) -> tuple[Path, ...]:
    """A database file and what lies beside it."""
    return tuple(path.with_name(path.name + side) for side in SIDES)
