"""One patient's chart: filing photos into it, and changing what is said about them.

Filing (`chart_filing`) copies a shot into the chart in one transaction with its operations, then reads it back through
a fresh connection and compares SHA-256. A keyed content id is unique in a chart, so filing again changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from photodesk.photos import Photo, PhotoChange, Rendition, body_site, standard_view
from photodesk.store.change import Change
from photodesk.store.chart_filing import Filed
from photodesk.store.chart_layers import ChartLayers
from photodesk.store.chart_reading import Seen, photo_fields
from photodesk.store.chart_writing import hashes_of, put_renditions
from photodesk.store.ledger import Writing
from photodesk.store.original_parts import BlobSource
from photodesk.store.packs import Shot
from photodesk.store.projection import Edit

__all__ = ["BlobSource", "Chart", "Filed", "Seen"]


class Chart(ChartLayers):
    """One open chart. Reads from any thread, writes from one."""

    def file_shot(
        self,
        change: Change,
        shot: Shot,
        source: BlobSource,
        renditions: Mapping[Rendition, bytes],
        visit_id: str,
        site: str = "",
        view: str = "",
        tags: Sequence[str] = (),
    ) -> Filed:
        """File a shot as a photo of a visit; its id is the photo's. Fixable `disk_full`; Damaged `copy_differs`."""
        if site:
            body_site(site)
        if view:
            standard_view(view)

        def describe(writing: Writing) -> None:
            fields = {
                "visit_id": visit_id,
                "body_site": site,
                "standard_view": view,
                "tags": list(tags),
                "job_id": shot.job_id,
                "photo_key": os.urandom(32),
                **photo_fields(shot.facts, hashes_of(renditions)),
            }
            writing.record(self._scope, Edit("photo", shot.shot_id, "add", fields))
            put_renditions(writing, shot.shot_id, renditions)

        return self._file(change, shot, source, shot.shot_id, 0, describe)

    def add_original(self, change: Change, photo_id: str, shot: Shot, source: BlobSource) -> Filed:
        """File a shot as a further original of a photo (the RAW of a JPEG)."""

        def describe(writing: Writing) -> None:
            if shot.facts.undecodable:  # the photo's own facts are those of its displayed original
                fields = {"reason": shot.facts.undecodable}
                writing.record(self._scope, Edit("original", shot.shot_id, "add", fields))

        place = len(self.photo(photo_id).originals)
        return self._file(change, shot, source, photo_id, place, describe)

    def add_displayed(
        self, change: Change, photo_id: str, shot: Shot, source: BlobSource, renditions: Mapping[Rendition, bytes]
    ) -> Filed:
        """File a shot as the original that is displayed from now on: the JPEG of a RAW that came first.

        The photo's id stays that of its first original: photos are known by it in the log and elsewhere.
        """

        def describe(writing: Writing) -> None:
            if before.facts.undecodable:
                fields = {"reason": before.facts.undecodable}
                writing.record(self._scope, Edit("original", before.displayed.original_id, "set", fields))
            fields = photo_fields(shot.facts, hashes_of(renditions))
            writing.record(self._scope, Edit("photo", photo_id, "set", fields))
            put_renditions(writing, photo_id, renditions)

        before = self.photo(photo_id)
        row = self.ledger.database.row("SELECT min(place) FROM original WHERE photo_id = ?", (photo_id,))
        return self._file(change, shot, source, photo_id, int(row[0] or 0) - 1 if row else 0, describe)

    def file_attachment(
        self, change: Change, shot: Shot, source: BlobSource, visit_id: str, reason: str, photo_id: str = ""
    ) -> Filed:
        """File a shot that is no still picture with a visit; `reason` says what it is.

        `photo_id` is the photo it belongs to (a Live Photo's video). `Filed.photo_id` is the attachment's own id.
        """

        def describe(writing: Writing) -> None:
            fields = {"visit_id": visit_id, "reason": reason, "job_id": shot.job_id, "photo_key": os.urandom(32)}
            if photo_id:
                fields["photo_id"] = photo_id
            writing.record(self._scope, Edit("attachment", shot.shot_id, "add", fields))

        return self._file(change, shot, source, "", 0, describe)

    def set_renditions(self, change: Change, photo_id: str, renditions: Mapping[Rendition, bytes]) -> None:
        """Replace renditions that were made anew from the original."""
        before = self.rendition_hashes(photo_id)
        hashes = {**before, **{kind.value: sha256 for kind, sha256 in hashes_of(renditions).items()}}
        needed = sum(map(len, renditions.values()))
        with self._writing(change, photo_id, needed) as writing:
            if hashes != before:
                writing.record(self._scope, Edit("photo", photo_id, "set", {"renditions": hashes}))
            put_renditions(writing, photo_id, renditions)

    def set_photo(
        self,
        change: Change,
        photo_id: str,
        site: str | None = None,
        view: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> Photo:
        """Change site, view or tags ("" clears). Fixable `photo_unknown`, `site_unknown`, `view_unknown`."""
        tidy = None if tags is None else tuple(dict.fromkeys(t for t in (" ".join(tag.split()) for tag in tags) if t))
        return self.set_photos(change, {photo_id: PhotoChange(site, view, tidy)})[0]

    def set_photos(self, change: Change, wanted: Mapping[str, PhotoChange]) -> tuple[Photo, ...]:
        """Change what is recorded about photos, all of them or none; errors as `set_photo`. Visits are not checked."""
        for each in wanted.values():
            each.check()
        with self._writing(change, next(iter(wanted), "")) as writing:
            for photo_id, each in wanted.items():
                changed = each.differing(self.photo(photo_id))
                if changed:
                    writing.record(self._scope, Edit("photo", photo_id, "set", changed))
        if len(wanted) > 1:
            self._listed = None
        after = tuple(self.photo(photo_id) for photo_id in wanted)
        if self._catalog.index is not None:
            self._catalog.index.put(after)
        return after

    def set_visit_text(self, change: Change, visit_id: str, title: str, reason: str) -> None:
        """Title and reason of a visit."""
        wanted = {"title": " ".join(title.split()), "reason": reason.strip()}
        old = dict(zip(("title", "reason"), self.visit_texts().get(visit_id, ("", "")), strict=True))
        changed = {name: value for name, value in wanted.items() if value != old[name]}
        if changed:
            with self._writing(change, "") as writing:
                writing.record(self._scope, Edit("visit_text", visit_id, "set", changed))

    def set_notes(self, change: Change, text: str) -> None:
        """The patient's notes, as a whole."""
        if text != self.notes():
            with self._writing(change, "") as writing:
                writing.record(self._scope, Edit("record", self.chart_id, "set", {"notes": text}))

    def seen(self, person_id: str, at_ms: int) -> None:
        """This person opened the chart at this workstation."""
        with self.ledger.database.transaction() as connection:
            connection.execute(
                "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last_ms = max(last_ms, excluded.last_ms)",
                (person_id, self._keyset.workstation_id, at_ms),
            )
        self._changed("")
