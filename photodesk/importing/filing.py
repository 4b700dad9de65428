"""From verified packs to charts: recognise doubles, remember contents, assign, and file what is assigned."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.imaging import Decoder
from photodesk.importing.card_shots import CardShots
from photodesk.importing.open_packs import OpenPacks
from photodesk.importing.pairs import pairs_together
from photodesk.importing.shot_filer import FiledShot, Held, Queued, ShotFiler, next_batch
from photodesk.importing.workplace import JobRecord, Workplace, seal_place
from photodesk.log.entry import Action, Entry
from photodesk.store.catalog import Assignment as Assigned
from photodesk.store.catalog import ContentState, KnownContent
from photodesk.store.catalog_corrections import DeletionState
from photodesk.store.packs import PackReader, Shot, pack_numbers

HIDDEN = "It was deleted on purpose and can still be brought back: restore it in the patient's chart."
DELETED = "It was deleted on purpose, so it is not taken in. Import with --again to take it in after all."


@dataclass(frozen=True)
class Taken:
    """One shot of a pack as the desk found it. `known` is where equal bytes already were: then the shot was dropped."""

    shot: Shot
    known: KnownContent | None = None


class Filing:
    """Files the shots of one job. One thread at a time."""

    def __init__(self, workplace: Workplace, job_id: str, decoder: Decoder | None) -> None:
        self._workplace = workplace
        self._job_id = job_id
        self.cards = CardShots(workplace, job_id)
        self._packs = OpenPacks(workplace, job_id)
        self._filer = ShotFiler(workplace, job_id, decoder, self._packs, self.cards)
        self._waiting: deque[Queued] = deque()
        self._held = Held()
        self._queued: set[str] = set()
        self._in_order = True
        self._alone = 0
        self._assigned: dict[str, Assigned] = {}
        self._assigned_to = 0

    @property
    def waiting(self) -> int:
        """How many assigned shots are still to be filed."""
        return len(self._waiting) + len(self._held)

    @property
    def ready(self) -> int:
        """How many of them can be filed now: the others wait for the JPEG that may still come."""
        return len(self._waiting)

    def expect_more(self, more: bool) -> None:
        """Whether packs of this job are still to come."""
        self._held.open = more
        if not more:
            self._waiting.extend(self._held.all_of_them())
            self._in_order = False

    def take(self, number: int) -> list[Taken]:
        """A verified pack is ours: drop doubles of what the store has, remember the rest as in the inbox."""
        if not self._packs.exists(number):
            return []
        reader = self._packs.reader(number)
        taken: list[Taken] = []
        fresh: list[KnownContent] = []
        for shot in reader.shots():
            if shot.stage != "verified":
                reader.delete_shot(shot.shot_id)
                continue
            content_id = self._workplace.content_id(shot.sha256)
            known = self._workplace.catalog.known(content_id)
            if known is not None and self._taken_again(known):
                self._workplace.catalog.forget_deleted(content_id)
                known = None
            if known is None:
                fresh.append(KnownContent(content_id, ContentState.INBOX, "", shot.shot_id, self._job_id))
                taken.append(Taken(shot))
            elif known.photo_id == shot.shot_id or not self._is_there(known):
                taken.append(Taken(shot))
            else:
                taken.append(Taken(shot, known))
        self.cards.see(one.shot for one in taken)
        if fresh:
            self._workplace.catalog.record_content(fresh)
        doubles = [one.shot.shot_id for one in taken if one.known is not None]
        if doubles:
            reader.delete_shot(*doubles)
        self._packs.remove_if_empty(number)
        return taken

    def _taken_again(self, known: KnownContent) -> bool:
        """Whether this job was ordered to take in what had been deleted on purpose."""
        if known.state is not ContentState.DELETED or is_hidden(self._workplace, known):
            return False
        return any(JobRecord.parse(job.source).again for job in self._workplace.catalog.jobs_of([self._job_id]))

    def assign(
        self, shot_ids: Iterable[str], patient_id: str, visit_id: str, body_site: str = "", standard_view: str = ""
    ) -> None:
        """Record whose these shots are; those that are assigned to the same visit already stay as they are.

        A card of another patient is not assigned, nor is a shot of a patient who is to be erased.
        """
        done = {shot_id: assigned.visit_id for shot_id, assigned in self._assignments().items()}
        withheld = self._withheld()
        free = (shot_id for shot_id in shot_ids if shot_id not in withheld)
        mine = [shot_id for shot_id in free if not self.cards.is_anothers(shot_id, patient_id)]
        new = [shot_id for shot_id in mine if done.get(shot_id) != visit_id]
        if new:
            sealed = seal_place(self._workplace, self._job_id, body_site, standard_view)
            self._workplace.catalog.assign(
                self._workplace.change("import"), self._job_id, new, patient_id, visit_id, sealed
            )

    def queue_assigned(self, only_pack: int | None = None) -> int:
        """Queue for filing what is assigned and still in a pack; the log learns of it first. 0 without chart keys."""
        if not self._workplace.opens_charts:
            return 0
        assigned = self._assignments()
        numbers = pack_numbers(self._workplace.layout, self._job_id) if only_pack is None else [only_pack]
        for number in numbers if assigned else []:
            shots = [
                one for one in self._verified(number) if one.shot_id in assigned and one.shot_id not in self._queued
            ]
            self.cards.leaving(shots)
            ready = [Queued(number, one.shot_id, one.name, one.size_bytes, assigned[one.shot_id]) for one in shots]
            ready = [one for one in ready if not self.cards.is_anothers(one.shot_id, one.assigned.patient_id)]
            _log(self._workplace, self._job_id, ready)
            self._waiting.extend(self._held.let_through(ready))
            self._queued.update(one.shot_id for one in ready)
            self._in_order = False
        return self.waiting

    def _assignments(self) -> dict[str, Assigned]:
        """Whose each shot of the job is; only what was assigned since the last time is read.

        Shots of a patient who is to be erased stay where they are.
        """
        newer, self._assigned_to = self._workplace.catalog.assignments_since(self._job_id, self._assigned_to)
        for one in newer:
            self._assigned.update(dict.fromkeys(one.shot_ids, one))
        withheld = self._withheld()
        return {shot_id: one for shot_id, one in self._assigned.items() if shot_id not in withheld}

    def _withheld(self) -> frozenset[str]:
        """Shots of patients who are to be erased: they become nobody else's."""
        hidden = self._workplace.catalog.hidden_patients() if self._assigned else frozenset()
        return frozenset(shot_id for shot_id, one in self._assigned.items() if one.patient_id in hidden)

    def _verified(self, number: int) -> list[Shot]:
        """Shots of a pack that may be filed; none, and an alarm, where the pack is damaged."""
        try:
            if not self._packs.exists(number):
                return []
            return [shot for shot in self._packs.reader(number).shots() if shot.stage == "verified"]
        except Damaged as damage:
            self._workplace.alarm(damage)
            return []

    def file_some(self) -> tuple[FiledShot, ...]:
        """File the next few queued shots; () when nothing waits. Fixable `disk_full`, Damaged: they stay in the inbox.

        Where a few fail together, each is tried alone. One that met damage leaves the queue, so that the next call
        goes on with the others.
        """
        while self._waiting:
            batch = self._next_batch()
            try:
                filed = self._filer.file(batch)
            except (Fixable, Damaged) as error:
                if len(batch) > 1:
                    self._alone = len(batch)
                    continue
                if isinstance(error, Damaged):
                    self._queued.discard(self._waiting.popleft().shot_id)
                raise
            for one in batch:
                self._waiting.popleft()
                self._queued.discard(one.shot_id)
            for number in {one.pack for one in batch}:
                self._packs.remove_if_empty(number)
            if filed:
                return filed
        self.close()
        return ()

    def _next_batch(self) -> list[Queued]:
        if not self._in_order:
            self._waiting = deque(pairs_together(self._waiting, [one.name for one in self._waiting]))
            self._in_order = True
        if self._alone:
            self._alone -= 1
            return [self._waiting[0]]
        return next_batch(self._waiting)

    def close(self) -> None:
        """Let go of the packs in hand."""
        self._packs.close()

    def _is_there(self, known: KnownContent) -> bool:
        """Whether what the catalog remembers still holds: an inbox row may have gone with a lost pack."""
        if known.state is not ContentState.INBOX:
            return True
        if known.job_id == self._job_id and self._packs.holds(known.photo_id):
            return True
        return any_pack_holds(self._workplace, known.job_id, known.photo_id)


