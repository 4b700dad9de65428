"""Operations of other workstations, into the catalog or a chart of the store that is open here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from photodesk.store import taking_chart
from photodesk.store.catalog import Catalog
from photodesk.store.catalog_schema import CATALOG_TABLES
from photodesk.store.chart_schema import CHART_TABLES
from photodesk.store.charts import Charts
from photodesk.store.conflict_reading import has_undecided
from photodesk.store.members import Members
from photodesk.store.snapshot_announcing import Covers, vouched
from photodesk.store.snapshot_loading import SnapshotLoading
from photodesk.store.snapshot_proof import SnapshotProof
from photodesk.store.taking import Outcome, Taking
from photodesk.store.taking_catalog import CatalogTaking

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet


@dataclass
class TakingIn:
    """One person's keys and the membership log as it stands. One thread, which nobody else writes beside."""

    catalog: Catalog
    charts: Charts
    keyset: KeySet
    members: Members

    def __post_init__(self) -> None:
        self._erasure_keys: dict[str, bytes | None] = {}

    def catalog_operations(self, records: Sequence[bytes]) -> Outcome:
        """Take operations into the catalog, all in one transaction."""
        with self.catalog.ledger.database.transaction() as connection:
            taking = CatalogTaking(connection, CATALOG_TABLES, self.keyset, self.members, self._erasure_key)
            outcome = Outcome(applied=taking.reread())
            return taking.run(records, outcome)

    def chart_operations(self, patient_id: str, records: Sequence[bytes]) -> Outcome:
        """Take operations into a patient's chart, which is made where it is not here; then what follows from them."""

        def take(connection: Any) -> Outcome:
            taking = Taking(connection, CHART_TABLES, self.keyset, self.members, self._erasure_key)
            return taking.run(records, Outcome(applied=taking.reread()))

        return self._into_chart(patient_id, take)

    def chart_snapshot(self, patient_id: str, records: Sequence[bytes], covers: Covers) -> Outcome:
        """Fill a patient's chart that is empty so far from a snapshot; then what follows from it.

        Damaged `snapshot_differs`: nothing was changed, and the operations are to be taken one by one.
        """
        scope = self.catalog.scope(patient_id)
        with self.catalog.ledger.database.reader() as connection:
            said = vouched(connection, self.keyset, scope.chart_id, scope.erasure_key)
        proof = SnapshotProof(scope.chart_id, scope.erasure_key, self.keyset, self.members, said)
        proven = proof.prove(records, covers)

        def fill(connection: Any) -> Outcome:
            return SnapshotLoading(connection, CHART_TABLES, self.keyset, lambda _: scope.erasure_key).run(proven)

        return self._into_chart(patient_id, fill)

    def _into_chart(self, patient_id: str, change: Callable[[Any], Outcome]) -> Outcome:
        chart = self.charts.open(patient_id, hidden_too=True)
        before = chart.ledger.database.generation()
        index = self.catalog.index
        if index is not None:
            index.about_to_change(patient_id)
        with chart.ledger.database.transaction() as connection:
            outcome = change(connection)
            changed = (*outcome.again, *(one.edit.entity_id for one in outcome.applied))
            ids = taking_chart.touched(connection, changed)
        if ids:
            chart.drop_gone_bytes()
        taking_chart.follow(self.catalog, chart, self.keyset, ids)
        self.catalog.set_to_review(patient_id, to_review=has_undecided(chart.ledger.database, clinical=True))
        outcome.generations = (before, chart.ledger.database.generation())
        return outcome

    def _erasure_key(self, chart_id: str) -> bytes | None:
        if self._erasure_keys.get(chart_id) is None:
            self._erasure_keys[chart_id] = self.catalog.erasure.key_if_known(chart_id)
        return self._erasure_keys[chart_id]
