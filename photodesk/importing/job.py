"""What an import is: its order, the outcome of each file, and the document a command prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from photodesk.importing.scan import is_unread

NO_PICTURE = "This file is no still picture; it is kept as it is."


class Stage(StrEnum):
    """How far a file got, in order."""

    FOUND = "found"
    COPIED = "copied"
    VERIFIED = "verified"
    ASSIGNED = "assigned"
    FILED = "filed"


SAFE_STAGES = frozenset({Stage.VERIFIED, Stage.ASSIGNED, Stage.FILED})


class FileState(StrEnum):
    """The one state a file is counted under."""

    FILED = "filed"
    ASSIGNED = "assigned"
    VERIFIED = "verified"
    LABEL = "label"
    DUPLICATE = "duplicate"
    KEPT_AS_IS = "kept_as_is"
    FAILED = "failed"


@dataclass(frozen=True)
class Assignment:
    """Whose photos these are, from which day, and where on the body, as far as said.

    `visit_id` names one visit where the patient has several that day.
    """

    patient_id: str
    day: date
    body_site: str = ""
    standard_view: str = ""
    visit_id: str = ""


@dataclass
class Outcome:
    """What became of one found file. `sha256` is hex, "" while unread; `where` says where a duplicate already is.

    `deleted_before`: its bytes were deleted from the store on purpose and were not taken in again. `mtime_ms` is the
    file's time when it was listed.
    """

    source: int
    name: str
    size_bytes: int
    sha256: str = ""
    stage: Stage = Stage.FOUND
    shot_id: str = ""
    photo_id: str = ""
    duplicate: bool = False
    label: bool = False
    undecodable: str = ""
    failure: str = ""
    where: str = ""
    deleted_before: bool = False
    mtime_ms: int = 0

    @property
    def state(self) -> FileState:
        """Undecodable wins, then duplicate, failed, label, then the stage."""
        if self.undecodable and (self.duplicate or self.stage in SAFE_STAGES):
            return FileState.KEPT_AS_IS
        if self.duplicate:
            return FileState.DUPLICATE
        if (self.failure and self.stage not in SAFE_STAGES) or self.stage in (Stage.FOUND, Stage.COPIED):
            return FileState.FAILED
        if self.label:
            return FileState.LABEL
        return FileState(self.stage.value)

    @property
    def is_safe(self) -> bool:
        """Whether these bytes are proven to be in the store."""
        return self.stage in SAFE_STAGES

    @property
    def reason(self) -> str:
        """Plain words on why the state is what it is; "" where it needs none."""
        state = self.state
        if state is FileState.KEPT_AS_IS:
            return self.undecodable
        if state is FileState.DUPLICATE:
            return self.where
        if state is FileState.FAILED:
            return self.failure or "The copy ended before this file was safe. Import again to copy it."
        return self.failure

    def document(self) -> dict[str, Any]:
        """The file's object on the command line."""
        return {
            "name": self.name,
            "bytes": self.size_bytes,
            "sha256": self.sha256 or None,
            "state": self.state.value,
            "stage": self.stage.value,
            "photo_id": self.photo_id or None,
            "reason": self.reason or None,
        }


@dataclass(frozen=True)
class Stop:
    """Why a job ended before its last file: a stable code, what happened, what to do."""

    code: str
    message: str
    remedy: str = ""


@dataclass
class ImportResult:
    """A job at its end. `skipped` are links, devices and unreadable folders, each (name, why)."""

    job_id: str
    outcomes: list[Outcome]
    skipped: list[tuple[str, str]] = field(default_factory=list)
    stopped: Stop | None = None
    receipt: dict[str, Any] | None = None
    erased: list[dict[str, Any]] | None = None
    not_erased: Stop | None = None
    copied_ms: int = 0
    copied_bytes: int = 0
    renditions_ms: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many files are in each state."""
        counts = {state.value: 0 for state in FileState}
        for outcome in self.outcomes:
            counts[outcome.state.value] += 1
        return counts

    @property
    def unread(self) -> list[tuple[str, str]]:
        """Folders that could not be listed: nobody knows what is in them."""
        return [(name, why) for name, why in self.skipped if is_unread(why)]

    @property
    def all_safe(self) -> bool:
        """Whether every file is proven to be in the store, and nothing was left unread."""
        return self._whole and all(outcome.is_safe for outcome in self.outcomes)

    @property
    def erasable(self) -> bool:
        """Whether the safe files may be erased: all others were deleted from the store on purpose, and stay."""
        safe = [outcome.is_safe for outcome in self.outcomes]
        return self._whole and any(safe) and all(one.is_safe or one.deleted_before for one in self.outcomes)

    @property
    def _whole(self) -> bool:
        return bool(self.outcomes) and self.stopped is None and not self.unread

    @property
    def exit_code(self) -> int:
        """0 when no file failed, every folder was read and what was to be erased was."""
        kept = self.not_erased is not None or any(not one["erased"] for one in self.erased or ())
        return 1 if self.counts["failed"] or self.stopped is not None or self.unread or kept else 0

    def document(self) -> dict[str, Any]:
        """The command line's JSON."""
        document: dict[str, Any] = {
            "job_id": self.job_id,
            "counts": self.counts,
            "files": [outcome.document() for outcome in self.outcomes],
            "receipt": self.receipt,
            "skipped": [{"name": name, "reason": why} for name, why in self.skipped],
            "stopped": _stop_document(self.stopped),
        }
        if self.erased is not None:
            document["erased"] = self.erased
        if self.not_erased is not None:
            document["not_erased"] = _stop_document(self.not_erased)
        return document


def _stop_document(stop: Stop | None) -> dict[str, str] | None:
    return None if stop is None else {"code": stop.code, "message": stop.message, "remedy": stop.remedy}
