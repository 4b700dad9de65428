"""The spool's tables of people and their keys: membership entries and key records on their way.

Everything is as it travels: signed, wrapped or sealed. What is lost with the spool is fetched and sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from photodesk.sync.spool_file import SpoolFile


@dataclass(frozen=True)
class HeldRecord:
    """A key record as it was fetched. `mark`: what its content is known by."""

    place: int
    mark: bytes
    record: bytes


class SpoolMembers:
    """Membership entries not yet taken, every key record that was fetched, and those that are to be sent."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file

    def add_entries(self, first: int, records: Sequence[bytes]) -> None:
        """Keep entries that were fetched and checked, numbered from `first`."""
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT INTO member_in VALUES (?, ?) ON CONFLICT DO NOTHING", list(enumerate(records, start=first))
            )

    def entries(self) -> list[bytes]:
        """What waits to be taken, in order."""
        return [bytes(row[0]) for row in self._file.rows("SELECT record FROM member_in ORDER BY sequence")]

    def last_entry(self) -> int:
        """The number of the last one that waits; 0 for none."""
        row = self._file.row("SELECT max(sequence) FROM member_in")
        return int(row[0]) if row is not None and row[0] is not None else 0

    def drop_entries(self) -> None:
        """They were taken, or cannot be."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM member_in")

    def add_records(self, records: Sequence[HeldRecord], until: int) -> None:
        """Keep key records, and how far the server's list was followed."""
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT INTO key_in VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(one.place, one.mark, one.record) for one in records],
            )
            value = until.to_bytes(8, "little")
            connection.execute(
                "INSERT INTO fact VALUES ('key-place', ?) ON CONFLICT DO UPDATE SET value = excluded.value", (value,)
            )

    def records(self) -> list[bytes]:
        """Every key record that the server has, in the order they came."""
        return [bytes(row[0]) for row in self._file.rows("SELECT record FROM key_in ORDER BY place")]

    def fetched_marks(self) -> frozenset[bytes]:
        """What was fetched, also of what this workstation sent itself: it may have lost it in a power cut."""
        return frozenset(bytes(row[0]) for row in self._file.rows("SELECT mark FROM key_in"))

    def known_marks(self) -> frozenset[bytes]:
        """What the server has, or will be sent."""
        rows = self._file.rows("SELECT mark FROM key_in UNION SELECT mark FROM key_out")
        return frozenset(bytes(row[0]) for row in rows)

    def add_own(self, records: Sequence[tuple[bytes, bytes]]) -> None:
        """(mark, record) that this workstation is to send."""
        with self._file.transaction() as connection:
            connection.executemany("INSERT INTO key_out VALUES (?, ?, 0) ON CONFLICT DO NOTHING", list(records))

    def unsent(self, most: int) -> list[tuple[bytes, bytes]]:
        """(mark, record) of the next ones to send."""
        rows = self._file.rows("SELECT mark, record FROM key_out WHERE sent = 0 ORDER BY rowid LIMIT ?", (most,))
        return [(bytes(mark), bytes(record)) for mark, record in rows]

    def mark_sent(self, marks: Sequence[bytes]) -> None:
        """The server has these."""
        with self._file.transaction() as connection:
            connection.executemany("UPDATE key_out SET sent = 1 WHERE mark = ?", [(mark,) for mark in marks])

    def send_again(self) -> None:
        """The server was restored to an earlier state: everything of this workstation is sent once more."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE key_out SET sent = 0")
            connection.execute("DELETE FROM fact WHERE name IN ('key-place', 'members-seen')")
