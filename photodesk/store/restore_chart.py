"""One chart of a restored store: its tables from operations, its bytes from sealed blobs, every hash compared.

What is read back from the disk is compared again, so that a restore ends with photos that are proven to be there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from photodesk.errors import Damaged
from photodesk.store.backup_chart import ChartCopy, Copy
from photodesk.store.backup_target import blob_path
from photodesk.store.catalog import ContentState, KnownContent
from photodesk.store.chart import Chart
from photodesk.store.chart_copies import note_fetched
from photodesk.store.chart_schema import CHART_TABLES
from photodesk.store.conflicts import ConflictBook
from photodesk.store.original_parts import write_parts
from photodesk.store.read_back import ReadBack
from photodesk.store.restore_source import Opened
from photodesk.store.restore_tables import Replay, put_erased
from photodesk.store.sealed_blob import BlobKind, open_blob

_AT_ONCE_BYTES = 256 << 20
_PICTURES = {BlobKind.THUMBNAIL: "thumbnail", BlobKind.SCREEN: "screen"}


@dataclass
class ChartRestore:
    """Restores charts. `photos`, `files`, `size_bytes` count what is proven; `problems` what the backup cannot give.

    Without `anyway` the first problem is raised.
    """

    opened: Opened
    step: Callable[[], None]
    anyway: bool = False
    photos: int = 0
    files: int = 0
    size_bytes: int = 0
    problems: list[Damaged] = field(default_factory=list)

    def run(self, chart: Chart, copy: ChartCopy, erasure_key: bytes) -> list[KnownContent]:
        """Fill an empty chart; the content ids it holds now."""
        stations = {one.workstation_id: one.signing_public for one in self.opened.members.workstations.values()}
        replay = Replay(CHART_TABLES, self.opened.keyset, stations, lambda _: erasure_key)
        database = chart.ledger.database
        with database.transaction() as connection:
            replay.run(connection, copy.operations)
            ConflictBook(connection, self.opened.keyset, lambda _: erasure_key).find_all()
            put_erased(connection, copy.erased)
        copies = {(one.owner_id, one.kind): one for one in copy.copies}
        originals = database.rows(
            "SELECT o.original_id, o.photo_id, o.sha256, o.size_bytes, o.content, p.photo_key, a.photo_key,"
            " p.job_id, a.job_id FROM original o LEFT JOIN photo p ON p.photo_id = o.photo_id"
            " LEFT JOIN attachment a ON a.original_id = o.original_id WHERE o.gone = 0"
            " ORDER BY o.original_id DESC"  # of twins the one whose content id it is comes last
        )
        proven: dict[str, str] = {}
        for group in _grouped(originals):
            with database.transaction(sum(int(row[3]) for row in group)) as connection:
                for row in group:
                    if self._original(connection, chart, copies, row):
                        proven[str(row[0])] = str(row[2])
        self._pictures(chart, copies)
        self._read_back(chart, proven)
        self.photos += len({str(row[1]) for row in originals if row[1] and row[0] in proven})
        return [
            KnownContent(bytes(row[4]), ContentState.FILED, chart.patient_id, row[1] or row[0], row[7] or row[8] or "")
            for row in originals
            if row[4] and row[0] in proven
        ]

    def _original(self, connection: Any, chart: Chart, copies: dict[Any, Copy], row: Any) -> bool:
        original_id, photo_id, sha256, size, _, photo_key, file_key, _, _ = row
        kind = BlobKind.ORIGINAL if photo_key else BlobKind.ATTACHMENT
        copy = copies.get((original_id, kind))
        self.step()
        if copy is None and connection.execute("SELECT 1 FROM copy WHERE owner_id = ?", (original_id,)).fetchone():
            return False  # it was not on the workstation that made the backup: the clinic server has it
        connection.execute("SAVEPOINT original")
        try:
            if copy is None or copy.sha256 != sha256:
                raise _lost(chart.chart_id, photo_id or original_id, "is not in the backup")
            stream = self._blob(copy, bytes(photo_key or file_key or b""))
            found = write_parts(connection, original_id, stream)
            if found != (size, sha256):
                raise _lost(chart.chart_id, photo_id or original_id, "is not in the backup as it was filed")
            note_fetched(connection, original_id, kind, sha256)
        except Damaged as damage:
            connection.execute("ROLLBACK TO original")
            self._note(chart, photo_id or original_id, damage)
            return False
        finally:
            connection.execute("RELEASE original")
        self.files += 1
        self.size_bytes += int(size)
        return True

    def _pictures(self, chart: Chart, copies: dict[Any, Copy]) -> None:
        """Pictures made from photos; one that the backup cannot give is made anew from its photo by a repair."""
        keys: dict[str, bytes] = dict(
            chart.ledger.database.rows("SELECT photo_id, photo_key FROM photo WHERE photo_key <> x''")
        )
        wanted = [one for (_, kind), one in copies.items() if kind in _PICTURES and one.owner_id in keys]
        for start in range(0, len(wanted), 64):
            with chart.ledger.database.transaction() as connection:
                for copy in wanted[start : start + 64]:
                    self.step()
                    try:
                        data = b"".join(self._blob(copy, bytes(keys[copy.owner_id])))
                        if hashlib.sha256(data).hexdigest() != copy.sha256:
                            raise _lost(chart.chart_id, copy.owner_id, "has a picture that is not in the backup")
                    except Damaged as damage:
                        self._note(chart, copy.owner_id, damage)
                        continue
                    connection.execute(
                        f"INSERT INTO {_PICTURES[copy.kind]} (photo_id, bytes) VALUES (?, ?)",  # noqa: S608
                        (copy.owner_id, data),
                    )
                    note_fetched(connection, copy.owner_id, copy.kind, copy.sha256)
                    self.files += 1

    def _read_back(self, chart: Chart, proven: dict[str, str]) -> None:
        chart.ledger.database.checkpoint()
        reading = ReadBack(chart.ledger.database)
        try:
            for original_id, sha256 in proven.items():
                self.step()
                if reading.sha256(original_id) != sha256:
                    raise Damaged(
                        "restored_differs",
                        f"The photo {original_id} reads back differently from what was restored.",
                        "Have this computer's disk looked at, then restore into another folder.",
                        chart_id=chart.chart_id,
                        photo_id=original_id,
                    )
        finally:
            reading.end()

    def _blob(self, copy: Copy, key: bytes) -> Iterator[bytes]:
        with self.opened.target.open(blob_path(copy.blob.blob_id)) as stream:
            yield from open_blob(stream, key, self.opened.run.clinic_id, copy.kind)

    def _note(self, chart: Chart, photo_id: str, damage: Damaged) -> None:
        problem = damage if damage.photo_id else _lost(chart.chart_id, photo_id, "is damaged or missing in the backup")
        if not self.anyway:
            raise problem from None
        self.problems.append(problem)


def _lost(chart_id: str, photo_id: str, what: str) -> Damaged:
    return Damaged(
        "photo_not_in_backup",
        f"The photo {photo_id} of chart {chart_id} {what}.",
        "Use another backup, or restore everything else with --anyway.",
        chart_id=chart_id,
        photo_id=photo_id,
    )


def _grouped(rows: list[Any]) -> Iterator[list[Any]]:
    """Originals that are written together: at most 64 and about 256 MiB."""
    group: list[Any] = []
    total = 0
    for row in rows:
        group.append(row)
        total += int(row[3])
        if len(group) >= 64 or total >= _AT_ONCE_BYTES:
            yield group
            group, total = [], 0
    if group:
        yield group
