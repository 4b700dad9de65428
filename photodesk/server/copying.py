"""Rows of a PostgreSQL server into a SQLite file and back: a copy of a server looks the same wherever it ran."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection, MetaData, delete, func, insert, select

from photodesk.errors import Fixable
from photodesk.server import schema
from photodesk.server.database import Database
from photodesk.store.files import sync_folder

ROWS = 500  # in memory at once


def copy_out(url: str, target: Path, tables: MetaData) -> None:
    """Every row of these tables as of one moment, while the server goes on, into a SQLite file."""
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    source, made = Database(url), Database(f"sqlite:///{partial}")
    try:
        made.bring_up(erasure=tables is schema.erasure_metadata)
        with source.read() as from_here, made.write() as to_there:
            _copy(from_here, to_there, tables)
        with made.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")  # one file, without another beside it
    finally:
        source.close()
        made.close()
    put_in_place(partial, target)


def copy_in(source: Path, url: str, tables: MetaData) -> None:
    """A copy's rows into a database without a clinic. Fixable `server_exists`."""
    held, target = Database(f"sqlite:///{source}"), Database(url)
    try:
        erasure = tables is schema.erasure_metadata
        target.bring_up(erasure=erasure)
        with held.read() as from_here, target.write(alone=True) as to_there:
            first = schema.erasure_key if erasure else schema.clinic
            if to_there.execute(select(func.count()).select_from(first)).scalar_one():
                raise Fixable("server_exists", "There is a clinic in this database.", "Name an empty database.")
            for table in reversed(tables.sorted_tables):
                to_there.execute(delete(table))
            _copy(from_here, to_there, tables)
    finally:
        held.close()
        target.close()


def put_in_place(partial: Path, target: Path) -> None:
    """Give a finished file its name, durably."""
    fd = os.open(partial, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    partial.replace(target)
    sync_folder(target.parent)


def _copy(from_here: Connection, to_there: Connection, tables: MetaData) -> None:
    for table in tables.sorted_tables:
        rows = from_here.execution_options(yield_per=ROWS).execute(select(table)).mappings()
        for some in rows.partitions(ROWS):
            to_there.execute(insert(table), [dict(row) for row in some])
