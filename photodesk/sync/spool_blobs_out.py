"""Sealed photos that are to go up: where each stands, and its file in `out/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path

from photodesk.sync.spooled_blob import COLUMNS, BlobTable, SpooledBlob, row_of


class Out(IntEnum):
    """Where a blob of this workstation stands: the server is to be asked, lacks it, it lies in `out/`, it is there."""

    ASK = 0
    LACKING = 1
    SEALED = 2
    THERE = 3


class BlobsOut(BlobTable):
    """Blobs of this workstation."""

    def add_out(self, blobs: Iterable[SpooledBlob], state: Out) -> None:
        """Blobs of this workstation: `ASK` where the server may have them, `SEALED` where their files lie in `out/`."""
        changes = "WHERE blob_out.state <> 3" if state is Out.SEALED else "WHERE 0"
        with self._file.transaction() as connection:
            connection.executemany(
                f"INSERT INTO blob_out ({COLUMNS}, state) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
                f" ON CONFLICT DO UPDATE SET state = excluded.state {changes}",
                [(*row_of(one), int(state)) for one in blobs],
            )

    def out_in(self, state: Out, most: int = 1000, scope: str = "") -> list[SpooledBlob]:
        """Blobs of this workstation that stand there, what goes first first."""
        where, values = ("AND scope = ?", (scope,)) if scope else ("", ())
        return self._blobs(
            f"SELECT {COLUMNS} FROM blob_out WHERE state = ? {where} ORDER BY rank, number LIMIT ?",  # noqa: S608
            (int(state), *values, most),
        )

    def set_out(self, blob_ids: Sequence[bytes], state: Out) -> None:
        """They stand there now. `LACKING`: their charts seal them again."""
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE blob_out SET state = ? WHERE blob_id = ?", [(int(state), one) for one in blob_ids]
            )
            if state is Out.LACKING:
                connection.execute(
                    "UPDATE blob_chart SET sealed = 0 WHERE scope IN (SELECT scope FROM blob_out WHERE state = 1)"
                )

    def arrived_there(self, blob_id: bytes) -> None:
        """The server has it whole; its file goes."""
        self.set_out([blob_id], Out.THERE)
        self.out_path(blob_id).unlink(missing_ok=True)

    def known_out(self, scope: str) -> dict[bytes, Out]:
        """How the blobs of a chart stand, by id."""
        rows = self._file.rows("SELECT blob_id, state FROM blob_out WHERE scope = ?", (scope,))
        return {bytes(row[0]): Out(row[1]) for row in rows}

    def supersede(self, scope: str, blob_id: bytes) -> None:
        """This is the chart's snapshot now: earlier ones need not go up any more."""
        old = self._file.rows(
            "SELECT blob_id FROM blob_out WHERE scope = ? AND kind = 5 AND blob_id <> ?", (scope, blob_id)
        )
        with self._file.transaction() as connection:
            connection.executemany("DELETE FROM blob_out WHERE blob_id = ?", old)
        for (one,) in old:
            self.out_path(bytes(one)).unlink(missing_ok=True)

    def sealed_bytes(self) -> int:
        """How much lies in `out/`."""
        row = self._file.row("SELECT coalesce(sum(bytes), 0) FROM blob_out WHERE state = ?", (int(Out.SEALED),))
        return int(row[0]) if row else 0

    def ask_again(self) -> None:
        """The server was restored to an earlier state: it is asked anew which blobs it has."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE blob_out SET state = 0 WHERE state = 3")

    def are_there(self, blob_ids: Sequence[bytes]) -> bool:
        """Whether the server holds all of these, as far as it said."""
        return all(
            self._file.row("SELECT 1 FROM blob_out WHERE blob_id = ? AND state = 3", (one,)) is not None
            for one in blob_ids
        )

    def out_path(self, blob_id: bytes) -> Path:
        """Where a blob that is to go up lies."""
        return self.out_folder / blob_id.hex()
