"""A database and the book of its operations: what every part of the catalog and every chart writes through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from photodesk.store.change import Change
from photodesk.store.conflicts import ConflictBook, is_gone
from photodesk.store.database import Database
from photodesk.store.operations import OperationBook, Scope
from photodesk.store.projection import Edit


class Writing:
    """One open transaction: `record` adds an operation and its effect."""

    def __init__(self, connection: Any, book: OperationBook, change: Change) -> None:
        self.connection = connection
        self._book = book
        self._change = change

    def record(self, scope: Scope, edit: Edit) -> int:
        """Seal, sign and apply one change; returns its clock. What is in conflict about the entity follows."""
        clock = self._book.record(self.connection, self._change, scope, edit)
        conflicts = ConflictBook(self.connection, self._book.keyset, lambda _: scope.erasure_key)
        deleted = is_gone(self.connection, self._book.tables, edit.entity, edit.entity_id)
        if deleted or conflicts.concerns(edit.entity, edit.entity_id):
            conflicts.find_anew(edit.entity, edit.entity_id)
        return clock

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """A statement on tables that are not projections."""
        return self.connection.execute(sql, parameters)


class Ledger:
    """Reads and writes of one database whose tables are projections of operations."""

    def __init__(self, database: Database, book: OperationBook) -> None:
        self.database = database
        self._book = book
        row = database.row("SELECT max(clock) FROM operation")
        book.resume(int(row[0] or 0) if row else 0)

    @contextmanager
    def writing(self, change: Change, needed_bytes: int = 0) -> Iterator[Writing]:
        """Operations and effects inside commit together."""
        with self.database.transaction(needed_bytes) as connection:
            yield Writing(connection, self._book, change)
