"""Attachments (videos, sidecars) to a folder, byte by byte and in pieces, each against a disclosure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from photodesk.desk.disclosure import Disclosure
from photodesk.errors import Damaged
from photodesk.export.names import attachment_name, free_path
from photodesk.export.photos import Exported
from photodesk.export.whole_file import write_proven
from photodesk.photos import Attachment


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
        sent, _ = write_proven(path, source.attachment_pieces(disclosure, attachment_id))
        if sent != original.sha256:
            path.unlink(missing_ok=True)
            raise Damaged("original_damaged", f"The attachment {attachment_id} is damaged.", photo_id=attachment_id)
        written.append(Exported(attachment_id, path, sent))
    return tuple(written)
