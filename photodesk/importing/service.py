"""Imports from the desk: start or resume a job, see it through, file what waits.

Everything here waits: a command calls it on its one thread, a window as long work beside its own, where `report` and
`outcomes` say how far it is. Both end in the same catalog, log and document.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

from photodesk import ids
from photodesk.imaging import Decoder
from photodesk.importing.adopting import adopt_packs
from photodesk.importing.cards import refuse_cards_in_demo
from photodesk.importing.closing import ImportClosing
from photodesk.importing.erasing import check_policy
from photodesk.importing.inbox_filing import InboxFiling
from photodesk.importing.job import Assignment, ImportResult, Outcome, Stop
from photodesk.importing.line import ChannelClosed, DeskLine
from photodesk.importing.pace import paced_report
from photodesk.importing.reading import Card
from photodesk.importing.resuming import INTERRUPTED, UnfinishedImport, order_of, unfinished_imports
from photodesk.importing.running import RunningImport
from photodesk.importing.scan import scan
from photodesk.importing.volume import Volume
from photodesk.importing.workplace import PACKS_A_RUN, CardAt, JobRecord, JobSummary, Workplace
from photodesk.progress import Cancel, Report, silent
from photodesk.protocol.importing import StartJob, StopCopying, Taken
from photodesk.store.catalog import Job
from photodesk.store.packs import pack_numbers

RESTARTS = 3
POLL_S = 0.25
Connect = Callable[[str], DeskLine]
STOPPED = Stop("cancelled", "The import was stopped.", "What was copied is kept. Import again for the rest.")
IMPORTER_ENDED = Stop(
    "importer_ended", "The import was interrupted before the last file.", "Import again: what is safe is kept."
)


class ImportService(InboxFiling):
    """All imports of one signed-in person, and what they left in the inbox.

    `connect(job_id)` starts an importer and gives the line to it; `volumes` tells what is mounted. Several imports
    may run at once, each on its own thread.
    """

    def __init__(
        self,
        workplace: Workplace,
        connect: Connect,
        decoder: Decoder | None = None,
        volumes: Callable[[], tuple[Volume, ...]] = tuple,
    ) -> None:
        super().__init__(workplace, decoder)
        self._connect = connect
        self.closing = ImportClosing(workplace, volumes)
        self._running: RunningImport | None = None
        self._here = threading.local()

    def outcomes(self) -> tuple[Outcome, ...]:
        """What is known of each file of the import that runs, for whoever hears its `report` (on the same thread)."""
        here: RunningImport | None = getattr(self._here, "running", self._running)
        return here.outcomes if here is not None else ()

    def active_jobs(self) -> frozenset[str]:
        """Jobs that `run` or `rejoin` see through at this moment."""
        return frozenset(self._active)

    def running_job_id(self) -> str:
        """The job of the import that runs, or ran last; "" before the first."""
        return self._running.job_id if self._running is not None else ""

    def unfinished(self) -> tuple[UnfinishedImport, ...]:
        """Imports that broke off, newest first; `run` with the same order goes on with one."""
        return unfinished_imports(self._workplace)

    def run(
        self,
        paths: Sequence[Path],
        assignment: Assignment | None = None,
        report: Report = silent,
        cancel: Cancel | None = None,
        *,
        erase: bool = False,
        again: bool = False,
        beside: bool = False,
        card: Card | None = None,
    ) -> ImportResult:
        """Import everything below `paths` and file it; an interrupted job of the same order is resumed.

        Fixable `path_missing`, Refused `demo_takes_no_cards` or `erase_needs_server` before anything starts; later
        faults are in the result. `erase` removes from the card what is proven to be stored, only when every file is.
        `again` takes in what was deleted on purpose; `beside` leaves the import that is shown the one that runs.
        """
        cancel = cancel or Cancel()
        sources = tuple(paths)
        found = scan(sources, self._workplace.layout.root).files
        refuse_cards_in_demo(sources, self._workplace.catalog.setting("demo"))
        if erase:
            check_policy(self._workplace)
        at = self.closing.notes.came_in(sources, found)
        job = self._begin(sources, assignment, at, again=again)
        running = RunningImport(self._workplace, job.job_id, assignment, self._decoder, again=again)
        with self._in_hand(running, beside=beside):
            left = self._adopt(running)
            for _ in range(RESTARTS):
                if self._see_through(running, self._start(self._workplace.catalog.job(job.job_id)), report, cancel):
                    break
                left = self._adopt(running)
            else:
                running.stop(IMPORTER_ENDED)
            if left:
                self._adopt(running, left)
                self._file_rest(running, report, cancel)
            result = self.closing.close(running.result(), found)
        if erase:
            self.closing.erase_at_end(result, sources, report, cancel, card)
        return result

    @contextmanager
    def _in_hand(self, running: RunningImport, *, beside: bool = False) -> Iterator[None]:
        """For this thread, and unless `beside` for everyone who asks, this is the import that runs."""
        self._here.running = running
        if not beside:
            self._running = running
        with self._hand:
            self._active.add(running.job_id)
        try:
            yield
        finally:
            self._active.discard(running.job_id)

    def _begin(
        self, paths: tuple[Path, ...], assignment: Assignment | None, at: CardAt | None = None, *, again: bool = False
    ) -> Job:
        """The job of this order: an unfinished one of the same sources, patient and day, or a new one. Logged."""
        record = JobRecord.of(paths, assignment, at, again=again)
        catalog = self._workplace.catalog
        unfinished = [one for one in catalog.jobs(unfinished_only=True) if one.state in INTERRUPTED]
        job = next((one for one in unfinished if record.same_order(JobRecord.parse(one.source))), None)
        if job is not None and job.source != record.text:
            job = catalog.update_job(self._workplace.change("import"), job.job_id, source=record.text)
        if job is None:
            job = catalog.start_job(
                self._workplace.change("import"),
                Job(
                    ids.random_id(),
                    self._workplace.person_id,
                    self._workplace.clock.wall_ms(),
                    "running",
                    record.text,
                    JobSummary().text,
                ),
            )
        self.closing.log(job.job_id, assignment.patient_id if assignment else "", "started", {})
        return job

    def _start(self, job: Job) -> DeskLine:
        """Start an importer for the job: the line on which it will speak."""
        workplace = self._workplace
        summary = JobSummary.parse(job.summary)
        summary.runs += 1
        workplace.catalog.update_job(workplace.change("import"), job.job_id, state="running", summary=summary.text)
        line = self._connect(job.job_id)
        line.send(
            StartJob(
                job_id=job.job_id,
                store=os.fsencode(workplace.layout.root),
                clinic_id=workplace.keyset.clinic_id,
                inbox_public=workplace.keyset.inbox_public,
                inbox_epoch=workplace.keyset.inbox_epoch,
                starter_kem_public=workplace.keyset.kem.public,
                sources=JobRecord.parse(job.source).source_bytes,
                first_pack=(summary.runs - 1) * PACKS_A_RUN + 1,
            )
        )
        return line

    def rejoin(
        self, job_id: str, line: DeskLine, report: Report = silent, cancel: Cancel | None = None
    ) -> ImportResult:
        """See through an import that went on while nobody was signed in: the importer tells again what nobody took."""
        record = JobRecord.parse(self._workplace.catalog.job(job_id).source)
        running = RunningImport(self._workplace, job_id, record.assignment, self._decoder, again=record.again)
        with self._in_hand(running):
            if not self._see_through(running, line, report, cancel or Cancel()):
                self._adopt(running)
                running.stop(IMPORTER_ENDED)
            return self.closing.close(running.result())

    def order(self, job_id: str) -> UnfinishedImport:
        """What this job was asked to do."""
        return order_of(self._workplace.catalog.job(job_id))

    def _adopt(self, running: RunningImport, only: Set[int] | None = None) -> Set[int]:
        """Take the packs that lie there, or `only` these. Those that could not be taken are tried again at the end.

        A killed importer may hold one still: its lock goes with its last thread, and one may be waiting for the disk.
        """
        found = set(pack_numbers(self._workplace.layout, running.job_id))
        for number in adopt_packs(self._workplace, running.job_id, only):
            running.take_pack(number, {})
            found.discard(number)
        return found

    def _see_through(self, running: RunningImport, line: DeskLine, report: Report, cancel: Cancel) -> bool:
        """From a started importer to the last filed shot; False when the importer ended too early."""
        asked_to_stop = False
        report = paced_report(report, self._workplace.clock)
        try:
            while running.ended is None:
                if cancel.requested and not asked_to_stop:
                    asked_to_stop = True
                    line.send(StopCopying())
                filing = running.may_file and not cancel.requested
                for message in line.poll(0 if filing else POLL_S):
                    answer = running.take(message)
                    if answer is not None:
                        line.send(answer)
                if filing and running.file_next():
                    report(running.filing_progress)
                elif not filing:
                    report(running.progress)
            self._file_rest(running, report, cancel)
            line.send(Taken(running.ended.number))
        except ChannelClosed:
            if running.ended is None:
                return False
            self._file_rest(running, report, cancel)
        finally:
            line.close()
        return True

    def _file_rest(self, running: RunningImport, report: Report, cancel: Cancel) -> None:
        """File what waits; asked to stop, the rest stays assigned and the job unfinished: the same order goes on."""
        while not cancel.requested and running.file_next():
            report(running.filing_progress)
        if cancel.requested and running.waiting:
            running.stop(STOPPED)
