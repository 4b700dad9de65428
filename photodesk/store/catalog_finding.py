"""Finding patients, a person with several entries once."""

from __future__ import annotations

from datetime import date

from photodesk.patients import Patient, PatientSummary
from photodesk.store import catalog_search
from photodesk.store.catalog_patients import PATIENT_COLUMNS, CatalogPatients, patient_of
from photodesk.store.projection import column_value


class CatalogFinding(CatalogPatients):
    """The catalog's patient list as a person searches it."""

    def search(self, text: str, limit: int = 50) -> list[PatientSummary]:
        """Search as you type; an empty text lists patients by name. `photos` is None without chart keys.

        A person with several entries is found by each of them, once, as the main one.
        """
        with self.ledger.database.reader() as connection:
            numbers = catalog_search.find(connection, text, limit, self.persons.numbers())
            rows = connection.execute(
                f"SELECT number, {PATIENT_COLUMNS} FROM patient WHERE number IN (SELECT value FROM json_each(?))",  # noqa: S608
                (column_value(numbers),),
            ).fetchall()
        by_number = {row[0]: patient_of(row[1:]) for row in rows}
        return self._summaries([by_number[number] for number in numbers if number in by_number])

    def summary(self, patient_id: str) -> PatientSummary:
        """One line of a patient list."""
        return self._summaries([self.patient(patient_id)])[0]

    def _summaries(self, patients: list[Patient]) -> list[PatientSummary]:
        """With the photos and the last visit of all entries of each person."""
        entries = {one.patient_id: self.persons.entries(one.patient_id) for one in patients}
        every = [entry for found in entries.values() for entry in found]
        visits = self.ledger.database.rows(
            "SELECT patient_id, max(day) FROM visit WHERE patient_id IN (SELECT value FROM json_each(?)) GROUP BY 1",
            (column_value(every),),
        )
        last = {row[0]: row[1] for row in visits}
        counts = self._counts(every)
        return [
            PatientSummary(
                one,
                None if counts is None else sum(counts.get(entry, 0) for entry in entries[one.patient_id]),
                max((date.fromisoformat(last[e]) for e in entries[one.patient_id] if last.get(e)), default=None),
            )
            for one in patients
        ]

    def _counts(self, patient_ids: list[str]) -> dict[str, int] | None:
        return None if self.index is None else self.index.counts(patient_ids)
