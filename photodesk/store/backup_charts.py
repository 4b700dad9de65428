"""The charts in a backup run: those that changed since the backup last saw them, and those that change meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.store.backup_chart import ChartBackup, ChartCopy, read_chart_copy
from photodesk.store.backup_record import ChartPart
from photodesk.store.backup_seal import Shelf
from photodesk.store.backup_sources import Sources
from photodesk.store.backup_target import Target
from photodesk.store.catalog import ChartPointer
from photodesk.store.database import behind_log
from photodesk.store.elsewhere import note_elsewhere

_ROUNDS = 4
_LEFT_OUT = {
    "behind_log",
    "database_damaged",
    "database_missing",
    "not_authentic",
    "bad_record",
    "erasure_key_missing",
    "disk_failed",
}


class ChartsPass:
    """`parts` are the charts as the backup has them at the end; `problems` what could not be read here.

    A chart that cannot be read stays in the backup as it was there.
    """

    def __init__(
        self, sources: Sources, target: Target, shelf: Shelf, erased: frozenset[str], before: Iterable[ChartPart]
    ) -> None:
        self._sources = sources
        self._target = target
        self._shelf = shelf
        self._erased = erased
        self._before = {one.chart_id: one for one in before}
        self._given_up: set[str] = set()
        keyset = sources.keyset
        self._backup = ChartBackup(shelf, keyset.chart_keys[keyset.chart_epoch], keyset.chart_epoch)
        self.parts: dict[str, ChartPart] = {}
        self.problems: list[Damaged] = []

    def run(self, after_each: Callable[[], None]) -> None:
        """Every chart; those that changed while others were stored, again. The last round's changes are next time's."""
        for _ in range(_ROUNDS):
            pointers = [one for one in self._sources.catalog.chart_pointers() if one.made]
            logged = self._sources.keeper.generations()
            due = [one for one in pointers if self._is_due(one.chart_id, logged)]
            if not due:
                break
            for pointer in due:
                self._one(pointer, logged.get(pointer.chart_id, 0))
                after_each()
        self._carry_strangers()
        self.problems += self._backup.problems

    def _is_due(self, chart_id: str, logged: Mapping[str, int]) -> bool:
        done = self.parts.get(chart_id)
        return chart_id not in self._given_up and (done is None or done.generation < logged.get(chart_id, 0))

    def _one(self, pointer: ChartPointer, logged: int) -> None:
        chart_id = pointer.chart_id
        before = self._before.get(chart_id)
        if before is not None and logged and before.generation == logged and self._whole(before):
            self.parts[chart_id] = before
            return
        try:
            self._store(pointer, self.parts.get(chart_id, before))
        except Damaged as damage:
            if damage.code not in _LEFT_OUT:
                raise
            self._given_up.add(chart_id)
            self.problems.append(_unreadable(chart_id))
            if before is not None:
                self.parts[chart_id] = before

    def _store(self, pointer: ChartPointer, before: ChartPart | None) -> None:
        erasure_key = self._sources.catalog.erasure.key(pointer.chart_id)
        held = None if before is None else self._held(before, erasure_key)
        chart = self._sources.charts.open_pointer(pointer)
        try:
            older = behind_log(chart.ledger.database)
            if older is not None:
                raise older
            self.parts[pointer.chart_id] = self._backup.run(chart, erasure_key, held)
            note_elsewhere(self._sources.catalog, pointer.chart_id, self._backup.elsewhere)
        finally:
            chart.ledger.database.close()

    def _held(self, part: ChartPart, erasure_key: bytes) -> ChartCopy | None:
        """What the backup has of a chart; None where its snapshot cannot be read: all of it is stored again then."""
        keyset = self._sources.keyset
        try:
            key = keyset.chart_keys[part.epoch]
            return read_chart_copy(self._target, part, key, erasure_key, keyset.clinic_id)
        except (KeyError, Damaged):
            return None
        except PhotoDeskError as failure:
            if failure.code != "newer_format":
                raise
            return None

    def _whole(self, part: ChartPart) -> bool:
        return self._shelf.holds(part.snapshot) and all(self._shelf.holds(one) for one in part.blobs)

    def _carry_strangers(self) -> None:
        """Charts that the catalog does not know any more stay, unless the clinic decided to erase them."""
        for chart_id, part in self._before.items():
            if chart_id not in self.parts and chart_id not in self._given_up and chart_id not in self._erased:
                self.parts[chart_id] = part
                self.problems.append(_unreadable(chart_id))


def _unreadable(chart_id: str) -> Damaged:
    return Damaged(
        "chart_not_backed_up",
        f"The chart {chart_id} cannot be read; the backup keeps what it had of it.",
        chart_id=chart_id,
    )
