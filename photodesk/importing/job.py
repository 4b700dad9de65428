"""What an import is: its order, the outcome of each file, and the document a command prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

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
    """Whose photos these are, from which day, and where on the body, as far as said."""

    patient_id: str
    day: date
    body_site: str = ""
    standard_view: str = ""


@dataclass
class Outcome:
    """What became of one found file. `sha256` is hex, "" while unread; `where` says where a duplicate already is."""

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
    copied_ms: int = 0
    copied_bytes: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many files are in each state."""
        counts = {state.value: 0 for state in FileState}
        for outcome in self.outcomes:
            counts[outcome.state.value] += 1
        return counts

    @property
    def all_safe(self) -> bool:
        """Whether every file is proven to be in the store, and nothing was left unread."""
        return bool(self.outcomes) and self.stopped is None and all(outcome.is_safe for outcome in self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 when no file failed."""
        return 1 if self.counts["failed"] or self.stopped is not None else 0

    def document(self) -> dict[str, Any]:
        """The command line's JSON."""
        document: dict[str, Any] = {
            "job_id": self.job_id,
            "counts": self.counts,
            "files": [outcome.document() for outcome in self.outcomes],
            "receipt": self.receipt,
            "skipped": [{"name": name, "reason": why} for name, why in self.skipped],
            "stopped": None,
        }
        if self.stopped is not None:
            document["stopped"] = {
                "code": self.stopped.code,
                "message": self.stopped.message,
                "remedy": self.stopped.remedy,
            }
        if self.erased is not None:
            document["erased"] = self.erased
        return document
