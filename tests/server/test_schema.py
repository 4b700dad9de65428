"""The steps of the server's database lead to exactly the tables of this version, also from an older one with rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from photodesk.server import schema
from photodesk.server.database import MIGRATIONS, Database
from tests.server.conftest import emptied


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'server.db'}"
    return emptied(request.getfixturevalue("postgres"))


def test_the_steps_make_the_tables_of_this_version_and_keep_rows(url: str) -> None:
    database, config = Database(url), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO clinic (clinic_id, founded_ms, next_order, order_head, members, members_head, used_bytes,"
                " quota_bytes) VALUES ('c', 1, 1, :empty, 0, :empty, 5, 9)"
            ),
            {"empty": b""},
        )
    for _ in range(2):
        database.bring_up()
    with database.read() as connection:
        assert connection.execute(text("SELECT used_bytes, promised_bytes FROM clinic")).one() == (5, 0)
        held = MigrationContext.configure(connection)
        own = [one for one in compare_metadata(held, schema.metadata) if "alembic_version" not in str(one)]
        assert own == []
    database.close()
