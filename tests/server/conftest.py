"""A server over a folder, spoken to in this process, with a clock of the test's own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from starlette.testclient import TestClient

from photodesk.background.trial_postgres import cluster, programs
from photodesk.server.app import make_app
from photodesk.server.identity import first_code
from photodesk.server.parts import Parts, Places, open_parts
from tests.server.clinic import NOW_MS, Caller, Clinic, Workstation, found

PIN = os.urandom(32)


@dataclass
class TestClock:
    """Time as the test says."""

    __test__ = False
    now_ms: int = NOW_MS
    spent_ms: int = 0

    def wall_ms(self) -> int:
        return self.now_ms + self.spent_ms

    def monotonic_ms(self) -> int:
        self.spent_ms += 20  # every request leaves room for the next one
        return self.spent_ms


@dataclass
class Server:
    """A server in this process."""

    folder: Path
    http: TestClient
    parts: Parts
    clock: TestClock
    pin: bytes
    code: str
    clinics: list[Clinic] = field(default_factory=list)

    def clinic(self) -> Clinic:
        """A clinic founded here."""
        from photodesk.server.identity import new_code

        made = Clinic()
        with self.parts.database.write() as connection:
            code = new_code(connection, self.clock)
        assert found(self.http, made, code).status_code == 200
        self.clinics.append(made)
        return made

    def caller(self, clinic: Clinic, station: Workstation | None = None) -> Caller:
        """A workstation that is signed in."""
        made = Caller(self.http, clinic, station or clinic.first, self.pin)
        answer = made.sign_in()
        assert answer.status_code == 200, answer.text
        return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL database that is emptied by each test that asks for it."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own
        with cluster(Path(folder) / "pg") as url:
            yield url


def emptied(url: str) -> str:
    """The test's PostgreSQL without a table."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    database = ""
    if request.param == "postgresql":
        database = emptied(request.getfixturevalue("postgres"))
    with in_process(tmp_path, database) as made:
        yield made


@contextmanager
def in_process(folder: Path, database: str = "", objects: str = "", *, founded: bool = False) -> Iterator[Server]:
    """A server over these places, spoken to without a network; `founded` where a clinic is on it already."""
    clock = TestClock()
    parts = open_parts(Places.in_folder(folder, database, objects), PIN, clock)
    code = first_code(parts.database, clock)
    assert (code is None) == founded
    with TestClient(make_app(parts, quiet=True)) as http:
        yield Server(folder, http, parts, clock, PIN, code or "")
    parts.close()
