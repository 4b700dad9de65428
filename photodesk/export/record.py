"""A patient's whole record in one folder, for the patient who asks for it.

Everything passes the one door: one durable `EXPORT` entry names every photo, the purpose and the recipient before the
first byte. Until all is written and read back a file in the folder says that it is not complete; it goes last.
`contents.json` lists every file with its SHA-256.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from photodesk.clock import rfc3339
from photodesk.desk.activity import ActivityQuery
from photodesk.desk.disclosure import Disclosure
from photodesk.desk.roles import Right
from photodesk.errors import Damaged, Fixable
from photodesk.export.log_export import LogForm, export_log, who_saw_report
from photodesk.export.names import attachment_name, extension_of, file_name, free_path
from photodesk.export.record_log import disclosures_csv
from photodesk.export.record_timeline import timeline_pdf
from photodesk.export.whole_file import write_proven
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.files import in_words, sync_folder

if TYPE_CHECKING:
    from photodesk.desk.session import Session
    from photodesk.desk.timeline import Timeline, TimelineVisit

PURPOSE, RECIPIENT = "patient's own request", "the patient"
INCOMPLETE = "NOT COMPLETE - do not hand out.txt"
_NOT_YET = "This record is not complete: writing it was interrupted. Delete this folder and export the record again.\n"
_CONSENTS = "This PhotoDesk does not keep consents yet: none are recorded for this patient.\n"
_NO_LOG = (
    "The list of disclosures and of who has seen the photos is not in this folder: the person who exported it may not"
    " read the activity log. A privacy officer gives it: photodesk log who-saw\n"
)


@dataclass(frozen=True)
class RecordFile:
    """One written file; `photo_id` and `original_id` where it is an original. `sha256` is hex."""

    path: str
    sha256: str
    size_bytes: int
    photo_id: str = ""
    original_id: str = ""


@dataclass
class ExportedRecord:
    """A folder that is complete."""

    folder: Path
    disclosure_id: str
    files: list[RecordFile] = field(default_factory=list)
    photos: int = 0
    with_log: bool = False


def export_record(
    session: Session,
    patient_id: str,
    folder: Path,
    clinic: str,
    purpose: str = PURPOSE,
    recipient: str = RECIPIENT,
    report: Report = silent,
    cancel: Cancel | None = None,
) -> ExportedRecord:
    """Write the record into a new or empty folder.

    Refused `no_right`; Fixable `original_not_here`, `folder_unusable`, `folder_not_empty`, `disk_full`,
    `log_not_writable`; Damaged `original_damaged`. Where it fails or is cancelled, the folder says that it is not
    complete.
    """
    session.require(Right.EXPORT)
    timeline = session.timeline.open(patient_id, screen="record")
    _prepare(session, folder)
    ids = [photo.photo_id for visit in timeline.visits for photo in visit.photos]
    ids += [one.original.original_id for visit in timeline.visits for one in visit.attachments]
    session.disclosures.require_here(patient_id, ids)
    leave = session.disclosures.disclose(patient_id, ids, purpose, recipient, rendition="record", screen="record")
    made = ExportedRecord(folder, leave.disclosure_id, [], timeline.photo_count, session.may(Right.READ_LOG))
    try:
        return _Writer(session, timeline, leave, made, clinic, report, cancel or Cancel()).write(purpose, recipient)
    finally:
        session.timeline.close(patient_id)


class _Writer:
    """Writes one record."""

    def __init__(
        self,
        session: Session,
        timeline: Timeline,
        leave: Disclosure,
        made: ExportedRecord,
        clinic: str,
        report: Report,
        cancel: Cancel,
    ) -> None:
        self._session = session
        self._timeline = timeline
        self._leave = leave
        self._made = made
        self._clinic = clinic
        self._report = report
        self._cancel = cancel
        self._total = sum(len(visit.photos) + len(visit.attachments) for visit in timeline.visits)
        self._done = 0

    def write(self, purpose: str, recipient: str) -> ExportedRecord:
        """Originals first, then what is told about them, the list of contents last."""
        folder = self._made.folder
        warning = folder / INCOMPLETE
        write_proven(warning, [_NOT_YET.encode()])
        for visit in self._timeline.visits:
            self._originals(visit)
            self._attachments(visit)
        session, now_ms = self._session, self._session.clock.wall_ms()
        notes = session.patients.all_notes(self._leave.patient_id)
        picture = self._picture
        self._keep("timeline.pdf", [timeline_pdf(self._timeline, notes, self._clinic, now_ms, picture)])
        self._keep("consents.txt", [_CONSENTS.encode()])
        self._log(now_ms)
        self._keep("contents.txt", [self._contents(purpose, recipient).encode()])
        self._keep("contents.json", [msgspec.json.format(msgspec.json.encode(self._listed(purpose, recipient)))])
        self._tell("Complete")
        try:
            warning.unlink()
        except OSError as error:
            raise in_words(error, folder, 0) from None
        sync_folder(folder)
        return self._made

    def _originals(self, visit: TimelineVisit) -> None:
        folder = self._folder(visit)
        for photo in visit.photos:
            self._tell("Exporting the record")
            for original in photo.originals:
                extension = extension_of(original.media_type)
                year = visit.visit.day.year
                name = file_name(self._leave.disclosure_id, self._leave.patient_id, photo, year, extension)
                pieces = self._session.disclosures.original_pieces(self._leave, photo.photo_id, original.original_id)
                path = free_path(folder, name)
                self._proven(path, pieces, original.sha256, photo.photo_id, original.original_id)
            self._done += 1

    def _attachments(self, visit: TimelineVisit) -> None:
        folder = self._folder(visit)
        for one in visit.attachments:
            self._tell("Exporting the record")
            original, patient_id = one.original, self._leave.patient_id
            name = attachment_name(self._leave.disclosure_id, patient_id, original, visit.visit.day.year)
            pieces = self._session.disclosures.attachment_pieces(self._leave, original.original_id)
            self._proven(free_path(folder, name), pieces, original.sha256, one.photo_id, original.original_id)
            self._done += 1

    def _proven(self, path: Path, pieces: Iterator[bytes], sha256: str, photo_id: str, original_id: str) -> None:
        sent, size = write_proven(path, self._stoppable(pieces))
        if sent != sha256:
            path.unlink(missing_ok=True)
            raise Damaged("original_damaged", f"The original {original_id} is damaged.", photo_id=photo_id)
        self._made.files.append(RecordFile(self._named(path), sent, size, photo_id, original_id))

    def _stoppable(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._cancel.check()
            yield piece

    def _log(self, now_ms: int) -> None:
        if not self._made.with_log:
            self._keep("disclosures.txt", [_NO_LOG.encode()])
            return
        activity = self._session.activity
        report, _ = who_saw_report(activity, self._timeline.patient, self._clinic, now_ms)
        self._keep("who-has-seen.pdf", [report])
        path = self._made.folder / "log.csv"
        query = ActivityQuery(patient_id=self._leave.patient_id, limit=None)
        log = export_log(activity, query, LogForm.CSV, path, cancel=self._cancel)
        self._made.files.append(RecordFile("log.csv", log.sha256, path.stat().st_size))
        self._keep("disclosures.csv", disclosures_csv(activity, self._leave.patient_id))

    def _keep(self, name: str, pieces: Iterable[bytes]) -> None:
        self._cancel.check()
        sha256, size = write_proven(self._made.folder / name, pieces)
        self._made.files.append(RecordFile(name, sha256, size))

    def _picture(self, photo_id: str) -> bytes:
        self._cancel.check()
        return self._session.disclosures.thumbnail(self._leave, photo_id)

    def _folder(self, visit: TimelineVisit) -> Path:
        folder = self._made.folder / "originals" / visit.visit.day.isoformat()
        if visit.photos or visit.attachments:
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise in_words(error, self._made.folder, 0) from None
        return folder

    def _named(self, path: Path) -> str:
        return path.relative_to(self._made.folder).as_posix()

    def _tell(self, what: str) -> None:
        self._cancel.check()
        self._report(Progress(what, self._done, self._total))

    def _listed(self, purpose: str, recipient: str) -> dict[str, Any]:
        return {
            "disclosure_id": self._made.disclosure_id,
            "patient_id": self._leave.patient_id,
            "entries": list(self._timeline.entries),
            "made_at": rfc3339(self._session.clock.wall_ms()),
            "purpose": purpose,
            "recipient": recipient,
            "photos": self._made.photos,
            "consents": [],
            "log": self._made.with_log,
            "files": [
                {"path": one.path, "sha256": one.sha256, "bytes": one.size_bytes}
                | ({"photo_id": one.photo_id or None, "original_id": one.original_id} if one.original_id else {})
                for one in self._made.files
            ],
        }

    def _contents(self, purpose: str, recipient: str) -> str:
        patient, made = self._timeline.patient, self._made
        deleted = len(self._session.corrections.deleted(patient.patient_id))
        log = (
            "who-has-seen.pdf  who has seen the photos, in words; log.csv: every entry; disclosures.csv: what left"
            if made.with_log
            else "disclosures.txt   says who gives the list of disclosures and of who has seen the photos"
        )
        born = f"born {patient.birth.isoformat()}, record number {patient.mrn}"
        lines = [
            f"The photo record of {patient.given} {patient.family}, {born}",
            *(
                f"With the entry of {one.patient.given} {one.patient.family}, record number {one.patient.mrn}"
                for one in self._timeline.merged
            ),
            f"Clinic: {self._clinic}",
            f"Purpose: {purpose}. For: {recipient}. Disclosure {made.disclosure_id}.",
            "",
            f"originals         {made.photos} photos and what belongs to them, byte by byte as they were taken in",
            "timeline.pdf      visits, photos small, and what is recorded about them",
            "consents.txt      consents",
            log,
            "contents.json     every file with its SHA-256",
        ]
        if deleted:
            lines += ["", f"{deleted} deleted photos that the clinic could still restore are not in this folder."]
        return "\n".join(lines) + "\n"


def _prepare(session: Session, folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError:
        raise Fixable("folder_unusable", "The folder cannot be made or read.", "Choose another folder.") from None
    if folder.resolve().is_relative_to(session.layout.root.resolve()):
        raise Fixable("folder_unusable", "That folder lies inside the store.", "Choose another folder.")
    if taken:
        raise Fixable("folder_not_empty", "A record needs a folder of its own.", "Choose a new or empty folder.")
