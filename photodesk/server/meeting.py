"""Small sealed things the server passes between workstations: invitations, key records, erasure keys of patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from photodesk.clock import Clock
from photodesk.crypto import sha256
from photodesk.server import schema
from photodesk.server.clinics import Contact
from photodesk.server.database import Database
from photodesk.server.refusals import Refusal, bad_message, quota_full, unknown

INVITATION_MS = 10 * 60_000
PACKAGE_BYTES = 64 * 1024
KEY_BYTES = 4 * 1024
RECORD_BYTES = 16 * 1024
MOST_KEYS = 500
MOST_RECORDS = 20_000  # of one clinic: slots, bundles and grants of hundreds of people


@dataclass(frozen=True)
class Package:
    """A sealed package and the clinic it opens."""

    clinic_id: str
    package: bytes


class Invitations:
    """Packages that wait ten minutes for whoever knows the code. The server does not."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def leave(self, contact: Contact, invitation_id: str, package: bytes) -> int:
        """Keep a package; until when, in ms. 409 `invitation_taken`."""
        if not 0 < len(package) <= PACKAGE_BYTES:
            raise bad_message("the size of the package")
        table, now_ms = schema.invitation, self._clock.wall_ms()
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.c.expires_ms <= now_ms))
            if connection.execute(select(table).where(table.c.invitation_id == invitation_id)).first() is not None:
                raise Refusal(409, "invitation_taken", "There is an invitation of this id.", "Make another one.")
            row = {"clinic_id": contact.clinic_id, "invitation_id": invitation_id, "package": package}
            connection.execute(insert(table).values(row | {"expires_ms": now_ms + INVITATION_MS}))
        return now_ms + INVITATION_MS

    def open(self, invitation_id: str) -> Package:
        """The package of an invitation; 404 for none or one that is over."""
        table = schema.invitation
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.invitation_id == invitation_id)).first()
        if row is None or row.expires_ms <= self._clock.wall_ms():
            raise unknown("invitation")
        return Package(row.clinic_id, bytes(row.package))

    def spend(self, connection: Connection, clinic_id: str, invitation_id: str) -> None:
        """Use an invitation up in the transaction of who uses it. 404 for none, one that is over, another clinic's."""
        table = schema.invitation
        mine = (table.c.clinic_id == clinic_id) & (table.c.invitation_id == invitation_id)
        alive = table.c.expires_ms > self._clock.wall_ms()
        if connection.execute(delete(table).where(mine & alive)).rowcount != 1:
            raise unknown("invitation")


@dataclass(frozen=True)
class KeyRecord:
    """A slot, a bundle or a grant as it stands in a workstation's key files: wrapped, and named by its hash."""

    place: int
    record: bytes


class KeyRecords:
    """What people's keys are wrapped in, so that a person's slots reach every workstation of the clinic.

    The membership log names each by its hash: an old or foreign one is refused there, whatever the server serves.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, contact: Contact, records: Sequence[bytes]) -> None:
        """Keep records; those that are here already stay as they are."""
        if len(records) > MOST_KEYS or any(not 0 < len(record) <= RECORD_BYTES for record in records):
            raise bad_message("the number or size of the records")
        table, wanted = schema.key_record, {sha256(record): record for record in records}
        mine = table.c.clinic_id == contact.clinic_id
        with self._database.write() as connection:
            clinics = schema.clinic
            locked = select(clinics.c.clinic_id).where(clinics.c.clinic_id == contact.clinic_id).with_for_update()
            connection.execute(locked).one()
            held = set(connection.execute(select(table.c.record_hash).where(mine)).scalars())
            if len(held) + len(wanted) > MOST_RECORDS:
                raise quota_full(sum(map(len, records)))
            last = connection.execute(select(func.max(table.c.place)).where(mine)).scalar() or 0
            rows = [
                {"clinic_id": contact.clinic_id, "record_hash": hashed, "place": last + number, "record": record}
                for number, (hashed, record) in enumerate(
                    ((one, wanted[one]) for one in wanted if one not in held), start=1
                )
            ]
            if rows:
                connection.execute(insert(table), rows)

    def drop(self, contact: Contact, hashes: Sequence[bytes]) -> None:
        """Forget records that no longer count: a slot that was replaced, grants of a person who left."""
        table = schema.key_record
        with self._database.write() as connection:
            gone = (table.c.clinic_id == contact.clinic_id) & table.c.record_hash.in_(list(hashes))
            connection.execute(delete(table).where(gone))

    def after(self, clinic_id: str, place: int, limit: int) -> list[KeyRecord]:
        """Records after a place, in the order they came."""
        table = schema.key_record
        asked = select(table).where((table.c.clinic_id == clinic_id) & (table.c.place > place)).order_by(table.c.place)
        with self._database.read() as connection:
            rows = connection.execute(asked.limit(min(limit, MOST_KEYS))).all()
        return [KeyRecord(row.place, bytes(row.record)) for row in rows]


@dataclass(frozen=True)
class ErasureKey:
    """A patient's erasure key, sealed by a workstation, under the chart's opaque id."""

    scope: str
    sealed: bytes
    changed_ms: int


class ErasureKeyShelf:
    """Erasure keys in a database of their own, so that no long-lived backup of the server holds one."""

    def __init__(self, erasure: Database, clock: Clock) -> None:
        self._erasure = erasure
        self._clock = clock

    def put(self, contact: Contact, keys: Sequence[tuple[str, bytes]]) -> None:
        """Keep or replace keys by scope."""
        if len(keys) > MOST_KEYS or any(not 0 < len(sealed) <= KEY_BYTES for _, sealed in keys):
            raise bad_message("the number or size of the keys")
        table, now_ms = schema.erasure_key, self._clock.wall_ms()
        rows = [
            {"clinic_id": contact.clinic_id, "scope": scope, "sealed": sealed, "changed_ms": now_ms}
            for scope, sealed in dict(keys).items()
        ]
        scopes = [row["scope"] for row in rows]
        with self._erasure.write() as connection:
            connection.execute(
                delete(table).where((table.c.clinic_id == contact.clinic_id) & table.c.scope.in_(scopes))
            )
            if rows:
                connection.execute(insert(table), rows)

    def after(self, clinic_id: str, scope: str, limit: int) -> list[ErasureKey]:
        """Keys after a scope in the order of scopes, for a workstation that fetches them all."""
        table = schema.erasure_key
        asked = select(table).where((table.c.clinic_id == clinic_id) & (table.c.scope > scope)).order_by(table.c.scope)
        with self._erasure.read() as connection:
            rows = connection.execute(asked.limit(min(limit, MOST_KEYS))).all()
        return [ErasureKey(row.scope, bytes(row.sealed), row.changed_ms) for row in rows]
