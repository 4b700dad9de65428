"""A database or a place for photos that cannot be used: a sentence before anything is made, never the password."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from photodesk.clock import SystemClock
from photodesk.errors import Fixable
from photodesk.server.database import Database
from photodesk.server.hosting import Hosting
from photodesk.server.keeping import back_up, bring_back
from photodesk.server.objects import objects_at, refuse_unknown
from photodesk.server.running import ServerSettings, serve
from tests.server.conftest import emptied, in_process

SECRET = "tell-nobody"


def nowhere() -> str:
    """A PostgreSQL's address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"postgresql://ada:{SECRET}@127.0.0.1:{taken.getsockname()[1]}/rows"


def ways(folder: Path, copy: Path, database: str = "", objects: str = "") -> tuple[Callable[[], object], ...]:
    """Everything a host does with these places."""
    new, clock = folder / "new", SystemClock()
    return (
        lambda: serve(ServerSettings(new, "127.0.0.1", 0, database, objects), clock, print),
        lambda: bring_back(copy, new, database=database, objects=objects),
        lambda: back_up(folder / "data", folder / "other", clock, database=database, objects=objects),
        lambda: Hosting(folder / "data", database, clock).close(),
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A finished copy of a server; the server's folder is `data`."""
    (tmp_path / "data").mkdir()
    with in_process(tmp_path / "data"):
        back_up(tmp_path / "data", tmp_path / "copy", SystemClock())
    return tmp_path / "copy"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "database_offline"),
        (f"mysql://ada:{SECRET}@127.0.0.1/rows", "database_unknown"),
        (f"postgresql+asyncpg://ada:{SECRET}@127.0.0.1/rows", "database_unknown"),
        (f"no url, but {SECRET}", "database_unknown"),
        (f"postgresql://ada:{SECRET}@host:port/rows", "database_unknown"),
    ],
)
def test_a_database_that_is_not_there_is_a_sentence(copy: Path, tmp_path: Path, url: str, code: str) -> None:
    for way in ways(tmp_path, copy, database=url or nowhere()):
        with pytest.raises(Fixable) as refused:
            way()
        assert refused.value.code == code
        assert SECRET not in str(refused.value)
        assert "--database" in refused.value.remedy
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "data"], "nothing was made"


def test_a_database_without_a_server_or_without_a_right_is_a_sentence(postgres: str, tmp_path: Path) -> None:
    url = emptied(postgres)
    (tmp_path / "data").mkdir()
    for way in ways(tmp_path, tmp_path, database=url)[2:]:
        with pytest.raises(Fixable, match="no server in this database"):
            way()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM public; DROP ROLE IF EXISTS guest")
        connection.exec_driver_sql("CREATE ROLE guest LOGIN")
    engine.dispose()
    guest = Database(make_url(url).set(username="guest").render_as_string(hide_password=False))
    with pytest.raises(Fixable, match="make the server's tables"):
        guest.bring_up()
    guest.close()


@pytest.mark.parametrize("place", ["ftp://photos/here", "gs://photos", "S4:photos", "s3://", "s3:photos", "file://x"])
def test_an_unknown_place_for_photos_makes_no_folder(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for way in ways(tmp_path, copy, objects=place)[:3]:
        with pytest.raises(Fixable) as refused:
            way()
        assert refused.value.code == "objects_unknown"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "data"], "nothing was made"


def test_folders_are_known_places(tmp_path: Path) -> None:
    for place in ("photos", "./a:b", "C:\\photos", "/srv/photos", "file:///srv/photos", "s3://photos", "s3a://p/q"):
        refuse_unknown(place)
    objects_at(f"file://{tmp_path}/photos").put("one", b"1")
    assert (tmp_path / "photos" / "one").read_bytes() == b"1"
