"""A few shots at a time from packs into one chart, in the order of the crash rule, each step for all of them.

Chart committed and read back, contents known as filed, inbox rows deleted. Killed between any two, the next filing
finds the chart holding these bytes and only finishes the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from photodesk.imaging import Decoder
from photodesk.imaging.media_types import is_still_picture
from photodesk.importing.card_shots import CardShots
from photodesk.importing.finishing import render, take_in
from photodesk.importing.job import NO_PICTURE
from photodesk.importing.open_packs import OpenPacks
from photodesk.importing.pairs import Pairs, Part, part_of, stem_of, waits_for_shown
from photodesk.importing.workplace import Workplace, open_place
from photodesk.photos import Rendition
from photodesk.store.catalog import Assignment as Assigned
from photodesk.store.catalog import ContentState, KnownContent
from photodesk.store.change import Change
from photodesk.store.chart import Chart
from photodesk.store.packs import PackReader, Shot

BATCH_SHOTS = 32
BATCH_BYTES = 48 << 20


@dataclass(frozen=True)
class FiledShot:
    """One shot in its chart; `already` when the chart held these bytes before, under `photo_id`."""

    shot_id: str
    photo_id: str
    already: bool


@dataclass(frozen=True)
class Queued:
    """A shot that waits to be filed: its pack, and whose it is."""

    pack: int
    shot_id: str
    name: str
    size_bytes: int
    assigned: Assigned


class Held:
    """RAW files, videos and sidecars kept back while the JPEG they belong to may still come with a later pack.

    `open`: packs are still to come. Names are enough here: what is kept back is filed at the end in any case.
    """

    def __init__(self) -> None:
        self.open = False
        self._held: dict[str, list[Queued]] = {}
        self._shown: set[str] = set()

    def __len__(self) -> int:
        return sum(map(len, self._held.values()))

    def let_through(self, queued: Iterable[Queued]) -> list[Queued]:
        """Those that can be filed now, with what was kept back for them."""
        ready: list[Queued] = []
        for one in queued:
            stem = stem_of(one.name)
            if part_of(one.name) is Part.SHOWN:
                self._shown.add(stem)
                ready += [one, *self._held.pop(stem, [])]
            elif self.open and waits_for_shown(one.name) and stem not in self._shown:
                self._held.setdefault(stem, []).append(one)
            else:
                ready.append(one)
        return ready

    def all_of_them(self) -> list[Queued]:
        """Everything kept back: nothing more will come."""
        held, self._held = self._held, {}
        return [one for kept in held.values() for one in kept]


@dataclass(frozen=True)
class _Ready:
    queued: Queued
    shot: Shot
    renditions: dict[Rendition, bytes]


class ShotFiler:
    """Files shots of one job. One thread at a time."""

    def __init__(
        self, workplace: Workplace, job_id: str, decoder: Decoder | None, packs: OpenPacks, cards: CardShots
    ) -> None:
        self._workplace = workplace
        self._job_id = job_id
        self._decoder = decoder
        self._packs = packs
        self._cards = cards
        self._pairs = Pairs(workplace, job_id)
        self._leaving: dict[str, FiledShot] = {}

    def file(self, batch: Sequence[Queued]) -> tuple[FiledShot, ...]:
        """File shots of one patient. A card of another patient, seen only now, stays in the inbox.

        Whatever is raised (Fixable `disk_full`, Damaged), all of them are still in the inbox and can be given again,
        one by one, to find the bad one.
        """
        filed: list[FiledShot] = []
        ready: list[_Ready] = []
        for queued in batch:
            one = self._prepared(queued)
            if isinstance(one, FiledShot):
                filed.append(one)
            elif one is not None:
                ready.append(one)
        if ready:
            filed += self._into_chart(ready)
        self._leaving |= {one.shot_id: one for one in filed}
        for pack in {queued.pack for queued in batch}:
            gone = [queued.shot_id for queued in batch if queued.pack == pack and queued.shot_id in self._leaving]
            self._packs.reader(pack).delete_shot(*gone)
        for queued in batch:
            self._leaving.pop(queued.shot_id, None)
        return tuple(filed)

    def _prepared(self, queued: Queued) -> _Ready | FiledShot | None:
        """A shot with its renditions; filed already where its bytes are elsewhere; None for another's card."""
        if queued.shot_id in self._leaving:  # it is in its chart; its pack, or another's of its batch, could not say so
            return self._leaving[queued.shot_id]
        workplace = self._workplace
        reader = self._packs.reader(queued.pack)
        shot = reader.shot(queued.shot_id)
        known = workplace.catalog.known(workplace.content_id(shot.sha256))
        if known is not None and _is_elsewhere(known, shot, queued.assigned):
            return FiledShot(shot.shot_id, known.photo_id or shot.shot_id, already=known.job_id != self._job_id)
        shot, renditions = self._with_renditions(reader, shot)
        self._cards.see((shot,))
        if self._cards.is_anothers(shot.shot_id, queued.assigned.patient_id):
            return None
        return _Ready(queued, shot, renditions)

    def _into_chart(self, ready: Sequence[_Ready]) -> list[FiledShot]:
        workplace = self._workplace
        change = workplace.change("filed from the inbox")
        chart = workplace.charts.open(ready[0].queued.assigned.patient_id)
        try:
            with chart.filing(change, sum(one.shot.size_bytes for one in ready)):
                return [self._file(chart, change, one) for one in ready]
        except BaseException:
            self._pairs = Pairs(workplace, self._job_id)  # what it remembers was taken back
            raise

    def _file(self, chart: Chart, change: Change, one: _Ready) -> FiledShot:
        shot, assigned = one.shot, one.queued.assigned
        source = self._packs.reader(one.queued.pack).source(shot.shot_id)
        card = self._cards.reason(shot.shot_id)
        if card or _is_attachment(shot):
            reason = card or shot.facts.undecodable or shot.reason or NO_PICTURE
            beside = self._pairs.photo_beside(chart, shot, assigned.visit_id)
            filed = chart.file_attachment(change, shot, source, assigned.visit_id, reason, beside)
        else:
            place = open_place(self._workplace, self._job_id, assigned.sealed)
            filed = self._pairs.file(chart, change, shot, source, one.renditions, assigned.visit_id, place)
        return FiledShot(
            shot.shot_id,
            filed.photo_id or filed.original_id,
            already=filed.already and filed.original_id != shot.shot_id,
        )

    def _with_renditions(self, reader: PackReader, shot: Shot) -> tuple[Shot, dict[Rendition, bytes]]:
        """The shot with its facts and renditions; made here where the importer was ended before it made them."""
        renditions = reader.renditions(shot.shot_id)
        if renditions or shot.facts.undecodable or self._decoder is None:
            return shot, renditions
        made = render(self._decoder, take_in(iter(reader.source(shot.shot_id).chunks()), shot.size_bytes, shot.name))
        return replace(shot, facts=made.facts, reason=made.facts.undecodable), made.renditions


def next_batch(waiting: Iterable[Queued]) -> list[Queued]:
    """The first few shots of one patient; a large one is alone."""
    batch: list[Queued] = []
    for queued in waiting:
        other = batch and batch[0].assigned.patient_id != queued.assigned.patient_id
        size_bytes = queued.size_bytes + sum(one.size_bytes for one in batch)
        if other or len(batch) == BATCH_SHOTS or (batch and size_bytes > BATCH_BYTES):
            break
        batch.append(queued)
    return batch


def _is_elsewhere(known: KnownContent, shot: Shot, assigned: Assigned) -> bool:
    """Whether these bytes are filed under another photo, or were moved or deleted after this very shot was filed."""
    if known.state is ContentState.INBOX:
        return False
    moved = known.state is ContentState.FILED and known.patient_id != assigned.patient_id
    return known.photo_id != shot.shot_id or known.state is ContentState.DELETED or moved


def _is_attachment(shot: Shot) -> bool:
    """Videos, sidecars and the like; an undecodable picture is still filed as a photo without a preview."""
    return bool(shot.facts.undecodable) and not is_still_picture(shot.facts.media_type)
