"""Filing what waits in the inbox: what a person assigns there, and at sign-in what others assigned."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing

from photodesk.errors import Damaged
from photodesk.imaging import Decoder
from photodesk.importing.adopting import adopt_packs
from photodesk.importing.filing import Filing
from photodesk.importing.job import Assignment
from photodesk.importing.running import visit_on_day
from photodesk.importing.unread import UnreadShots
from photodesk.importing.workplace import JobRecord, Workplace
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.pack_files import emptied_jobs
from photodesk.store.packs import pack_numbers, packed_jobs

Part = tuple[Assignment, Sequence[str] | None]


class InboxFiling:
    """Assigns and files shots of jobs whose copy is over."""

    def __init__(self, workplace: Workplace, decoder: Decoder | None) -> None:
        self._workplace = workplace
        self._decoder = decoder
        self._hand = threading.RLock()
        self._active: set[str] = set()
        self._unread = UnreadShots(workplace, decoder, self._hand, self._active.__contains__)

    def read_unread(self, job_id: str, report: Report = silent, cancel: Cancel | None = None) -> int:
        """Look at shots that were copied and not read (the import was stopped): how many; packs of others stay.

        They get their previews, and what cards among them say is known. Beside other work of the desk.
        """
        return self._unread.read(job_id, None, report, cancel)

    def file_shots(
        self,
        job_id: str,
        assignment: Assignment,
        shot_ids: Sequence[str] | None = None,
        report: Report = silent,
        cancel: Cancel | None = None,
    ) -> list[str]:
        """Assign shots of the inbox (all of the job without `shot_ids`) and file them where charts open: photo ids."""
        return self.file_parts(job_id, ((assignment, shot_ids),), report, cancel)

    def file_parts(
        self, job_id: str, parts: Sequence[Part], report: Report = silent, cancel: Cancel | None = None
    ) -> list[str]:
        """As `file_shots` for several decisions at once (sites and views differ): assigned all, then filed."""
        self._workplace.catalog.job(job_id)
        every = any(shot_ids is None for _, shot_ids in parts)
        wanted = None if every else {one for _, shot_ids in parts for one in shot_ids or ()}
        self._unread.read(job_id, wanted, report, cancel)
        filing = Filing(self._workplace, job_id, self._decoder)
        with self._hand, closing(filing):
            waiting = self._take_packs(filing, job_id)
            for assignment, shot_ids in parts:
                chosen = None if shot_ids is None else set(shot_ids)
                self._assign(filing, [one for one in waiting if chosen is None or one in chosen], assignment)
            filing.queue_assigned()
            return self._file_all(filing, job_id, report, cancel or Cancel())

    def assign_parts(self, job_id: str, parts: Sequence[tuple[Assignment, Sequence[str]]]) -> None:
        """Only decide whose shots these are: while the copy goes on; `file_parts` without parts files them after it."""
        self._workplace.catalog.job(job_id)
        filing = Filing(self._workplace, job_id, self._decoder)
        with self._hand, closing(filing):
            for assignment, shot_ids in parts:
                self._assign(filing, list(shot_ids), assignment)

    def file_waiting(
        self, report: Report = silent, cancel: Cancel | None = None, skip_jobs: frozenset[str] = frozenset()
    ) -> int:
        """At sign-in, before a chart is shown: make killed importers' packs whole, file what was assigned.

        `skip_jobs` are those whose importer runs. How many shots were filed. What cannot be filed stays in the inbox;
        damage is an alarm and keeps nothing else from being filed.
        """
        filed = 0
        for job_id in packed_jobs(self._workplace.layout):
            if job_id in skip_jobs:
                continue
            filing = Filing(self._workplace, job_id, self._decoder)
            with self._hand, closing(filing):
                try:
                    self._assign(filing, self._take_packs(filing, job_id), self._ordered(job_id))
                    filing.queue_assigned()
                    filed += len(self._file_all(filing, job_id, report, cancel or Cancel()))
                except Damaged as damage:
                    self._workplace.alarm(damage)
        for job_id in emptied_jobs(self._workplace.layout):
            if job_id not in skip_jobs:
                adopt_packs(self._workplace, job_id)  # a kill may have left a seal of nothing
        return filed

    def _take_packs(self, filing: Filing, job_id: str) -> list[str]:
        """Adopt a job's packs: ids of the shots in them whose bytes are not known yet."""
        shot_ids: list[str] = []
        for number in adopt_packs(self._workplace, job_id):
            shot_ids += [taken.shot.shot_id for taken in filing.take(number) if taken.known is None]
        return shot_ids

    def _ordered(self, job_id: str) -> Assignment | None:
        """What the job's order said about patient and day; it holds for packs that were left, too."""
        job = next((one for one in self._workplace.catalog.jobs() if one.job_id == job_id), None)
        ordered = JobRecord.parse(job.source).assignment if job is not None else None
        hidden = self._workplace.catalog.hidden_patients()
        return None if ordered is None or ordered.patient_id in hidden else ordered

    def _assign(self, filing: Filing, shot_ids: list[str], assignment: Assignment | None) -> None:
        if assignment is not None and shot_ids:
            visit_id = visit_on_day(self._workplace, assignment)
            filing.assign(shot_ids, assignment.patient_id, visit_id, assignment.body_site, assignment.standard_view)

    def _file_all(self, filing: Filing, job_id: str, report: Report, cancel: Cancel) -> list[str]:
        total = filing.waiting
        photo_ids: list[str] = []
        while not cancel.requested and filing.waiting:
            try:
                photo_ids += [filed.photo_id for filed in filing.file_some()]
            except Damaged as damage:
                self._workplace.alarm(damage)
                continue
            report(Progress("Filing photos", len(photo_ids), total))
        filing.close()
        self._close_job(job_id)
        return photo_ids

    def _close_job(self, job_id: str) -> None:
        """A job whose copy is over and whose packs are empty is done."""
        catalog = self._workplace.catalog
        for job in catalog.jobs_of([job_id]):
            if job.state == "copied" and not pack_numbers(self._workplace.layout, job_id):
                catalog.update_job(self._workplace.change("import"), job_id, state="done")
