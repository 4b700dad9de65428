"""The catalog: who the patients are, visits, jobs and assignments, content ids, chart pointers, settings.

Every signed-in person opens it; nothing clinical is in it. One class, written noun by noun: `catalog_patients`,
`catalog_visits`, `catalog_imports`, `catalog_corrections`. It brings the erasure keys and, for clinical roles, the
photo index with it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from photodesk.clock import Clock, HybridClock
from photodesk.store import chart_keys, rewriting
from photodesk.store.catalog_activity import CatalogActivity
from photodesk.store.catalog_cards import CardRow, CatalogCards, KeptReceipt
from photodesk.store.catalog_corrections import CatalogCorrections
from photodesk.store.catalog_imports import Assignment, ContentState, Job, KnownContent
from photodesk.store.catalog_patients import CatalogPatients, ChartPointer
from photodesk.store.catalog_schema import CATALOG_FORMAT, CATALOG_TABLES
from photodesk.store.change import Change
from photodesk.store.database import Database, Settings, behind_log
from photodesk.store.erasure import ErasureKeys
from photodesk.store.index_marks import IndexMarks
from photodesk.store.layout import Layout
from photodesk.store.ledger import Ledger
from photodesk.store.migrations import drop_old_snapshots
from photodesk.store.operations import Compartment, OperationBook, Scope
from photodesk.store.photo_index import Alarm, PhotoIndex
from photodesk.store.projection import Edit
from photodesk.store.signer import Generations, Signer

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

__all__ = [
    "Assignment",
    "CardRow",
    "Catalog",
    "CatalogPatients",
    "ChartPointer",
    "ContentState",
    "Job",
    "KeptReceipt",
    "KnownContent",
]

NAME = "catalog"
SETTINGS = Settings(cache_kib=49_152)


class Catalog(CatalogCorrections, CatalogCards, CatalogActivity):
    """The open catalog of one signed-in person. Reads from any thread, writes from one."""

    @classmethod
    def create(cls, layout: Layout, keyset: KeySet, signer: Signer, generations: Generations, clock: Clock) -> Catalog:
        """Make `catalog.db`, `erasure.db` and (with its key) `index.db` of a new store and open them."""
        key = keyset.database_keys[NAME]
        database = Database.create(layout.catalog, key, NAME, SETTINGS, CATALOG_FORMAT, generations)
        erasure = ErasureKeys.create(layout, keyset.database_keys["erasure"], generations)
        index_key = keyset.database_keys.get("index")
        index = PhotoIndex.create(layout, index_key, generations) if index_key else None
        if index is not None:
            index.marked_in(IndexMarks(database))
        return cls(_ledger(database, keyset, signer, clock), keyset, erasure, index, clock)

    @classmethod
    def open(
        cls,
        layout: Layout,
        keyset: KeySet,
        signer: Signer,
        generations: Generations,
        clock: Clock,
        logged: Mapping[str, int] | None = None,
        alarm: Alarm = lambda _: None,
    ) -> Catalog:
        """Open the catalog of a store. `logged` are the generations the log knows; a database behind is read-only.

        `alarm` hears of that, and whenever the photo index is found damaged.
        Damaged where it does not match its key, Refused `newer_format`.
        """
        drop_old_snapshots(layout.snapshots, clock)
        rewriting.settle(layout, keyset.database_keys)
        logged = {} if logged is None else logged
        database = Database.open(
            layout.catalog,
            keyset.database_keys[NAME],
            NAME,
            SETTINGS,
            CATALOG_FORMAT,
            generations,
            snapshots=layout.snapshots,
            logged_generation=logged.get(NAME, 0),
        )
        try:
            known = logged.get("erasure", 0)
            erasure = ErasureKeys.open(layout, keyset.database_keys["erasure"], generations, known)
            index_key = keyset.database_keys.get("index")
            known = logged.get("index", 0)
            index = PhotoIndex.open_or_create(layout, index_key, generations, known, alarm) if index_key else None
            if index is not None:
                index.marked_in(IndexMarks(database))
            for older in (behind_log(database), behind_log(erasure.database)):
                if older is not None:
                    alarm(older)
            return cls(_ledger(database, keyset, signer, clock), keyset, erasure, index, clock)
        except BaseException:
            database.close()
            raise

    @property
    def behind_log(self) -> bool:
        """Whether `catalog.db` is older than the log says: it is read-only then."""
        return behind_log(self.ledger.database) is not None

    def close(self) -> None:
        """Close the catalog, the erasure keys and the index."""
        if self.index is not None:
            self.index.close()
        self.ledger.database.close()
        self.erasure.close()

    def ensure_chart(self, change: Change, patient_id: str) -> str:
        """The patient's chart id; gives the chart a wrapped key where it has none yet. Refused without chart keys.

        `change` names who caused it; the key itself is no operation.
        """
        pointer = self.chart_pointer(patient_id, hidden_too=True)
        if not pointer.wrapped:
            erasure_key = self.erasure.key(pointer.chart_id)
            if not self.keyset.chart_keys:
                chart_keys.chart_key_of(self.keyset, 0)
            epoch, wrapped = chart_keys.wrap(self.keyset, pointer.chart_id, erasure_key, os.urandom(48))
            self.keep_chart_key(pointer.chart_id, epoch, wrapped)
        return pointer.chart_id

    def setting(self, name: str) -> str | None:
        """A setting of the clinic, or None. People's own settings carry their id in the name."""
        row = self.ledger.database.row("SELECT value FROM setting WHERE name = ?", (name,))
        return None if row is None else str(row[0])

    def set_setting(self, change: Change, name: str, value: str) -> None:
        """Keep a setting."""
        if self.setting(name) == value:
            return
        with self.ledger.writing(change) as writing:
            writing.record(Scope(), Edit("setting", name, "set", {"value": value}))

    def project_people(self, people: Mapping[str, str]) -> None:
        """Names by person id, from the membership log."""
        known: dict[str, str] = dict(self.ledger.database.rows("SELECT person_id, name FROM person"))
        changed = [(person, name) for person, name in people.items() if known.get(person) != name]
        if changed:
            with self.ledger.database.transaction() as connection:
                connection.executemany(
                    "INSERT INTO person VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name", changed
                )

    def person_name(self, person_id: str) -> str:
        """A person's name for display, "" where unknown."""
        row = self.ledger.database.row("SELECT name FROM person WHERE person_id = ?", (person_id,))
        return "" if row is None else str(row[0])


def _ledger(database: Database, keyset: KeySet, signer: Signer, clock: Clock) -> Ledger:
    book = OperationBook(keyset, signer, HybridClock(clock), Compartment.DESK, CATALOG_TABLES)
    return Ledger(database, book)
