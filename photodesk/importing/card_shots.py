"""Photos of separator cards and wristbands on their way into charts: kept out of the clinical series, never with
another patient's photos, and not forgotten when the photos around them still have to be grouped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from photodesk.desk.camera_clock import ClockOffset, OffsetSource, keep_offset, kept_offset
from photodesk.importing.group_memory import GroupMemory, group_shot, offset_of_cards
from photodesk.importing.grouping import NotCard
from photodesk.importing.job import Assignment, Outcome
from photodesk.importing.labels import Label, LabelKind
from photodesk.importing.separators import LabelReader
from photodesk.importing.sequence import stem
from photodesk.importing.workplace import JobRecord, Workplace
from photodesk.store.packs import Shot

SEPARATOR_CARD = "separator card"
WRISTBAND = "wristband"
CARD_REASONS = frozenset({SEPARATOR_CARD, WRISTBAND})
ANOTHERS = "This card is another patient's. It stays in the inbox: look whether the photos are, too."


class CardShots:
    """What the codes in one job's shots mean for filing them."""

    def __init__(self, workplace: Workplace, job_id: str) -> None:
        self._workplace = workplace
        self._job_id = job_id
        self._memory = GroupMemory(workplace.catalog, job_id)
        self._reader: LabelReader | None = None
        self._labels: dict[str, Label] = {}
        self._stems: dict[str, Label] = {}
        self._names: dict[str, str] = {}
        self._photos: frozenset[str] = frozenset()

    def see(self, shots: Iterable[Shot]) -> None:
        """Look at shots; what is asked later by id is about these."""
        if self._reader is None:
            self._reader = LabelReader(self._workplace.keyset, self._workplace.catalog)
            edits = self._memory.edits
            self._photos = frozenset(one for edit in edits if isinstance(edit, NotCard) for one in edit.shot_ids)
        for shot in shots:
            self._names[shot.shot_id] = stem(shot.name)
            label = None
            if shot.facts.codes and shot.shot_id not in self._photos:
                label = self._reader.of(shot.facts.codes)
            if label is not None:
                self._labels[shot.shot_id] = label
                self._stems[stem(shot.name)] = label

    def label(self, shot_id: str) -> Label | None:
        """What a shot seen before says, or the file of the same name beside it (the JPEG of a RAW)."""
        if shot_id in self._photos:
            return None
        return self._labels.get(shot_id) or self._stems.get(self._names.get(shot_id, ""))

    def reason(self, shot_id: str) -> str:
        """Why a shot is an attachment, or "" for one that is no card.

        Where the import's order says whose photos these are, a wristband tells nothing and may be on a hand that was
        photographed for itself: that is a photo.
        """
        label = self.label(shot_id)
        if label is None or not label.is_card:
            return ""
        if label.kind is LabelKind.SEPARATOR:
            return SEPARATOR_CARD
        return "" if self._has_order else WRISTBAND

    def is_anothers(self, shot_id: str, patient_id: str) -> bool:
        """Whether the shot is a card of somebody else: it is never filed with this patient."""
        label = self.label(shot_id)
        return label is not None and label.is_sound and label.patient_id != patient_id

    @cached_property
    def _has_order(self) -> bool:
        """Whether a patient was named when the import was started."""
        return JobRecord.parse(self._workplace.catalog.job(self._job_id).source).assignment is not None

    def leaving(self, shots: Sequence[Shot]) -> None:
        """These are about to be filed: remember what the grouping of the others, and the camera's clock, need."""
        if not shots:
            return
        self.see(shots)
        catalog, change = self._workplace.catalog, self._workplace.change("filed from the inbox")
        leaving = [group_shot(shot, self._labels.get(shot.shot_id)) for shot in shots]
        if not self._has_order:
            self._memory.remember_gone(change, leaving)
            leaving = list(self._memory.gone())
        offset_ms = offset_of_cards(leaving)
        if offset_ms is not None and kept_offset(catalog, self._job_id).source is OffsetSource.NONE:
            keep_offset(catalog, change, self._job_id, ClockOffset(offset_ms, OffsetSource.SEPARATOR))


def settle_card(cards: CardShots, assignment: Assignment | None, outcome: Outcome) -> None:
    """Photos of cards are counted as such, and say where they could not go with the others, or name nobody."""
    label = cards.label(outcome.shot_id)
    if label is None or outcome.duplicate or not cards.reason(outcome.shot_id):
        return
    outcome.label = True
    anothers = assignment is not None and cards.is_anothers(outcome.shot_id, assignment.patient_id)
    outcome.failure = ANOTHERS if anothers else label.problem
