"""The spool's tables of what was seen: links of the order, parcels, heartbeats, and what others said they saw.

Operations are held back (`incoming.taken` = HELD) until a signed parcel of their workstation was found that lists them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from photodesk.sync.heartbeats import FIRST_PREVIOUS, Head, Heartbeat
from photodesk.sync.parcels import FIRST_PREVIOUS as NO_PARCEL
from photodesk.sync.spool_file import SpoolFile
from photodesk.sync.statements import FIRST_ORDER

FREE, TAKEN, HELD = 0, 1, 2
LINKS = 100_000
BEATS = 2_000
PARCEL, LOG, MEMBERS = "parcel", "log", "members"
SOURCE = "heartbeat"
_AT_ONCE = 500
BEHIND = 1 << 40
"""Added to the places of what is kept though its place is gone: more than any order is long."""
_AFTER = (
    "DELETE FROM incoming WHERE place > :place AND place < :behind AND (taken <> :free OR NOT :keep)",
    "UPDATE incoming SET place = -place WHERE place > :place AND place < :behind",
    "UPDATE incoming SET place = (SELECT max(:behind, max(place)) FROM incoming) - place WHERE place < 0",
    "DELETE FROM order_link WHERE place > :place",
    "DELETE FROM unlisted WHERE place > :place",
    "DELETE FROM parcel_seen WHERE last_place > :place",
    "DELETE FROM heartbeat WHERE place > :place AND workstation <> :own",
    "UPDATE heartbeat SET place = 0 WHERE place > :place",
    "DELETE FROM claim",
)


@dataclass
class PageSeen:
    """What one page of the order brings, kept in the same step as the page."""

    links: list[tuple[int, bytes]] = field(default_factory=list)
    unlisted: list[tuple[str, int, bytes]] = field(default_factory=list)
    beats: list[tuple[int, Heartbeat]] = field(default_factory=list)
    claims: list[tuple[str, str, int, str, bytes]] = field(default_factory=list)

    def keep(self, connection: sqlite3.Connection) -> None:
        """Write it inside the page's transaction."""
        connection.executemany("INSERT INTO order_link VALUES (?, ?)", self.links)
        connection.executemany("INSERT INTO unlisted VALUES (?, ?, ?)", self.unlisted)
        connection.executemany(
            "INSERT INTO heartbeat VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET place = excluded.place",
            [
                (beat.head.workstation_id, beat.head.sequence, beat.hash(), beat.at_ms, place)
                for place, beat in self.beats
            ],
        )
        connection.executemany("INSERT INTO claim VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", self.claims)
        for workstation_id in {beat.head.workstation_id for _, beat in self.beats}:
            connection.execute(
                "DELETE FROM heartbeat WHERE workstation = ?1 AND sequence <="
                " (SELECT max(sequence) FROM heartbeat WHERE workstation = ?1) - ?2",
                (workstation_id, BEATS),
            )
        if self.links:
            connection.execute("DELETE FROM order_link WHERE place <= ?", (self.links[-1][0] - LINKS,))


