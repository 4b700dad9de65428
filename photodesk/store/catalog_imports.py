"""Imports in the catalog: jobs, who their shots were assigned to, and which bytes are already known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from photodesk import ids
from photodesk.errors import Fixable
from photodesk.store.catalog_visits import CatalogVisits
from photodesk.store.change import Change
from photodesk.store.operations import Scope
from photodesk.store.projection import Edit

DONE = "done"
_HEAD = "job_id, starter_id, started_at_ms, state, source"
_JOB = f"{_HEAD}, summary"


class ContentState(StrEnum):
    """Where the bytes of a content id are."""

    FILED = "filed"
    INBOX = "inbox"
    DELETED = "deleted"


@dataclass(frozen=True)
class KnownContent:
    """Bytes that need no copy. `deleted`: removed on purpose, and not to come back from an old card."""

    content_id: bytes
    state: ContentState
    patient_id: str = ""
    photo_id: str = ""
    job_id: str = ""


@dataclass(frozen=True)
class Job:
    """One import. `state` is the importer's word, `done` when nothing is left to do; `summary` is its text."""

    job_id: str
    starter_id: str
    started_at_ms: int
    state: str
    source: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Assignment:
    """Shots of one job belong to a visit. `sealed` holds site and view, sealed to the inbox public key.

    `clock` orders assignments: of two for the same shot the later one holds.
    """

    assignment_id: str
    job_id: str
    shot_ids: tuple[str, ...]
    patient_id: str
    visit_id: str
    sealed: bytes
    person_id: str
    clock: int


