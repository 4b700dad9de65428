"""One import as the desk sees it: events come in, outcomes and filed photos come out. No thread, no waiting.

Everything here can be built again from the importer's events and the catalog, so a desk that was locked, killed or
joined late ends with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from photodesk.errors import Damaged, Fixable
from photodesk.imaging import Decoder
from photodesk.importing.card_shots import CARD_REASONS, settle_card
from photodesk.importing.filing import DELETED, HIDDEN, Filing, is_hidden
from photodesk.importing.job import SAFE_STAGES, Assignment, ImportResult, Outcome, Stage, Stop
from photodesk.importing.reasons import Reasons
from photodesk.importing.shot_filer import FiledShot
from photodesk.importing.workplace import Workplace
from photodesk.progress import Progress
from photodesk.protocol.importing import (
    AlreadyThere,
    AskKnown,
    Ended,
    FileRead,
    FromImporter,
    Known,
    Listed,
    Moving,
    NotCopied,
    PackVerified,
    ToImporter,
)
from photodesk.store.catalog import ContentState, KnownContent
from photodesk.store.packs import pack_numbers
from photodesk.visits import VisitDraft

_STAGES = {ContentState.FILED: Stage.FILED, ContentState.INBOX: Stage.VERIFIED, ContentState.DELETED: Stage.FOUND}


class RunningImport:
    """A job between its start and its result. One thread at a time."""

    def __init__(
        self,
        workplace: Workplace,
        job_id: str,
        assignment: Assignment | None,
        decoder: Decoder | None,
        *,
        again: bool = False,
    ) -> None:
        self.job_id = job_id
        self._workplace = workplace
        self._assignment = assignment
        self._again = again
        self._filing = Filing(workplace, job_id, decoder)
        self._filing.expect_more(True)
        self._outcomes: dict[tuple[int, str], Outcome] = {}
        self._skipped: dict[tuple[str, str], None] = {}
        self._owners: dict[str, Outcome] = {}
        self._firsts: dict[str, Outcome] = {}
        self._reasons = Reasons(workplace)
        self._visit_id = ""
        self._filed = 0
        self._stop: Stop | None = None
        self.ended: Ended | None = None
        self.progress = Progress("Looking at the files")

    def take(self, message: FromImporter) -> ToImporter | None:
        """Handle one message; what it returns is for the importer."""
        if isinstance(message, AskKnown):
            return Known(message.question, _spares_a_copy(self._workplace, message.sha256, again=self._again))
        if isinstance(message, Moving):
            self.progress = Progress(message.what, message.done, message.total, message.done_bytes, message.total_bytes)
        elif isinstance(message, Listed):
            self._skipped.update(dict.fromkeys(message.skipped))
            for file in message.files:
                self._outcome(file)
        elif isinstance(message, NotCopied):
            outcome = self._outcome(message.file)
            outcome.failure = message.reason
            outcome.stage = Stage.COPIED if message.copied else Stage.FOUND
        elif isinstance(message, AlreadyThere):
            self._already_there(message)
        elif isinstance(message, PackVerified):
            self._pack(message)
        else:
            self.ended = message
            self._filing.expect_more(False)
        return None

    def take_pack(self, number: int, shots: dict[str, FileRead]) -> None:
        """A verified pack is the desk's: recognise doubles, assign, queue for filing."""
        fresh: list[str] = []
        for taken in self._filing.take(number):
            shot = taken.shot
            file = shots.get(shot.shot_id)
            self._reasons.seen(shot)
            if taken.known is not None:
                if file is not None:
                    self._point_at(self._outcome(file), taken.known)
                continue
            fresh.append(shot.shot_id)
            if file is not None:
                self._own(self._outcome(file), shot.shot_id, Stage.VERIFIED)
        if self._assignment is not None and fresh:
            self._assign(fresh)
            self._filing.queue_assigned(number)

    def file_next(self) -> bool:
        """File a few shots; False when nothing waits. A full disk or a damaged chart ends the filing, not the job."""
        try:
            filed = self._filing.file_some()
        except (Fixable, Damaged) as error:
            self._stop = self._stop or Stop(error.code, error.message, error.remedy)
            return False
        for one in filed:
            self._was_filed(one)
        self._filed += len(filed)
        return bool(filed)

    @property
    def may_file(self) -> bool:
        """Whether shots wait, and the copy, which asks about every file, is over."""
        return bool(self._filing.ready and self._stop is None and self.progress.done >= self.progress.total)

    @property
    def filing_progress(self) -> Progress:
        """How far the filing is, of what has come so far."""
        return Progress("Filing photos", self._filed, self._filed + self.waiting)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What is known of each file now, as copies."""
        return tuple(replace(outcome) for outcome in tuple(self._outcomes.values()))

    @property
    def waiting(self) -> int:
        """How many shots wait to be filed."""
        return self._filing.waiting

    def stop(self, stop: Stop) -> None:
        """The job ended for a reason the importer could not tell."""
        self._stop = self._stop or stop

    def result(self) -> ImportResult:
        """What became of every file."""
        self._filing.close()
        _bring_up_to_date(self._workplace, self.job_id, self._outcomes.values())
        ended = self.ended
        stop = self._stop
        if stop is None and ended is not None and ended.code:
            stop = Stop(ended.code, ended.message, ended.remedy)
        outcomes = list(self._outcomes.values())
        for outcome in outcomes:
            if outcome.shot_id and not outcome.undecodable and not outcome.label:
                outcome.undecodable = self._reasons.of_shot(outcome.shot_id)
            settle_card(self._filing.cards, self._assignment, outcome)
            if stop is not None and not outcome.failure and not outcome.is_safe and not outcome.duplicate:
                outcome.failure = f"{stop.message} {stop.remedy}".strip()
        result = ImportResult(self.job_id, outcomes, list(self._skipped), stop)
        if ended is not None:
            result.copied_ms, result.copied_bytes = ended.copied_ms, ended.copied_bytes
            result.renditions_ms = ended.renditions_ms
        return result

    def _outcome(self, file: FileRead) -> Outcome:
        outcome = self._outcomes.setdefault((file.source, file.name), Outcome(file.source, file.name, file.size_bytes))
        outcome.mtime_ms = file.mtime_ms or outcome.mtime_ms
        if file.sha256:
            outcome.sha256, outcome.size_bytes = file.sha256, file.size_bytes
        return outcome

    def _own(self, outcome: Outcome, shot_id: str, stage: Stage) -> None:
        """This file is the one the shot was made of; a second file with the same bytes is a duplicate."""
        self._owners.setdefault(shot_id, outcome)
        first = self._firsts.setdefault(outcome.sha256 or shot_id, outcome)
        outcome.shot_id = outcome.photo_id = shot_id
        outcome.stage = stage
        outcome.failure = ""
        if first is not outcome:
            outcome.duplicate = True
            outcome.where = "The same file is on this card twice."

    def _already_there(self, message: AlreadyThere) -> None:
        outcome = self._outcome(message.file)
        known = self._workplace.catalog.known(self._workplace.content_id(message.file.sha256))
        if message.shot_id:
            outcome.duplicate, outcome.where = True, "The same file is on this card twice."
            outcome.stage, outcome.failure = Stage.VERIFIED, ""
            outcome.shot_id = outcome.photo_id = message.shot_id
        elif known is not None:
            self._point_at(outcome, known)

    def _point_at(self, outcome: Outcome, known: KnownContent) -> None:
        """The bytes are where the catalog says: this job's own (an interrupted run), or a duplicate."""
        stage = _STAGES[known.state]
        if known.job_id == self.job_id and known.state is not ContentState.DELETED:
            self._own(outcome, known.photo_id, stage)
        else:
            outcome.duplicate, outcome.stage, outcome.failure = True, stage, ""
            outcome.photo_id = known.photo_id
            outcome.where = _where(self._workplace, known)
            outcome.deleted_before = known.state is ContentState.DELETED
        if not outcome.undecodable:
            reason = self._reasons.of(known)
            outcome.label = reason in CARD_REASONS
            outcome.undecodable = "" if outcome.label else reason

    def _pack(self, message: PackVerified) -> None:
        files = dict(message.shots)
        self.take_pack(message.pack, files)
        for shot_id, file in message.shots:
            outcome = self._outcome(file)
            if outcome.stage in SAFE_STAGES or outcome.duplicate:
                continue
            known = self._workplace.catalog.known(self._workplace.content_id(file.sha256))
            if known is not None:
                self._point_at(outcome, known)
            elif not outcome.failure:
                outcome.failure = f"The pack that held it is gone (shot {shot_id}). Import again."

    def _assign(self, shot_ids: list[str]) -> None:
        assignment = self._assignment
        if assignment is None:
            return
        if not self._visit_id:
            self._visit_id = visit_on_day(self._workplace, assignment)
        self._filing.assign(
            shot_ids, assignment.patient_id, self._visit_id, assignment.body_site, assignment.standard_view
        )

    def _was_filed(self, filed: FiledShot) -> None:
        outcome = self._owners.get(filed.shot_id)
        if outcome is None:
            return
        outcome.stage, outcome.photo_id = Stage.FILED, filed.photo_id
        if filed.already:
            outcome.duplicate, outcome.where = True, "It is in the store already."


