"""A chart that is empty so far, filled with proven operations in one go: the same tables as taking them one by one.

Operations are let in in memory by the rules of `taking` (in each workstation's order, each after what it is based on),
every field is settled there, and each table is then written once. Whatever cannot be told from here to come out the
same (a value that fits no column, two operations of one clock) is refused: then they are taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

from photodesk.store.conflict_rules import reviewed
from photodesk.store.conflicts import ConflictBook
from photodesk.store.operations import Operation
from photodesk.store.projection import Clocks, FieldClocks, Tables, column_value
from photodesk.store.snapshot_proof import Proven, ProvenChart, snapshot_differs
from photodesk.store.sqlcipher import UNFIT
from photodesk.store.taking import Outcome, is_known

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

Entity = tuple[str, str]
_MOST = 1 << 63
_ALWAYS = frozenset({str, bytes, list, dict, bool})  # what any column takes


class SnapshotLoading:
    """Fills one empty database, inside one transaction. `erasure_key` gives EK by scope."""

    def __init__(self, connection: Any, tables: Tables, keyset: KeySet, erasure_key: Callable[[str], bytes]) -> None:
        self._connection = connection
        self._tables = tables
        self._conflicts = ConflictBook(connection, keyset, erasure_key)
        self._clocks: dict[Entity, Clocks] = {}
        self._values: dict[Entity, dict[str, Any]] = {}
        self._said: dict[Entity, list[Operation]] = {}
        self._columns: dict[str, dict[str, bool]] = {}

    def run(self, proven: ProvenChart) -> Outcome:
        """Write it. Damaged `snapshot_differs`: the caller's transaction must not be kept."""
        if not is_empty(self._connection):
            raise snapshot_differs()
        taken = self._let_in(proven)
        try:
            self._keep(taken, proven)
        except (*UNFIT, TypeError, ValueError, msgspec.MsgspecError):
            raise snapshot_differs() from None
        self._find_conflicts()
        told = [one.told for one in taken if one.told is not None and one.told.edit.entity in self._tables]
        return Outcome(applied=told)

    # -- in memory ----------------------------------------------------------------------------------------------

    def _let_in(self, proven: ProvenChart) -> list[Proven]:
        """Every operation, in an order that `taking` could have taken them in."""
        taken: list[Proven] = []
        waiting = {workstation: iter(of_it) for workstation, of_it in sorted(proven.operations.items())}
        heads = {workstation: next(of_it, None) for workstation, of_it in waiting.items()}
        moved = True
        while moved:
            moved = False
            for workstation, of_it in waiting.items():
                while (one := heads[workstation]) is not None and self._let_one_in(one.told):
                    taken.append(one)
                    heads[workstation] = next(of_it, None)
                    moved = True
        if any(one is not None for one in heads.values()):
            raise snapshot_differs()
        return taken

    def _let_one_in(self, told: Operation | None) -> bool:
        """Let one take effect; False where what it is based on has not come yet."""
        if told is None:
            return True
        entity = told.edit.entity, told.edit.entity_id
        clocks = self._clocks.get(entity, {})
        for name, clock in told.replaced.items():
            if clock and clocks.get(name, (0, ""))[0] < clock:
                return False
        table = self._tables.get(told.edit.entity)
        if table is None:
            return True
        mark = told.clock, told.workstation
        self._clocks[entity] = clocks
        values = self._values.setdefault(entity, {})
        self._said.setdefault(entity, []).append(told)
        columns, sole = table.columns, table.sole
        for name, value in told.edit.fields.items():
            before = clocks.get(name)
            if before is not None and before >= mark:
                if before == mark:
                    raise snapshot_differs()
                outranked = True
            else:
                outranked = False
                clocks[name] = mark
            if name in columns:
                column = sole.get(name, name)
                if type(value) not in _ALWAYS and not self._fits(table.name, column, value):
                    raise snapshot_differs()
                if not outranked:
                    values[column] = value
        return True

    def _fits(self, table: str, column: str, value: Any) -> bool:
        """Whether any database would take this value there."""
        if value is None:
            return self._nullable(table).get(column, False)
        if type(value) is int:
            return -_MOST <= value < _MOST
        return type(value) is float and isfinite(value)

    def _nullable(self, table: str) -> dict[str, bool]:
        found = self._columns.get(table)
        if found is None:
            rows = self._connection.execute(f"PRAGMA table_info({table})").fetchall()
            found = self._columns[table] = {str(row[1]): not row[3] for row in rows}
        return found

    # -- in the tables ------------------------------------------------------------------------------------------

    def _keep(self, taken: Iterable[Proven], proven: ProvenChart) -> None:
        self._connection.executemany("INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?)", map(_row, taken))
        unread = [
            (one.arrived.operation_id,) for one in taken if one.told is None or not is_known(self._tables, one.told)
        ]
        self._connection.executemany("INSERT INTO unread VALUES (?)", unread)
        self._connection.executemany("INSERT INTO erased_operation VALUES (?, ?, ?)", proven.left_out)
        for sql, rows in self._rows():
            self._connection.executemany(sql, rows)
        for table in {one.name: one for one in self._tables.values()}.values():
            for name, kept in table.sole.items():  # of several that say the same, the one with the smallest id has it
                self._connection.execute(
                    f"UPDATE {table.name} SET {name} = {kept} WHERE {table.key} IN"  # noqa: S608  our own schema's
                    f" (SELECT min({table.key}) FROM {table.name} WHERE {kept} IS NOT NULL GROUP BY {kept})"
                )
        held = FieldClocks(self._connection)
        for (entity, entity_id), clocks in self._clocks.items():
            held.keep(entity, entity_id, clocks)
        held.write()

    def _rows(self) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """(statement, rows) of every table, by which columns something was said about."""
        found: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {}
        for (entity, entity_id), values in self._values.items():
            columns = tuple(sorted(values))
            row = (entity_id, *(column_value(values[name]) for name in columns))
            found.setdefault((entity, columns), []).append(row)
        for (entity, columns), rows in found.items():
            table = self._tables[entity]
            names, marks = ", ".join((table.key, *columns)), ", ".join("?" * (len(columns) + 1))
            yield f"INSERT INTO {table.name} ({names}) VALUES ({marks})", sorted(rows, key=_first)  # noqa: S608

    def _find_conflicts(self) -> None:
        for (entity, entity_id), said in self._said.items():
            if len(said) > 1 and reviewed(entity) and len({one.workstation for one in said}) > 1:
                said.sort(key=lambda one: (one.clock, one.workstation))
                self._conflicts.put(entity, entity_id, said)


def is_empty(connection: Any) -> bool:
    """Whether nothing was ever said in this database."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM operation) OR EXISTS (SELECT 1 FROM erased_operation)"
    ).fetchone()
    return not row[0]


def _row(one: Proven) -> tuple[Any, ...]:
    each = one.arrived
    entity, entity_id = (one.told.edit.entity, one.told.edit.entity_id) if one.told is not None else ("", "")
    return each.operation_id, each.workstation, each.sequence, each.clock, entity, entity_id, each.record


def _first(row: tuple[Any, ...]) -> str:
    return str(row[0])
