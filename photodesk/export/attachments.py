"""Attachments (videos, sidecars) to a folder, byte by byte and in pieces, each against a disclosure."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from photodesk.desk.disclosure import Disclosure
from photodesk.errors import Damaged, Fixable
from photodesk.export.names import attachment_name, free_path
from photodesk.export.photos import Exported
from photodesk.photos import Attachment
from photodesk.store.files import in_words, sync_folder

_PIECE_BYTES = 1 << 20


class Source(Protocol):
    """What `desk.disclosure.DisclosureDesk` offers."""

    def attachment_pieces(self, disclosure: Disclosure, attachment_id: str) -> Iterator[bytes]:
        """The exact bytes of an attachment."""
        ...


def export_attachments(
    source: Source,
    disclosure: Disclosure,
    attachments: Mapping[str, Attachment],
    years: Mapping[str, int],
    folder: Path,
) -> tuple[Exported, ...]:
    """Write each attachment whole. `years`: that of each visit, for the name.

    `Damaged` where its bytes no longer have their hash, `Fixable` where the folder does not keep them: no file is left.
    """
    written: list[Exported] = []
    for attachment_id, attachment in attachments.items():
        original, year = attachment.original, years[attachment.visit_id]
        path = free_path(folder, attachment_name(disclosure.disclosure_id, disclosure.patient_id, original, year))
        try:
            sent = _write(path, source.attachment_pieces(disclosure, attachment_id))
            if sent != original.sha256:
                raise Damaged("original_damaged", f"The attachment {attachment_id} is damaged.", photo_id=attachment_id)
            if _read(path) != sent:
                raise Fixable("export_failed", "The folder did not keep the file's bytes.", "Choose another folder.")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        written.append(Exported(attachment_id, path, sent))
    return tuple(written)


def _write(path: Path, pieces: Iterator[bytes]) -> str:
    """SHA-256 hex of what was written and synced."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for piece in pieces:
                digest.update(piece)
                size += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        raise in_words(error, path.parent, size) from None
    return digest.hexdigest()


def _read(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
