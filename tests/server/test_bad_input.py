"""What is wrong with a message, or with the machine, is said by status, code and sentence; nothing is changed."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import event

from photodesk.server import limits
from tests.server.clinic import Caller, Clinic, found, raw, text
from tests.server.conftest import Server, in_process
from tests.server.state import kept
from tests.server.test_blobs import blob_id


def said(answer: httpx.Response) -> tuple[int, str]:
    """Status and code; the sentence is there as well."""
    error = answer.json()["error"]
    assert error["message"].endswith("."), error
    assert set(error) == {"code", "message", "remedy"}
    return answer.status_code, error["code"]


def newer(record: bytes) -> bytes:
    """The same record under a version that nobody knows yet."""
    assert record[1] == 1, "the version is the first field"
    return record[:1] + b"\x63" + record[2:]


def test_malformed_messages_change_nothing(server: Server) -> None:
    caller = server.caller(server.clinic())
    station = caller.station
    made = [station.operation()]
    caller.push(station.parcel(made), made).raise_for_status()
    others = [station.operation()]
    parcel = station.parcel_at(2, station.previous, others)
    before = kept(server)
    push = {"parcel": text(parcel), "operations": [text(one) for one in others]}

    def ask(body: Any) -> httpx.Response:
        return caller.ask("POST", "/v1/operations", json=body)

    plain = {"Content-Type": "application/json"}
    assert said(caller.ask("POST", "/v1/operations", content=b"{", headers=plain)) == (422, "bad_message")
    assert said(caller.ask("POST", "/v1/operations", content=b"\xff\xfe", headers=plain))[0] in {400, 422}
    for wrong in (
        [],
        {},
        push | {"more": 1},
        push | {"parcel": 5},
        push | {"parcel": "not base64!"},
        push | {"operations": []},
        push | {"operations": [text(others[0])] * 501},
        push | {"operations": "A"},
    ):
        assert said(ask(wrong)) == (422, "bad_message")
    assert said(ask(push | {"parcel": text(b"\x93\x01\x01\x01")})) == (400, "bad_message")
    assert said(ask(push | {"parcel": text(os.urandom(300))})) == (400, "bad_message")
    assert said(caller.ask("GET", "/v1/operations", params={"after": -1})) == (422, "bad_message")
    assert said(caller.ask("GET", "/v1/operations", params={"limit": 501})) == (422, "bad_message")
    assert said(caller.ask("GET", "/v1/blobs/" + "g" * 64)) == (422, "bad_message")
    assert said(caller.ask("GET", "/v2/operations")) == (404, "http_404")
    assert said(caller.ask("DELETE", "/v1/operations")) == (405, "http_405")
    assert kept(server) == before
    assert ask(push).status_code == 200


def test_a_newer_version_is_named(server: Server) -> None:
    clinic = server.clinic()
    caller = server.caller(clinic)
    made = [caller.station.operation()]
    parcel = caller.station.parcel(made)
    before = kept(server)
    for one, other in ((newer(parcel), made), (parcel, [newer(made[0])])):
        assert said(caller.push(one, other)) == (400, "newer_format")
    record = {"record": text(newer(caller.station.checkpoint(3)))}
    assert said(caller.ask("POST", "/v1/log/checkpoints", json=record)) == (400, "newer_format")
    head, entry = clinic.head, clinic.entry(clinic.first.body())
    assert said(caller.append(1, head, [newer(entry)])) == (400, "newer_format")
    assert kept(server) == before


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_far_off_gives_no_place_in_the_order(server: Server, hours: int) -> None:
    """A workstation stops sending by itself; what it stamped wrongly is taken as it is once it sends again."""
    caller = server.caller(server.clinic())
    facts = server.http.get("/v1/server").json()
    assert abs(facts["time_ms"] - server.clock.wall_ms()) < 1000, "how a workstation knows"
    made = [caller.station.operation(), caller.station.operation(hours_off=hours), caller.station.operation()]
    caller.push(caller.station.parcel(made), made).raise_for_status()
    page = caller.ask("GET", "/v1/operations").json()["operations"]
    assert [raw(one["record"]) for one in page] == made
    server.clock.now_ms += hours * 3_600_000  # the server's own clock
    answer = caller.ask("GET", "/v1/operations")
    assert said(answer) == (401, "not_signed_in") if hours > 0 else answer.status_code == 200
    assert caller.sign_in().status_code == 200


def full_disk(*_arguments: Any) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_under_the_photos_is_said_and_nothing_half_stays(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = server.caller(server.clinic())
    data = os.urandom(5000)
    begun = caller.ask("POST", "/v1/uploads", json={"blob_id": blob_id(data), "bytes": len(data)}).json()
    part = f"/v1/uploads/{begun['upload_id']}/parts/0"
    before = kept(server)
    for name in ("write", "fsync"):
        with monkeypatch.context() as broken:
            broken.setattr(f"photodesk.server.objects.os.{name}", full_disk)
            answer = caller.ask("PUT", part, content=data)
            segment = caller.ask("PUT", "/v1/log/segments/1", content=data)
        for one in (answer, segment):
            assert said(one) == (507, "server_full")
            assert int(one.headers["Retry-After"]) > 0
    assert kept(server) == before
    assert not list(server.folder.rglob("*.part"))
    assert caller.ask("PUT", part, content=data).status_code == 200
    assert caller.ask("PUT", "/v1/log/segments/1", content=data).status_code == 200


def test_a_full_disk_under_the_database_is_said(server: Server) -> None:
    caller = server.caller(server.clinic())
    made = [caller.station.operation(size=100_000) for _ in range(20)]
    parcel = caller.station.parcel(made)
    before = kept(server)
    with _full_database(server):
        assert said(caller.push(parcel, made)) == (507, "server_full")
        assert caller.ask("GET", "/v1/members").status_code == 200, "reading goes on"
    assert kept(server) == before
    assert caller.push(parcel, made).status_code == 200


def _full_database(server: Server) -> Any:
    """SQLite may not grow; PostgreSQL says what it says when its disk is full."""
    from contextlib import contextmanager

    engine = server.parts.database.engine

    def small(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 20}")

    @contextmanager
    def full() -> Iterator[None]:
        if server.parts.database.is_sqlite:
            engine.dispose()
            event.listen(engine, "connect", small)
        else:
            with engine.begin() as connection:
                connection.exec_driver_sql(
                    "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN RAISE 'no room' USING ERRCODE = '53100';"
                    " END $$ LANGUAGE plpgsql;"
                    "CREATE TRIGGER full_disk BEFORE INSERT ON parcel EXECUTE FUNCTION full_disk()"
                )
        yield
        if server.parts.database.is_sqlite:
            event.remove(engine, "connect", small)
            engine.dispose()
        else:
            with engine.begin() as connection:
                connection.exec_driver_sql("DROP TRIGGER full_disk ON parcel; DROP FUNCTION full_disk")

    return full()


def test_uploads_under_way_count_against_the_quota(tmp_path: Path) -> None:
    with in_process(tmp_path) as server:
        caller = server.caller(server.clinic())
        set_quota(server, 100_000)
        first = {"blob_id": "ab" * 32, "bytes": 60_000}
        begun = caller.ask("POST", "/v1/uploads", json=first).json()
        second = {"blob_id": "cd" * 32, "bytes": 60_000}
        assert said(caller.ask("POST", "/v1/uploads", json=second)) == (507, "quota_full")
        assert caller.ask("POST", "/v1/uploads", json=first).json() == begun, "the same upload asks for nothing more"
        made = [caller.station.operation(size=60_000)]
        assert said(caller.push(caller.station.parcel(made), made)) == (507, "quota_full")
        server.clock.now_ms += 8 * 24 * 3_600_000
        server.parts.blobs.drop_stale()
        caller.sign_in()
        assert caller.ask("POST", "/v1/uploads", json=second).status_code == 200
        assert caller.ask("PUT", "/v1/log/segments/1", content=bytes(44_000)).status_code == 200, "logs have room left"
        assert said(caller.ask("PUT", "/v1/log/segments/2", content=bytes(2_000))) == (507, "quota_full")
        assert len(list(server.parts.objects.names())) == 1


def set_quota(server: Server, quota_bytes: int) -> None:
    from sqlalchemy import update

    from photodesk.server import schema

    with server.parts.database.write() as connection:
        connection.execute(update(schema.clinic).values(quota_bytes=quota_bytes))


def test_codes_of_every_kind_of_wrong_found_nothing(tmp_path: Path) -> None:
    with in_process(tmp_path) as server:
        before = kept(server)
        for code in ("", "0" * 20, "x" * 65, server.code[:-1], server.code + "0"):
            assert found(server.http, Clinic(), code).status_code in {403, 422}
        assert kept(server) == before


def test_too_many_requests_are_told_how_long_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_process(tmp_path) as server:
        caller = server.caller(server.clinic())
        server.parts.rates._clock = StillClock()  # type: ignore[assignment]
        monkeypatch.setattr(limits, "BURST", 5)
        monkeypatch.setattr(limits, "KNOCKS", 5)
        answers = [caller.ask("GET", "/v1/workstations") for _ in range(7)]
        assert answers[0].status_code == 200
        assert said(answers[-1]) == (429, "too_often")
        assert int(answers[-1].headers["Retry-After"]) >= 1
        knocks = [server.http.get("/v1/server") for _ in range(7)]
        assert said(knocks[-1]) == (429, "too_often")


class StillClock:
    """Time does not pass."""

    def monotonic_ms(self) -> int:
        return 0


def test_more_messages_at_once_than_memory_holds_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_HELD_BYTES", 1000)
    with in_process(tmp_path) as server:
        answer = server.http.post("/v1/clinics", content=bytes(2000))
        assert said(answer) == (503, "busy")
        assert int(answer.headers["Retry-After"]) >= 1
        assert server.http.get("/v1/server").status_code == 200


def test_a_message_that_stops_coming_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SILENT_S", 0.05)
    with in_process(tmp_path) as server:
        told: list[Any] = []
        pieces = iter([{"type": "http.request", "body": b'{"clinic', "more_body": True}])

        async def receive() -> Any:
            for piece in pieces:
                return piece
            await asyncio.sleep(30)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            told.append(message)

        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/v1/clinics", "raw_path": b"/v1/clinics"}
        scope |= {"query_string": b"", "client": ("test", 1), "server": ("test", 1), "scheme": "https"}
        scope |= {"headers": [(b"content-length", b"500"), (b"content-type", b"application/json")], "root_path": ""}
        asyncio.run(server.http.app(scope, receive, send))
        assert (told[0]["status"], json.loads(told[1]["body"])["error"]["code"]) == (408, "too_slow")


def test_a_mistake_of_the_server_tells_its_place_and_no_content(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from starlette.testclient import TestClient

    from photodesk.server.app import make_app

    def wrong(*_arguments: Any) -> None:
        raise ValueError("Ada Berg, 1815-12-10")

    caller = server.caller(server.clinic())
    monkeypatch.setattr(type(server.parts.operations), "pull", wrong)
    with TestClient(make_app(server.parts)) as http:
        loud = Caller(http, caller.clinic, caller.station, caller.pin)
        loud.token = caller.token
        assert said(loud.ask("GET", "/v1/operations")) == (500, "server_fault")
    written = capsys.readouterr().err
    assert '"fault": "ValueError at operations.py:' in written
    assert "Ada" not in written


def test_a_database_that_is_away_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_process(tmp_path) as server:
        caller = server.caller(server.clinic())
        server.parts.database.close()
        (tmp_path / "server.db").rename(tmp_path / "away.db")
        (tmp_path / "server.db").mkdir()
        for path in ("/v1/members", "/readyz"):
            assert said(caller.ask("GET", path)) == (503, "not_writable")
        assert server.http.get("/healthz").status_code == 200
