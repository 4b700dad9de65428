"""What the card register is told by imports: a card that came in, what became of its files, that it was erased."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from photodesk.desk.card_register import CardFile
from photodesk.importing.camera_folders import contents_of
from photodesk.importing.card_look import below, card_of, facts_of
from photodesk.importing.job import ImportResult
from photodesk.importing.scan import Found
from photodesk.importing.volume import Volume
from photodesk.importing.workplace import CardAt, JobRecord, Workplace


class CardNotes:
    """Writes the register for one person's imports. `volumes` tells what is mounted now."""

    def __init__(self, workplace: Workplace, volumes: Callable[[], tuple[Volume, ...]]) -> None:
        self._workplace = workplace
        self._volumes = volumes

    def came_in(self, paths: Sequence[Path], found: Sequence[Found]) -> CardAt | None:
        """The card an import reads from, entered in the register; None for other folders and files."""
        volume = card_of(paths, self._volumes())
        if volume is None:
            return None
        contents = contents_of(one.name for one in found)
        seen = self._workplace.cards.seen(facts_of(volume, contents, found, volume.root))
        return CardAt(seen.row.card_id, volume.label, volume.serial, volume.root)

    def of_job(self, job_id: str) -> CardAt | None:
        """The card of a job, as the register names it."""
        record = self._record(job_id)
        if not record.card:
            return None
        card = self._workplace.catalog.card(record.card)
        return CardAt(card.card_id, card.label, card.serial, _root(record))

    def was_imported(self, result: ImportResult, at: CardAt, found: Iterable[Found]) -> None:
        """Which of the card's files are safe now; `found` are its files as they were when the import began.

        After a lock there are none: then they are as the importer listed them.
        """
        safe = {(outcome.source, outcome.name) for outcome in result.outcomes if outcome.is_safe}
        found = tuple(found) or self._listed(result)
        held = [
            CardFile(below(one, at.root), one.size_bytes, one.mtime_ms)
            for one in found
            if (one.source, one.name) in safe
        ]
        self._workplace.cards.imported(at.card_id, result.job_id, held, len(safe), len(result.outcomes))

    def _listed(self, result: ImportResult) -> tuple[Found, ...]:
        """What the importer listed, with its time; the card itself may be out."""
        sources = self._record(result.job_id).source_bytes
        return tuple(
            Found(one.source, one.name, Path(os.fsdecode(sources[one.source]), one.name), one.size_bytes, one.mtime_ms)
            for one in result.outcomes
            if one.mtime_ms and one.source < len(sources)
        )

    def _record(self, job_id: str) -> JobRecord:
        return JobRecord.parse(self._workplace.catalog.job(job_id).source)

    def was_erased(self, result: ImportResult) -> None:
        """The card is cleared when every file of the import is gone from it."""
        at = self.of_job(result.job_id)
        if at is not None and result.erased and all(one["erased"] for one in result.erased):
            self._workplace.cards.cleared(at.card_id)


def _root(record: JobRecord) -> Path:
    """Where the card was mounted: the source without its part below the card."""
    source = Path(bytes.fromhex(record.sources[0]).decode("utf-8", "surrogateescape"))
    inside = Path(bytes.fromhex(record.below[0]).decode("utf-8", "surrogateescape"))
    return source if not inside.parts else source.parents[len(inside.parts) - 1]
