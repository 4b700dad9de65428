"""Where each workstation's chain of operations stands in one database, and whether an operation's place has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from photodesk import ids
from photodesk.errors import Damaged
from photodesk.store.operations import KIND, Operation, chained
from photodesk.store.record_version import bad_record, check_version
from photodesk.store.records import unpack

LAST_CLOCK = 1 << 62
MOST_LEFT_OUT = 1_000_000
_runs = msgspec.json.Decoder(list[tuple[int, int, str]])


class Wait(StrEnum):
    """Why an operation is not taken yet; the text completes "It waits: …"."""

    EARLIER = "an earlier change of its workstation has not arrived"
    BASE = "what it changes has not arrived"
    MEMBER = "its workstation or its person is not known here"
    REMOVED = "its person had left long before it was made"
    SIGNATURE = "its signature does not fit"
    FORKED = "its workstation made another change of the same number"
    CHAIN = "it does not follow what its workstation made before"
    ERASURE_KEY = "its patient's key has not arrived"
    ROLE_KEY = "its key has not been given to this person"
    NEWER = "a newer PhotoDesk wrote it"
    CLOCK = "its clock is absurd"
    DAMAGED = "it cannot be read"


@dataclass(frozen=True)
class Arrived:
    """A record with what it says to everybody."""

    record: bytes
    operation_id: str
    workstation: str
    sequence: int
    previous: bytes
    clock: int
    scope: str
    compartment: int
    fields: list[Any] = field(repr=False)


def arrived(record: bytes) -> Arrived:
    """Read the plain fields. Refused `newer_format`; Damaged `bad_record`."""
    fields = unpack(record, KIND, 13)
    check_version(*fields[:2])
    operation_id, workstation, sequence, previous, clock, scope, compartment = fields[2:9]
    if not (
        type(operation_id) is type(workstation) is type(scope) is type(previous) is bytes
        and len(operation_id) == len(workstation) == len(scope) == len(ids.NO_ID)
        and type(sequence) is type(clock) is type(compartment) is int
        and 0 < sequence < LAST_CLOCK
        and 0 <= clock < 1 << 64
        and 0 <= compartment < 1 << 64
    ):
        raise bad_record(KIND)
    return Arrived(
        record, operation_id.hex(), workstation.hex(), sequence, previous, clock, scope.hex(), compartment, fields
    )


def left_out_runs(told: Operation) -> list[tuple[int, int, bytes]]:
    """(first, last, chain after it) of the earlier operations of its workstation that do not travel.

    Damaged where that makes no sense.
    """
    try:
        runs = [
            (first, last, bytes.fromhex(chain))
            for first, last, chain in _runs.decode(str(told.edit.fields.get("runs", "")))
        ]
    except (msgspec.MsgspecError, ValueError):
        raise bad_record(KIND) from None
    for first, last, chain in runs:
        sound = 0 < first <= last < told.sequence and last - first <= MOST_LEFT_OUT
        if not sound or len(chain) != len(told.previous):
            raise Damaged("bad_record", "An operation leaves out what it cannot.")
    return runs


class Chains:
    """The chains of one database, inside one transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._heads: dict[str, tuple[int, bytes]] = {}
        self._next_gone: dict[str, int] = {}

    def wait(self, one: Arrived) -> Wait | None:
        """Why its place has not come, or None where it is next."""
        sequence, chain = self._head(one.workstation)
        if one.sequence > sequence + 1:
            return Wait.EARLIER
        return None if one.previous == chain else Wait.CHAIN

    def is_taken(self, one: Arrived) -> Wait | str | None:
        """The entity's id ("": no longer known) where exactly this is here already; `FORKED` where its place holds
        something else; None where it is new.
        """
        if one.sequence > self._head(one.workstation)[0]:
            return None
        where = (one.workstation, one.sequence)
        row = self._connection.execute(
            "SELECT record, entity_id FROM operation WHERE workstation = ? AND sequence = ?", where
        ).fetchone()
        if row is not None:
            return str(row[1]) if bytes(row[0]) == one.record else Wait.FORKED
        row = self._connection.execute(
            "SELECT chain FROM erased_operation WHERE workstation = ? AND sequence = ?", where
        ).fetchone()
        same = row is not None and bytes(row[0]) in (b"", chained(one.record))
        return "" if same else Wait.FORKED

    def moved(self, one: Arrived) -> None:
        """It was taken: the next may come."""
        self._heads[one.workstation] = self._past_gone(one.workstation, one.sequence, chained(one.record))

    def gone(self, one: Arrived) -> None:
        """Its patient is erased: only its place stays."""
        self._connection.execute(
            "INSERT OR IGNORE INTO erased_operation VALUES (?, ?, ?)",
            (one.workstation, one.sequence, chained(one.record)),
        )
        self._next_gone.pop(one.workstation, None)
        self.moved(one)

    def left_out(self, told: Operation) -> None:
        """A workstation says which of its earlier operations do not travel. Damaged where that makes no sense."""
        for first, last, chain in left_out_runs(told):
            places = [(told.workstation, place, b"" if place < last else chain) for place in range(first, last + 1)]
            self._connection.executemany(
                "INSERT INTO erased_operation SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
                " (SELECT 1 FROM operation WHERE workstation = ?1 AND sequence = ?2) ON CONFLICT DO NOTHING",
                places,
            )
        self._heads.pop(told.workstation, None)
        self._next_gone.pop(told.workstation, None)

    def _head(self, workstation: str) -> tuple[int, bytes]:
        held = self._heads.get(workstation)
        if held is None:
            row = self._connection.execute(
                "SELECT sequence, record FROM operation WHERE workstation = ? ORDER BY sequence DESC LIMIT 1",
                (workstation,),
            ).fetchone()
            sequence, chain = (0, bytes(32)) if row is None else (int(row[0]), chained(bytes(row[1])))
            held = self._heads[workstation] = self._past_gone(workstation, sequence, chain)
        return held

    def _past_gone(self, workstation: str, sequence: int, chain: bytes) -> tuple[int, bytes]:
        """Past places that were left out or went with an erased patient."""
        following = self._next_gone.get(workstation, 0)
        if following > sequence + 1:
            return sequence, chain
        rows = self._connection.execute(
            "SELECT sequence, chain FROM erased_operation WHERE workstation = ? AND sequence > ? ORDER BY sequence",
            (workstation, sequence),
        )
        for place, after in rows:
            if place != sequence + 1:
                self._next_gone[workstation] = place
                break
            sequence, chain = place, bytes(after)
        else:
            self._next_gone[workstation] = LAST_CLOCK
        return sequence, chain
