"""The log to a file: as CSV, FHIR or DICOM for another system, and for a patient as a page to read.

A file is written beside its place, entry by entry, and takes it only when it is whole; nothing is overwritten. What is
written was asked of the log with an entry that says in which form it leaves.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from photodesk.desk.activity import ActivityDesk, ActivityLine, ActivityQuery
from photodesk.errors import Fixable
from photodesk.export.who_saw import seen_by, who_saw_pdf
from photodesk.log import audit_csv, audit_dicom, audit_fhir
from photodesk.patients import Patient
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.files import disk_full

EXPORT = "export"
PATIENT_REPORT = "report for the patient"
TELL_EVERY = 2_000


class LogForm(StrEnum):
    """What the file is."""

    CSV = "csv"
    FHIR = "fhir"
    DICOM = "dicom"

    @property
    def extension(self) -> str:
        """The usual ending of such a file."""
        return {LogForm.CSV: "csv", LogForm.FHIR: "ndjson", LogForm.DICOM: "xml"}[self]


@dataclass(frozen=True)
class WrittenLog:
    """A written file. `sha256` is hex."""

    path: Path
    entries: int
    sha256: str


def export_log(
    activity: ActivityDesk,
    query: ActivityQuery,
    form: LogForm,
    path: Path,
    report: Report = silent,
    cancel: Cancel | None = None,
) -> WrittenLog:
    """Every entry that answers, oldest first; the limit of the question is not asked about.

    Fixable `file_exists`, `disk_full`; Refused `no_right`; Cancelled leaves no file.
    """
    refuse_taken(path)
    reading = activity.ask(replace(query, limit=None), EXPORT, {"format": form.value})
    total = reading.summary().total
    pieces = 0

    def counted() -> Iterator[bytes]:
        nonlocal pieces
        for text in _texts(form, reading.oldest_first(), activity.clinic_id):
            pieces += 1
            if pieces % TELL_EVERY == 0:
                report(Progress("export", min(pieces, total), total))
                if cancel is not None:
                    cancel.check()
            yield text.encode("utf-8")

    digest = _write(path, counted())
    return WrittenLog(path, pieces - _EXTRA[form], digest)


def export_who_saw(
    activity: ActivityDesk, patient: Patient, path: Path, clinic: str, made_at_ms: int, since_ms: int | None = None
) -> WrittenLog:
    """The report for a patient as a PDF. Errors as `export_log`."""
    refuse_taken(path)
    data, entries = who_saw_report(activity, patient, clinic, made_at_ms, since_ms)
    return WrittenLog(path, entries, _write(path, iter([data])))


def who_saw_report(
    activity: ActivityDesk, patient: Patient, clinic: str, made_at_ms: int, since_ms: int | None = None
) -> tuple[bytes, int]:
    """The PDF and how many days of persons it tells, after a `LOG_READ` entry about the patient."""
    query = ActivityQuery(patient_id=patient.patient_id, since_ms=since_ms, limit=None)
    reading = activity.ask(query, PATIENT_REPORT)
    seen = seen_by(reading.oldest_first(), names_staff=activity.policy.names_staff)
    since = None if since_ms is None else datetime.fromtimestamp(since_ms / 1000).date()
    intact = activity.check().intact
    return who_saw_pdf(patient, seen, clinic, made_at_ms, since, intact=intact), len(seen)


def refuse_taken(path: Path) -> None:
    """Fixable `file_exists` where there is something, `folder_missing` where there is no folder to write in."""
    if path.exists():
        raise Fixable("file_exists", "There is a file of this name already.", "Choose another name.")
    if not path.parent.is_dir():
        raise Fixable("folder_missing", "The folder to write in is not there.", "Make it, or choose another.")


def _write(path: Path, pieces: Iterator[bytes]) -> str:
    """Beside its place first; the SHA-256 of what was written. A file that is not whole is not left."""
    aside, digest = path.with_name(f".{path.name}.{os.getpid()}.new"), hashlib.sha256()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        with os.fdopen(os.open(aside, flags, 0o600), "wb") as file:
            for data in pieces:
                digest.update(data)
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        refuse_taken(path)
        aside.replace(path)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise disk_full(0) from None
        why = os.strerror(error.errno or errno.EIO)
        raise Fixable("file_refused", f"The file cannot be written ({why}).", "Choose another place.") from None
    finally:
        aside.unlink(missing_ok=True)
    return digest.hexdigest()


_EXTRA = {LogForm.CSV: 1, LogForm.FHIR: 0, LogForm.DICOM: 2}


def _texts(form: LogForm, lines: Iterator[ActivityLine], clinic_id: str) -> Iterator[str]:
    if form is LogForm.CSV:
        yield audit_csv.header()
        yield from (audit_csv.line(line) for line in lines)
    elif form is LogForm.FHIR:
        yield from (audit_fhir.line(line, clinic_id) for line in lines)
    else:
        yield audit_dicom.BEGIN
        yield from (audit_dicom.line(line, clinic_id) for line in lines)
        yield audit_dicom.END
