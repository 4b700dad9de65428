"""The inbox of a restored store: shots that waited go into new packs, sealed to the inbox key as an import does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from photodesk.errors import Damaged
from photodesk.photos import PhotoFacts
from photodesk.store.backup_inbox import ShotCopy, read_inbox
from photodesk.store.backup_record import Part
from photodesk.store.backup_target import blob_path
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.packs import VERIFIED, PackWriter
from photodesk.store.restore_source import Opened
from photodesk.store.sealed_blob import BlobKind, open_blob
from photodesk.store.signer import Generations


@dataclass
class InboxRestore:
    """Restores the inbox, without what the charts hold by now."""

    opened: Opened
    layout: Layout
    keyset: KeySet
    generations: Generations
    step: Callable[[], None]
    anyway: bool = False
    files: int = 0
    size_bytes: int = 0
    waiting: set[str] = field(default_factory=set)
    problems: list[Damaged] = field(default_factory=list)

    def run(self, filed: set[bytes]) -> None:
        """`filed` are the content ids of the charts. Damaged where a shot cannot be had back, unless `anyway`."""
        for snapshot in self.opened.parts(Part.INBOX):
            for job_id, number, shots in read_inbox(self.opened.snapshot(snapshot)).packs:
                wanted = [one for one in shots if self.keyset.content_id(bytes.fromhex(one.sha256)) not in filed]
                if wanted:
                    self._pack(job_id, number, wanted)

    def _pack(self, job_id: str, number: int, shots: list[ShotCopy]) -> None:
        keyset = self.keyset
        writer = PackWriter.create(
            self.layout,
            job_id,
            number,
            keyset.clinic_id,
            keyset.inbox_public,
            keyset.inbox_epoch,
            None,
            self.generations,
        )
        try:
            verified = [shot.shot_id for shot in shots if self._shot(writer, shot) and shot.stage == VERIFIED]
            writer.commit()
            writer.mark_verified(verified)
            writer.finish()
        finally:
            writer.close()

    def _shot(self, writer: PackWriter, shot: ShotCopy) -> bool:
        self.step()
        held = {of: (blob_path(blob.blob_id), size) for of, blob, _, size in shot.blobs}
        try:
            pieces = self._pieces(shot, *held[BlobKind.ORIGINAL][:1], BlobKind.ORIGINAL)
            _, sha256 = writer.add_shot(shot.name, shot.size_bytes, shot.mtime_ms, pieces, shot_id=shot.shot_id)
            pictures = {
                of: b"".join(self._pieces(shot, path, of)) for of, (path, _) in held.items() if of != BlobKind.ORIGINAL
            }
        except (Damaged, KeyError):
            return self._lost(shot)
        facts = msgspec.json.decode(shot.facts, type=PhotoFacts)
        writer.set_renditions(
            shot.shot_id, pictures.get(BlobKind.THUMBNAIL), pictures.get(BlobKind.SCREEN), facts, shot.reason
        )
        if sha256 != shot.sha256 or writer.read_back(shot.shot_id) != shot.sha256:
            return self._lost(shot)
        self.files += len(held)
        self.size_bytes += shot.size_bytes
        self.waiting.add(shot.shot_id)
        return True

    def _pieces(self, shot: ShotCopy, path: str, kind: BlobKind) -> Iterator[bytes]:
        with self.opened.target.open(path) as stream:
            yield from open_blob(stream, shot.key, self.opened.run.clinic_id, kind)

    def _lost(self, shot: ShotCopy) -> bool:
        problem = Damaged(
            "shot_not_in_backup",
            f"The shot {shot.shot_id} of the inbox is damaged or missing in the backup.",
            "Use another backup, or restore everything else with --anyway.",
            photo_id=shot.shot_id,
        )
        if not self.anyway:
            raise problem from None
        self.problems.append(problem)
        return False
