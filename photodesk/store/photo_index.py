"""The cross-patient photo index: site, view, tags and dates of every photo. Rebuildable; clinical roles only.

A write that fails is an alarm and stops nothing: its patient stays marked (`index_marks`) and the index catches up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import suppress
from typing import Any

import msgspec

from photodesk.errors import Damaged, Fixable
from photodesk.photos import Photo
from photodesk.store.database import Database, Settings
from photodesk.store.index_marks import IndexMarks
from photodesk.store.layout import Layout
from photodesk.store.migrations import Format
from photodesk.store.signer import Generations

Alarm = Callable[[Damaged], None]
NAME = "index"
REPAIR = "Run a check with --repair."
CATCHES_UP = "It catches up by itself."
FILLED_AGAIN = "It is filled again by itself."
FORMAT = Format(
    "photo index",
    (
        (
            (
                "CREATE TABLE photo (photo_id TEXT PRIMARY KEY, patient_id TEXT NOT NULL, visit_id TEXT NOT NULL,"
                " body_site TEXT NOT NULL, standard_view TEXT NOT NULL, tags TEXT NOT NULL, camera_time TEXT NOT NULL)"
            ),
            "CREATE INDEX photo_patient ON photo (patient_id)",
            "CREATE INDEX photo_site ON photo (body_site, standard_view)",
        ),
    ),
)
SETTINGS = Settings()


class PhotoIndex:
    """`index.db`. Kept after every filing and edit; what it missed, the next write or the next desk puts right.

    Damage here is an `alarm` and never keeps a photo from being filed or a patient from being listed. `photos_of`
    gives what a patient's chart lists.
    """

    def __init__(self, database: Database, alarm: Alarm = lambda _: None) -> None:
        self.database = database
        self.alarm = alarm
        self.marks: IndexMarks | None = None
        self.photos_of: Callable[[str], Iterable[Photo]] | None = None
        self.begins_empty = False
        self._missed: set[str] = set()

    @classmethod
    def create(cls, layout: Layout, key: bytes, generations: Generations, above: int = 0) -> PhotoIndex:
        """Make `index.db` under its 48-byte key; its generation continues `above` what the log knows."""
        return cls(Database.create(layout.index, key, NAME, SETTINGS, FORMAT, generations, above=above))

    @classmethod
    def open_or_create(
        cls, layout: Layout, key: bytes, generations: Generations, logged: int = 0, alarm: Alarm = lambda _: None
    ) -> PhotoIndex:
        """Open it; a missing or damaged index is put aside and made anew, since it holds nothing of its own."""
        try:
            index = cls(Database.open(layout.index, key, NAME, SETTINGS, FORMAT, generations), alarm)
            if index.database.generation() < logged:
                alarm(_alarm("index_behind", "is older than the log says"))
        except Damaged:
            alarm(_alarm("index_lost", "was lost and begins empty", FILLED_AGAIN))
            put_aside(layout)
            index = cls.create(layout, key, generations, logged)
            index.alarm, index.begins_empty = alarm, True
        return index

    def marked_in(self, marks: IndexMarks) -> PhotoIndex:
        """The same with the marks that the catalog keeps; one that begins empty is to be filled from every chart."""
        self.marks = marks
        if self.begins_empty:
            with suppress(Damaged):  # the catalog is read-only: a check says what is to be done
                marks.mark_all()
        return self

    def renew(self, layout: Layout, key: bytes, generations: Generations, above: int) -> None:
        """Put the damaged file aside and begin an empty one in its place; `replace_patient` fills it."""
        self.database.close()
        put_aside(layout)
        self.database = Database.create(layout.index, key, NAME, SETTINGS, FORMAT, generations, above=above)

    def about_to_change(self, patient_id: str) -> None:
        """This patient's chart will be written: marked until the index has followed. Fixable `disk_full`."""
        if self.marks is not None:
            self.marks.begin(patient_id)

    def put(self, photos: Iterable[Photo]) -> None:
        """Add photos or bring them up to date."""
        rows = [_row(photo) for photo in photos]
        self._write("INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?)", rows, {row[1] for row in rows})

    def remove(self, patient_id: str, photo_ids: Iterable[str]) -> None:
        """Photos that this patient's chart does not list any more; those of others' charts stay."""
        rows = [(photo_id, patient_id) for photo_id in photo_ids]
        self._write("DELETE FROM photo WHERE photo_id = ? AND patient_id = ?", rows, {patient_id} if rows else set())

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]], patient_ids: Set[str]) -> None:
        """One write about these patients; then what earlier writes could not say. What fails is caught up later."""
        if not rows:
            return
        try:
            with self.database.transaction() as connection:
                connection.executemany(statement, rows)
            self._tell(patient_ids - self._missed, well=True)
            for patient_id in sorted(self._missed):
                self._catch_up(patient_id)
        except (Damaged, Fixable):
            self._missed |= patient_ids
            self._tell(self._missed, well=False)
            self.alarm(_alarm("index_not_written", "could not be written", CATCHES_UP))

    def _catch_up(self, patient_id: str) -> None:
        if self.photos_of is None:
            return
        try:
            photos = self.photos_of(patient_id)
        except (Damaged, Fixable):
            return  # the chart's own matter; the mark stays
        self.replace_patient(patient_id, photos)
        self._missed.discard(patient_id)
        self._tell({patient_id}, well=True)

    def _tell(self, patient_ids: Set[str], *, well: bool) -> None:
        if self.marks is not None:
            self.marks.taken(patient_ids, well=well)

    def replace_patient(self, patient_id: str, photos: Iterable[Photo]) -> None:
        """Make the index say exactly what a patient's chart says."""
        rows = [_row(photo) for photo in photos]
        with self.database.transaction() as connection:
            connection.execute("DELETE FROM photo WHERE patient_id = ?", (patient_id,))
            connection.executemany("INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def follow(self, patient_id: str, photos: Iterable[Photo]) -> None:
        """Say what a patient's chart says after other workstations changed it. What fails is caught up later."""
        try:
            self.replace_patient(patient_id, photos)
            self._tell({patient_id}, well=True)
        except (Damaged, Fixable):
            self._tell({patient_id}, well=False)
            self.alarm(_alarm("index_not_written", "could not be written", CATCHES_UP))

    def differs(self, patient_id: str, photos: Iterable[Photo]) -> bool:
        """Whether the index says something else about a patient than these photos."""
        rows = self.database.rows("SELECT * FROM photo WHERE patient_id = ?", (patient_id,))
        return sorted(rows) != sorted(_row(photo) for photo in photos)

    def counts(self, patient_ids: Sequence[str]) -> dict[str, int] | None:
        """Photos by patient; patients without photos are absent. None where the index is damaged."""
        return self._counts("patient_id", patient_ids)

    def visit_counts(self, visit_ids: Sequence[str]) -> dict[str, int] | None:
        """Photos by visit; visits without photos are absent. None where the index is damaged."""
        return self._counts("visit_id", visit_ids)

    def _counts(self, column: str, ids: Sequence[str]) -> dict[str, int] | None:
        query = (
            f"SELECT {column}, count(*) FROM photo WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608
            f" GROUP BY {column}"
        )
        try:
            rows = self.database.rows(query, (msgspec.json.encode(list(ids)).decode("ascii"),))
        except Damaged:
            self.alarm(damaged())
            return None
        return {one: int(count) for one, count in rows}

    def photo_ids(self, patient_id: str) -> list[str]:
        """Ids of a patient's photos."""
        return [row[0] for row in self.database.rows("SELECT photo_id FROM photo WHERE patient_id = ?", (patient_id,))]

    def patient_of(self, photo_id: str) -> str | None:
        """Whose photo this is, or None."""
        row = self.database.row("SELECT patient_id FROM photo WHERE photo_id = ?", (photo_id,))
        return None if row is None else str(row[0])

    def settle(self) -> None:
        """What the index took needs no mark in the catalog, which must still be open."""
        if self.marks is not None:
            self.marks.settle()

    def close(self) -> None:
        """Settle, and close the database."""
        self.settle()
        self.database.close()


def damaged() -> Damaged:
    """The alarm of an index that cannot be read."""
    return _alarm("index_damaged", "holds bytes that are not what was written")


def _alarm(code: str, what: str, remedy: str = REPAIR) -> Damaged:
    return Damaged(code, f"The photo index {what}.", f"{remedy} No photo is affected.")


def put_aside(layout: Layout) -> None:
    """Rename a damaged index out of the way."""
    for path in (layout.index, *(layout.index.with_name(layout.index.name + end) for end in ("-wal", "-shm"))):
        if path.exists():
            path.replace(path.with_name(path.name + ".damaged"))


def _row(photo: Photo) -> tuple[Any, ...]:
    taken = photo.facts.camera_time
    return (
        photo.photo_id,
        photo.patient_id,
        photo.visit_id,
        photo.body_site,
        photo.standard_view,
        msgspec.json.encode(list(photo.tags)).decode("utf-8"),
        taken.text if taken else "",
    )
