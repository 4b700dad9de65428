"""Checking the inbox: every pack and seal, every shot's SHA-256, what the catalog says of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.progress import Cancel
from photodesk.store.catalog import Catalog, ContentState, Job
from photodesk.store.change import Change
from photodesk.store.findings import Findings
from photodesk.store.layout import Layout
from photodesk.store.original_parts import digest_of
from photodesk.store.pack_files import pack_name, pack_numbers, packed_jobs
from photodesk.store.packs import PackReader
from photodesk.store.pages import in_one_line, page_problems
from photodesk.store.quarantine import Quarantine, with_sides
from photodesk.store.remedies import REMEDIES
from photodesk.store.signer import Generations

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

NO_ORDER = '{"sources":[]}'
_BY_WHOM = frozenset({"pack_in_hand", "pack_sealed"})  # an importer is at it, or nobody here has its key


class InboxCheck:
    """Checks all packs. `reached` takes their generations; `logged` are those the log knows."""

    def __init__(
        self,
        layout: Layout,
        keyset: KeySet,
        catalog: Catalog,
        generations: Generations,
        logged: Mapping[str, int],
        findings: Findings,
        quarantine: Quarantine,
    ) -> None:
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self._generations = generations
        self._logged = logged
        self._findings = findings
        self._quarantine = quarantine
        self._shots: set[str] = set()
        self.reached: dict[str, int] = {}

    def check(self, cancel: Cancel) -> None:
        """All of them, then the shots that the catalog knows to wait."""
        unread: set[str] = set()
        for job_id in packed_jobs(self._layout):
            if not self._catalog.has_job(job_id):
                self._findings.mend(
                    "job_unknown",
                    f"The inbox holds an import {job_id} that the catalog does not know.",
                    partial(self._know, job_id),
                )
            for number in pack_numbers(self._layout, job_id):
                cancel.check()
                if not self._one(job_id, number):
                    unread.add(job_id)
        for known in self._catalog.contents(ContentState.INBOX):
            if known.job_id not in unread and known.photo_id not in self._shots:
                self._findings.add(
                    "shot_missing",
                    f"The shot {known.photo_id} of import {known.job_id} is not in the inbox any more.",
                    photo_id=known.photo_id,
                )

    def _know(self, job_id: str) -> None:
        """The catalog knows the import again: what waits in it can be filed."""
        person_id = self._keyset.person_id
        job = Job(job_id, person_id, self._catalog.clock.wall_ms(), "copied", NO_ORDER, "")
        self._catalog.start_job(Change(person_id, "repair"), job)

    def _one(self, job_id: str, number: int) -> bool:
        """Whether the pack could be looked at."""
        name = pack_name(job_id, number)
        try:
            self.reached[name] = self._read(job_id, number)
        except Damaged as damage:
            self.reached[name] = self._logged.get(name, 0)
            self._put_aside(job_id, number, damage)
            return False
        except PhotoDeskError as error:
            self.reached[name] = self._logged.get(name, 0)
            if error.code not in _BY_WHOM:
                self._findings.met(error)
            return False
        return True

    def _put_aside(self, job_id: str, number: int, damage: Damaged) -> None:
        files = (*with_sides(self._layout.pack(job_id, number)), self._layout.seal(job_id, number))
        aside = self._findings.put_aside(
            lambda: self._quarantine.put_aside(damage.code, damage.message, files, job_id=job_id)
        )
        known = damage.code in REMEDIES
        kind = damage.code if known else "seal_damaged"
        message = damage.message if known else f"The sealed key of part {number} of import {job_id} is damaged."
        self._findings.add(kind, message + (" It was moved aside." if aside else ""))

    def _read(self, job_id: str, number: int) -> int:
        pack = PackReader.open(self._layout, job_id, number, self._keyset, self._generations)
        try:
            before = len(self._findings.problems)
            pages = page_problems(pack.database)
            for shot in pack.shots():
                self._shots.add(shot.shot_id)
                self._findings.photo_bytes += shot.size_bytes
                if not _is_sound(pack, shot.shot_id, shot.sha256):
                    self._findings.add(
                        "shot_damaged",
                        f"The shot {shot.shot_id} in the inbox is not what was copied.",
                        photo_id=shot.shot_id,
                    )
            if pages and len(self._findings.problems) == before:
                self._findings.add("pack_damaged", f"Part {number} of import {job_id}: {in_one_line(pages)}.")
            return pack.database.generation()
        finally:
            pack.close()


def _is_sound(pack: PackReader, shot_id: str, sha256: str) -> bool:
    try:
        return digest_of(pack.source(shot_id).chunks()) == sha256
    except Damaged:
        return False
