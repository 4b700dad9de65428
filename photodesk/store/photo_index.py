"""The cross-patient photo index: site, view, tags and dates of every photo. Rebuildable; clinical roles only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from photodesk.errors import Damaged
from photodesk.photos import Photo
from photodesk.store.database import Database, Settings
from photodesk.store.layout import Layout
from photodesk.store.migrations import Format
from photodesk.store.signer import Generations

NAME = "index"
FORMAT = Format(
    "photo index",
    ((
        ("CREATE TABLE photo (photo_id TEXT PRIMARY KEY, patient_id TEXT NOT NULL, visit_id TEXT NOT NULL,"
        " body_site TEXT NOT NULL, standard_view TEXT NOT NULL, tags TEXT NOT NULL, camera_time TEXT NOT NULL)"),
        "CREATE INDEX photo_patient ON photo (patient_id)",
        "CREATE INDEX photo_site ON photo (body_site, standard_view)",
    ),),
)
_SETTINGS = Settings()


class PhotoIndex:
    """`index.db`. Kept after every filing and edit; what it lost in a crash, `check --repair` puts back."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def create(cls, layout: Layout, key: bytes, generations: Generations, above: int = 0) -> PhotoIndex:
        """Make `index.db` under its 48-byte key; its generation continues `above` what the log knows."""
        return cls(Database.create(layout.index, key, NAME, _SETTINGS, FORMAT, generations, above=above))

    @classmethod
    def open_or_create(cls, layout: Layout, key: bytes, generations: Generations, logged: int = 0) -> PhotoIndex:
        """Open it; a missing or damaged index is put aside and made anew, since it holds nothing of its own."""
        try:
            return cls(Database.open(layout.index, key, NAME, _SETTINGS, FORMAT, generations))
        except Damaged:
            put_aside(layout)
            return cls.create(layout, key, generations, logged)

    def put(self, photos: Iterable[Photo]) -> None:
        """Add photos or bring them up to date."""
        rows = [_row(photo) for photo in photos]
        with self.database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def replace_patient(self, patient_id: str, photos: Iterable[Photo]) -> None:
        """Make the index say exactly what a patient's chart says."""
        rows = [_row(photo) for photo in photos]
        with self.database.transaction() as connection:
            connection.execute("DELETE FROM photo WHERE patient_id = ?", (patient_id,))
            connection.executemany("INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def differs(self, patient_id: str, photos: Iterable[Photo]) -> bool:
        """Whether the index says something else about a patient than these photos."""
        rows = self.database.rows("SELECT * FROM photo WHERE patient_id = ?", (patient_id,))
        return sorted(rows) != sorted(_row(photo) for photo in photos)

    def counts(self, patient_ids: Sequence[str]) -> dict[str, int]:
        """Photos by patient; patients without photos are absent."""
        rows = self.database.rows(
            "SELECT patient_id, count(*) FROM photo WHERE patient_id IN (SELECT value FROM json_each(?))"
            " GROUP BY patient_id",
            (msgspec.json.encode(list(patient_ids)).decode("ascii"),),
        )
        return {patient: int(count) for patient, count in rows}

    def visit_counts(self, visit_ids: Sequence[str]) -> dict[str, int]:
        """Photos by visit; visits without photos are absent."""
        marks = ", ".join("?" * len(visit_ids))
        rows = self.database.rows(
            f"SELECT visit_id, count(*) FROM photo WHERE visit_id IN ({marks}) GROUP BY visit_id",  # noqa: S608
            tuple(visit_ids),
        )
        return {visit: int(count) for visit, count in rows}

    def photo_ids(self, patient_id: str) -> list[str]:
        """Ids of a patient's photos."""
        return [row[0] for row in self.database.rows("SELECT photo_id FROM photo WHERE patient_id = ?", (patient_id,))]

    def patient_of(self, photo_id: str) -> str | None:
        """Whose photo this is, or None."""
        row = self.database.row("SELECT patient_id FROM photo WHERE photo_id = ?", (photo_id,))
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def put_aside(layout: Layout) -> None:
    """Rename a damaged index out of the way."""
    for path in (layout.index, *(layout.index.with_name(layout.index.name + end) for end in ("-wal", "-shm"))):
        if path.exists():
            path.replace(path.with_name(path.name + ".damaged"))


def _row(photo: Photo) -> tuple[Any, ...]:
    taken = photo.facts.camera_time
    return (
        photo.photo_id, photo.patient_id, photo.visit_id, photo.body_site, photo.standard_view,
        msgspec.json.encode(list(photo.tags)).decode("utf-8"), taken.text if taken else "",
    )
