"""A copy of a server on PostgreSQL is taken while workstations send; its end is graceful while uploads run."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import create_engine

from photodesk import ids
from photodesk.clock import SystemClock
from photodesk.crypto import sha256
from photodesk.errors import Fixable
from photodesk.server.keeping import back_up, bring_back
from photodesk.sync.statements import FIRST_ORDER, next_order
from tests.server.clinic import Caller, raw, text
from tests.server.conftest import emptied
from tests.server.running import Running, serving
from tests.server.test_blobs import blob_id


@contextmanager
def load(running: Running, caller: Caller) -> Iterator[list[bytes]]:
    """Pushes and uploads without a pause; the operations that were taken."""
    taken: list[bytes] = []
    ending, failed = threading.Event(), []

    def send() -> None:
        try:
            with running.http() as http:
                mine = Caller(http, caller.clinic, caller.station, caller.pin)
                mine.token = caller.token
                for number in count():
                    if ending.is_set() and number > 3:
                        return
                    made = [mine.station.operation() for _ in range(5)]
                    mine.push(mine.station.parcel(made), made).raise_for_status()
                    taken.extend(made)
                    mine.upload(os.urandom(50_000)).raise_for_status()
        except Exception as error:  # noqa: BLE001 - told by the test
            failed.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield taken
    finally:
        ending.set()
        thread.join(60)
    assert not failed, failed


def test_a_copy_under_load_is_of_one_moment_and_goes_back_into_postgresql(tmp_path: Path, postgres: str) -> None:
    database, copy = emptied(postgres), tmp_path / "copy"
    data = tmp_path / "data"
    scope = {"keys": [{"scope": ids.random_id(), "sealed": text(b"sealed")}]}
    with serving(data, "--quiet", "--database", database) as running, running.http() as http:
        caller = running.founded(http)
        caller.ask("PUT", "/v1/erasure-keys", json=scope).raise_for_status()
        with load(running, caller):
            for _ in range(2):
                time.sleep(0.3)
                made = back_up(data, copy, SystemClock(), database=database)
        clinic = caller.clinic
        assert made.objects > 0
        with pytest.raises(Fixable, match="clinic in this database"):
            bring_back(copy, tmp_path / "other", database=database)
        assert running.stop() == 0
    assert b"erasure_key" not in (copy / "server.db").read_bytes(), "these lie in a folder of their own"
    assert list((copy / "erasure").glob("*.db"))
    bring_back(copy, tmp_path / "new", database=emptied(postgres))
    with serving(tmp_path / "new", "--quiet", "--database", database) as running, running.http() as http:
        caller = running.caller(http, clinic)
        held = caller.ask("GET", "/v1/operations").json()
        chain = FIRST_ORDER
        for place, one in enumerate(held["operations"], start=1):
            chain = next_order(chain, clinic.raw_id, place, sha256(raw(one["record"])))
        assert (chain, place) == (raw(held["chain"]), held["last_place"])
        assert caller.ask("GET", "/v1/erasure-keys").json() == scope
        reads_all_blobs(caller, database)


def reads_all_blobs(caller: Caller, database: str) -> None:
    """What the copy's rows name is in the copy."""
    engine = create_engine(database)
    with engine.connect() as connection:
        blobs = connection.exec_driver_sql("SELECT blob_id FROM blob").scalars().all()
    engine.dispose()
    assert blobs
    for one in blobs:
        found = caller.ask("GET", f"/v1/blobs/{bytes(one).hex()}")
        assert blob_id(found.content) == bytes(one).hex()


def test_an_upload_under_way_is_finished_before_the_end(tmp_path: Path) -> None:
    with serving(tmp_path, "--quiet") as running, running.http() as http:
        caller = running.founded(http)
        data = os.urandom(600_000)
        begun = caller.ask("POST", "/v1/uploads", json={"blob_id": blob_id(data), "bytes": len(data)}).json()
        under_way = threading.Event()

        def slowly() -> Iterator[bytes]:
            for start in range(0, len(data), 100_000):
                yield data[start : start + 100_000]
                if start == 200_000:
                    under_way.set()
                time.sleep(0.25)

        answers: list[httpx.Response] = []
        path = f"/v1/uploads/{begun['upload_id']}/parts/0"
        sending = threading.Thread(target=lambda: answers.append(caller.ask("PUT", path, content=slowly())))
        listening = threading.Thread(target=listen, args=(running, caller.token))
        for thread in (sending, listening):
            thread.start()
        assert under_way.wait(20)
        began = time.monotonic()
        assert running.stop() == 0
        took_s = time.monotonic() - began
        for thread in (sending, listening):
            thread.join(20)
        assert answers[0].status_code == 200
        assert took_s < 15, "neither a stream of events nor an idle connection holds the end up"
    with serving(tmp_path, "--quiet") as running, running.http() as http:
        caller = running.caller(http, caller.clinic, caller.station)
        caller.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete").raise_for_status()
        assert caller.ask("GET", f"/v1/blobs/{blob_id(data)}").content == data


def listen(running: Running, token: str) -> None:
    """A stream of events until the server ends it."""
    with running.http() as http, http.stream("GET", "/v1/events", headers={"Authorization": f"Bearer {token}"}) as told:
        for _ in told.iter_lines():
            pass
