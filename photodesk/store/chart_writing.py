"""Writing a chart: one transaction of operations, bytes and renditions, after which what is listed follows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from photodesk.errors import Damaged
from photodesk.photos import Rendition
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.chart_reading import ChartReading
from photodesk.store.chart_schema import CHART_TABLES
from photodesk.store.ledger import Ledger, Writing
from photodesk.store.operations import Operation, Scope, open_operation
from photodesk.store.projection import Edit, apply, column_value

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

SPARE_BYTES = 8 << 20


class ChartWriting(ChartReading):
    """One open chart. Reads from any thread, writes from one."""

    def __init__(self, patient_id: str, scope: Scope, ledger: Ledger, keyset: KeySet, catalog: Catalog) -> None:
        super().__init__(patient_id, scope.chart_id, ledger)
        self._scope = scope
        self._keyset = keyset
        self._catalog = catalog

    @property
    def workstation_id(self) -> str:
        """The workstation this chart's file lies on."""
        return self._keyset.workstation_id

    @contextmanager
    def _writing(self, change: Change, photo_id: str, needed_bytes: int = 0) -> Iterator[Writing]:
        self._about_to_change()
        with self.ledger.writing(change, needed_bytes) as writing:
            yield writing
        self._changed(photo_id)

    def put(self, change: Change, edits: Sequence[Edit], photo_id: str = "") -> None:
        """Changes as they are, together, of the photo where they are one's."""
        with self._writing(change, photo_id) as writing:
            for edit in edits:
                writing.record(self._scope, edit)

    def _about_to_change(self) -> None:
        """The photo index will have to follow, unless nothing can be written anyway. Fixable `disk_full`."""
        if self._catalog.index is not None and self.ledger.database.stopped is None:
            self._catalog.index.about_to_change(self.patient_id)

    def operations_of(self, entity_ids: Sequence[str]) -> list[Operation]:
        """Every operation about these entities, opened, the earliest first: who changed what, and why."""
        rows = self.ledger.database.rows(
            "SELECT record FROM operation WHERE entity_id IN (SELECT value FROM json_each(?)) ORDER BY clock, sequence",
            (column_value(list(entity_ids)),),
        )
        return [open_operation(bytes(row[0]), self._keyset, lambda _: self._scope.erasure_key) for row in rows]

    def replay(self, connection: Any) -> None:
        """Make the tables that operations tell of anew from all of them, in a database where these are empty."""
        with self.ledger.database.fresh() as reading:
            sql = "SELECT record FROM operation WHERE entity <> '' ORDER BY clock, workstation, sequence"
            for (record,) in reading.execute(sql):
                told = open_operation(bytes(record), self._keyset, lambda _: self._scope.erasure_key)
                if told.edit.entity in CHART_TABLES:
                    apply(connection, CHART_TABLES, told.edit, told.clock, told.workstation)

    def _read_back(self, original_id: str, sha256: str, connection: Any = None) -> None:
        """Damaged unless the disk gives these bytes; `connection` has seen nothing yet, without it one is made."""
        if self.verify_original(original_id, connection) != sha256:
            raise Damaged(
                "filed_differs",
                f"The photo {original_id} reads back differently from what was filed.",
                "It is still where it came from. Have the disk looked at, then run a check.",
                chart_id=self.chart_id,
                photo_id=original_id,
            )


def put_renditions(writing: Writing, photo_id: str, renditions: Mapping[Rendition, bytes]) -> None:
    """Store pictures made from a photo, in place of those it had."""
    for kind, data in renditions.items():
        writing.execute(f"DELETE FROM {kind.value} WHERE photo_id = ?", (photo_id,))  # noqa: S608
        writing.execute(f"INSERT INTO {kind.value} (photo_id, bytes) VALUES (?, ?)", (photo_id, data))  # noqa: S608


def hashes_of(renditions: Mapping[Rendition, bytes]) -> dict[Rendition, str]:
    """SHA-256 hex by kind."""
    return {kind: hashlib.sha256(data).hexdigest() for kind, data in renditions.items()}