class Seen:
    """What this workstation has seen of the others."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file

    def link(self, place: int) -> bytes | None:
        """The order's chain at a place, as far back as it is kept."""
        row = self._file.row("SELECT chain FROM order_link WHERE place = ?", (place,))
        return None if row is None else bytes(row[0])

    def beat(self, workstation_id: str) -> tuple[int, bytes, int]:
        """(sequence, hash, wall ms of its clock) of a workstation's last heartbeat; zeros before the first."""
        row = self._file.row(
            "SELECT sequence, hash, at_ms FROM heartbeat WHERE workstation = ? ORDER BY sequence DESC LIMIT 1",
            (workstation_id,),
        )
        return (0, FIRST_PREVIOUS, 0) if row is None else (int(row[0]), bytes(row[1]), int(row[2]))

    def beat_hash(self, workstation_id: str, sequence: int) -> bytes | None:
        """The hash of one of its heartbeats, as far back as they are kept."""
        row = self._file.row(
            "SELECT hash FROM heartbeat WHERE workstation = ? AND sequence = ?", (workstation_id, sequence)
        )
        return None if row is None else bytes(row[0])

    def parcel(self, workstation_id: str) -> tuple[int, bytes]:
        """(number, hash) of the last parcel of a workstation whose operations are all in the order."""
        row = self._file.row(
            "SELECT send_sequence, hash FROM parcel_seen WHERE workstation = ? ORDER BY send_sequence DESC LIMIT 1",
            (workstation_id,),
        )
        return (0, NO_PARCEL) if row is None else (int(row[0]), bytes(row[1]))

    def parcel_hash(self, workstation_id: str, number: int) -> bytes | None:
        """The hash of one parcel that was seen."""
        row = self._file.row(
            "SELECT hash FROM parcel_seen WHERE workstation = ? AND send_sequence = ?", (workstation_id, number)
        )
        return None if row is None else bytes(row[0])

    def with_unlisted(self) -> list[str]:
        """Workstations with operations that no parcel listed yet."""
        return [str(row[0]) for row in self._file.rows("SELECT DISTINCT workstation FROM unlisted")]

    def unlisted(self, workstation_id: str) -> Iterator[tuple[int, bytes]]:
        """(place, hash) of such operations of one workstation, in order."""
        after = 0
        while rows := self._file.rows(
            "SELECT place, hash FROM unlisted WHERE workstation = ? AND place > ? ORDER BY place LIMIT ?",
            (workstation_id, after, _AT_ONCE),
        ):
            for place, hashed in rows:
                after = int(place)
                yield after, bytes(hashed)

    def listed(self, workstation_id: str, parcels: Sequence[tuple[int, bytes, int]], last_valid: int | None) -> None:
        """Parcels (number, hash, last place) whose operations are in the order: those are free to be applied.

        What lies beyond the last valid parcel of a revoked workstation never is.
        """
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT INTO parcel_seen VALUES (?, ?, ?, ?)", [(workstation_id, *parcel) for parcel in parcels]
            )
            for number, _, last_place in parcels:
                valid = last_valid is None or number <= last_valid
                connection.execute(
                    "UPDATE incoming SET taken = ?, record = CASE WHEN ? THEN record ELSE x'' END"
                    " WHERE workstation = ? AND taken = ? AND place <= ?",
                    (FREE if valid else TAKEN, valid, workstation_id, HELD, last_place),
                )
                connection.execute(
                    "DELETE FROM unlisted WHERE workstation = ? AND place <= ?", (workstation_id, last_place)
                )

    def proven(self) -> tuple[int, bytes]:
        """(place, chain) up to which the order was compared with everybody's parcels and heartbeats."""
        facts = dict(self._file.rows("SELECT name, value FROM fact WHERE name IN ('proven-place', 'proven-chain')"))
        return int.from_bytes(facts.get("proven-place", b""), "little"), facts.get("proven-chain", FIRST_ORDER)

    def prove(self) -> None:
        """All that was followed holds."""
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO fact SELECT 'proven' || substr(name, 6), value FROM fact"
                " WHERE name IN ('order-place', 'order-chain') ON CONFLICT DO UPDATE SET value = excluded.value"
            )

    def go_back(self, place: int, chain: bytes, workstation_id: str, *, keep: bool) -> None:
        """Nothing was seen after this place of the order.

        With `keep` what is in a signed parcel and waits to be applied stays, behind all places: should it come again,
        it is known.
        """
        values = {"place": place, "own": workstation_id, "behind": BEHIND, "free": FREE, "keep": keep}
        with self._file.transaction() as connection:
            for statement in _AFTER:
                connection.execute(statement, values)
            facts = {"order-place": place.to_bytes(8, "little"), "order-chain": chain}
            connection.executemany(
                "INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", list(facts.items())
            )
        self.prove()

    # -- what others said --

    def claims(self, kind: str) -> list[tuple[Head, str]]:
        """(what was said of a workstation, by whom) and not seen here yet."""
        rows = self._file.rows(
            "SELECT workstation, number, hash, said_by FROM claim WHERE kind = ? ORDER BY workstation, number", (kind,)
        )
        return [(Head(str(row[0]), int(row[1]), bytes(row[2])), str(row[3])) for row in rows]

    def settle(self, kind: str, claims: Sequence[tuple[Head, str]]) -> None:
        """These were compared, and hold."""
        with self._file.transaction() as connection:
            connection.executemany(
                "DELETE FROM claim WHERE kind = ? AND workstation = ? AND number = ? AND said_by = ?",
                [(kind, head.workstation_id, head.number, said_by) for head, said_by in claims],
            )

    # -- what this workstation says --

    def news(self, workstation_id: str) -> tuple[list[Head], list[Head]]:
        """(newest parcel, newest checkpoint) of each workstation but this one, where it has not repeated it yet."""
        parcels = self._file.rows(
            "SELECT p.workstation, p.send_sequence, p.hash FROM parcel_seen p JOIN (SELECT workstation,"
            " max(send_sequence) AS newest FROM parcel_seen GROUP BY workstation) n ON p.workstation = n.workstation"
            " AND p.send_sequence = n.newest LEFT JOIN told t ON t.kind = 'parcel' AND t.workstation = p.workstation"
            " WHERE p.workstation <> ? AND (t.number IS NULL OR t.number < p.send_sequence)",
            (workstation_id,),
        )
        logs = self._file.rows(
            "SELECT l.workstation, l.sequence, l.chain FROM log_seen l LEFT JOIN told t ON t.kind = 'log' AND"
            " t.workstation = l.workstation WHERE l.workstation <> ? AND (t.number IS NULL OR t.number < l.sequence)",
            (workstation_id,),
        )
        return [_head(row) for row in parcels], [_head(row) for row in logs]

    def keep_own(self, beat: Heartbeat) -> None:
        """A heartbeat of this workstation was made: it waits to be sent, and what it says was said."""
        own = (beat.head.workstation_id, beat.head.sequence, beat.hash(), beat.at_ms, 0)
        with self._file.transaction() as connection:
            connection.execute("INSERT INTO heartbeat VALUES (?, ?, ?, ?, ?)", own)
            connection.execute(
                "INSERT INTO outgoing (source, sequence, record) VALUES (?, ?, ?)",
                (SOURCE, beat.head.sequence, beat.record),
            )
            for kind, heads in ((PARCEL, beat.sight.parcels), (LOG, beat.sight.logs)):
                connection.executemany(
                    "INSERT INTO told VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET number = excluded.number",
                    [(kind, head.workstation_id, head.number) for head in heads],
                )


def _head(row: Sequence[object]) -> Head:
    workstation_id, number, hashed = row
    return Head(str(workstation_id), int(str(number)), bytes(hashed) if isinstance(hashed, bytes) else b"")
