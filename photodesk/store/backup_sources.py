"""What a backup is made of, and what it tells when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from photodesk.clock import Clock
from photodesk.errors import Damaged
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.members import Members


class Witness(Protocol):
    """The keeper, as a backup needs it."""

    def sign(self, kind: str, data: bytes) -> bytes:
        """The workstation's signature."""
        ...

    def checkpoint(self) -> bytes:
        """The log's signed state, as the exact bytes of a checkpoint."""
        ...

    def generations(self) -> Mapping[str, int]:
        """What the log knows of every database."""
        ...


@dataclass(frozen=True)
class Sources:
    """What is backed up, by a person who holds chart keys."""

    layout: Layout
    keyset: KeySet
    catalog: Catalog
    charts: Charts
    keeper: Witness
    clock: Clock


def erased_charts(catalog: Catalog, members: Members) -> frozenset[str]:
    """Charts of patients that the clinic decided to erase and whose key is forgotten here."""
    rows = catalog.ledger.database.rows("SELECT chart_id FROM erasure WHERE state = 'erased'")
    return frozenset((members.erased | {str(row[0]) for row in rows}) - catalog.erasure.known())


@dataclass(frozen=True)
class BackedUp:
    """A run that is done. `files`, `size_bytes` and `photos` are what the backup holds, `new_…` what this run wrote.

    `problems` are photos and charts that could not be read here; what the backup held of them stays. `in_hand` parts of
    imports were still being copied. `waiting` shots are in the inbox, and among the photos. `elsewhere` originals are
    on the clinic server or at other workstations, not on this one, and not in this backup.
    """

    number: int
    at_ms: int
    folder_id: str
    files: int
    size_bytes: int
    photos: int
    waiting: int
    new_files: int
    new_bytes: int
    in_hand: int
    problems: tuple[Damaged, ...]
    elsewhere: int = 0
