"""`bench search`: one keystroke among many patients, against SQLite's own prefix look-up in an index."""

from __future__ import annotations

import sqlite3
from itertools import cycle, islice

from photodesk.app.bench.figures import Result, Wanted, timed
from photodesk.app.bench.workshop import made_patients, workshop
from photodesk.patients import PatientDraft, fold

TYPED = (
    "mul",
    "müller a",
    "ada ber",
    "0004711",
    "garcia",
    "nguyen d",
    "12.05.1968",
    "k",
    "yilmaz-12",
    "lea rossi",
    "o n",
)


def bench_search(wanted: Wanted) -> Result:
    """Every keystroke of what people type, through the desk's own search."""
    count, runs = wanted.patients or 100_000, wanted.runs or 300
    drafts = made_patients(count)
    with workshop() as shop:
        session = shop.desk.session
        change = session.actor.change("bench")
        for start in range(0, count, 5000):
            session.catalog.add_patients(change, drafts[start : start + 5000])
        prefixes = [text[: length + 1] for text in TYPED for length in range(len(text))]
        ours = [timed(session.patients.search, p) for p in islice(cycle(prefixes), runs)]
    bare_index = _bare_index(drafts)
    bare = [timed(_bare, bare_index, p) for p in islice(cycle(prefixes), runs)]
    bare_index.close()
    return Result.of(
        ours,
        bare,
        at="p99",
        unit="ms p99 per keystroke of ours ÷ ms p99 of a plain SQLite prefix look-up; lower is better",
        n=count,
        notes=f"{count} patients, {len(prefixes)} different beginnings; the aim is p99 ≤ 15 ms.",
    )


def _bare_index(drafts: list[PatientDraft]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE name (folded TEXT)")
    connection.executemany("INSERT INTO name VALUES (?)", [(fold(f"{d.family} {d.given}"),) for d in drafts])
    connection.execute("CREATE INDEX by_folded ON name (folded)")
    return connection


def _bare(connection: sqlite3.Connection, prefix: str) -> None:
    low = fold(prefix)
    connection.execute(
        "SELECT folded FROM name WHERE folded >= ? AND folded < ? LIMIT 50", (low, low + "\uffff")
    ).fetchall()


BENCHES = {"search": bench_search}
