"""The spool's tables of patients' erasure keys, sealed: those to be sent, and those that came and wait to be opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from photodesk.ids import NO_ID
from photodesk.sync.spool_file import SpoolFile


class SpoolErasure:
    """Erasure keys on their way, by chart id (the scope)."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file

    def add_out(self, sealed: Mapping[str, bytes]) -> None:
        """These are to be sent; one that is known already is not sent again."""
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT INTO erasure_out VALUES (?, ?, 0) ON CONFLICT DO NOTHING", list(sealed.items())
            )

    def known_out(self) -> set[str]:
        """Charts whose key was sent or is to be, or came from the server."""
        rows = self._file.rows("SELECT scope FROM erasure_out UNION SELECT scope FROM erasure_in")
        return {str(row[0]) for row in rows}

    def missing(self, most: int) -> list[str]:
        """Charts that fetched operations are about and whose key is neither here nor made here; some of them."""
        rows = self._file.rows(
            "SELECT DISTINCT scope FROM incoming WHERE taken != 1 AND scope != ? AND scope NOT IN"
            " (SELECT scope FROM erasure_in UNION SELECT scope FROM erasure_out) LIMIT ?",
            (NO_ID.hex(), most),
        )
        return [str(row[0]) for row in rows]

    def unsent(self, most: int) -> list[tuple[str, bytes]]:
        """(scope, sealed key) of some that are to be sent."""
        rows = self._file.rows("SELECT scope, sealed FROM erasure_out WHERE sent = 0 ORDER BY scope LIMIT ?", (most,))
        return [(str(row[0]), bytes(row[1])) for row in rows]

    def mark_sent(self, scopes: Sequence[str]) -> None:
        """The server has them."""
        with self._file.transaction() as connection:
            connection.executemany("UPDATE erasure_out SET sent = 1 WHERE scope = ?", [(one,) for one in scopes])

    def unsend(self) -> None:
        """The server was restored to an earlier state: it is sent what it was sent, and asked for its list anew."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE erasure_out SET sent = 0")
            connection.execute("DELETE FROM fact WHERE name = 'erasure-listed'")

    def send_again(self) -> None:
        """Keys have a new epoch: all are sealed and sent anew."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM erasure_out")
            connection.execute("DELETE FROM erasure_in WHERE taken = 1")

    def add_in(self, sealed: Mapping[str, bytes]) -> int:
        """Keys that the server gave; how many are new. One that was opened already stays as it was."""
        with self._file.transaction() as connection:
            before = connection.total_changes
            connection.executemany(
                "INSERT INTO erasure_in VALUES (?, ?, 0) ON CONFLICT DO NOTHING", list(sealed.items())
            )
            return connection.total_changes - before

    def waiting_in(self) -> list[tuple[str, bytes]]:
        """(scope, sealed key) of those that were not opened yet."""
        rows = self._file.rows("SELECT scope, sealed FROM erasure_in WHERE taken = 0 ORDER BY scope")
        return [(str(row[0]), bytes(row[1])) for row in rows]

    def mark_taken(self, scopes: Sequence[str]) -> None:
        """They stand in the store now; only that they came stays here."""
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE erasure_in SET taken = 1, sealed = x'' WHERE scope = ?", [(one,) for one in scopes]
            )
