"""Tables as projections of operations: entity → table, field → column, last writer by (clock, workstation) per field.

Applying the same operations in any order, any number of times, gives the same tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from photodesk.store.sqlcipher import UnfitValueError

Clocks = dict[str, tuple[int, str]]
_KEEP_CLOCKS = "INSERT INTO field_clock VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET clocks = excluded.clocks"


@dataclass(frozen=True)
class Edit:
    """One change of one entity: `verb` is `add`, `set` or `delete`; values are text, numbers, bytes, lists or maps."""

    entity: str
    entity_id: str
    verb: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Where an entity is projected: its table, key column, and the columns of the fields it has.

    `sole` are fields whose value one entity only may have, each with the column that keeps what every one says: of
    several that say the same, the one with the smallest id has it, whatever the order they came in.
    """

    name: str
    key: str
    columns: frozenset[str]
    sole: Mapping[str, str] = field(default_factory=dict)


Tables = Mapping[str, Table]


def field_clocks(connection: Any, entity: str, entity_id: str) -> Clocks:
    """(clock, workstation) of each field of an entity; empty for a new one."""
    row = connection.execute(
        "SELECT clocks FROM field_clock WHERE entity = ? AND entity_id = ?", (entity, entity_id)
    ).fetchone()
    if row is None:
        return {}
    groups = msgspec.msgpack.decode(row[0])
    return {name: (clock, workstation.hex()) for clock, workstation, names in groups for name in names}


class FieldClocks:
    """`field_clock` inside one transaction: each entity's clocks are read once, and written once by `write`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._held: dict[tuple[str, str], Clocks] = {}
        self._changed: set[tuple[str, str]] = set()

    def of(self, entity: str, entity_id: str) -> Clocks:
        """As `field_clocks`, with what was kept since. Not to be changed."""
        held = self._held.get((entity, entity_id))
        if held is None:
            held = self._held[entity, entity_id] = field_clocks(self._connection, entity, entity_id)
        return held

    def keep(self, entity: str, entity_id: str, clocks: Clocks) -> None:
        """These are the entity's from now on."""
        self._held[entity, entity_id] = clocks
        self._changed.add((entity, entity_id))

    def write(self) -> None:
        """Into the table, before the transaction ends."""
        rows = [(entity, entity_id, _packed(self._held[entity, entity_id])) for entity, entity_id in self._changed]
        self._connection.executemany(_KEEP_CLOCKS, sorted(rows))
        self._changed.clear()


def apply(connection: Any, tables: Tables, edit: Edit, clock: int, workstation: str) -> None:
    """Set the fields that this operation outranks. Fields this program does not know keep their clock only.

    The same operation again sets what it set: a newer program finds the fields it knows by now.
    """
    clocks = FieldClocks(connection)
    apply_within(connection, tables, edit, clock, workstation, clocks)
    clocks.write()


def apply_within(connection: Any, tables: Tables, edit: Edit, clock: int, workstation: str, held: FieldClocks) -> None:
    """`apply` of one among many: their clocks are written when the caller has `held.write`."""
    table = tables[edit.entity]
    clocks = dict(held.of(edit.entity, edit.entity_id))
    won = [name for name in edit.fields if clocks.get(name, (-1, "")) <= (clock, workstation)]
    values = {table.sole.get(name, name): edit.fields[name] for name in won if name in table.columns}
    former = _said(connection, table, edit.entity_id, values) if table.sole else ()
    names = ", ".join([table.key, *values])
    marks = ", ".join("?" * (len(values) + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in values)
    connection.execute(
        f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608  names are our own schema's
        f" ON CONFLICT ({table.key}) DO {'UPDATE SET ' + changes if changes else 'NOTHING'}",
        (edit.entity_id, *map(column_value, values.values())),
    )
    for name, kept in former:
        _give_to_one(connection, table, edit.entity_id, name, {kept, column_value(values[table.sole[name]])})
    clocks.update(dict.fromkeys(won, (clock, workstation)))
    held.keep(edit.entity, edit.entity_id, clocks)


def _said(connection: Any, table: Table, entity_id: str, values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What an entity said until now in its sole fields that are being set."""
    found = []
    for name, kept in table.sole.items():
        if kept in values:
            row = connection.execute(
                f"SELECT {kept} FROM {table.name} WHERE {table.key} = ?",  # noqa: S608  our own schema's names
                (entity_id,),
            ).fetchone()
            found.append((name, None if row is None else row[0]))
    return found


def _give_to_one(connection: Any, table: Table, entity_id: str, name: str, said: set[Any]) -> None:
    kept = table.sole[name]
    connection.execute(f"UPDATE {table.name} SET {name} = NULL WHERE {table.key} = ?", (entity_id,))  # noqa: S608
    for value in said - {None}:
        connection.execute(f"UPDATE {table.name} SET {name} = NULL WHERE {kept} = ?", (value,))  # noqa: S608
        connection.execute(
            f"UPDATE {table.name} SET {name} = ? WHERE {table.key} ="  # noqa: S608
            f" (SELECT min({table.key}) FROM {table.name} WHERE {kept} = ?)",
            (value, value),
        )


def column_value(value: Any) -> Any:
    """A field's value as SQL holds it: lists and maps as JSON text. UnfitValueError where JSON cannot say it."""
    if isinstance(value, (list, tuple, dict)):
        try:
            return msgspec.json.encode(value).decode("utf-8")
        except (TypeError, ValueError, msgspec.MsgspecError):
            raise UnfitValueError from None
    return value


def _packed(clocks: Clocks) -> bytes:
    groups: dict[tuple[int, str], list[str]] = {}
    for name in sorted(clocks):
        groups.setdefault(clocks[name], []).append(name)
    ordered = sorted(groups.items())
    return msgspec.msgpack.encode([[clock, bytes.fromhex(station), names] for (clock, station), names in ordered])
