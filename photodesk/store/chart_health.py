"""Checking one chart: every page, every photo's SHA-256, renditions, history, and what catalog and index say of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.progress import Cancel
from photodesk.store.catalog import Catalog, ChartPointer, ContentState, KnownContent
from photodesk.store.change import Change
from photodesk.store.chart import Chart
from photodesk.store.chart_derived import DerivedCheck
from photodesk.store.chart_rebuilding import rebuilt
from photodesk.store.charts import Charts
from photodesk.store.findings import Findings
from photodesk.store.layout import Layout
from photodesk.store.operations import check_history
from photodesk.store.original_parts import digest_of
from photodesk.store.pages import in_one_line, page_problems
from photodesk.store.quarantine import Quarantine, with_sides


class ChartCheck:
    """Checks one chart after the other and notes what it finds. `logged` are the generations the log knows."""

    def __init__(
        self,
        layout: Layout,
        catalog: Catalog,
        charts: Charts,
        change: Change,
        logged: Mapping[str, int],
        findings: Findings,
        quarantine: Quarantine,
    ) -> None:
        self._layout = layout
        self._catalog = catalog
        self._charts = charts
        self._logged = logged
        self._findings = findings
        self._quarantine = quarantine
        self._aside = quarantine.of_charts()
        self._derived = DerivedCheck(catalog, change, findings)
        self._expected: dict[str, list[KnownContent]] = {}
        for known in catalog.contents(ContentState.FILED):
            self._expected.setdefault(known.patient_id, []).append(known)

    def check(self, pointer: ChartPointer, cancel: Cancel) -> int | None:
        """Check a chart; returns its generation, or None where it cannot be read."""
        found = self._findings.problems
        before, counted, chart = len(found), self._findings.counts(), None
        self._findings.charts += 1
        try:
            chart = self._charts.open_pointer(pointer)
            return self._whole(pointer, chart, cancel)
        except Damaged as damage:
            named = found[before:]
            if chart is None or not self._rebuilt(pointer, chart, damage.message):
                self._unreadable(pointer, damage)
                return None
            found[:] = [one for one in found if one not in named]  # looked at before it was made anew
            self._findings.count_from(counted)
        finally:
            if chart is not None:
                chart.ledger.database.close()
        return self.check(pointer, cancel)

    def _whole(self, pointer: ChartPointer, chart: Chart, cancel: Cancel) -> int:
        before = len(self._findings.problems)
        chart.photos()
        pages = self._contents(chart, cancel)
        if pages and not self._named(chart, before) and self._rebuilt(pointer, chart, pages):
            pages = ""
        self._derived.check_renditions(chart, chart.photos(), cancel)
        if pages and not self._named(chart, before):
            self._findings.add("chart_damaged", pages, chart_id=chart.chart_id)
        return chart.ledger.database.generation()

    def _contents(self, chart: Chart, cancel: Cancel) -> str:
        """Everything but renditions; the sentence about pages that are damaged, "" where all are sound."""
        pages = page_problems(chart.ledger.database)
        self._originals(chart, cancel)
        self._history(chart)
        self._catalog_agrees(chart)
        self._derived.check_index(chart, chart.photos())
        return f"Chart {chart.chart_id}: {in_one_line(pages)}." if pages else ""

    def _named(self, chart: Chart, before: int) -> bool:
        """Whether something of this chart is named already that is not put right."""
        found = self._findings.problems[before:]
        return any(one.chart_id == chart.chart_id and not one.repaired for one in found)

    def _rebuilt(self, pointer: ChartPointer, chart: Chart, message: str) -> bool:
        """Where repairing: the chart's file is written anew, the damaged one moved aside; says whether it was."""
        if not self._findings.repair:
            return False
        self._charts.close(pointer.patient_id)
        files = with_sides(self._layout.charts(pointer.chart_id))
        aside = partial(self._quarantine.put_aside, "chart_damaged", message, files)
        try:
            rebuilt(chart, self._logged.get(pointer.chart_id, 0), aside)
        except PhotoDeskError:
            return False  # the caller names what is damaged
        self._findings.add("chart_damaged", message, chart_id=pointer.chart_id, repaired=True)
        return True

    def _originals(self, chart: Chart, cancel: Cancel) -> None:
        hidden = {one.item_id for one in chart.hidden()}
        held: set[str] = set()
        away = {piece.owner_id for piece in chart.pieces(pictures=False) if piece.away}
        for original in chart.originals():
            cancel.check()
            photo_id = chart.photo_of(original.original_id)
            held.add(photo_id)
            if original.original_id in away:
                self._findings.elsewhere += 1
                continue
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

        twins = chart.listed_as()
        self._findings.photos += len({twins.get(one, one) for one in held - hidden})
        self._findings.deleted += len(held & hidden)

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
                "SELECT content, original_id FROM original WHERE gone = 0 AND content IS NOT NULL"  # twins have one
                " ORDER BY content_id IS NOT NULL, original_id DESC"
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

    def _unreadable(self, pointer: ChartPointer, damage: Damaged) -> None:
        """The chart as a whole cannot be read: name it and every photo the catalog knows to be in it."""
        lost = [known.photo_id for known in self._expected.get(pointer.patient_id, [])]
        kind, message = damage.code, damage.message
        case = self._aside.get(pointer.chart_id)
        if kind == "database_missing" and case is not None:
            kind, message = "chart_quarantined", f"Chart {pointer.chart_id} is damaged and was moved aside."
        elif kind == "database_damaged":
            files = with_sides(self._layout.charts(pointer.chart_id))
            self._charts.close(pointer.patient_id)
            move = partial(self._quarantine.put_aside, kind, message, files, chart_id=pointer.chart_id, photo_ids=lost)
            if self._findings.put_aside(move):
                message += " Its file was moved aside."
        self._findings.add(kind, message, chart_id=pointer.chart_id)
        for photo_id in lost:
            self._findings.add(
                "photo_unreachable",
                f"The photo {photo_id} lies in the damaged chart {pointer.chart_id}.",
                chart_id=pointer.chart_id,
                photo_id=photo_id,
            )
