"""The catalog without one patient: which rows and operations stay, and what is said anew of what is not the patient's.

Operations of the patient's scope go. Of those without a scope (imports, settings, receipts, cards) and of the worklist
and moves, the ones that tell of the patient go too; what is still true of such an entity without the patient is
recorded once more. In the place of each operation stays its workstation, sequence and chain, so that the history of
changes can still be proven whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from photodesk import ids
from photodesk.store.catalog import Catalog, ContentState
from photodesk.store.catalog_schema import CATALOG_TABLES
from photodesk.store.erasing_reach import Reach
from photodesk.store.operations import chained, open_operation, scope_of
from photodesk.store.projection import Edit

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

Entity = tuple[str, str]
Row = dict[str, Any]

_OWN = frozenset({"patient_id", "to_patient_id"})
_LOOKED_INTO = frozenset({"please_look", "photo_move"})
_DROPPED_WHOLE = frozenset({"receipt", "photo_move", "please_look", "settled", "snapshot"})
_MARKS = "import.marks."
_BY_ENTITY = frozenset({"field_clock", "conflict"})
_NOBODYS = ids.NO_ID.hex()


class CatalogWithout:
    """`keep` is asked for every row; `erased` and `rest` tell what is to be written after that."""

    def __init__(self, catalog: Catalog, keyset: KeySet, reach: Reach) -> None:
        self._catalog = catalog
        self._keyset = keyset
        self._reach = reach
        row = catalog.ledger.database.row("SELECT number FROM patient WHERE patient_id = ?", (reach.patient_id,))
        self._number = row[0] if row else None
        self.erased: list[tuple[str, int, bytes]] = []
        self._unread: set[str] = set()
        self._tainted = self._find_tainted()
        self._keys = {table.name: table.key for table in CATALOG_TABLES.values()}

    def keep(self, table: str, row: Row) -> Row | None:
        """The row as it stays, or None."""
        if table == "operation":
            return self._operation(row)
        if table == "content":
            return self._content(row)
        if table in _BY_ENTITY:
            gone = (row["entity"], row["entity_id"]) in self._tainted
        elif table == "unread":
            gone = row["operation_id"] in self._unread
        elif table == "name_word":
            gone = row["number"] == self._number
        elif table == "chart":
            gone = row["chart_id"] == self._reach.chart_id
        else:
            key = self._keys.get(table)
            gone = (key is not None and (table, row[key]) in self._tainted) or self._is_own(row)
        return None if gone else row

    def rest(self) -> Iterator[Edit]:
        """What is still true of entities whose history told of the patient: of imports, settings and cards."""
        for entity, entity_id in sorted(self._tainted):
            table = CATALOG_TABLES.get(entity)
            if table is None or entity in _DROPPED_WHOLE or self._reach.traces.touch(entity_id):
                continue
            columns = sorted(table.columns)
            row = self._catalog.ledger.database.row(
                f"SELECT {', '.join(columns)} FROM {table.name} WHERE {table.key} = ?",  # noqa: S608
                (entity_id,),
            )
            fields = dict(zip(columns, row or (), strict=False))
            if fields and not self._is_own(fields) and not self._is_sealed_for_shots(entity_id):
                yield Edit(entity, entity_id, "add", self._reach.traces.pruned(fields))

    def _is_own(self, row: Mapping[str, Any]) -> bool:
        return self._reach.patient_id in {row.get(name) for name in _OWN}

    def _is_sealed_for_shots(self, entity_id: str) -> bool:
        """Sites and views chosen in an import: nobody can take one patient's out of them, so they are chosen again."""
        return entity_id.startswith(_MARKS)

    def _operation(self, row: Row) -> Row | None:
        if (row["entity"], row["entity_id"]) not in self._tainted and row["operation_id"] not in self._unread:
            return row
        self.erased.append((row["workstation"], row["sequence"], chained(bytes(row["record"]))))
        return None

    def _content(self, row: Row) -> Row:
        if bytes(row["content_id"]) not in self._reach.contents:
            return row
        gone = {"state": ContentState.DELETED.value, "patient_id": "", "photo_id": "", "job_id": ""}
        return {**row, **gone}

    def _find_tainted(self) -> set[Entity]:
        """Entities of the patient's scope, and others whose history or row tells of the patient."""
        found: set[Entity] = set()
        with self._catalog.ledger.database.reader() as connection:
            for entity, entity_id, record in connection.execute("SELECT entity, entity_id, record FROM operation"):
                if entity and (entity, entity_id) not in found and self._is_tainted(entity, entity_id, bytes(record)):
                    found.add((entity, entity_id))
            for operation_id, record in connection.execute(
                "SELECT operation_id, record FROM operation WHERE entity = ''"
            ):
                if scope_of(bytes(record)) == self._reach.chart_id:
                    self._unread.add(operation_id)  # a newer program said something of the patient
        return found

    def _is_tainted(self, entity: str, entity_id: str, record: bytes) -> bool:
        scope = scope_of(record)
        if scope == self._reach.chart_id:
            return True
        if scope != _NOBODYS and entity not in _LOOKED_INTO:
            return False
        if entity != "receipt" and any(job_id in entity_id for job_id in self._reach.shots):
            return True  # a receipt names no file and no patient
        opened = open_operation(record, self._keyset, self._erasure_key)
        told: Mapping[str, Any] = opened.edit.fields
        return self._is_own(told) or self._reach.traces.touch({entity_id: opened.reason, **told})

    def _erasure_key(self, scope: str) -> bytes:
        return bytes(32) if scope == _NOBODYS else self._catalog.erasure.key(scope)
