"""The server's two databases: everything, and beside it the erasure keys, whose backups are kept for days only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from photodesk.server import schema

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_S = 30
CONNECTIONS = 20  # kept by one process for each database, opened as they are needed
SETTING_UP = 0x50686F746F4465  # the number of PostgreSQL's lock for what one process does at its start


class Database:
    """One database; transactions that write are one at a time on SQLite, and per clinic on PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        settings: dict[str, Any] = {"connect_args": {"timeout": BUSY_S}}
        if not self.is_sqlite:
            settings = {"pool_size": CONNECTIONS, "max_overflow": 0}
        self.engine: Engine = create_engine(self.url, hide_parameters=True, **settings)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite)

    def bring_up(self, *, erasure: bool = False) -> None:
        """Make or migrate the tables, forward only."""
        if erasure:
            with self.write(alone=True) as connection:
                schema.erasure_metadata.create_all(connection)
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.write(alone=True) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Connection]:
        """One transaction that writes; durable when it ends without an error.

        `alone` waits until no other process of this server is setting up.
        """
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            elif alone:
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": SETTING_UP})
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look, however many questions are asked in it."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """One question, without a transaction around it."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `write`, not by the driver
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
