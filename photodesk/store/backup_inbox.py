"""The inbox in a backup: shots that are copied and not filed yet.

Snapshot: `[version, suite, "inbox", [[job_id, pack, [shot…]]…]]`, a shot being `[shot_id, name, bytes, mtime_ms,
sha256, stage, facts, reason, key, [[kind, blob id, blob bytes, sha256, bytes]…]]`. A shot's key is drawn from that of
its pack and dies with it; a backup holds the inbox of its newest run only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from photodesk.crypto import SUITE, VERSION, derive, label
from photodesk.errors import Damaged, PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.photos import Rendition
from photodesk.store.backup_record import Blob, Part, Snapshot
from photodesk.store.backup_seal import Plain, Shelf, plain
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.pack_files import pack_numbers, packed_jobs, read_seal
from photodesk.store.packs import PackReader, Shot
from photodesk.store.record_version import bad_record, read_typed
from photodesk.store.records import pack
from photodesk.store.sealed_blob import BlobKind

_PICTURES = {Rendition.THUMBNAIL: BlobKind.THUMBNAIL, Rendition.SCREEN: BlobKind.SCREEN}
_Row = tuple[bytes, str, int, int, bytes, str, bytes, str, bytes, list[tuple[BlobKind, bytes, int, bytes, int]]]


@dataclass(frozen=True)
class ShotCopy:
    """A shot of the inbox as a backup holds it; `blobs` are (kind, blob, SHA-256 of the plaintext, its bytes)."""

    shot_id: str
    name: str
    size_bytes: int
    mtime_ms: int
    sha256: str
    stage: str
    facts: bytes
    reason: str
    key: bytes = field(repr=False)
    blobs: tuple[tuple[BlobKind, Blob, bytes, int], ...]


@dataclass(frozen=True)
class InboxCopy:
    """The inbox: (job id, number of the pack, its shots)."""

    packs: tuple[tuple[str, int, tuple[ShotCopy, ...]], ...]


class InboxBackup:
    """Backs up the inbox. `problems` are shots and packs that could not be read; `in_hand` packs are still copied."""

    def __init__(self, shelf: Shelf, layout: Layout, keyset: KeySet) -> None:
        self._shelf = shelf
        self._layout = layout
        self._keyset = keyset
        self.problems: list[Damaged] = []
        self.in_hand = 0
        self.shots = 0
        self.blobs: list[Blob] = []

    def run(self, before: Sequence[ShotCopy] = ()) -> Snapshot:
        """Every finished pack. `before` are the shots the last run held: what cannot be read now stays from then."""
        known = {one.shot_id: one for one in before}
        packs: list[Any] = []
        for job_id in packed_jobs(self._layout):
            for number in pack_numbers(self._layout, job_id):
                shots = self._pack(job_id, number, known)
                if shots:
                    packs.append([to_bytes(job_id), number, [_row(shot) for shot in shots]])
                    self.shots += len(shots)
                    self.blobs += [blob for shot in shots for _, blob, _, _ in shot.blobs]
        epoch = self._keyset.chart_epoch
        content = plain(pack([VERSION, SUITE, "inbox", packs]))
        return Snapshot(Part.INBOX, epoch, self._shelf.put_under(self._keyset.chart_keys[epoch], content))

    def _pack(self, job_id: str, number: int, known: dict[str, ShotCopy]) -> list[ShotCopy]:
        try:
            key = read_seal(self._layout, job_id, number, self._keyset)
            opened = PackReader.open(self._layout, job_id, number, self._keyset)
        except PhotoDeskError as failure:
            self._note(failure, job_id, number)
            return []
        try:
            return [shot for one in opened.shots() if (shot := self._shot(opened, one, key, known)) is not None]
        except Damaged as failure:
            self._note(failure, job_id, number)
            return []
        finally:
            opened.database.close()

    def _note(self, failure: PhotoDeskError, job_id: str, number: int) -> None:
        if failure.code == "pack_in_hand":
            self.in_hand += 1
        elif self._layout.pack(job_id, number).exists():  # one that is gone was filed meanwhile
            self.problems.append(
                Damaged("pack_damaged", f"Part {number} of import {job_id} cannot be read, and is not in this backup.")
            )

    def _shot(self, opened: PackReader, shot: Shot, key: bytes, known: dict[str, ShotCopy]) -> ShotCopy | None:
        held = known.get(shot.shot_id)
        shot_key = derive(key, to_bytes(shot.shot_id), label("shot-key"))
        kept = {of: (of, blob, sha, size) for of, blob, sha, size in (held.blobs if held else ())}
        source = opened.source(shot.shot_id)
        contents = {BlobKind.ORIGINAL: Plain(source.chunks, bytes.fromhex(shot.sha256), shot.size_bytes)}
        for kind, data in opened.renditions(shot.shot_id).items():
            contents[_PICTURES[kind]] = plain(data)
        blobs: list[tuple[BlobKind, Blob, bytes, int]] = []
        for of, content in contents.items():
            known_blob = kept.get(of)
            if known_blob is not None and known_blob[2] == content.sha256 and self._shelf.holds(known_blob[1]):
                blobs.append(known_blob)
                continue
            try:
                blobs.append((of, self._shelf.put(shot_key, of, content), content.sha256, content.size_bytes))
            except Damaged as failure:
                if failure.code not in {"source_differs", "database_damaged"}:
                    raise
                self.problems.append(
                    Damaged(
                        "shot_damaged",
                        f"The shot {shot.shot_id} in the inbox cannot be read, and is not in this backup.",
                        photo_id=shot.shot_id,
                    )
                )
                return None
        facts = msgspec.json.encode(shot.facts)
        return ShotCopy(
            shot.shot_id,
            shot.name,
            shot.size_bytes,
            shot.mtime_ms,
            shot.sha256,
            shot.stage,
            facts,
            shot.reason,
            shot_key,
            tuple(blobs),
        )


def read_inbox(payload: bytes) -> InboxCopy:
    """The inbox as it was."""
    name, packs = read_typed(payload, "inbox snapshot", tuple[str, list[tuple[bytes, int, list[_Row]]]], {})
    if name != "inbox":
        raise bad_record("inbox snapshot")
    return InboxCopy(tuple((job.hex(), number, tuple(_shot_copy(row) for row in rows)) for job, number, rows in packs))


def _row(shot: ShotCopy) -> list[Any]:
    return [
        to_bytes(shot.shot_id),
        shot.name,
        shot.size_bytes,
        shot.mtime_ms,
        bytes.fromhex(shot.sha256),
        shot.stage,
        shot.facts,
        shot.reason,
        shot.key,
        [[int(of), bytes.fromhex(blob.blob_id), blob.size_bytes, sha, size] for of, blob, sha, size in shot.blobs],
    ]


def _shot_copy(row: _Row) -> ShotCopy:
    shot_id, name, size, mtime, sha256, stage, facts, reason, key, blobs = row
    copies = tuple((of, Blob(blob.hex(), length), sha, plain_size) for of, blob, length, sha, plain_size in blobs)
    return ShotCopy(shot_id.hex(), name, size, mtime, sha256.hex(), stage, facts, reason, key, copies)