def _bring_up_to_date(workplace: Workplace, job_id: str, outcomes: Iterable[Outcome]) -> None:
    """What the catalog says now of each: filed, assigned."""
    assigned = {shot for one in workplace.catalog.assignments(job_id) for shot in one.shot_ids}
    for outcome in outcomes:
        if outcome.stage is Stage.VERIFIED and outcome.shot_id:
            known = workplace.catalog.known(workplace.content_id(outcome.sha256))
            if known is not None and known.state is ContentState.FILED:
                outcome.stage, outcome.photo_id = Stage.FILED, known.photo_id
            elif outcome.shot_id in assigned:
                outcome.stage = Stage.ASSIGNED


def visit_on_day(workplace: Workplace, assignment: Assignment) -> str:
    """The visit that was named, else the patient's visit of that day, made where there is none."""
    if assignment.visit_id:
        return assignment.visit_id
    visit = workplace.catalog.visit_on(assignment.patient_id, assignment.day)
    if visit is None:
        draft = VisitDraft(assignment.patient_id, assignment.day)
        visit = workplace.catalog.add_visit(workplace.change("import"), draft)
    return visit.visit_id


def _where(workplace: Workplace, known: KnownContent) -> str:
    if known.state is ContentState.DELETED:
        return HIDDEN if is_hidden(workplace, known) else DELETED
    if known.state is ContentState.INBOX:
        return f"It is in the inbox already (import {known.job_id})."
    return f"It is in the store already (photo {known.photo_id})."


def _spares_a_copy(workplace: Workplace, sha256: bytes, *, again: bool) -> bool:
    """Whether what the catalog remembers spares a copy: an inbox row counts only while its pack is there."""
    known = workplace.catalog.known(workplace.keyset.content_id(sha256))
    if known is None:
        return False
    if known.state is ContentState.DELETED:
        return not again or is_hidden(workplace, known)
    if known.state is not ContentState.INBOX:
        return True
    return bool(pack_numbers(workplace.layout, known.job_id))
