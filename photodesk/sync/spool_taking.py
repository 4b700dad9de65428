"""What waits in the spool to be applied, by the database it belongs to: whole charts at a time, each page in one go."""

from __future__ import annotations

from collections.abc import Iterator

from photodesk.sync.spool import Incoming
from photodesk.sync.spool_alarm import is_alarm
from photodesk.sync.spool_file import SpoolFile


class SpoolTaking:
    """Reads of the table `incoming`; marking is the spool's own. While an alarm stands nothing is handed out."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file

    def scopes(self, compartment: int) -> list[str]:
        """Charts that operations of a compartment wait for, the one that waits longest first."""
        rows = self._file.rows(
            "SELECT scope FROM incoming WHERE taken = 0 AND compartment = ? GROUP BY scope ORDER BY min(place)",
            (compartment,),
        )
        return [str(row[0]) for row in rows]

    def pages(self, compartment: int, scope: str | None, most: int) -> Iterator[list[Incoming]]:
        """What waits for one chart, or (None) everything of a compartment, in the clinic's order."""
        condition, values = ("", ()) if scope is None else (" AND scope = ?", (scope,))
        after = 0
        while not is_alarm(self._file):
            rows = self._file.rows(
                "SELECT place, workstation, scope, compartment, record FROM incoming WHERE taken = 0"  # noqa: S608
                f" AND compartment = ?{condition} AND place > ? ORDER BY place LIMIT ?",
                (compartment, *values, after, most),
            )
            if not rows:
                return
            after = int(rows[-1][0])
            yield [Incoming(int(row[0]), row[1], row[2], int(row[3]), bytes(row[4])) for row in rows]

    def count(self) -> int:
        """How many wait."""
        row = self._file.row("SELECT count(*) FROM incoming WHERE taken = 0")
        return int(row[0]) if row else 0
