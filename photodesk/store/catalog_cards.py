"""Camera cards and their receipts in the catalog.

A card's own files are remembered as keyed marks of (name, size, time), in `card_file`, which like `content` is kept as
it is and is no operation: it only helps to know a card again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from photodesk.errors import Fixable
from photodesk.store.catalog_imports import CatalogImports
from photodesk.store.change import Change
from photodesk.store.operations import Scope
from photodesk.store.projection import Edit

MARKS_A_QUESTION = 500


@dataclass(frozen=True)
class CardRow:
    """A card as it was last seen. Instants are wall ms, 0 for never; `photos` and `safe` count files of the last time.

    `serial` and `label` are the file system's, "" where it has none; `title` is what its folders say.
    """

    card_id: str
    serial: str = ""
    label: str = ""
    title: str = ""
    size_bytes: int = 0
    first_seen_ms: int = 0
    seen_at_ms: int = 0
    files: int = 0
    photos: int = 0
    safe: int = 0
    imported_at_ms: int = 0
    job_id: str = ""
    cleared_at_ms: int = 0


@dataclass(frozen=True)
class KeptReceipt:
    """A receipt of one job: the signed record, and the workstation's signature over it."""

    job_id: str
    card_id: str
    at_ms: int
    record: bytes
    signature: bytes


_CARD = ", ".join(field.name for field in fields(CardRow))


class CatalogCards(CatalogImports):
    """The catalog's cards and receipts."""

    def cards(self) -> list[CardRow]:
        """Every card known, the one seen last first."""
        return [CardRow(*row) for row in self._card_rows("1 = 1 ORDER BY seen_at_ms DESC, card_id")]

    def card(self, card_id: str) -> CardRow:
        """One card; Fixable `card_unknown`."""
        rows = self._card_rows("card_id = ?", card_id)
        if not rows:
            raise Fixable("card_unknown", "There is no such card.", "List the cards with: photodesk cards")
        return CardRow(*rows[0])

    def set_card(self, change: Change, card: CardRow) -> None:
        """Keep a card, new or changed."""
        with self.ledger.writing(change) as writing:
            rows = self._card_rows("card_id = ?", card.card_id)
            before = CardRow(*rows[0]) if rows else CardRow(card.card_id)
            names = [field.name for field in fields(card)]
            changed = {name: getattr(card, name) for name in names if getattr(card, name) != getattr(before, name)}
            if changed or not rows:
                writing.record(Scope(), Edit("card", card.card_id, "set" if rows else "add", changed))

    def cards_holding(self, marks: Collection[bytes]) -> dict[str, int]:
        """How many of these marks each card is known to hold."""
        counts: dict[str, int] = {}
        asked = list(marks)
        for start in range(0, len(asked), MARKS_A_QUESTION):
            some = asked[start : start + MARKS_A_QUESTION]
            places = ", ".join("?" * len(some))
            sql = f"SELECT card_id, count(*) FROM card_file WHERE mark IN ({places}) GROUP BY card_id"  # noqa: S608
            for card_id, count in self.ledger.database.rows(sql, tuple(some)):
                counts[card_id] = counts.get(card_id, 0) + int(count)
        return counts

    def card_marks(self, card_id: str) -> dict[bytes, bool]:
        """Marks of the files last seen on a card, each with whether it is safe in the store."""
        rows = self.ledger.database.rows("SELECT mark, safe FROM card_file WHERE card_id = ?", (card_id,))
        return {bytes(row[0]): bool(row[1]) for row in rows}

    def set_card_marks(self, card_id: str, marks: Mapping[bytes, bool]) -> None:
        """These files are on the card, and no others; safe or not."""
        with self.ledger.database.transaction() as connection:
            connection.execute("DELETE FROM card_file WHERE card_id = ?", (card_id,))
            connection.executemany(
                "INSERT OR IGNORE INTO card_file VALUES (?, ?, ?)",
                [(mark, card_id, int(safe)) for mark, safe in marks.items()],
            )

    def keep_receipt(self, change: Change, receipt: KeptReceipt) -> None:
        """Keep a job's receipt; a later one of the same job takes its place, and the operations keep both."""
        kept = {
            "card_id": receipt.card_id,
            "at_ms": receipt.at_ms,
            "record": receipt.record,
            "signature": receipt.signature,
        }
        with self.ledger.writing(change) as writing:
            writing.record(Scope(), Edit("receipt", receipt.job_id, "set", kept))

    def receipt(self, job_id: str) -> KeptReceipt | None:
        """The receipt of a job, or None."""
        row = self.ledger.database.row(
            "SELECT job_id, card_id, at_ms, record, signature FROM receipt WHERE job_id = ?", (job_id,)
        )
        return None if row is None else KeptReceipt(row[0], row[1], int(row[2]), bytes(row[3]), bytes(row[4]))

    def _card_rows(self, condition: str, *values: Any) -> list[Any]:
        sql = f"SELECT {_CARD} FROM card WHERE {condition}"  # noqa: S608  conditions are written here
        return list(self.ledger.database.rows(sql, values))
