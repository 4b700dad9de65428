"""Values that lost without having been seen: found from the operations alone, so that every workstation finds the same.

Each operation names, per field, the clock of the value it replaced: the operations about one field are a tree. Its
leaves are values that nobody who changed the field has seen. The leaf with the highest (clock, workstation) stands;
another leaf is a conflict, unless its value was on the way to the one that stands. A deletion names what it knew of
every field (`seen`); a change of the entity that it did not know is a conflict of its own, *deleted with changes*.
A conflict's id is SHA-256(entity, id, field, operation), 16 bytes; a person's decision about it is an entity `settled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from photodesk.crypto import sha256
from photodesk.errors import PhotoDeskError
from photodesk.store.conflict_rules import SEEN, deletes, deleting_field, reviewed
from photodesk.store.operations import Operation, open_operation
from photodesk.store.projection import Clocks

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


def losers(said: Sequence[Said]) -> list[Said]:
    """Of what is `said_about` a field: values that lost without having been seen by who wrote what stands."""
    if len(said) < 2:
        return []
    followed = {one.replaced for one in said}
    known = [one.value for one in _way_to(said, said[-1])]
    return [one for one in said[:-1] if one.clock not in followed and one.value not in known]


def unseen(operations: Sequence[Operation], entity: str) -> list[Operation]:
    """Where an entity is deleted: changes of it that whoever deleted it did not know."""
    field = deleting_field(entity)
    said = said_about(operations, field) if field else []
    if not said or not deletes(entity, {field: said[-1].value}):
        return []
    deletion = next(one for one in operations if one.operation_id == said[-1].operation_id)
    seen = deletion.edit.fields.get(SEEN)
    if not isinstance(seen, dict):
        return []
    found: dict[str, Operation] = {}
    for name in reviewed(entity):
        about = said_about(operations, name)
        last = next((one for one in about if one.clock == seen.get(name)), None)
        known = {one.operation_id for one in _way_to(about, last)} if last is not None else set()
        for one in operations:
            if name in one.edit.fields and one.operation_id not in known and one.workstation != deletion.workstation:
                found[one.operation_id] = one
    return [found[one.operation_id] for one in operations if one.operation_id in found]


def _way_to(said: Sequence[Said], last: Said) -> list[Said]:
    """A value and those it came from, the latest first."""
    by_clock = {one.clock: one for one in said}
    way, one = [], by_clock.get(last.clock)
    while one is not None:
        way.append(one)
        one = by_clock.get(one.replaced) if one.replaced < one.clock else None
    return way


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

    def has(self, entity: str, entity_id: str) -> bool:
        """Whether anything about an entity is or was in conflict."""
        row = self._connection.execute(
            "SELECT 1 FROM conflict WHERE entity = ? AND entity_id = ? LIMIT 1", (entity, entity_id)
        ).fetchone()
        return row is not None

    def find_anew(self, entity: str, entity_id: str) -> None:
        """Make the rows of an entity what its operations say."""
        operations = self.operations(entity, entity_id)
        rows = [
            (conflict_id(entity, entity_id, name, one.operation_id), entity, entity_id, name, one.operation_id)
            for name in sorted(reviewed(entity))
            for one in losers(said_about(operations, name))
        ]
        field = deleting_field(entity)
        rows += [
            (conflict_id(entity, entity_id, field, one.operation_id), entity, entity_id, field, one.operation_id)
            for one in unseen(operations, entity)
        ]
        self._connection.execute("DELETE FROM conflict WHERE entity = ? AND entity_id = ?", (entity, entity_id))
        self._connection.executemany("INSERT INTO conflict VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)


def may_conflict(told: Operation, before: Clocks, *, was_deleted: bool) -> bool:
    """Whether an operation may differ from what another workstation wrote unseen; `before` are the entity's clocks."""
    names = reviewed(told.edit.entity)
    if not names or not before:
        return False
    if deletes(told.edit.entity, told.edit.fields):
        seen = told.edit.fields.get(SEEN)
        known: Mapping[str, int] = seen if isinstance(seen, dict) else {}
        if any(before[name][0] != known.get(name, 0) for name in names if name in before):
            return True
    concerned = [name for name in told.edit.fields if name in names]
    return bool(concerned) and (
        was_deleted or any(name in before and before[name][0] != told.replaced[name] for name in concerned)
    )
