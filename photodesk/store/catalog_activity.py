"""What the privacy officer did about the activity log: entries reviewed, and the log signed off up to an entry."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.store.catalog_imports import CatalogImports
from photodesk.store.change import Change
from photodesk.store.operations import Scope
from photodesk.store.projection import Edit


@dataclass(frozen=True)
class ReviewRow:
    """A flagged entry that somebody has looked into, with what they found (may be empty)."""

    workstation_id: str
    sequence: int
    person_id: str
    at_ms: int
    note: str = ""


@dataclass(frozen=True)
class SignOffRow:
    """A signed record and its signature; `desk.activity_review` reads it."""

    sign_off_id: str
    person_id: str
    at_ms: int
    record: bytes
    signature: bytes


class CatalogActivity(CatalogImports):
    """The catalog's reviews and sign-offs."""

    def reviews(self) -> dict[tuple[str, int], ReviewRow]:
        """Every review by the place of its entry."""
        sql = "SELECT workstation_id, sequence, person_id, at_ms, note FROM log_review"
        rows = [ReviewRow(row[0], int(row[1]), row[2], int(row[3]), row[4]) for row in self.ledger.database.rows(sql)]
        return {(row.workstation_id, row.sequence): row for row in rows}

    def keep_review(self, change: Change, review: ReviewRow) -> None:
        """Keep a review; a later one of the same entry takes its place, and the operations keep both."""
        kept = {
            "workstation_id": review.workstation_id,
            "sequence": review.sequence,
            "person_id": review.person_id,
            "at_ms": review.at_ms,
            "note": review.note,
        }
        with self.ledger.writing(change) as writing:
            name = f"{review.workstation_id}/{review.sequence}"
            writing.record(Scope(), Edit("log_review", name, "set", kept))

    def sign_offs(self) -> list[SignOffRow]:
        """Every sign-off, the newest first."""
        sql = "SELECT sign_off_id, person_id, at_ms, record, signature FROM log_sign_off ORDER BY at_ms DESC"
        rows = self.ledger.database.rows(sql)
        return [SignOffRow(row[0], row[1], int(row[2]), bytes(row[3]), bytes(row[4])) for row in rows]

    def keep_sign_off(self, change: Change, row: SignOffRow) -> None:
        """Keep a sign-off."""
        kept = {"person_id": row.person_id, "at_ms": row.at_ms, "record": row.record, "signature": row.signature}
        with self.ledger.writing(change) as writing:
            writing.record(Scope(), Edit("log_sign_off", row.sign_off_id, "add", kept))
