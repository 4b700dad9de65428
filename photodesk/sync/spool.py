"""The spool: ciphertext on its way to the clinic server and back, with a plain index of what the server sees anyway.

`sync.db` in the store's spool folder is ordinary SQLite: opaque ids, sizes, places, states; operations as the sealed
records they are. No key, no name. It may be lost: what was not sent is spooled again from the databases, what was not
applied is asked for again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from photodesk.crypto import sha256
from photodesk.sync.parcels import Parcel
from photodesk.sync.spool_alarm import is_alarm
from photodesk.sync.spool_file import SpoolFile
from photodesk.sync.spool_seen import HELD, PageSeen
from photodesk.sync.statements import FIRST_ORDER


@dataclass(frozen=True)
class Outgoing:
    """An operation of this workstation. `source` is the database it stands in, `sequence` its number there."""

    source: str
    sequence: int
    record: bytes


@dataclass(frozen=True)
class HeldParcel:
    """A parcel with the operations it lists."""

    send_sequence: int
    record: bytes
    operations: tuple[bytes, ...]


@dataclass(frozen=True)
class Incoming:
    """An operation the server gave, with its place in the clinic's order."""

    place: int
    workstation_id: str
    scope: str
    compartment: int
    record: bytes


@dataclass(frozen=True)
class Waiting:
    """What still has to travel: operations to send, operations to apply."""

    to_send: int
    to_take: int


