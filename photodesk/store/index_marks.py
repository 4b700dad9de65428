"""Patients whose photo index may say less than their chart: marked in the catalog before the chart is written.

A mark goes when the session ends and the index took everything; what a failed write, a kill or a lock leaves is
brought up to date by the next desk (`heal_index`), which opens the charts that are marked and no others.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.store.database import Database


class IndexMarks:
    """The marks in the catalog's database. Thread-safe."""

    def __init__(self, catalog: Database) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._begun: dict[str, bool] = {}

    def begin(self, patient_id: str) -> None:
        """This patient's chart is about to be written. Fixable `disk_full`: then nothing is written."""
        with self._lock:
            if patient_id not in self._begun:
                with suppress(Damaged):  # a catalog that is read-only: the chart matters more
                    self._mark([patient_id])
            self._begun[patient_id] = False

    def _mark(self, patient_ids: Iterable[str]) -> None:
        with self._catalog.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO index_behind VALUES (?)", [(patient_id,) for patient_id in patient_ids]
            )

    def taken(self, patient_ids: Iterable[str], *, well: bool) -> None:
        """Whether the index took what was written last about these."""
        with self._lock:
            self._begun.update((one, well) for one in patient_ids if one in self._begun)

    @property
    def failed(self) -> tuple[str, ...]:
        """Patients written in this session whose last write the index did not take, or was not asked to."""
        with self._lock:
            return tuple(patient_id for patient_id, well in self._begun.items() if not well)

    def left(self) -> tuple[str, ...]:
        """Those that an earlier session left, without those this one writes."""
        rows = self._catalog.rows("SELECT patient_id FROM index_behind")
        with self._lock:
            return tuple(str(row[0]) for row in rows if row[0] not in self._begun)

    def mark_all(self) -> None:
        """Every patient with a chart: the index was lost and begins empty."""
        with self._catalog.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO index_behind SELECT p.patient_id FROM patient p JOIN chart c USING (chart_id)"
                " WHERE c.made = 1"
            )

    def healed(self, patient_id: str) -> None:
        """The index says what this chart says; unless the chart is being written again meanwhile."""
        with self._lock:
            if patient_id not in self._begun:
                self._forget([patient_id])

    def settle(self) -> None:
        """The session ends: what the index took needs no mark. What fails here is only looked at once more."""
        with self._lock, suppress(PhotoDeskError):
            well = [patient_id for patient_id, taken in self._begun.items() if taken]
            if well:
                self._forget(well)
            self._begun = {one: taken for one, taken in self._begun.items() if not taken}

    def _forget(self, patient_ids: Iterable[str]) -> None:
        with self._catalog.transaction() as connection:
            connection.executemany("DELETE FROM index_behind WHERE patient_id = ?", [(one,) for one in patient_ids])
