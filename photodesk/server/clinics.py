"""Clinics and who belongs to them: the membership log as the server checks it, entry by entry, like any workstation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.ids import to_bytes, to_text
from photodesk.server import schema
from photodesk.server.database import Database
from photodesk.server.identity import use_code
from photodesk.server.refusals import Refusal, bad_message, not_signed_in, revoked, unknown, unreadable
from photodesk.store.member_entry import ErasePatient, MemberEntry, RevokeWorkstation, decode_entry
from photodesk.store.members import Members
from photodesk.store.members_log import start_of
from photodesk.sync.parcels import FIRST_PREVIOUS
from photodesk.sync.statements import FIRST_ORDER

ENTRY_BYTES = 64 * 1024
MOST_ENTRIES = 1000
MOST_FOLDED = 100
DEFAULT_QUOTA_BYTES = 2 << 40


@dataclass(frozen=True)
class Contact:
    """A workstation that signed in, as the membership log has it now."""

    clinic_id: str
    workstation_id: str
    signing_key: bytes
    log_signing_key: bytes


class Clinics:
    """Founding, membership, and which workstations may ask for anything."""

    def __init__(self, database: Database, erasure: Database, clock: Clock, quota_bytes: int) -> None:
        self._database = database
        self._erasure = erasure
        self._clock = clock
        self._quota_bytes = quota_bytes
        self._folded: dict[str, Members] = {}
        self._lock = threading.Lock()

    def found(self, code: str, clinic_id: str, records: Sequence[bytes]) -> None:
        """Make a clinic from its whole membership log. Repeating the same call changes nothing.

        A log that goes on where the one here ends is taken: a workstation restored from a backup comes that way.
        403 `code_wrong`; 400 `members_wrong`; 409 `clinic_exists` where another log is here under this id.
        """
        entries = _entries(records)
        members = Members(to_bytes(clinic_id), start_of(to_bytes(clinic_id)))
        for entry in entries:
            _take(members, entry)
        with self._database.write() as connection:
            use_code(connection, code, clinic_id, self._clock.wall_ms())
            held = self._records(connection, clinic_id, 0)
            if held[: len(records)] != list(records[: len(held)]):
                raise Refusal(409, "clinic_exists", "Another clinic with this id is on the server.")
            if held and len(records) <= len(held):
                return
            if held:
                self._keep(connection, clinic_id, members, entries[len(held) :])
            else:
                self._found(connection, clinic_id, members, entries)
        self._remember(clinic_id, members)
        self._forget_erased(clinic_id, entries)

    def _found(self, connection: Connection, clinic_id: str, members: Members, entries: list[MemberEntry]) -> None:
        row = {
            "clinic_id": clinic_id,
            "founded_ms": self._clock.wall_ms(),
            "next_order": 1,
            "order_head": FIRST_ORDER,
            "members": 0,
            "members_head": start_of(to_bytes(clinic_id)),
            "used_bytes": 0,
            "quota_bytes": self._quota_bytes,
        }
        connection.execute(insert(schema.clinic).values(row))
        self._keep(connection, clinic_id, members, entries)

    def append(
        self,
        clinic_id: str,
        sequence: int,
        previous: bytes,
        records: Sequence[bytes],
        spend: Callable[[Connection], None] = lambda _connection: None,
    ) -> tuple[int, bytes]:
        """Append by compare-and-swap on (sequence, previous) of the last entry; the new (sequence, head).

        `spend` takes what allows it in the same transaction. 409 `members_changed` with the server's own head in words;
        400 `members_wrong` for entries that do not verify.
        """
        entries = _entries(records)
        with self._database.write() as connection:
            locked = self._locked(connection, clinic_id)
            expected = (locked.members, bytes(locked.members_head)) == (sequence, previous)
            if not expected and self._records(connection, clinic_id, sequence, len(records)) == list(records):
                return locked.members, bytes(locked.members_head)
            spend(connection)
            if not expected:
                raise Refusal(409, "members_changed", f"The membership log is at entry {locked.members}.", "Read it.")
            members = self._members(connection, clinic_id)
            for entry in entries:
                _take(members, entry)
            self._keep(connection, clinic_id, members, entries)
        self._remember(clinic_id, members)
        self._forget_erased(clinic_id, entries)
        return members.sequence, members.head

    def entries(self, clinic_id: str, after: int, limit: int) -> list[bytes]:
        """Entries after a number, oldest first."""
        with self._database.read() as connection:
            return self._records(connection, clinic_id, after, limit)

    def until_revoked(self, clinic_id: str, workstation_id: str, after: int) -> list[bytes]:
        """Entries after a number, up to the last one that shuts this workstation out; none where none does."""
        with self._database.read() as connection:
            records = self._records(connection, clinic_id, after)
        bodies = [decode_entry(record).body for record in records]
        ends = [
            number
            for number, body in enumerate(bodies, start=1)
            if isinstance(body, RevokeWorkstation) and to_text(body.workstation_id) == workstation_id
        ]
        return records[: max(ends, default=0)]

    def contact(
        self, clinic_id: str, workstation_id: str, *, touch: bool = False, revoked_too: bool = False
    ) -> Contact:
        """A workstation that may ask. 401 for one that is not known, 403 `revoked` unless `revoked_too`."""
        table = schema.workstation
        found = (table.c.clinic_id == clinic_id) & (table.c.workstation_id == workstation_id)
        with self._database.glance() as connection:
            row = connection.execute(select(table).where(found)).first()
        if row is None:
            raise not_signed_in()
        if row.revoked and not revoked_too:
            raise revoked()
        if touch:
            with self._database.write() as connection:
                connection.execute(update(table).where(found).values(last_contact_ms=self._clock.wall_ms()))
        return Contact(clinic_id, workstation_id, bytes(row.signing_key), bytes(row.log_signing_key))

    def workstations(self, clinic_id: str) -> list[tuple[str, bool, int]]:
        """(workstation id, revoked, last contact in ms) of a clinic, as the server knows it."""
        table = schema.workstation
        with self._database.read() as connection:
            rows = connection.execute(
                select(table).where(table.c.clinic_id == clinic_id).order_by(table.c.workstation_id)
            )
            return [(row.workstation_id, bool(row.revoked), row.last_contact_ms) for row in rows]

    def places(self, clinic_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """(last place of the order, number of membership entries) of each clinic."""
        table = schema.clinic
        asked = select(table.c.clinic_id, table.c.next_order, table.c.members)
        with self._database.glance() as connection:
            rows = connection.execute(asked.where(table.c.clinic_id.in_(list(clinic_ids)))).all()
        return {row.clinic_id: (row.next_order - 1, row.members) for row in rows}

    def _members(self, connection: Connection, clinic_id: str) -> Members:
        """The state as of this transaction: folded before, and what came since; the caller may go on with it."""
        with self._lock:
            members = self._folded.pop(clinic_id, None)
        if members is None:
            members = Members(to_bytes(clinic_id), start_of(to_bytes(clinic_id)))
        for record in self._records(connection, clinic_id, members.sequence):
            _take(members, decode_entry(record))
        return members

    def _keep(self, connection: Connection, clinic_id: str, members: Members, entries: list[MemberEntry]) -> None:
        now_ms = self._clock.wall_ms()
        rows = [
            {"clinic_id": clinic_id, "sequence": entry.sequence, "record": entry.record, "received_ms": now_ms}
            for entry in entries
        ]
        connection.execute(insert(schema.member_entry), rows)
        head = {"members": members.sequence, "members_head": members.head}
        connection.execute(update(schema.clinic).where(schema.clinic.c.clinic_id == clinic_id).values(head))
        table = schema.workstation
        known = set(
            connection.execute(select(table.c.workstation_id).where(table.c.clinic_id == clinic_id)).scalars().all()
        )
        for one in members.workstations.values():
            facts = {
                "signing_key": one.signing_public,
                "log_signing_key": one.log_signing_public,
                "revoked": one.revoked,
            }
            if one.workstation_id in known:
                same = (table.c.clinic_id == clinic_id) & (table.c.workstation_id == one.workstation_id)
                connection.execute(update(table).where(same).values(facts))
            else:
                new = {"clinic_id": clinic_id, "workstation_id": one.workstation_id, "send_sequence": 0}
                new |= {"parcel_head": FIRST_PREVIOUS, "last_contact_ms": 0}
                connection.execute(insert(table).values(new | facts))

    def _remember(self, clinic_id: str, members: Members) -> None:
        """Only what is committed: another process may have appended something else otherwise."""
        with self._lock:
            while len(self._folded) >= MOST_FOLDED:
                self._folded.pop(next(iter(self._folded)))
            self._folded[clinic_id] = members

    def _forget_erased(self, clinic_id: str, entries: list[MemberEntry]) -> None:
        """An erased patient's key leaves the server as soon as the entry that says so is kept."""
        scopes = [to_text(entry.body.chart_id) for entry in entries if isinstance(entry.body, ErasePatient)]
        if not scopes:
            return
        table = schema.erasure_key
        with self._erasure.write() as connection:
            connection.execute(delete(table).where((table.c.clinic_id == clinic_id) & table.c.scope.in_(scopes)))

    def _locked(self, connection: Connection, clinic_id: str) -> Row[Any]:
        row = connection.execute(
            select(schema.clinic).where(schema.clinic.c.clinic_id == clinic_id).with_for_update()
        ).first()
        if row is None:
            raise unknown("clinic")
        return row

    def _records(self, connection: Connection, clinic_id: str, after: int, limit: int | None = None) -> list[bytes]:
        table = schema.member_entry
        asked = select(table.c.record).where((table.c.clinic_id == clinic_id) & (table.c.sequence > after))
        return [bytes(record) for record in connection.execute(asked.order_by(table.c.sequence).limit(limit)).scalars()]


def _entries(records: Sequence[bytes]) -> list[MemberEntry]:
    if not 0 < len(records) <= MOST_ENTRIES or any(len(record) > ENTRY_BYTES for record in records):
        raise bad_message("the number or size of its entries")
    try:
        return [decode_entry(record) for record in records]
    except PhotoDeskError as error:
        raise (unreadable(error) if error.code == "newer_format" else members_wrong()) from error


def _take(members: Members, entry: MemberEntry) -> None:
    try:
        members.take(entry)
    except PhotoDeskError as error:
        raise members_wrong() from error


def members_wrong() -> Refusal:
    """Entries whose place, signature or author's right does not hold."""
    return Refusal(400, "members_wrong", "These membership entries do not fit the log.", "Read the log and try again.")
