"""Taking operations into the catalog: the words that patients are found by follow in the same transaction."""

from __future__ import annotations

from typing import Any

from photodesk.store import catalog_search
from photodesk.store.catalog_patients import patient_of
from photodesk.store.operations import Operation
from photodesk.store.projection import Clocks
from photodesk.store.taking import Taking


class CatalogTaking(Taking):
    """Takes operations into the catalog."""

    def _apply(self, told: Operation, before: Clocks) -> bool:
        if told.edit.entity != "patient":
            return super()._apply(told, before)
        self._forget_words(told.edit.entity_id)
        took = super()._apply(told, before)
        row = self._row(told.edit.entity_id)
        if row is not None and row[4] and not row[6]:  # whole, and not hidden
            catalog_search.index_patient(self.connection, patient_of(row[:6]))
        return took

    def _forget_words(self, patient_id: str) -> None:
        row = self._row(patient_id)
        if row is not None and row[4]:
            catalog_search.remove_patient(self.connection, patient_of(row[:6]))

    def _row(self, patient_id: str) -> Any:
        return self.connection.execute(
            "SELECT patient_id, mrn, family, given, birth, sex, hidden FROM patient WHERE patient_id = ?", (patient_id,)
        ).fetchone()
