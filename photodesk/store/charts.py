"""Opening patients' charts: unwrap the key, open the file, keep the last few open."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from photodesk.clock import Clock, HybridClock
from photodesk.errors import Damaged
from photodesk.store import chart_keys
from photodesk.store.catalog import Catalog, ChartPointer
from photodesk.store.change import Change
from photodesk.store.chart import Chart
from photodesk.store.chart_corrections import Presence
from photodesk.store.chart_schema import CHART_FORMAT, CHART_TABLES
from photodesk.store.database import Database, Settings, behind_log
from photodesk.store.erasure import ErasureKeys
from photodesk.store.files import sync_folder
from photodesk.store.layout import Layout
from photodesk.store.ledger import Ledger
from photodesk.store.operations import Compartment, OperationBook, Scope
from photodesk.store.sealed_blob import BlobKind
from photodesk.store.signer import Generations, Signer

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

CHART_SETTINGS = Settings(page_bytes=16384, cache_kib=8192)
_KEPT_OPEN = 32
_HELD = frozenset({Presence.HERE, Presence.HIDDEN})


class Charts:
    """The charts of one desk. `logged` are the generations the log knows, by chart id.

    `alarm` hears of each chart that is opened and turns out to be older than the log says; `wish`, where it is set,
    of a patient's photo or original that somebody asked for and whose bytes are not here.
    """

    def __init__(
        self,
        layout: Layout,
        keyset: KeySet,
        catalog: Catalog,
        erasure: ErasureKeys,
        signer: Signer,
        generations: Generations,
        clock: Clock,
        logged: Mapping[str, int] | None = None,
        alarm: Callable[[Damaged], None] | None = None,
    ) -> None:
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self._erasure = erasure
        self._signer = signer
        self._generations = generations
        self._clock = clock
        self._logged = {} if logged is None else logged
        self._alarm = alarm
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Chart] = OrderedDict()
        self.wish: Callable[[str, Collection[str], BlobKind], None] | None = None
        if catalog.index is not None:
            catalog.index.photos_of = lambda patient_id: self.open(patient_id).photos()

    def exists(self, patient_id: str) -> bool:
        """Whether the patient has a chart yet."""
        return self._catalog.chart_pointer(patient_id).made

    def has_file(self, chart_id: str) -> bool:
        """Whether the file of a chart is there."""
        return self._layout.charts(chart_id).is_file()

    def open(self, patient_id: str, *, hidden_too: bool = False) -> Chart:
        """The patient's chart, made where it does not exist yet (first filing, first clinical text).

        `hidden_too`: also that of one who is to be erased. Refused `no_chart_keys` without a clinical role; Damaged
        with the chart's id where the file is missing or bad.
        """
        with self._lock:
            chart = self._open.get(patient_id)
            if chart is None:
                chart = self._opened(patient_id, hidden_too)
                self._open[patient_id] = chart
            self._open.move_to_end(patient_id)
            for other in list(self._open)[: max(0, len(self._open) - _KEPT_OPEN)]:
                if self._open[other].ledger.database.close_if_idle():
                    del self._open[other]
        return chart

    def of_person(self, patient_id: str) -> list[Chart]:
        """The charts of every entry of a patient's person, the main one first; those that there are."""
        return [self.open(entry) for entry in self._catalog.persons.entries(patient_id) if self.exists(entry)]

    def main(self, patient_id: str) -> Chart:
        """The chart of the entry that stands for a patient's person, made where it does not exist yet."""
        return self.open(self._catalog.persons.main(patient_id))

    def holding(self, patient_id: str, item_id: str) -> Chart:
        """The chart of a patient's person that holds a photo or file; the main entry's where none does."""
        entries = self._catalog.persons.entries(patient_id)
        for entry in entries if len(entries) > 1 else ():
            item = self.open(entry).item(item_id) if self.exists(entry) else None
            if item is not None and item.presence in _HELD:
                return self.open(entry)
        return self.open(entries[0])

    def split(self, patient_id: str, item_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Photos and files of a patient's person by the entry whose chart holds them, in the order they were named."""
        entries = self._catalog.persons.entries(patient_id)
        if len(entries) == 1:
            return {patient_id: tuple(item_ids)}
        found: dict[str, list[str]] = {}
        listed = {chart.patient_id: {one.photo_id for one in chart.photos()} for chart in self.of_person(patient_id)}
        for item_id in item_ids:
            whose = next((entry for entry, photos in listed.items() if item_id in photos), "")
            found.setdefault(whose or self.holding(patient_id, item_id).patient_id, []).append(item_id)
        return {entry: tuple(held) for entry, held in found.items()}

    def open_pointer(self, pointer: ChartPointer) -> Chart:
        """An existing chart of its own, not kept open: for checks. The caller closes its database."""
        return self._chart(pointer, made=True)

    def make_pointer(self, pointer: ChartPointer) -> Chart:
        """A new, empty chart of its own, for a restore. The caller closes its database."""
        return self._chart(pointer, made=False)

    def close(self, patient_id: str) -> None:
        """Close one chart."""
        with self._lock:
            chart = self._open.pop(patient_id, None)
            if chart is not None:
                chart.ledger.database.close()

    def close_all(self) -> None:
        """Close every chart."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].ledger.database.close()

    def _opened(self, patient_id: str, hidden_too: bool) -> Chart:
        if not self._keyset.chart_keys:
            raise chart_keys.no_chart_keys(self._keyset)
        pointer = self._catalog.chart_pointer(patient_id, hidden_too=hidden_too)
        if not pointer.wrapped:
            self._catalog.ensure_chart(Change(self._keyset.person_id, "first filing"), patient_id)
            pointer = self._catalog.chart_pointer(patient_id, hidden_too=hidden_too)
        chart = self._chart(pointer, made=pointer.made)
        older = behind_log(chart.ledger.database)
        if older is not None and self._alarm is not None:
            self._alarm(older)
        if not pointer.made:
            sync_folder(self._layout.charts(pointer.chart_id).parent)
            sync_folder(self._layout.charts_folder)
            self._catalog.chart_made(pointer.chart_id)
        return chart

    def _wished(self, patient_id: str, owner_ids: Collection[str], kind: BlobKind) -> None:
        if self.wish is not None:
            self.wish(patient_id, owner_ids, kind)

    def _chart(self, pointer: ChartPointer, *, made: bool) -> Chart:
        chart_id = pointer.chart_id
        erasure_key = self._erasure.key(chart_id)
        try:
            key = chart_keys.unwrap(self._keyset, chart_id, erasure_key, pointer.epoch, pointer.wrapped)
        except Damaged as damage:
            raise Damaged(damage.code, f"The key of chart {chart_id} cannot be opened.", chart_id=chart_id) from None
        path = self._layout.charts(chart_id)
        if made:
            database = Database.open(
                path,
                key,
                chart_id,
                CHART_SETTINGS,
                CHART_FORMAT,
                self._generations,
                chart_id=chart_id,
                snapshots=self._layout.snapshots,
                logged_generation=self._logged.get(chart_id, 0),
            )
        else:
            database = Database.create(
                path, key, chart_id, CHART_SETTINGS, CHART_FORMAT, self._generations, chart_id=chart_id
            )
        try:
            book = OperationBook(
                self._keyset, self._signer, HybridClock(self._clock), Compartment.CLINICAL, CHART_TABLES
            )
            scope = Scope(chart_id, erasure_key)
            chart = Chart(pointer.patient_id, scope, Ledger(database, book), self._keyset, self._catalog)
            chart.wish = partial(self._wished, pointer.patient_id)
            return chart
        except BaseException:
            database.close()
            raise
