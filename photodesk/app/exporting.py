"""An export as a command makes it: checked first, logged, then written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from photodesk.app.command_desk import CommandDesk
from photodesk.app.comparing import one_patient
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.export import Exported, ExportItem, export_photos


def export_chosen(
    desk: CommandDesk, photo_ids: Sequence[str], folder: Path, purpose: str, recipient: str, *, originals: bool
) -> tuple[str, tuple[Exported, ...]]:
    """(disclosure id, written files). Fixable `folder_unusable`, `photo_unknown`, `different_patients`."""
    session = desk.session
    session.require(Right.EXPORT)
    chosen = tuple(dict.fromkeys(photo_ids))
    patient_id = one_patient(session, chosen)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Fixable("folder_unusable", "The folder cannot be made.", "Choose another folder.") from None
    if folder.resolve().is_relative_to(session.layout.root.resolve()):
        raise Fixable("folder_unusable", "That folder lies inside the store.", "Choose another folder.")
    years = {visit.visit_id: visit.day.year for visit in session.visits.of_patient(patient_id)}
    photos = [session.photo_edit.photo(photo_id) for photo_id in chosen]
    items = [ExportItem(photo.photo_id, years[photo.visit_id]) for photo in photos]
    leave = session.disclosures.disclose(
        patient_id, chosen, purpose, recipient, rendition="original" if originals else "stripped", screen="export"
    )
    assert desk.decoder is not None, "exporting needs a decoder"  # noqa: S101 - the command asked for one
    written = export_photos(session.disclosures, leave, items, folder.resolve(), desk.decoder, originals=originals)
    return leave.disclosure_id, written
