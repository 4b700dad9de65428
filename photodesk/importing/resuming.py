"""Imports that a lock, a kill or a pulled card broke off: what a person is offered to go on with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from photodesk.importing.job import Assignment
from photodesk.importing.workplace import JobRecord, Workplace
from photodesk.store.catalog import Job

INTERRUPTED = frozenset({"running", "interrupted"})


@dataclass(frozen=True)
class UnfinishedImport:
    """An order that has not come to its end; giving it again goes on where it stopped. `paths` may be gone.

    `card_id` names the card of the register it was on, "" for a plain folder.
    """

    job_id: str
    paths: tuple[Path, ...]
    assignment: Assignment | None
    started_at_ms: int
    card_id: str = ""
    again: bool = False


def order_of(job: Job) -> UnfinishedImport:
    """The order as the catalog keeps it; Damaged where it cannot be read."""
    record = JobRecord.parse(job.source)
    paths = tuple(Path(os.fsdecode(source)) for source in record.source_bytes)
    return UnfinishedImport(job.job_id, paths, record.assignment, job.started_at_ms, record.card, record.again)


def unfinished_imports(workplace: Workplace) -> tuple[UnfinishedImport, ...]:
    """Newest first."""
    found = [order_of(job) for job in workplace.catalog.jobs(unfinished_only=True) if job.state in INTERRUPTED]
    return tuple(sorted(found, key=lambda one: -one.started_at_ms))