def _log(workplace: Workplace, job_id: str, ready: list[Queued]) -> None:
    """The log learns whose photos will be filed, and who decided it."""
    by_visit: dict[tuple[str, str, str], list[str]] = {}
    for queued in ready:
        one = queued.assigned
        by_visit.setdefault((one.patient_id, one.visit_id, one.person_id), []).append(queued.shot_id)
    for (patient_id, visit_id, person_id), shot_ids in by_visit.items():
        workplace.keeper.append(
            Entry(
                action=Action.FILE,
                person_id=workplace.person_id,
                role=workplace.role,
                patient_id=patient_id,
                visit_id=visit_id,
                photo_ids=tuple(shot_ids),
                details={"job": job_id, "assigned_by": person_id},
            )
        )


def is_hidden(workplace: Workplace, known: KnownContent) -> bool:
    """Whether a deleted photo still lies in its chart and can be restored there."""
    deletion = workplace.catalog.deletion(known.photo_id)
    return deletion is not None and deletion.state in {DeletionState.HIDDEN, DeletionState.UNSETTLED}


def any_pack_holds(workplace: Workplace, job_id: str, shot_id: str) -> bool:
    """Whether a shot lies in a pack of a job. One that cannot be opened counts as holding it."""
    for number in pack_numbers(workplace.layout, job_id):
        try:
            reader = PackReader.open(workplace.layout, job_id, number, workplace.keyset, workplace.keeper)
        except PhotoDeskError:
            return True
        try:
            if any(shot.shot_id == shot_id for shot in reader.shots()):
                return True
        finally:
            reader.close()
    return False
