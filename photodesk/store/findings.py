"""What a check found, in the words of `photodesk check`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from photodesk.errors import PhotoDeskError
from photodesk.photos import Rendition
from photodesk.store.remedies import is_in_a_backup, remedy_of

Rebuild = Callable[[bytes], Mapping[Rendition, bytes]]
"""Renditions (JPEG) made anew from the bytes of an original; empty where it cannot be decoded."""


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be. Ids only; `repaired` once `--repair` has put it right."""

    kind: str
    message: str
    chart_id: str | None = None
    photo_id: str | None = None
    repaired: bool = False

    @property
    def remedy(self) -> str:
        """What to do next; "" once it is put right."""
        return "" if self.repaired else remedy_of(self.kind)

    @property
    def is_in_a_backup(self) -> bool:
        """Whether a backup made before could bring back what this is about."""
        return not self.repaired and is_in_a_backup(self.kind)


@dataclass
class Findings:
    """What has been found so far. `repair` says whether what can be rebuilt is rebuilt.

    `photos` are those that charts list, attachments included, a RAW and its JPEG being one; `originals` are the files
    they are made of. `deleted` ones are read and proven like all others until they are purged.
    `elsewhere` are originals whose bytes are not on this workstation: nothing is said about them.
    `index_damaged`: the photo index cannot be compared with charts.
    """

    repair: bool = False
    rebuild: Rebuild | None = None
    photos: int = 0
    originals: int = 0
    deleted: int = 0
    elsewhere: int = 0
    photo_bytes: int = 0
    charts: int = 0
    index_damaged: bool = False
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        kind: str,
        message: str,
        *,
        chart_id: str | None = None,
        photo_id: str | None = None,
        repaired: bool = False,
    ) -> None:
        """Note a problem."""
        self.problems.append(Problem(kind, message, chart_id, photo_id, repaired))

    def counts(self) -> tuple[int, int, int, int, int, int]:
        """What was counted so far."""
        return self.photos, self.originals, self.deleted, self.elsewhere, self.photo_bytes, self.charts

    def count_from(self, counts: tuple[int, int, int, int, int, int]) -> None:
        """Count on from there: what came after is looked at once more."""
        self.photos, self.originals, self.deleted, self.elsewhere, self.photo_bytes, self.charts = counts

    def put_aside(self, move: Callable[[], object]) -> bool:
        """Where repairing, move something damaged aside; says whether it was. What cannot be moved stays."""
        if not self.repair:
            return False
        try:
            move()
        except PhotoDeskError as error:
            self.met(error)
            return False
        return True

    def met(self, error: PhotoDeskError, chart_id: str | None = None) -> None:
        """Note an error that stopped a part of the check."""
        self.add(
            error.code,
            error.message,
            chart_id=getattr(error, "chart_id", None) or chart_id,
            photo_id=getattr(error, "photo_id", None),
        )

    def mend(
        self,
        kind: str,
        message: str,
        put_right: Callable[[], object],
        *,
        chart_id: str | None = None,
        photo_id: str | None = None,
        at_once: bool = False,
    ) -> bool:
        """Note a problem with derived data, and put it right where repairing, or `at_once` what heals by itself.

        What cannot be put right now stays a problem; says whether it was.
        """
        mended = self.repair or at_once
        try:
            if mended:
                put_right()
        except PhotoDeskError as error:
            mended, message = False, f"{message} It could not be put right: {error.message}"
        self.add(kind, message, chart_id=chart_id, photo_id=photo_id, repaired=mended)
        return mended

    @property
    def result(self) -> Literal["clean", "repaired", "damaged"]:
        """The one word for the whole store."""
        if not self.problems:
            return "clean"
        return "repaired" if all(problem.repaired for problem in self.problems) else "damaged"
