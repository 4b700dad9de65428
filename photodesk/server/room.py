"""A clinic's room on the server: what it uses, what uploads under way will use, and its quota."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from photodesk.server import schema
from photodesk.server.refusals import quota_full, unknown

LOG_SHARE = 20  # a twentieth of the quota more for logs: a clinic whose photos fill its room still anchors its log


@dataclass(frozen=True)
class Room:
    """A clinic's room; its row is locked until the transaction ends, so that two processes never give it twice."""

    clinic_id: str
    used_bytes: int
    promised_bytes: int
    quota_bytes: int

    def refuse_beyond_quota(self, size_bytes: int) -> None:
        """507 `quota_full` where so many bytes more do not fit."""
        self._refuse_beyond(self.quota_bytes, size_bytes)

    def use(self, connection: Connection, size_bytes: int) -> None:
        """Count bytes that are kept now. 507 `quota_full`."""
        self._refuse_beyond(self.quota_bytes, size_bytes)
        self._set(connection, used_bytes=self.used_bytes + size_bytes)

    def use_for_log(self, connection: Connection, size_bytes: int) -> None:
        """The same for a log's segment. 507 `quota_full`."""
        self._refuse_beyond(self.quota_bytes + self.quota_bytes // LOG_SHARE, size_bytes)
        self._set(connection, used_bytes=self.used_bytes + size_bytes)

    def promise(self, connection: Connection, size_bytes: int) -> None:
        """Room for an upload that begins. 507 `quota_full`."""
        self._refuse_beyond(self.quota_bytes, size_bytes)
        self._set(connection, promised_bytes=self.promised_bytes + size_bytes)

    def keep_promised(self, connection: Connection, size_bytes: int) -> None:
        """An upload is complete."""
        promised = max(0, self.promised_bytes - size_bytes)
        self._set(connection, promised_bytes=promised, used_bytes=self.used_bytes + size_bytes)

    def take_back(self, connection: Connection, size_bytes: int) -> None:
        """An upload is forgotten."""
        self._set(connection, promised_bytes=max(0, self.promised_bytes - size_bytes))

    def _refuse_beyond(self, limit_bytes: int, size_bytes: int) -> None:
        if self.used_bytes + self.promised_bytes + size_bytes > limit_bytes:
            raise quota_full(size_bytes)

    def _set(self, connection: Connection, **values: int) -> None:
        table = schema.clinic
        connection.execute(update(table).where(table.c.clinic_id == self.clinic_id).values(**values))


def room_of(connection: Connection, clinic_id: str, *, alone: bool = True) -> Room:
    """The room as of now; locked, unless it is only looked at."""
    table = schema.clinic
    asked = select(table).where(table.c.clinic_id == clinic_id)
    row = connection.execute(asked.with_for_update() if alone else asked).first()
    if row is None:
        raise unknown("clinic")
    return Room(clinic_id, row.used_bytes, row.promised_bytes, row.quota_bytes)
