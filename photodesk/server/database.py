"""The server's two databases: everything, and beside it the erasure keys, whose backups are kept for days only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, ProgrammingError

from photodesk.errors import Fixable
from photodesk.server import schema

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_S = 30
CONNECTIONS = 20  # kept by one process for each database, opened as they are needed
POSTGRESQL_NAMES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
POSTGRESQL_PORT = 5432
NO_PRIVILEGE = frozenset({"42501", "3F000"})  # no right in the schema, or none to see it
SETTING_UP = 0x50686F746F4465  # the number of PostgreSQL's lock for what one process does at its start


def refuse_unready(url: str, *, holding: str = "") -> None:
    """Look once whether a PostgreSQL answers, and has the table `holding`. Its password is in no sentence.

    Fixable `database_unknown`, `database_offline`, `server_missing`.
    """
    database = Database(url)
    try:
        with database.glance() as connection:
            if holding and not inspect(connection).has_table(holding):
                raise Fixable(
                    "server_missing", "There is no server in this database.", "Name the server's own with --database."
                )
    except DBAPIError:
        place = database.url
        where = f" at {place.host}:{place.port or POSTGRESQL_PORT}" if place.host else ""
        raise Fixable(
            "database_offline",
            f"The PostgreSQL{where} does not answer, or does not let the server in.",
            "See that it runs, and that the host, the name, the user and the password given with --database are right.",
        ) from None
    finally:
        database.close()


def _known(url: str) -> URL:
    """The URL as its driver wants it. Fixable `database_unknown`."""
    try:
        given = make_url(url)
    except (ArgumentError, ValueError):
        given = URL.create("unknown")
    if given.drivername in POSTGRESQL_NAMES:
        return given.set(drivername="postgresql+psycopg")
    if given.drivername != "sqlite":
        raise Fixable(
            "database_unknown",
            "The server keeps its rows in PostgreSQL or in its own folder; it knows no other kind of database.",
            "Write postgresql+psycopg://USER@HOST/NAME for --database, or leave it out.",
        )
    return given


@contextmanager
def _permitted() -> Iterator[None]:
    """Since PostgreSQL 15 a user may make no tables where nobody allowed it."""
    try:
        yield
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") not in NO_PRIVILEGE:
            raise
        raise Fixable(
            "database_refuses",
            "PostgreSQL does not let this user make the server's tables.",
            "Make the user the database's owner, or allow it: GRANT CREATE ON SCHEMA public TO the user.",
        ) from None


class Database:
    """One database; transactions that write are one at a time on SQLite, and per clinic on PostgreSQL."""

    def __init__(self, url: str) -> None:
        """Opens nothing yet. Fixable `database_unknown`."""
        self.url = _known(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        settings: dict[str, Any] = {"connect_args": {"timeout": BUSY_S}}
        if not self.is_sqlite:
            settings = {"pool_size": CONNECTIONS, "max_overflow": 0}
            if "connect_timeout" not in self.url.query:
                settings["connect_args"] = {"connect_timeout": BUSY_S}
        self.engine: Engine = create_engine(self.url, hide_parameters=True, **settings)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite)

    def bring_up(self, *, erasure: bool = False) -> None:
        """Make or migrate the tables, forward only. Fixable `database_refuses`."""
        if erasure:
            with _permitted(), self.write(alone=True) as connection:
                schema.erasure_metadata.create_all(connection)
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with _permitted(), self.write(alone=True) as connection:
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
