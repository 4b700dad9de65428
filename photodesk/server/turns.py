"""Pushes of one clinic, one after the other, many at a time: what waits while a transaction is written goes into the
next one together.

A clinic's order is one counter, so its pushes can only follow each other. Whoever comes first leads: it writes what is
waiting in one transaction, wakes those it wrote for, and hands the lead to the first that came meanwhile. Nobody who
waits holds a connection of the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from photodesk.server.clinics import Contact
from photodesk.sync.line import Pushed
from photodesk.sync.parcels import OperationHead, Parcel

MOST_AT_ONCE = 40


@dataclass(eq=False)
class Job:
    """One push: what was checked before, and what became of it."""

    contact: Contact
    parcel: Parcel
    heads: Sequence[OperationHead]
    operations: Sequence[bytes]
    taken: Pushed | None = None
    failed: Exception | None = None
    leads: bool = False
    woken: threading.Event = field(default_factory=threading.Event)

    @property
    def size_bytes(self) -> int:
        """What it adds to the clinic's room."""
        return sum(map(len, self.operations)) + len(self.parcel.record)


class Turns:
    """The queues of one process. `write` writes jobs of one clinic in one transaction, and fills in what became."""

    def __init__(self, write: Callable[[str, Sequence[Job]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Job]] = {}

    def push(self, job: Job) -> Pushed:
        """Wait for a turn; what the push came to, or its refusal."""
        clinic_id = job.contact.clinic_id
        with self._lock:
            job.leads = clinic_id not in self._waiting
            self._waiting.setdefault(clinic_id, []).append(job)
        if not job.leads:
            job.woken.wait()
        if job.leads:
            self._lead(clinic_id)
        if job.failed is not None:
            raise job.failed
        if job.taken is None:
            raise RuntimeError("a push without an end")
        return job.taken

    def _lead(self, clinic_id: str) -> None:
        with self._lock:
            batch, rest = self._waiting[clinic_id][:MOST_AT_ONCE], self._waiting[clinic_id][MOST_AT_ONCE:]
            self._waiting[clinic_id] = rest
        try:
            self._write(clinic_id, batch)
        except Exception as error:  # noqa: BLE001 - nothing of the batch was kept: everybody in it is told the same
            for job in batch:
                job.taken, job.failed = None, error
        with self._lock:
            if rest := self._waiting[clinic_id]:
                rest[0].leads = True
                rest[0].woken.set()
            else:
                del self._waiting[clinic_id]
        for job in batch:
            job.woken.set()
