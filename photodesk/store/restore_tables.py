"""Tables made anew from operations: each is checked, opened and applied, and stays as the signed record it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from photodesk.errors import Damaged, Refused
from photodesk.ids import to_text
from photodesk.store.keyset import KeySet
from photodesk.store.operations import Operation, chained, open_operation, verify_operation
from photodesk.store.projection import Tables, apply
from photodesk.store.records import unpack
from photodesk.store.taking_chains import arrived


@dataclass
class Replay:
    """Puts operations into one database. `erasure_key_of` gives EK by scope, None for a patient who was erased.

    `left_out` are operations about erased patients: only their places in the chain stay.
    """

    tables: Tables
    keyset: KeySet
    workstations: Mapping[str, bytes]
    erasure_key_of: Callable[[str], bytes | None]
    left_out: list[bytes] = field(default_factory=list)

    def run(self, connection: Any, records: Iterable[bytes]) -> None:
        """Inside the caller's transaction. Damaged `operation_altered`; Refused `newer_format`."""
        for record in records:
            self._one(connection, record)

    def _one(self, connection: Any, record: bytes) -> None:
        try:
            operation = self._opened(record)
        except Refused as refused:
            if refused.code != "newer_format":
                raise
            self._keep_unread(connection, record)
            return
        if operation is None:
            return
        workstation = operation.workstation
        if not verify_operation(record, self.workstations.get(workstation, b""), self.keyset.clinic_id):
            raise Damaged("operation_altered", "The backup holds a change that no workstation of the clinic signed.")
        edit = operation.edit
        if edit.entity not in self.tables:
            raise Refused("newer_format", "The backup was made by a newer PhotoDesk.", "Update PhotoDesk.")
        connection.execute(
            "INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                operation.operation_id,
                workstation,
                operation.sequence,
                operation.clock,
                edit.entity,
                edit.entity_id,
                record,
            ),
        )
        apply(connection, self.tables, edit, operation.clock, workstation)

    def _keep_unread(self, connection: Any, record: bytes) -> None:
        """What a newer program of another workstation said: kept as it is, as it was where the backup was made."""
        one = arrived(record)
        if not verify_operation(record, self.workstations.get(one.workstation, b""), self.keyset.clinic_id):
            raise Damaged("operation_altered", "The backup holds a change that no workstation of the clinic signed.")
        connection.execute(
            "INSERT INTO operation VALUES (?, ?, ?, ?, '', '', ?)",
            (one.operation_id, one.workstation, one.sequence, one.clock, record),
        )
        connection.execute("INSERT INTO unread VALUES (?)", (one.operation_id,))

    def _opened(self, record: bytes) -> Operation | None:
        lost: list[str] = []

        def key_of(scope: str) -> bytes:
            key = self.erasure_key_of(scope)
            if key is None:
                lost.append(scope)
                return bytes(32)
            return key

        try:
            return open_operation(record, self.keyset, key_of)
        except Damaged:
            if not lost:
                raise
            self.left_out.append(record)
            return None

    def mark_left_out(self, connection: Any) -> None:
        """Keep the places of operations that were left out, so that the history still proves itself."""
        for record in self.left_out:
            workstation, sequence = place_of(record)
            connection.execute(
                "INSERT OR IGNORE INTO erased_operation VALUES (?, ?, ?)", (workstation, sequence, chained(record))
            )


def place_of(record: bytes) -> tuple[str, int]:
    """(workstation, sequence) of an operation that cannot be opened."""
    fields = unpack(record, "operation", 13)
    return to_text(fields[3]), int(fields[4])


def put_erased(connection: Any, rows: Iterable[tuple[bytes, int, bytes]]) -> None:
    """Operations that had gone with erased patients before."""
    connection.executemany(
        "INSERT OR IGNORE INTO erased_operation VALUES (?, ?, ?)",
        [(to_text(workstation), sequence, chain) for workstation, sequence, chain in rows],
    )
