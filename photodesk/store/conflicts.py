"""Values that lost without having been seen: found from the operations alone, so that every workstation finds the same.

Each operation names, per field, the clock of the value it replaced: the operations about one field are a tree. Its
leaves are values that nobody who changed the field has seen. The leaf with the highest (clock, workstation) stands;
another leaf is a conflict, unless its value was on the way to the one that stands. Of a leaf that is itself a decision
only what came later on that way counts: two decisions made without knowing of each other are a conflict again.
A deletion names what it knew of every field (`seen`); a value of the entity that it did not know is a conflict of its
own, *deleted with changes*. A conflict's id is SHA-256(entity, id, field, operation), 16 bytes; a person's decision
about it is an entity `settled`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from photodesk.crypto import sha256
from photodesk.errors import PhotoDeskError
from photodesk.store.conflict_rules import SEEN, deletes, deleting_field, reviewed
from photodesk.store.operations import Operation, open_operation
from photodesk.store.projection import Clocks, Tables, column_value

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

Opened = Callable[[bytes], Operation]


@dataclass(frozen=True)
class Said:
    """What one operation says about one field."""

    operation_id: str
    workstation: str
    person: str
    clock: int
    replaced: int
    value: Any

    @property
    def rank(self) -> tuple[int, str]:
        """Of two the higher one stands."""
        return self.clock, self.workstation


def conflict_id(entity: str, entity_id: str, field: str, operation_id: str) -> str:
    """The same name on every workstation."""
    return sha256(f"{entity}\0{entity_id}\0{field}\0{operation_id}".encode())[:16].hex()


def said_about(operations: Iterable[Operation], field: str) -> list[Said]:
    """What operations of one entity say about a field, the value that stands last."""
    found = [
        Said(one.operation_id, one.workstation, one.person, one.clock, one.replaced[field], one.edit.fields[field])
        for one in operations
        if field in one.edit.fields
    ]
    return sorted(found, key=lambda said: said.rank)


def losers(said: Sequence[Said], decides: Callable[[Said], bool]) -> list[Said]:
    """Of what is `said_about` a field: values that lost without having been seen by who wrote what stands.

    Where two workstations made one at the very same clock, it cannot be known which of them a later one saw: both are
    shown rather than one lost. `decides`: whether one is a decision for what stood, which no older word outweighs.
    """
    if len(said) < 2:
        return []
    clocks = Counter(one.clock for one in said)
    followed = {one.replaced for one in said if clocks[one.replaced] == 1}
    by_clock = {one.clock: one for one in said if clocks[one.clock] == 1}
    way, step = [said[-1]], by_clock.get(said[-1].replaced)
    while step is not None:
        way.append(step)
        step = by_clock.get(step.replaced) if step.replaced < step.clock else None

    def is_known(one: Said) -> bool:
        same = [each.rank for each in way if each.value == one.value]
        return bool(same) and (max(same) > one.rank or not decides(one))

    return [one for one in said[:-1] if one.clock not in followed and not is_known(one)]


def unseen(operations: Sequence[Operation], entity: str) -> list[Operation]:
    """Where an entity is deleted: what stands of it that whoever deleted it did not know."""
    field = deleting_field(entity)
    said = said_about(operations, field) if field else []
    if not said or not deletes(entity, {field: said[-1].value}):
        return []
    by_id = {one.operation_id: one for one in operations}
    deletion = by_id[said[-1].operation_id]
    seen = deletion.edit.fields.get(SEEN)
    if not isinstance(seen, dict):
        return []
    found: dict[str, Operation] = {}
    for name in sorted(reviewed(entity)):
        about = said_about(operations, name)
        if about and about[-1].clock > seen.get(name, 0) and about[-1].workstation != deletion.workstation:
            found[about[-1].operation_id] = by_id[about[-1].operation_id]
    return [found[key] for key in sorted(found)]


class ConflictBook:
    """The table `conflict` of one database, inside a transaction. `erasure_key` is EK by scope."""

    def __init__(self, connection: Any, keyset: KeySet, erasure_key: Callable[[str], bytes]) -> None:
        self._connection = connection
        self._keyset = keyset
        self._erasure_key = erasure_key

    def operations(self, entity: str, entity_id: str) -> list[Operation]:
        """What is known of an entity, as far as these keys open it."""
        rows = self._connection.execute(
            "SELECT record FROM operation WHERE entity_id = ? AND entity = ? ORDER BY clock, workstation",
            (entity_id, entity),
        )
        found = []
        for (record,) in rows.fetchall():
            try:
                found.append(open_operation(bytes(record), self._keyset, self._erasure_key))
            except PhotoDeskError:
                continue
        return found

    def concerns(self, entity: str, entity_id: str) -> bool:
        """Whether anything about an entity is in conflict, or two of its operations have the very same clock."""
        if not reviewed(entity):
            return False
        row = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM conflict WHERE entity = ?1 AND entity_id = ?2) OR EXISTS"
            " (SELECT 1 FROM operation WHERE entity = ?1 AND entity_id = ?2 GROUP BY clock HAVING count(*) > 1)",
            (entity, entity_id),
        ).fetchone()
        return bool(row[0])

    def find_all(self) -> None:
        """The rows of every entity, after operations were put into an empty database."""
        rows = self._connection.execute(
            "SELECT entity, entity_id FROM operation GROUP BY entity, entity_id HAVING count(DISTINCT workstation) > 1"
        )
        for entity, entity_id in rows.fetchall():
            if reviewed(entity):
                self.find_anew(entity, entity_id)

    def find_anew(self, entity: str, entity_id: str) -> None:
        """Make the rows of an entity what its operations say."""
        self.put(entity, entity_id, self.operations(entity, entity_id))

    def put(self, entity: str, entity_id: str, operations: Sequence[Operation]) -> None:
        """`find_anew` where its operations are at hand, the one that outranks the others last."""
        rows = []
        for name in sorted(reviewed(entity)):
            said = said_about(operations, name)
            for one in losers(said, partial(self._decides, entity, entity_id, name, said)):
                key = conflict_id(entity, entity_id, name, one.operation_id)
                rows.append((key, entity, entity_id, name, one.operation_id))
        field = deleting_field(entity)
        rows += [
            (conflict_id(entity, entity_id, field, one.operation_id), entity, entity_id, field, one.operation_id)
            for one in unseen(operations, entity)
        ]
        self._connection.execute("DELETE FROM conflict WHERE entity = ? AND entity_id = ?", (entity, entity_id))
        self._connection.executemany("INSERT INTO conflict VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def _decides(self, entity: str, entity_id: str, name: str, said: Sequence[Said], one: Said) -> bool:
        """Whether it says again what stood, at a workstation where a conflict about the field was settled before.

        That mark is earlier in the same chain: whoever has the one has the other, in whatever order they came.
        """
        if all((each.clock, each.value) != (one.replaced, one.value) for each in said):
            return False
        keys = [conflict_id(entity, entity_id, name, each.operation_id) for each in said]
        row = self._connection.execute(
            "SELECT 1 FROM operation WHERE entity = 'settled' AND workstation = ? AND clock < ?"
            " AND entity_id IN (SELECT value FROM json_each(?)) LIMIT 1",
            (one.workstation, one.clock, column_value(keys)),
        ).fetchone()
        return row is not None


def may_conflict(told: Operation, before: Clocks, *, is_deleted: bool) -> bool:
    """Whether an operation may differ from what another workstation wrote unseen; `before` are the entity's clocks.

    `is_deleted`: whether the entity is deleted now that it was applied.
    """
    names = reviewed(told.edit.entity)
    if not names or not before:
        return False
    concerned = [name for name in told.edit.fields if name in names]
    return is_deleted or any(name in before and before[name][0] != told.replaced[name] for name in concerned)


def is_gone(connection: Any, tables: Tables, entity: str, entity_id: str) -> bool:
    """Whether an entity is deleted."""
    name, table = deleting_field(entity), tables.get(entity)
    if not name or table is None:
        return False
    row = connection.execute(
        f"SELECT {name} FROM {table.name} WHERE {table.key} = ?",  # noqa: S608  our own schema's names
        (entity_id,),
    ).fetchone()
    return row is not None and deletes(entity, {name: row[0]})
