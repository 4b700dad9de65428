"""The spool's tables of logs: the server's receipts for this one, the newest checkpoints of the others."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.log.records import Checkpoint, read_checkpoint
from photodesk.sync.spool_file import SpoolFile

CHECKPOINT, SEGMENT = "checkpoint", "segment"


@dataclass(frozen=True)
class HeldReceipt:
    """The server signed that it keeps something of this log: a checkpoint by its entry, a segment by its number."""

    number: int
    hash: bytes
    received_ms: int
    receipt: bytes


class SpoolLogs:
    """Receipts and foreign checkpoints; each was checked before it came here."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file

    def last(self, kind: str) -> HeldReceipt | None:
        """The receipt with the highest number."""
        row = self._file.row(
            "SELECT number, hash, received_ms, receipt FROM log_receipt WHERE kind = ? ORDER BY number DESC LIMIT 1",
            (kind,),
        )
        return None if row is None else HeldReceipt(int(row[0]), bytes(row[1]), int(row[2]), bytes(row[3]))

    def has(self, kind: str, number: int) -> bool:
        """Whether the server has this already."""
        return self._file.row("SELECT 1 FROM log_receipt WHERE kind = ? AND number = ?", (kind, number)) is not None

    def keep(self, kind: str, receipt: HeldReceipt) -> None:
        """Keep a receipt."""
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO log_receipt VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (kind, receipt.number, receipt.hash, receipt.received_ms, receipt.receipt),
            )

    def newest(self, workstation_id: str) -> Checkpoint | None:
        """The newest checkpoint of another workstation's log that was seen."""
        row = self._file.row("SELECT record FROM log_seen WHERE workstation = ?", (workstation_id,))
        return None if row is None else read_checkpoint(bytes(row[0]))

    def keep_newest(self, checkpoint: Checkpoint) -> None:
        """A newer one was seen and checked."""
        values = (checkpoint.workstation_id, checkpoint.sequence, checkpoint.chain, checkpoint.encoded)
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO log_seen VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence,"
                " chain = excluded.chain, record = excluded.record WHERE excluded.sequence > sequence",
                values,
            )