class Spool:
    """Thread-safe. Every method that writes is durable when it returns.

    Members, blobs and alarms have modules of their own over the same `file`: `spool_members`, `spool_blobs`,
    `spool_alarm`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = SpoolFile(folder)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def fact(self, name: str) -> bytes:
        """A small value kept here, b"" where there is none."""
        row = self.file.row("SELECT value FROM fact WHERE name = ?", (name,))
        return b"" if row is None else bytes(row[0])

    def set_facts(self, facts: dict[str, bytes]) -> None:
        """Keep small values, all at once."""
        with self.file.transaction() as connection:
            _keep_facts(connection, facts)

    def number(self, name: str) -> int:
        """A fact that is a number; 0 where there is none."""
        return int.from_bytes(self.fact(name), "little")

    # -- out --

    def add_outgoing(self, operations: Sequence[Outgoing]) -> None:
        """Take operations of this workstation; those that are here already stay as they are."""
        with self.file.transaction() as connection:
            connection.executemany(
                "INSERT INTO outgoing (source, sequence, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(one.source, one.sequence, one.record) for one in operations],
            )

    def spooled_until(self, source: str) -> int:
        """The number of the last operation of a database that was taken; 0 for none."""
        row = self.file.row("SELECT max(sequence) FROM outgoing WHERE source = ?", (source,))
        return 0 if row is None or row[0] is None else int(row[0])

    def unparcelled(self, most: int, most_bytes: int) -> list[tuple[int, bytes]]:
        """(number, record) of the next operations that are in no parcel, in their order."""
        taken: list[tuple[int, bytes]] = []
        size = 0
        while (rows := self._in_no_parcel(most)) and self._sent_before(rows):
            continue
        for number, record in rows:
            size += len(record)
            if taken and size > most_bytes:
                break
            taken.append((number, record))
        return taken

    def _in_no_parcel(self, most: int) -> list[tuple[int, bytes]]:
        rows = self.file.rows(
            "SELECT number, record FROM outgoing WHERE parcel IS NULL ORDER BY number LIMIT ?", (most,)
        )
        return [(int(number), bytes(record)) for number, record in rows]

    def _sent_before(self, rows: Sequence[tuple[int, bytes]]) -> bool:
        """Whether parcels that a lost spool had sent list some of these; they are in them from now on."""
        if self.file.row("SELECT 1 FROM learnt LIMIT 1") is None:
            return False
        found = [
            (int(row[0]), number)
            for number, record in rows
            if (row := self.file.row("SELECT parcel FROM learnt WHERE hash = ?", (sha256(record),))) is not None
        ]
        with self.file.transaction() as connection:
            connection.executemany("UPDATE outgoing SET parcel = ? WHERE number = ?", found)
        return bool(found)

    def learn_parcels(self, parcels: Sequence[Parcel]) -> None:
        """Own parcels that the server has, and this spool knew nothing of."""
        with self.file.transaction() as connection:
            for one in parcels:
                connection.execute(
                    "INSERT INTO parcel VALUES (?, ?, ?, 1)", (one.send_sequence, one.record, one.hash())
                )
                connection.executemany(
                    "INSERT INTO learnt VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(hashed, one.send_sequence) for hashed in one.operations],
                )

    def keep_parcel(self, send_sequence: int, record: bytes, hashed: bytes, numbers: Sequence[int]) -> None:
        """A parcel was signed over these operations: from now on it is sent as it is, however often."""
        with self.file.transaction() as connection:
            connection.execute("INSERT INTO parcel VALUES (?, ?, ?, 0)", (send_sequence, record, hashed))
            connection.executemany(
                "UPDATE outgoing SET parcel = ? WHERE number = ?", [(send_sequence, number) for number in numbers]
            )

    def parcel_head(self) -> tuple[int, bytes]:
        """(send_sequence, hash) of the last parcel signed; (0, b"") before the first."""
        row = self.file.row("SELECT send_sequence, hash FROM parcel ORDER BY send_sequence DESC LIMIT 1", ())
        return (0, b"") if row is None else (int(row[0]), bytes(row[1]))

    def unsent(self) -> HeldParcel | None:
        """The oldest parcel the server has not taken."""
        row = self.file.row(
            "SELECT send_sequence, record FROM parcel WHERE sent = 0 ORDER BY send_sequence LIMIT 1", ()
        )
        if row is None:
            return None
        rows = self.file.rows("SELECT record FROM outgoing WHERE parcel = ? ORDER BY number", (row[0],))
        return HeldParcel(int(row[0]), bytes(row[1]), tuple(bytes(one[0]) for one in rows))

    def mark_sent(self, send_sequence: int) -> None:
        """The server has this parcel on its disk."""
        with self.file.transaction() as connection:
            connection.execute("UPDATE parcel SET sent = 1 WHERE send_sequence = ?", (send_sequence,))

    def sent_parcels(self, after: int, most: int) -> list[bytes]:
        """Own parcels that the server has, after a number."""
        rows = self.file.rows(
            "SELECT record FROM parcel WHERE sent = 1 AND send_sequence > ? ORDER BY send_sequence LIMIT ?",
            (after, most),
        )
        return [bytes(row[0]) for row in rows]

    def unsend_after(self, send_sequence: int) -> None:
        """The server was restored to an earlier state: parcels after this one are sent again."""
        with self.file.transaction() as connection:
            connection.execute("UPDATE parcel SET sent = 0 WHERE send_sequence > ?", (send_sequence,))

    # -- in --

    def order_head(self) -> tuple[int, bytes]:
        """(last place, chain) of the clinic's order as far as it was fetched."""
        return self.number("order-place"), self.fact("order-chain") or FIRST_ORDER

    def add_incoming(self, operations: Sequence[Incoming], place: int, chain: bytes, seen: PageSeen) -> None:
        """Keep fetched operations, what their page showed, and how far the order was followed, in one step.

        They are handed out once `Seen.listed` found the parcels that they came in.
        """
        with self.file.transaction() as connection:
            connection.executemany(
                "INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?)",
                [(one.place, one.workstation_id, one.scope, one.compartment, one.record, HELD) for one in operations],
            )
            seen.keep(connection)
            _keep_facts(connection, {"order-place": place.to_bytes(8, "little"), "order-chain": chain})

    def waiting_incoming(self, compartments: Sequence[int], most: int, after: int = 0) -> list[Incoming]:
        """The next operations that were not applied, of the compartments this desk can open, in the clinic's order.

        None while an alarm stands.
        """
        if is_alarm(self.file):
            return []
        wanted = ", ".join("?" * len(compartments))
        rows = self.file.rows(
            "SELECT place, workstation, scope, compartment, record FROM incoming WHERE taken = 0"  # noqa: S608  only marks
            f" AND compartment IN ({wanted}) AND place > ? ORDER BY place LIMIT ?",
            (*compartments, after, most),
        )
        return [Incoming(int(row[0]), row[1], row[2], int(row[3]), bytes(row[4])) for row in rows]

    def mark_taken(self, places: Sequence[int]) -> None:
        """These were applied and committed: their bytes stand in the databases now and leave the spool."""
        with self.file.transaction() as connection:
            connection.executemany(
                "UPDATE incoming SET taken = 1, record = x'' WHERE place = ?", [(place,) for place in places]
            )

    def waiting(self) -> Waiting:
        """How much is on its way."""
        out = self.file.row(
            "SELECT (SELECT count(*) FROM outgoing WHERE parcel IS NULL) + (SELECT count(*) FROM outgoing"
            " WHERE parcel IN (SELECT send_sequence FROM parcel WHERE sent = 0))",
            (),
        )
        into = self.file.row("SELECT count(*) FROM incoming WHERE taken = 0", ())
        return Waiting(int(out[0]) if out else 0, int(into[0]) if into else 0)


def _keep_facts(connection: sqlite3.Connection, facts: dict[str, bytes]) -> None:
    connection.executemany(
        "INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", list(facts.items())
    )
