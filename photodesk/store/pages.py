"""Every page of a database, read through its authentication."""

from __future__ import annotations

from photodesk.errors import Damaged
from photodesk.store.database import Database


def page_problems(database: Database) -> list[str]:
    """What is wrong with the pages of a file; empty where all is well. Then SQLite's own structure check.

    The first 16 bytes, SQLCipher's salt, are outside its authentication and are compared with the key's.
    """
    problems: list[str] = []
    try:
        database.checkpoint()
        if not database.starts_with_salt():
            problems.append("the first bytes of the file are not what was written")
        with database.fresh() as connection:
            problems += [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check").fetchall()]
        if not problems:
            with database.fresh() as connection:
                rows = connection.execute("PRAGMA integrity_check").fetchall()
            problems += [str(row[0]) for row in rows if row[0] != "ok"]
    except Damaged as damage:
        problems.append(damage.message)
    return problems


def in_one_line(problems: list[str]) -> str:
    """The first of them, and how many there are."""
    more = len(problems) - 1
    return problems[0].rstrip(".") + (f", and {more:,} more of its kind" if more else "")
