"""Erasing one patient for good, after it was authorised. Killed anywhere, it is carried on and ends the same.

In this order: shots waiting in the inbox; what photos of the patient left in other charts; the chart's file; then
catalog, erasure keys and photo index are written anew without the patient under fresh keys (`rewriting`), and in the
same step the erasure is `erased` and the patient's content ids are *deleted on purpose*. Until that step every part
can be done again; after it nothing is left to do. Other patients' photos are not touched.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from photodesk.clock import Clock, HybridClock
from photodesk.errors import Refused
from photodesk.store import erasing_files, rewriting
from photodesk.store.catalog import NAME as CATALOG
from photodesk.store.catalog import SETTINGS as CATALOG_SETTINGS
from photodesk.store.catalog import Catalog
from photodesk.store.catalog_schema import CATALOG_FORMAT, CATALOG_TABLES
from photodesk.store.change import Change
from photodesk.store.charts import Charts
from photodesk.store.database import Database
from photodesk.store.erasing_catalog import CatalogWithout
from photodesk.store.erasing_reach import Reach, reach
from photodesk.store.erasure import FORMAT as ERASURE_FORMAT
from photodesk.store.erasure import NAME as ERASURE
from photodesk.store.erasure import SETTINGS as ERASURE_SETTINGS
from photodesk.store.files import sync_folder
from photodesk.store.keeping_book import Erasure, ErasureState, KeepingBook, Place
from photodesk.store.keyring import Secrets, workstation_secret_account
from photodesk.store.keys_file import DATABASES, read_keys, wrap_database_key, write_keys
from photodesk.store.layout import Layout
from photodesk.store.ledger import Ledger
from photodesk.store.operations import Compartment, OperationBook, Scope
from photodesk.store.photo_index import FORMAT as INDEX_FORMAT
from photodesk.store.photo_index import NAME as INDEX
from photodesk.store.photo_index import SETTINGS as INDEX_SETTINGS
from photodesk.store.projection import Edit
from photodesk.store.quarantine import Quarantine
from photodesk.store.record_version import read_record
from photodesk.store.roles import KeyKind
from photodesk.store.signer import Generations, Signer

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

KEY_BYTES = 48


class Erasing:
    """Carries out authorised erasures, for a person with chart keys. One thread; nobody else writes meanwhile."""

    def __init__(
        self,
        layout: Layout,
        keyset: KeySet,
        secrets: Secrets,
        catalog: Catalog,
        charts: Charts,
        signer: Signer,
        generations: Generations,
        clock: Clock,
    ) -> None:
        self._layout = layout
        self._keyset = keyset
        self._secrets = secrets
        self._catalog = catalog
        self._charts = charts
        self._signer = signer
        self._generations = generations
        self._clock = clock
        self._book = KeepingBook(catalog)

    def carry_out(self, change: Change, erasure: Erasure, places: tuple[Place, ...]) -> Erasure:
        """Erase the patient; the erasure as it is afterwards. `places` is who has to confirm it.

        Refused `no_chart_keys`; Fixable `import_running`, `disk_full`: it stays under way and can be tried again.
        """
        if not self._keyset.chart_keys or self._catalog.index is None:
            raise Refused("no_chart_keys", "This person's role opens no charts.", "Ask a clinician to sign in.")
        erasing_files.refuse_while_copying(self._layout, self._keyset, self._generations)
        found = reach(self._catalog, self._charts, self._keyset, erasure.patient_id)
        counts = self._counted(change, erasure, found)
        erasing_files.empty_inbox(self._layout, self._keyset, self._catalog, self._generations, found)
        found = reach(self._catalog, self._charts, self._keyset, erasure.patient_id)  # with what was in the inbox
        erasing_files.forget_in_other_charts(self._charts, self._catalog, found)
        erasing_files.remove_chart(self._layout, self._catalog, self._charts, self._generations, found)
        cases = Quarantine(self._layout, self._clock).cases()
        erasing_files.remove_old_copies(self._layout, cases, found)
        after = replace(erasure, places=(*places, *erasing_files.left_in_quarantine(cases, found)))
        if erasure.state is not ErasureState.ERASED:  # else another workstation did it first, and that stays said
            after = replace(
                after,
                state=ErasureState.ERASED,
                counts=counts,
                carried_out_by=change.actor,
                erased_at_ms=self._clock.wall_ms(),
            )
        self._write_anew(change, after, found)
        return after

    def _counted(self, change: Change, erasure: Erasure, found: Reach) -> str:
        """What there was, kept before anything goes, so that a certificate can say it after a kill too."""
        if erasure.counts != "{}":
            return erasure.counts
        pointer = self._catalog.chart_pointer(erasure.patient_id, hidden_too=True)
        counts = {"visits": len(self._catalog.visits(erasure.patient_id)), "photos": 0, "files": 0, "bytes": 0}
        counts["waiting"] = sum(len(shots) for shots in found.shots.values())
        if pointer.made and self._charts.has_file(pointer.chart_id):
            chart = self._charts.open_pointer(pointer)
            try:
                sizes = chart.ledger.database.rows("SELECT size_bytes FROM original WHERE gone = 0")
                counts["photos"] = len(chart.photos())
            finally:
                chart.ledger.database.close()
            counts["files"], counts["bytes"] = len(sizes), sum(int(row[0]) for row in sizes)
            counts["waiting"] = max(0, counts["waiting"] - len(sizes))
        text = msgspec.json.encode(counts).decode("ascii")
        with self._catalog.ledger.writing(change) as writing:
            scope = self._catalog.scope(erasure.patient_id)
            writing.record(scope, Edit("erasure", erasure.erasure_id, "set", {"counts": text}))
        return text

    # -- the databases ------------------------------------------------------------------------------------------

    def _write_anew(self, change: Change, after: Erasure, found: Reach) -> None:
        fresh = {name: os.urandom(KEY_BYTES) for name in DATABASES}
        olds = self._databases()
        with ExitStack() as made:
            self._new_catalog(change, after, found, fresh[CATALOG], made)
            self._new_erasure(found, fresh[ERASURE], made)
            self._new_index(found, fresh[INDEX], made)
        sync_folder(self._layout.root)
        for database in olds.values():
            database.checkpoint()
        self._name_keys(fresh)
        self._keyset.replace_database_keys(fresh)
        for name, path in rewriting.paths(self._layout).items():
            olds[name].replace_file(fresh[name], lambda path=path: rewriting.take_place(path))  # type: ignore[misc]

    def _databases(self) -> dict[str, Database]:
        index = self._catalog.index
        assert index is not None, "chart keys bring the index"  # noqa: S101
        return {
            CATALOG: self._catalog.ledger.database,
            ERASURE: self._catalog.erasure.database,
            INDEX: index.database,
        }

    def _new_catalog(self, change: Change, after: Erasure, found: Reach, key: bytes, made: ExitStack) -> None:
        without = CatalogWithout(self._catalog, self._keyset, found)
        source = self._catalog.ledger.database
        target = rewriting.copied(source, self._layout.catalog, key, CATALOG_FORMAT, CATALOG_SETTINGS, without.keep)
        made.callback(target.close)
        book = OperationBook(self._keyset, self._signer, HybridClock(self._clock), Compartment.DESK, CATALOG_TABLES)
        with Ledger(target, book).writing(change) as writing:
            for workstation, sequence, chain in without.erased:
                writing.execute("INSERT INTO erased_operation VALUES (?, ?, ?)", (workstation, sequence, chain))
            for edit in without.rest():
                writing.record(Scope(), edit)
            writing.record(Scope(), Edit("erasure", after.erasure_id, "add", after.fields()))

    def _new_erasure(self, found: Reach, key: bytes, made: ExitStack) -> None:
        def keep(_: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
            return None if row.get("chart_id") == found.chart_id else dict(row)

        source = self._catalog.erasure.database
        made.callback(rewriting.copied(source, self._layout.erasure, key, ERASURE_FORMAT, ERASURE_SETTINGS, keep).close)

    def _new_index(self, found: Reach, key: bytes, made: ExitStack) -> None:
        def keep(_: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
            return None if row.get("patient_id") == found.patient_id else dict(row)

        source = self._databases()[INDEX]
        made.callback(rewriting.copied(source, self._layout.index, key, INDEX_FORMAT, INDEX_SETTINGS, keep).close)

    def _name_keys(self, fresh: Mapping[str, bytes]) -> None:
        """Replace the database keys of `keys.msgpack`: the moment at which the new files become the store's."""
        keyset, keys = self._keyset, read_keys(self._layout, self._keyset.clinic_id)
        secret = self._secrets.get(workstation_secret_account(keyset.clinic_id, keyset.workstation_id))
        desk, chart = (keyset.desk_epoch, keyset.desk_keys), (keyset.chart_epoch, keyset.chart_keys)
        wrapped = []
        for name, kind in DATABASES.items():
            epoch, role_keys = desk if kind is KeyKind.DESK else chart
            under, station, key = role_keys[epoch], keyset.workstation_id, fresh[name]
            wrapped.append(wrap_database_key(keyset.clinic_id, station, name, epoch, under, secret, key, os.urandom))
        others = [record for record in keys.databases if read_record(record, "database key", 6)[2] not in fresh]
        write_keys(self._layout, replace(keys, databases=(*others, *wrapped)))
