"""Taking in operations of other workstations: each is checked, kept as the signed record it is, and applied.

An operation counts where its place in its workstation's chain has come, its workstation and its person signed it, what
it builds on is here, and this person's keys open it. It and its effect commit together with its place in the chain,
which is the only cursor: taken twice it changes nothing. Everything else waits where it is, and `Wait` says what for.
What a newer program wrote is kept as it is (`unread`), and takes effect once this program knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from photodesk.errors import Damaged, Refused
from photodesk.ids import NO_ID
from photodesk.store.conflict_rules import SEEN, reviewed
from photodesk.store.conflicts import ConflictBook, is_gone, may_conflict
from photodesk.store.members import Members
from photodesk.store.operations import Operation, open_unpacked, verify_operation
from photodesk.store.projection import Clocks, FieldClocks, Tables, apply_within
from photodesk.store.sqlcipher import UNFIT
from photodesk.store.taking_chains import LAST_CLOCK, Arrived, Chains, Wait, arrived

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

NO_SCOPE = NO_ID.hex()
LEFT_OUT = "left_out"
OFFLINE_MS = 30 * 86_400_000  # so long a workstation may not have heard that somebody left
UNTABLED = frozenset({SEEN})
ErasureKeyOf = Callable[[str], bytes | None]


class Closed(Enum):
    """Operations that stay closed: written by a newer program, or about an erased patient."""

    NEWER = 1
    ERASED = 2


@dataclass
class Outcome:
    """What became of some records: the numbers of those that are done with, and why each other one waits.

    `applied` are those that were new and took effect, in that order; `again` are ids of entities whose operations were
    here already: a kill may have kept what follows from them from being done. `generations` of the database: before and
    after.
    """

    done: list[int] = field(default_factory=list)
    waiting: dict[int, Wait] = field(default_factory=dict)
    applied: list[Operation] = field(default_factory=list)
    again: set[str] = field(default_factory=set)
    generations: tuple[int, int] = (0, 0)


class Taking:
    """Takes operations into one database, inside one transaction. `erasure_key_of` gives EK by scope, None for none."""

    def __init__(
        self, connection: Any, tables: Tables, keyset: KeySet, members: Members, erasure_key_of: ErasureKeyOf
    ) -> None:
        self.connection = connection
        self._tables = tables
        self._keyset = keyset
        self._members = members
        self._erasure_key_of = erasure_key_of
        self._chains = Chains(connection)
        self._held = FieldClocks(connection)
        self._conflicts = ConflictBook(connection, keyset, lambda scope: erasure_key_of(scope) or bytes(32))

    def run(self, records: Sequence[bytes], outcome: Outcome) -> Outcome:
        """Take what can be taken, and look again as long as that let others come in."""
        pending, moved = list(range(len(records))), True
        while moved and pending:
            moved, left = False, []
            for number in pending:
                wait = self._one(records[number], outcome)
                if wait is None:
                    outcome.done.append(number)
                    moved = True
                else:
                    outcome.waiting[number] = wait
                    left.append(number)
            pending = left
        self._held.write()
        outcome.waiting = {number: outcome.waiting[number] for number in pending}
        return outcome

    def reread(self) -> list[Operation]:
        """Let what an older program kept as unread take effect, as far as this one knows it."""
        found: list[Operation] = []
        rows = self.connection.execute(
            "SELECT operation_id, record FROM unread JOIN operation USING (operation_id) ORDER BY clock, workstation"
        )
        for operation_id, record in rows.fetchall():
            told = self._told(arrived(bytes(record)))
            if not isinstance(told, Operation) or self._signed(told) is not None or not self._known(told):
                continue
            self.connection.execute("DELETE FROM unread WHERE operation_id = ?", (operation_id,))
            self.connection.execute(
                "UPDATE operation SET entity = ?, entity_id = ? WHERE operation_id = ?",
                (told.edit.entity, told.edit.entity_id, operation_id),
            )
            if self._apply(told, self._clocks(told)):
                found.append(told)
        self._held.write()
        return found

    def _one(self, record: bytes, outcome: Outcome) -> Wait | None:
        try:
            one = arrived(record)
        except Damaged:
            return Wait.DAMAGED
        except Refused:
            return Wait.NEWER
        taken = self._chains.is_taken(one)
        if isinstance(taken, Wait):
            return taken
        if taken is not None:
            outcome.again.add(taken)
            return None
        place = self._chains.wait(one)
        if place is Wait.CHAIN:
            return place
        return self._vouched(one) or self._placed(one, place, outcome)

    def _vouched(self, one: Arrived) -> Wait | None:
        """Whether a workstation of the clinic signed it."""
        station = self._members.workstations.get(one.workstation)
        if station is None:
            return Wait.MEMBER
        if not verify_operation(one.record, station.signing_public, self._keyset.clinic_id):
            return Wait.SIGNATURE
        return Wait.CLOCK if one.clock >= LAST_CLOCK else None

    def _placed(self, one: Arrived, place: Wait | None, outcome: Outcome) -> Wait | None:
        told = self._told(one)
        if place is not None and isinstance(told, Operation) and told.edit.entity == LEFT_OUT:
            if self._signed(told) is None:
                self._chains.left_out(told)
            place = self._chains.wait(one)
        if place is not None or isinstance(told, Wait):
            return place or told if isinstance(told, Wait) else place
        if told is Closed.ERASED:
            self._chains.gone(one)
            return None
        if isinstance(told, Operation):
            clocks = self._clocks(told)
            wait = self._signed(told) or self._based(told, clocks)
            if wait is None:
                self._keep(one, told, clocks, outcome)
            return wait
        self._keep(one, None, {}, outcome)
        return None

    def _told(self, one: Arrived) -> Operation | Wait | Closed:
        """What it says, as far as it can be opened."""
        key = bytes(32) if one.scope == NO_SCOPE else self._erasure_key_of(one.scope)
        if key is None:
            return Closed.ERASED if one.scope in self._members.erased else Wait.ERASURE_KEY
        try:
            return open_unpacked(one.fields, self._keyset, lambda _: key)
        except Refused as refused:
            return Wait.ROLE_KEY if refused.code == "no_key" else Closed.NEWER
        except Damaged:
            return Wait.DAMAGED

    def _signed(self, told: Operation) -> Wait | None:
        """Whether a person of the clinic said it, under a key that is or was this person's."""
        keys = self._members.signing_keys(told.person)
        if not keys:
            return Wait.MEMBER
        left_ms = self._members.left.get(told.person)
        if left_ms is not None and told.clock >> 16 > left_ms + OFFLINE_MS:
            return Wait.REMOVED
        clinic_id = self._keyset.clinic_id
        return None if any(told.signed_by(key, clinic_id) for key in keys) else Wait.SIGNATURE

    def _based(self, told: Operation, clocks: Clocks) -> Wait | None:
        """Whether the values it replaces have arrived, or later ones."""
        based = all(clocks.get(name, (0, ""))[0] >= clock for name, clock in told.replaced.items() if clock)
        return None if based else Wait.BASE

    def _keep(self, one: Arrived, told: Operation | None, clocks: Clocks, outcome: Outcome) -> None:
        """The record and its effect; one whose effect is not known here has none yet."""
        entity, entity_id = (told.edit.entity, told.edit.entity_id) if told is not None else ("", "")
        self.connection.execute(
            "INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?)",
            (one.operation_id, one.workstation, one.sequence, one.clock, entity, entity_id, one.record),
        )
        if told is not None and self._apply(told, clocks):
            outcome.applied.append(told)
        if told is None or not self._known(told):
            self.connection.execute("INSERT OR IGNORE INTO unread VALUES (?)", (one.operation_id,))
        self._chains.moved(one)

    def _known(self, told: Operation) -> bool:
        return is_known(self._tables, told)

    def _apply(self, told: Operation, before: Clocks) -> bool:
        """Let it take effect; one that does not fit its table has none, here as everywhere. `before`: its clocks."""
        entity, entity_id = told.edit.entity, told.edit.entity_id
        if entity not in self._tables:
            return False
        try:
            apply_within(self.connection, self._tables, told.edit, told.clock, told.workstation, self._held)
        except UNFIT:
            return False
        if not before or not reviewed(entity):
            return True
        is_deleted = is_gone(self.connection, self._tables, entity, entity_id)
        if may_conflict(told, before, is_deleted=is_deleted) or self._conflicts.concerns(entity, entity_id):
            self._conflicts.find_anew(entity, entity_id)
        return True

    def _clocks(self, told: Operation) -> Clocks:
        return self._held.of(told.edit.entity, told.edit.entity_id)


def is_known(tables: Tables, told: Operation) -> bool:
    """Whether these tables have a place for all that an operation says."""
    table = tables.get(told.edit.entity)
    return table is not None and told.edit.fields.keys() <= table.columns | UNTABLED
