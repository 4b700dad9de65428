"""From verified packs into charts: recognise doubles, remember contents, assign, file, forget the inbox row.

The order of a shot's filing is the crash rule: chart committed and read back, content id recorded, inbox row deleted.
Killed between any two, the next filing finds the chart holding these bytes and only finishes the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.imaging import Decoder
from photodesk.imaging.media_types import is_still_picture
from photodesk.importing.card_shots import CardShots
from photodesk.importing.finishing import render, take_in
from photodesk.importing.job import NO_PICTURE
from photodesk.importing.pairs import Pairs, pairs_together
from photodesk.importing.workplace import JobRecord, Workplace, open_place, seal_place
from photodesk.log.entry import Action, Entry
from photodesk.photos import Rendition
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


@dataclass(frozen=True)
class FiledShot:
    """One shot in its chart; `already` when the chart held these bytes before, under `photo_id`."""

    shot_id: str
    photo_id: str
    already: bool


class Filing:
    """Files the shots of one job. One thread at a time."""

    def __init__(self, workplace: Workplace, job_id: str, decoder: Decoder | None) -> None:
        self._workplace = workplace
        self._job_id = job_id
        self._decoder = decoder
        self.cards = CardShots(workplace, job_id)
        self._open: tuple[int, PackReader] | None = None
        self._waiting: deque[tuple[int, str, Assigned]] = deque()
        self._names: dict[str, str] = {}
        self._pairs = Pairs(workplace, job_id)

    @property
    def waiting(self) -> int:
        """How many assigned shots are still to be filed."""
        return len(self._waiting)

    def take(self, number: int) -> list[Taken]:
        """A verified pack is ours: drop doubles of what the store has, remember the rest as in the inbox."""
        if number not in pack_numbers(self._workplace.layout, self._job_id):
            return []
        reader = self._reader(number)
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
        for one in taken:
            if one.known is not None:
                reader.delete_shot(one.shot.shot_id)
        self._let_go_if_empty()
        return taken

    def _taken_again(self, known: KnownContent) -> bool:
        """Whether this job was ordered to take in what had been deleted on purpose."""
        if known.state is not ContentState.DELETED or is_hidden(self._workplace, known):
            return False
        job = next((one for one in self._workplace.catalog.jobs() if one.job_id == self._job_id), None)
        return job is not None and JobRecord.parse(job.source).again

    def assign(
        self, shot_ids: Iterable[str], patient_id: str, visit_id: str, body_site: str = "", standard_view: str = ""
    ) -> None:
        """Record whose these shots are; those that are assigned to the same visit already stay as they are.

        A card of another patient is not assigned.
        """
        done = {
            shot_id: assigned.visit_id
            for assigned in self._workplace.catalog.assignments(self._job_id)
            for shot_id in assigned.shot_ids
        }
        mine = [shot_id for shot_id in shot_ids if not self.cards.is_anothers(shot_id, patient_id)]
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
        assigned = {
            shot_id: one for one in self._workplace.catalog.assignments(self._job_id) for shot_id in one.shot_ids
        }
        queued = {shot_id for _, shot_id, _ in self._waiting}
        numbers = [number for number in pack_numbers(self._workplace.layout, self._job_id) if assigned]
        for number in numbers:
            if only_pack is not None and number != only_pack:
                continue
            shots = [shot for shot in self._verified(number) if shot.shot_id in assigned.keys() - queued]
            self.cards.leaving(shots)
            ready = [(shot.shot_id, assigned[shot.shot_id]) for shot in shots]
            ready = [(each, one) for each, one in ready if not self.cards.is_anothers(each, one.patient_id)]
            _log(self._workplace, self._job_id, ready)
            self._names.update((shot.shot_id, shot.name) for shot in shots)
            self._waiting.extend((number, shot_id, one) for shot_id, one in ready)
        self._waiting = deque(pairs_together(self._waiting, [self._names[one] for _, one, _ in self._waiting]))
        return len(self._waiting)

    def _verified(self, number: int) -> list[Shot]:
        """Shots of a pack that may be filed; none, and an alarm, where the pack is damaged."""
        try:
            return [shot for shot in self._reader(number).shots() if shot.stage == "verified"]
        except Damaged as damage:
            self._workplace.alarm(damage)
            return []

    def file_next(self) -> FiledShot | None:
        """File one queued shot; None when nothing waits. Fixable `disk_full`, Damaged: the shot stays in the inbox.

        A shot that met damage leaves the queue, so that the next call goes on with the others.
        """
        while self._waiting:
            number, shot_id, assigned = self._waiting[0]
            reader = self._reader(number)
            try:
                filed = self._file(reader, reader.shot(shot_id), assigned)
            except Damaged:
                self._waiting.popleft()
                raise
            self._waiting.popleft()
            if not any(other == number for other, _, _ in self._waiting):
                self._let_go_if_empty()
            if filed is not None:
                return filed
        self.close()
        return None

    def close(self) -> None:
        """Let go of the pack in hand."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _file(self, reader: PackReader, shot: Shot, assigned: Assigned) -> FiledShot | None:
        """None for another patient's card, which is seen only now: it stays in the inbox."""
        workplace = self._workplace
        content_id = workplace.content_id(shot.sha256)
        known = workplace.catalog.known(content_id)
        if known is not None and _is_elsewhere(known, shot, assigned):
            reader.delete_shot(shot.shot_id)
            return FiledShot(shot.shot_id, known.photo_id or shot.shot_id, already=known.job_id != self._job_id)
        shot, renditions = self._with_renditions(reader, shot)
        self.cards.see((shot,))
        if self.cards.is_anothers(shot.shot_id, assigned.patient_id):
            return None
        chart = workplace.charts.open(assigned.patient_id)
        change = workplace.change("filed from the inbox")
        source = reader.source(shot.shot_id)
        card = self.cards.reason(shot.shot_id)
        if card or _is_attachment(shot):
            reason = card or shot.facts.undecodable or shot.reason or NO_PICTURE
            beside = self._pairs.photo_beside(chart, shot, assigned.visit_id)
            filed = chart.file_attachment(change, shot, source, assigned.visit_id, reason, beside)
        else:
            site, view = open_place(workplace, self._job_id, assigned.sealed)
            filed = self._pairs.file(chart, change, shot, source, renditions, assigned.visit_id, (site, view))
        photo_id = filed.photo_id or filed.original_id
        if not filed.photo_id:
            record = KnownContent(content_id, ContentState.FILED, assigned.patient_id, photo_id, self._job_id)
            workplace.catalog.record_content([record])
        reader.delete_shot(shot.shot_id)
        return FiledShot(shot.shot_id, photo_id, already=filed.already and filed.original_id != shot.shot_id)

    def _with_renditions(self, reader: PackReader, shot: Shot) -> tuple[Shot, dict[Rendition, bytes]]:
        """The shot with its facts and renditions; made here where the importer was ended before it made them."""
        renditions = reader.renditions(shot.shot_id)
        if renditions or shot.facts.undecodable or self._decoder is None:
            return shot, renditions
        made = render(self._decoder, take_in(iter(reader.source(shot.shot_id).chunks()), shot.size_bytes, shot.name))
        return replace(shot, facts=made.facts, reason=made.facts.undecodable), made.renditions

    def _is_there(self, known: KnownContent) -> bool:
        """Whether what the catalog remembers still holds: an inbox row may have gone with a lost pack."""
        if known.state is not ContentState.INBOX:
            return True
        if known.job_id == self._job_id and self._open is not None:
            return any(shot.shot_id == known.photo_id for shot in self._open[1].shots())
        return any_pack_holds(self._workplace, known.job_id, known.photo_id)

    def _reader(self, number: int) -> PackReader:
        if self._open is None or self._open[0] != number:
            self.close()
            workplace = self._workplace
            reader = PackReader.open(workplace.layout, self._job_id, number, workplace.keyset, workplace.keeper)
            self._open = (number, reader)
        return self._open[1]

    def _let_go_if_empty(self) -> None:
        if self._open is not None and self._open[1].remove_if_empty():
            self._open = None


def _log(workplace: Workplace, job_id: str, ready: list[tuple[str, Assigned]]) -> None:
    """The log learns whose photos will be filed, and who decided it."""
    by_visit: dict[tuple[str, str, str], list[str]] = {}
    for shot_id, one in ready:
        by_visit.setdefault((one.patient_id, one.visit_id, one.person_id), []).append(shot_id)
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


def _is_elsewhere(known: KnownContent, shot: Shot, assigned: Assigned) -> bool:
    """Whether these bytes are filed under another photo, or were moved or deleted after this very shot was filed."""
    if known.state is ContentState.INBOX:
        return False
    moved = known.state is ContentState.FILED and known.patient_id != assigned.patient_id
    return known.photo_id != shot.shot_id or known.state is ContentState.DELETED or moved


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


def _is_attachment(shot: Shot) -> bool:
    """Videos, sidecars and the like; an undecodable picture is still filed as a photo without a preview."""
    return bool(shot.facts.undecodable) and not is_still_picture(shot.facts.media_type)
