"""Sealed blobs: which are missing, uploads in parts that resume, completing once, reading with ranges.

A part is kept as its own object under its upload, hashed as it comes in; a blob is complete when its id follows from
its length and its parts' hashes, which needs no second reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from photodesk.clock import Clock
from photodesk.ids import random_id
from photodesk.server import schema
from photodesk.server.clinics import Contact
from photodesk.server.database import Database
from photodesk.server.objects import Incoming, Objects
from photodesk.server.refusals import Refusal, bad_message, unknown
from photodesk.server.room import room_of
from photodesk.sync.blob_parts import BIGGEST_BLOB_BYTES, PART_BYTES, id_of_parts, part_count, part_hash, part_length

UPLOAD_MS = 7 * 24 * 3_600_000
PARTIAL_MS = 24 * 3_600_000
PIECE_BYTES = 1 << 20
MOST_ASKED = 1000


@dataclass(frozen=True)
class Upload:
    """An upload as it stands: which parts are here. `done` where the blob is complete already."""

    upload_id: str
    blob_id: bytes
    length: int
    parts: tuple[int, ...]
    done: bool


@dataclass(frozen=True)
class HeldBlob:
    """A complete blob."""

    blob_id: bytes
    length: int
    stored_as: str


class ArrivingPart:
    """One part on its way in: hashed and written as it comes, proven, then counted once it is whole and durable."""

    def __init__(
        self,
        arriving: Incoming,
        length: int,
        note: Callable[[bytes], None],
        prove: Callable[[bytes], None] = lambda _hashed: None,
    ) -> None:
        self._arriving, self._length, self._note, self._prove = arriving, length, note, prove
        self._hash, self._taken = hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """The next piece. 400 for more than the part has."""
        self._taken += len(data)
        if self._taken > self._length:
            raise bad_message("the length of this part")
        self._hash.update(data)
        self._arriving.write(data)

    def keep(self) -> None:
        """The part is whole. 400 for one that is too short."""
        if self._taken != self._length:
            raise bad_message("the length of this part")
        hashed = self._hash.digest()
        self._prove(hashed)
        self._arriving.keep()
        self._note(hashed)

    def drop(self) -> None:
        """The part does not come after all."""
        self._arriving.drop()


class Blobs:
    """Every clinic's blobs."""

    def __init__(self, database: Database, objects: Objects, clock: Clock) -> None:
        self._database = database
        self._objects = objects
        self._clock = clock

    def missing(self, clinic_id: str, blob_ids: Sequence[bytes]) -> list[bytes]:
        """Those of the ids that this clinic has no complete blob of, in their order."""
        if len(blob_ids) > MOST_ASKED:
            raise bad_message(f"more than {MOST_ASKED} ids")
        table = schema.blob
        asked = select(table.c.blob_id).where((table.c.clinic_id == clinic_id) & table.c.blob_id.in_(list(blob_ids)))
        with self._database.read() as connection:
            held = {bytes(one) for one in connection.execute(asked).scalars()}
        return [one for one in blob_ids if one not in held]

    def begin(self, contact: Contact, blob_id: bytes, length: int) -> Upload:
        """Begin an upload, or find it where it stands. 507 `quota_full`, 400 for a length that cannot be."""
        if not 0 < length <= BIGGEST_BLOB_BYTES:
            raise bad_message("the length of the blob")
        now_ms = self._clock.wall_ms()
        with self._database.write() as connection:
            room = room_of(connection, contact.clinic_id)
            held = self._held(connection, contact.clinic_id, blob_id)
            if held is not None:
                return Upload("", blob_id, held.length, (), True)
            table = schema.upload
            mine = (table.c.clinic_id == contact.clinic_id) & (table.c.workstation_id == contact.workstation_id)
            row = connection.execute(select(table).where(mine & (table.c.blob_id == blob_id))).first()
            if row is not None and row.bytes != length:
                raise bad_message("another length than before")
            if row is not None:
                parts = self._parts(connection, row.upload_id)
                connection.execute(update(table).where(table.c.upload_id == row.upload_id).values(touched_ms=now_ms))
                return Upload(row.upload_id, blob_id, length, tuple(sorted(parts)), False)
            room.promise(connection, length)
            upload_id = random_id()
            values = {
                "upload_id": upload_id,
                "clinic_id": contact.clinic_id,
                "workstation_id": contact.workstation_id,
                "blob_id": blob_id,
                "bytes": length,
                "touched_ms": now_ms,
            }
            connection.execute(insert(table).values(values))
            return Upload(upload_id, blob_id, length, (), False)

    def address(self, contact: Contact, upload_id: str, number: int) -> str | None:
        """Where a part may be put directly, or None where it goes through the server."""
        with self._database.read() as connection:
            length = self._mine(connection, contact, upload_id)[1]
        _refuse_number(length, number)
        return self._objects.presigned_put(_name(contact.clinic_id, upload_id, number))

    def begin_whole(self, contact: Contact, blob_id: bytes, length: int) -> ArrivingPart | None:
        """A blob of one part, which counts in one transaction once it is here; None where it is here already.

        Its object's name follows from who brings what: after a crash the same name is brought again, and what is
        not the blob never gets it. 507 `quota_full`, 400 for a length that cannot be.
        """
        if not 0 < length <= PART_BYTES:
            raise bad_message("the length of the blob")
        with self._database.read() as connection:
            if self._held(connection, contact.clinic_id, blob_id) is not None:
                return None
            room_of(connection, contact.clinic_id, alone=False).refuse_beyond_quota(length)
        stored_as = hashlib.sha256(contact.workstation_id.encode() + blob_id).hexdigest()[:32]

        def prove(hashed: bytes) -> None:
            if id_of_parts(length, [hashed]) != blob_id:
                raise _wrong()

        def note(_hashed: bytes) -> None:
            with self._database.write() as connection:
                room = room_of(connection, contact.clinic_id)
                if self._held(connection, contact.clinic_id, blob_id) is None:
                    room.use(connection, length)
                    self._insert(connection, contact.clinic_id, blob_id, length, stored_as)

        arriving = self._objects.incoming(_name(contact.clinic_id, stored_as, 0))
        return ArrivingPart(arriving, length, note, prove)

    def begin_part(self, contact: Contact, upload_id: str, number: int) -> ArrivingPart:
        """A part that arrives in pieces. The same part again is the same."""
        with self._database.read() as connection:
            length = self._mine(connection, contact, upload_id)[1]
        _refuse_number(length, number)
        arriving = self._objects.incoming(_name(contact.clinic_id, upload_id, number))

        def note(hashed: bytes) -> None:
            self._note(contact, upload_id, number, hashed)

        return ArrivingPart(arriving, part_length(length, number), note)

    def check_part(self, contact: Contact, upload_id: str, number: int) -> None:
        """Take a part that was put directly into the object store: read it back, and count it."""
        with self._database.read() as connection:
            length = self._mine(connection, contact, upload_id)[1]
        _refuse_number(length, number)
        data = self._objects.get(_name(contact.clinic_id, upload_id, number))
        if len(data) != part_length(length, number):
            raise bad_message("the length of this part")
        self._note(contact, upload_id, number, part_hash(data))

    def complete(self, contact: Contact, upload_id: str) -> None:
        """Make the blob readable. 409 `parts_missing`; 409 `blob_wrong` where the parts are not the blob of this id."""
        clinic_id = contact.clinic_id
        with self._database.write() as connection:
            room = room_of(connection, clinic_id)
            blob_id, length = self._mine(connection, contact, upload_id)
            if self._held(connection, clinic_id, blob_id) is not None:
                return
            parts = self._parts(connection, upload_id)
            if len(parts) != part_count(length):
                raise Refusal(409, "parts_missing", "Some parts of the blob are not here yet.", "Send them.")
            if id_of_parts(length, [parts[number] for number in range(len(parts))]) != blob_id:
                connection.execute(delete(schema.upload_part).where(schema.upload_part.c.upload_id == upload_id))
                wrong = _wrong()
            else:
                wrong = None
                self._insert(connection, clinic_id, blob_id, length, upload_id)
                room.keep_promised(connection, length)
        if wrong is not None:
            raise wrong

    def held(self, clinic_id: str, blob_id: bytes) -> HeldBlob:
        """A complete blob of this clinic; 404 for none, also where another clinic has it."""
        with self._database.read() as connection:
            found = self._held(connection, clinic_id, blob_id)
        if found is None:
            raise unknown("blob")
        return found

    def read(self, clinic_id: str, held: HeldBlob, start: int, end: int) -> Iterator[bytes]:
        """Bytes `start` to `end` (exclusive), in pieces of at most 1 MiB."""
        while start < end:
            number, offset = divmod(start, PART_BYTES)
            size = min(PIECE_BYTES, PART_BYTES - offset, end - start)
            yield self._objects.get(_name(clinic_id, held.stored_as, number), offset, offset + size)
            start += size

    def drop_stale(self) -> int:
        """Forget uploads nobody touched for a week, and their parts, and what never arrived whole; how many."""
        table, limit_ms = schema.upload, self._clock.wall_ms() - UPLOAD_MS
        self._objects.drop_partial((self._clock.wall_ms() - PARTIAL_MS) / 1000)
        with self._database.read() as connection:
            complete = select(schema.blob.c.stored_as)
            stale = connection.execute(
                select(table).where((table.c.touched_ms < limit_ms) & table.c.upload_id.not_in(complete))
            ).all()
        for row in stale:
            for number in range(part_count(row.bytes)):
                self._objects.delete(_name(row.clinic_id, row.upload_id, number))
            with self._database.write() as connection:
                room = room_of(connection, row.clinic_id)
                connection.execute(delete(schema.upload_part).where(schema.upload_part.c.upload_id == row.upload_id))
                if connection.execute(delete(table).where(table.c.upload_id == row.upload_id)).rowcount:
                    room.take_back(connection, row.bytes)
        return len(stale)

    def _note(self, contact: Contact, upload_id: str, number: int, hashed: bytes) -> None:
        table = schema.upload_part
        with self._database.write() as connection:
            self._mine(connection, contact, upload_id, alone=True)
            connection.execute(delete(table).where((table.c.upload_id == upload_id) & (table.c.number == number)))
            row = {"upload_id": upload_id, "number": number, "part_hash": hashed}
            connection.execute(insert(table).values(row))

    def _mine(
        self, connection: Connection, contact: Contact, upload_id: str, *, alone: bool = False
    ) -> tuple[bytes, int]:
        table = schema.upload
        asked = select(table).where(table.c.upload_id == upload_id)
        row = connection.execute(asked.with_for_update() if alone else asked).first()
        if row is None or (row.clinic_id, row.workstation_id) != (contact.clinic_id, contact.workstation_id):
            raise unknown("upload")
        return bytes(row.blob_id), row.bytes

    def _insert(self, connection: Connection, clinic_id: str, blob_id: bytes, length: int, stored_as: str) -> None:
        row = {"clinic_id": clinic_id, "blob_id": blob_id, "bytes": length, "stored_as": stored_as}
        connection.execute(insert(schema.blob).values(row | {"received_ms": self._clock.wall_ms()}))

    def _parts(self, connection: Connection, upload_id: str) -> dict[int, bytes]:
        table = schema.upload_part
        rows = connection.execute(select(table).where(table.c.upload_id == upload_id))
        return {row.number: bytes(row.part_hash) for row in rows}

    def _held(self, connection: Connection, clinic_id: str, blob_id: bytes) -> HeldBlob | None:
        table = schema.blob
        row = connection.execute(
            select(table).where((table.c.clinic_id == clinic_id) & (table.c.blob_id == blob_id))
        ).first()
        return None if row is None else HeldBlob(blob_id, row.bytes, row.stored_as)


def _wrong() -> Refusal:
    return Refusal(409, "blob_wrong", "The parts are not the blob of this id.", "Send them again.")


def _refuse_number(length: int, number: int) -> None:
    if not 0 <= number < part_count(length):
        raise bad_message("the number of this part")


def _name(clinic_id: str, stored_as: str, number: int) -> str:
    return f"{clinic_id}/{stored_as[:2]}/{stored_as}/{number}"
