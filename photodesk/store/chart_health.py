"""Checking one chart: every page, every photo's SHA-256, renditions, history, and what catalog and index say of it."""

from __future__ import annotations

from collections.abc import Sequence

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.photos import Photo, Rendition
from photodesk.progress import Cancel
from photodesk.store.catalog import Catalog, ChartPointer, ContentState, KnownContent
from photodesk.store.change import Change
from photodesk.store.chart import Chart
from photodesk.store.charts import Charts
from photodesk.store.findings import Findings
from photodesk.store.layout import Layout
from photodesk.store.operations import check_history
from photodesk.store.original_parts import digest_of
from photodesk.store.pages import page_problems
from photodesk.store.photo_index import damaged


class ChartCheck:
    """Checks one chart after the other and notes what it finds."""

    def __init__(self, layout: Layout, catalog: Catalog, charts: Charts, change: Change, findings: Findings) -> None:
        self._layout = layout
        self._catalog = catalog
        self._charts = charts
        self._change = change
        self._findings = findings
        marks = catalog.index.marks if catalog.index is not None else None
        self._marked = frozenset((*marks.left(), *marks.failed)) if marks is not None else frozenset()
        self._expected: dict[str, list[KnownContent]] = {}
        for known in catalog.contents(ContentState.FILED):
            self._expected.setdefault(known.patient_id, []).append(known)

    def check(self, pointer: ChartPointer, cancel: Cancel) -> int | None:
        """Check a chart; returns its generation, or None where it cannot be opened."""
        self._findings.charts += 1
        chart: Chart | None = None
        try:
            chart = self._charts.open_pointer(pointer)
            generation = chart.ledger.database.generation()
            self._contents(chart, cancel)
        except Damaged as damage:
            self._unreadable(pointer, damage, opened=chart is not None)
            return None
        finally:
            if chart is not None:
                chart.ledger.database.close()
        return generation

    def _contents(self, chart: Chart, cancel: Cancel) -> None:
        before = len(self._findings.problems)
        pages = page_problems(chart.ledger.database)
        photos = chart.photos()
        self._originals(chart, cancel)
        for photo in photos:
            cancel.check()
            self._renditions(chart, photo)
        self._history(chart)
        self._catalog_agrees(chart)
        self._index(chart, photos)
        if pages and not any(p.chart_id == chart.chart_id and not p.repaired for p in self._findings.problems[before:]):
            self._findings.add("chart_damaged", f"Chart {chart.chart_id}: {pages[0]}.", chart_id=chart.chart_id)

    def _index(self, chart: Chart, photos: Sequence[Photo]) -> None:
        index = self._catalog.index
        if index is None or self._findings.index_damaged:
            return
        try:
            differs = index.differs(chart.patient_id, photos)
        except Damaged:
            self._findings.index_damaged = True
            damage = damaged()
            self._findings.add(damage.code, damage.message)
            return
        same = not differs or self._findings.mend(
            "index_differs",
            f"The photo index says something else than chart {chart.chart_id}.",
            lambda: index.replace_patient(chart.patient_id, photos),
            chart_id=chart.chart_id,
            at_once=chart.patient_id in self._marked,
        )
        if same and index.marks is not None:
            index.marks.healed(chart.patient_id)

    def _originals(self, chart: Chart, cancel: Cancel) -> None:
        hidden = {one.item_id for one in chart.hidden()}
        held: set[str] = set()
        for original in chart.originals():
            cancel.check()
            photo_id = chart.photo_of(original.original_id)
            held.add(photo_id)
            self._findings.originals += 1
            self._findings.photo_bytes += original.size_bytes
            try:
                sha256 = digest_of(chart.original_reader(original.original_id))
            except Damaged as damage:
                self._findings.add("photo_damaged", damage.message, chart_id=chart.chart_id, photo_id=photo_id)
                continue
            if sha256 != original.sha256:
                self._findings.add(
                    "photo_damaged",
                    f"The photo {photo_id} of chart {chart.chart_id} is not what was filed.",
                    chart_id=chart.chart_id,
                    photo_id=photo_id,
                )

        self._findings.photos += len(held - hidden)
        self._findings.deleted += len(held & hidden)

    def _renditions(self, chart: Chart, photo: Photo) -> None:
        for name, sha256 in chart.rendition_hashes(photo.photo_id).items():
            try:
                held = chart.renditions([photo.photo_id], Rendition(name)).get(photo.photo_id, b"")
                sound = digest_of([held]) == sha256
            except Damaged:
                sound = False
            if not sound:
                repaired = self._findings.repair and self._rebuilt(chart, photo)
                self._findings.add(
                    "rendition_damaged",
                    f"A picture made from photo {photo.photo_id} is damaged or missing.",
                    chart_id=chart.chart_id,
                    photo_id=photo.photo_id,
                    repaired=repaired,
                )
                return

    def _rebuilt(self, chart: Chart, photo: Photo) -> bool:
        if self._findings.rebuild is None:
            return False
        try:
            made = self._findings.rebuild(chart.original_bytes(photo.displayed.original_id))
            if made:
                chart.set_renditions(self._change, photo.photo_id, made)
        except PhotoDeskError:
            return False  # reported by the caller as not repaired
        return bool(made)

    def _history(self, chart: Chart) -> None:
        database = chart.ledger.database
        for (workstation,) in database.rows("SELECT DISTINCT workstation FROM operation"):
            try:
                check_history(database, workstation)
            except Damaged as damage:
                self._findings.met(damage, chart.chart_id)

    def _catalog_agrees(self, chart: Chart) -> None:
        held = {
            bytes(content): original_id
            for content, original_id in chart.ledger.database.rows(
                "SELECT content_id, original_id FROM original WHERE gone = 0"
            )
        }
        expected = {known.content_id: known for known in self._expected.get(chart.patient_id, [])}
        for content_id, known in expected.items():
            if content_id not in held:
                self._findings.add(
                    "photo_missing",
                    f"The photo {known.photo_id} was filed but is not in chart {chart.chart_id}.",
                    chart_id=chart.chart_id,
                    photo_id=known.photo_id,
                )
        unknown = [
            KnownContent(content_id, ContentState.FILED, chart.patient_id, chart.photo_of(original_id))
            for content_id, original_id in held.items()
            if content_id not in expected and not self._elsewhere(content_id)
        ]
        if unknown:
            self._findings.mend(
                "content_missing",
                f"The catalog does not know {len(unknown)} photos of chart {chart.chart_id}.",
                lambda: self._catalog.record_content(unknown),
                chart_id=chart.chart_id,
            )

    def _elsewhere(self, content_id: bytes) -> bool:
        known = self._catalog.known(content_id)
        return known is not None and known.state is not ContentState.INBOX

    def _unreadable(self, pointer: ChartPointer, damage: Damaged, *, opened: bool) -> None:
        """The chart as a whole cannot be read: name it and every photo the catalog knows to be in it."""
        self._findings.add(damage.code, damage.message, chart_id=pointer.chart_id)
        for known in self._expected.get(pointer.patient_id, []):
            self._findings.add(
                "photo_unreachable",
                f"The photo {known.photo_id} lies in the damaged chart {pointer.chart_id}.",
                chart_id=pointer.chart_id,
                photo_id=known.photo_id,
            )
        path = self._layout.charts(pointer.chart_id)
        if self._findings.repair and not opened and damage.code == "database_damaged" and path.exists():
            for ending in ("", "-wal", "-shm"):
                part = path.with_name(path.name + ending)
                if part.exists():
                    part.replace(part.with_name(part.name + ".damaged"))
