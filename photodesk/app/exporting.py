"""An export as a command makes it: checked first, logged, then written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from photodesk.app.command_desk import CommandDesk
from photodesk.app.comparing import one_patient
from photodesk.app.fetching import fetch_first
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.export import Exported, ExportItem, export_attachments, export_photos


def export_chosen(
    desk: CommandDesk, photo_ids: Sequence[str], folder: Path, purpose: str, recipient: str, *, originals: bool
) -> tuple[str, tuple[Exported, ...]]:
    """(disclosure id, written files); ids may be photos' or, with `originals`, attachments'.

    Fixable `folder_unusable`, `photo_unknown`, `different_patients`, `attachment_only_original`.
    """
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
    attachments = session.disclosures.attachments(patient_id, chosen)
    if attachments and not originals:
        raise Fixable("attachment_only_original", "A video or sidecar leaves only as it is.", "Export with --original.")
    photos = [session.photo_edit.photo(photo_id) for photo_id in chosen if photo_id not in attachments]
    items = [ExportItem(photo.photo_id, years[photo.visit_id]) for photo in photos]
    fetch_first(desk, patient_id, chosen)
    leave = session.disclosures.disclose(
        patient_id, chosen, purpose, recipient, rendition="original" if originals else "stripped", screen="export"
    )
    assert desk.decoder is not None, "exporting needs a decoder"  # noqa: S101 - the command asked for one
    place = folder.resolve()
    written = export_photos(session.disclosures, leave, items, place, desk.decoder, originals=originals)
    return leave.disclosure_id, written + export_attachments(session.disclosures, leave, attachments, years, place)