class CatalogImports(CatalogVisits):
    """The catalog's jobs, assignments and content ids."""

    def start_job(self, change: Change, job: Job) -> Job:
        """Remember a new import."""
        fields = {
            "starter_id": job.starter_id,
            "started_at_ms": job.started_at_ms,
            "state": job.state,
            "source": job.source,
            "summary": job.summary,
        }
        with self.ledger.writing(change) as writing:
            writing.record(Scope(), Edit("job", job.job_id, "add", fields))
        return job

    def update_job(
        self,
        change: Change,
        job_id: str,
        *,
        state: str | None = None,
        summary: str | None = None,
        source: str | None = None,
    ) -> Job:
        """Change an import's state, summary or source; Fixable `job_unknown`."""
        with self.ledger.writing(change) as writing:
            before = self.job(job_id)
            changed = {
                name: value
                for name, value, old in (
                    ("state", state, before.state),
                    ("summary", summary, before.summary),
                    ("source", source, before.source),
                )
                if value is not None and value != old
            }
            if changed:
                writing.record(Scope(), Edit("job", job_id, "set", changed))
            return self.job(job_id)

    def job(self, job_id: str) -> Job:
        """One import; Fixable `job_unknown`."""
        row = self.ledger.database.row(f"SELECT {_JOB} FROM job WHERE job_id = ?", (job_id,))  # noqa: S608
        if row is None:
            raise Fixable("job_unknown", "There is no such import.", "List the imports with `photodesk inbox`.")
        return Job(*row)

    def has_job(self, job_id: str) -> bool:
        """Whether the catalog knows an import."""
        return self.ledger.database.row("SELECT 1 FROM job WHERE job_id = ?", (job_id,)) is not None

    def jobs(self, unfinished_only: bool = False) -> list[Job]:
        """Imports, newest first, without their summaries: a finished one's is its whole document (see `job`)."""
        rows = self.ledger.database.rows(
            f"SELECT {_HEAD} FROM job WHERE NOT ? OR state <> ? ORDER BY started_at_ms DESC, rowid DESC",  # noqa: S608
            (unfinished_only, DONE),
        )
        return [Job(*row) for row in rows]

    def jobs_of(self, job_ids: Iterable[str]) -> list[Job]:
        """These imports as far as the catalog knows them, the oldest first, without their summaries."""
        wanted = msgspec.json.encode(list(job_ids)).decode("ascii")
        rows = self.ledger.database.rows(
            f"SELECT {_HEAD} FROM job WHERE job_id IN (SELECT value FROM json_each(?))"  # noqa: S608
            " ORDER BY started_at_ms, rowid",
            (wanted,),
        )
        return [Job(*row) for row in rows]

    def assign(
        self, change: Change, job_id: str, shot_ids: Sequence[str], patient_id: str, visit_id: str, sealed: bytes
    ) -> Assignment:
        """The signed decision that shots belong to a visit. Fixable for an unknown job, patient or visit."""
        with self.ledger.writing(change) as writing:
            self.job(job_id)
            self.patient(patient_id)
            visit = self.visit(visit_id)
            if visit.patient_id != patient_id:
                raise Fixable("visit_of_another", "That visit is another patient's.", "Choose a visit of this patient.")
            if visit.cancelled:  # it took place after all
                writing.record(self.scope(patient_id), Edit("visit", visit_id, "set", {"cancelled": 0}))
            assignment_id = ids.ordered_id(self.clock.wall_ms())
            place = self._next_place(job_id)
            fields = {
                "job_id": job_id,
                "shot_ids": list(shot_ids),
                "patient_id": patient_id,
                "visit_id": visit_id,
                "sealed": sealed,
                "person_id": change.actor,
                "clock": place,
            }
            writing.record(self.scope(patient_id), Edit("assignment", assignment_id, "add", fields))
        return Assignment(assignment_id, job_id, tuple(shot_ids), patient_id, visit_id, sealed, change.actor, place)

    def _next_place(self, job_id: str) -> int:
        row = self.ledger.database.row("SELECT max(clock) FROM assignment WHERE job_id = ?", (job_id,))
        return max((int(row[0]) if row and row[0] else 0) + 1, self.clock.wall_ms() << 16)

    def assignments(self, job_id: str) -> list[Assignment]:
        """Assignments of a job in the order they were made."""
        rows = self.ledger.database.rows(
            "SELECT assignment_id, job_id, shot_ids, patient_id, visit_id, sealed, person_id, clock FROM assignment"
            " WHERE job_id = ? ORDER BY clock, assignment_id",
            (job_id,),
        )
        return [_assignment_of(row) for row in rows]

    def assignments_since(self, job_id: str, row: int) -> tuple[list[Assignment], int]:
        """Assignments of a job that the catalog took in after `row` (0: all), and the row to ask after next time."""
        rows = self.ledger.database.rows(
            "SELECT assignment_id, job_id, shot_ids, patient_id, visit_id, sealed, person_id, clock, rowid"
            " FROM assignment WHERE job_id = ? AND rowid > ? ORDER BY clock, assignment_id",
            (job_id, row),
        )
        return [_assignment_of(row[:-1]) for row in rows], max((int(row[-1]) for row in rows), default=row)

    def known(self, content_id: bytes) -> KnownContent | None:
        """Where these bytes already are, or None."""
        row = self.ledger.database.row(
            "SELECT content_id, state, patient_id, photo_id, job_id FROM content WHERE content_id = ?", (content_id,)
        )
        return None if row is None else KnownContent(bytes(row[0]), ContentState(row[1]), *row[2:])

    def forget_deleted(self, content_id: bytes) -> None:
        """These bytes may be taken in again, because a person asked for it."""
        with self.ledger.database.transaction() as connection:
            connection.execute("DELETE FROM content WHERE content_id = ? AND state = 'deleted'", (content_id,))

    def contents(self, state: ContentState) -> list[KnownContent]:
        """All content ids in a state."""
        rows = self.ledger.database.rows(
            "SELECT content_id, state, patient_id, photo_id, job_id FROM content WHERE state = ?", (state.value,)
        )
        return [KnownContent(bytes(row[0]), ContentState(row[1]), *row[2:]) for row in rows]

    def record_content(self, known: Iterable[KnownContent]) -> None:
        """Remember where bytes are. `filed` outranks `inbox`; `deleted` outranks both and stays."""
        with self.ledger.database.transaction() as connection:
            connection.executemany(
                "INSERT INTO content VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state,"
                " patient_id = excluded.patient_id, photo_id = excluded.photo_id, job_id = excluded.job_id"
                " WHERE content.state <> 'deleted' AND (content.state = 'inbox' OR excluded.state <> 'inbox')",
                [(c.content_id, c.state.value, c.patient_id, c.photo_id, c.job_id) for c in known],
            )


def _assignment_of(row: Any) -> Assignment:
    assignment_id, job_id, shot_ids, patient_id, visit_id, sealed, person_id, clock = row
    shots = tuple(msgspec.json.decode(shot_ids, type=list[str]))
    return Assignment(assignment_id, job_id, shots, patient_id, visit_id, bytes(sealed), person_id, int(clock))
