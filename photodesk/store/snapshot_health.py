"""Checking the snapshots that a change of format left for a week: each page of each, as far as its key is here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from photodesk.errors import Damaged
from photodesk.store.database import Settings
from photodesk.store.layout import Layout
from photodesk.store.readable import Readable


def snapshot_problems(layout: Layout, keys: Mapping[str, tuple[bytes, Settings]]) -> dict[Path, str]:
    """What is wrong with which snapshot. `keys` and settings by the name of the database; others are passed over."""
    found: dict[Path, str] = {}
    for path in sorted(layout.snapshots.glob("*.db")):
        name = path.name.partition(".")[0]
        if name in keys:
            problem = _problem(path, name, *keys[name])
            if problem:
                found[path] = problem
    return found


def _problem(path: Path, name: str, key: bytes, settings: Settings) -> str:
    snapshot = Readable(path, key, name, settings)
    try:
        with snapshot.fresh() as connection:
            rows = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        if not rows:
            with snapshot.fresh() as connection:
                rows = [row for row in connection.execute("PRAGMA integrity_check").fetchall() if row[0] != "ok"]
    except Damaged as damage:
        return damage.message
    return str(rows[0][0]) if rows else ""
