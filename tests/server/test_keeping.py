"""A copy of a running server opens as a server; erasure keys do not stay in copies."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from photodesk import ids
from photodesk.clock import SystemClock
from photodesk.errors import Fixable
from photodesk.server.hosting import Hosting
from photodesk.server.keeping import back_up, bring_back
from photodesk.server.own_folder import NOTE, keep_note
from photodesk.server.running import ServerSettings, Started, serve
from tests.server.clinic import raw, text
from tests.server.conftest import TestClock, emptied, in_process
from tests.server.running import serving


def test_a_copy_of_a_running_server_is_a_server(tmp_path: Path) -> None:
    data, copy, new = tmp_path / "data", tmp_path / "copy", tmp_path / "new"
    with serving(data, "--quiet") as running, running.http() as http:
        caller = running.founded(http)
        first = [caller.station.operation()]
        caller.push(caller.station.parcel(first), first).raise_for_status()
        photo = os.urandom(9000)
        caller.upload(photo).raise_for_status()
        keys = {"keys": [{"scope": ids.random_id(), "sealed": text(b"sealed")}]}
        caller.ask("PUT", "/v1/erasure-keys", json=keys).raise_for_status()
        assert back_up(data, copy, SystemClock()).new_objects == 1
        later = [caller.station.operation()]
        parcel = caller.station.parcel(later)
        caller.push(parcel, later).raise_for_status()
        again = back_up(data, copy, SystemClock())
        assert (again.objects, again.new_objects) == (1, 0)
    with pytest.raises(Fixable, match="not empty"):
        bring_back(copy, data)
    bring_back(copy, new)
    with serving(new, "--quiet") as running, running.http() as http:
        assert running.code is None
        caller = running.caller(http, caller.clinic, caller.station)
        held = [raw(one["record"]) for one in caller.ask("GET", "/v1/operations").json()["operations"]]
        assert held == first + later
        assert caller.push(parcel, later).json()["send_sequence"] == 2
        assert len(caller.ask("GET", "/v1/erasure-keys").json()["keys"]) == 1


def test_erasure_keys_leave_the_copies_after_seven_days(tmp_path: Path) -> None:
    data, copy, clock = tmp_path / "data", tmp_path / "copy", TestClock()
    with serving(data, "--quiet") as running:
        assert running.url
    for days in (0, 3, 8, 11):
        clock.now_ms = TestClock().now_ms + days * 24 * 3_600_000
        back_up(data, copy, clock)
    kept = sorted(path.name for path in (copy / "erasure").glob("*.db"))
    assert len(kept) == 2, "those of the last seven days"


def test_a_copy_that_was_not_finished_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(Fixable, match="no server"):
        back_up(tmp_path / "nowhere", tmp_path / "copy", SystemClock())
    (tmp_path / "copy").mkdir()
    with pytest.raises(Fixable, match="no finished copy"):
        bring_back(tmp_path / "copy", tmp_path / "new")
    with (
        in_process(data_of(tmp_path / "data")),
        pytest.raises(Fixable, match="inside"),
    ):
        back_up(tmp_path / "data", tmp_path / "data" / "copy", SystemClock())


def test_a_folder_without_a_server_is_not_copied(tmp_path: Path) -> None:
    photos, copy = tmp_path / "photos", tmp_path / "copy"
    photos.mkdir()
    (photos / "IMG_1.JPG").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(Fixable, match="no server in this folder"):
        back_up(photos, copy, SystemClock())
    assert not copy.exists()


def test_a_server_that_lies_elsewhere_too_is_not_copied_without(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with in_process(data_of(data)):
        keep_note(data, "postgresql+psycopg://them:secret@there/rows", "")
        assert b"secret" not in (data / NOTE).read_bytes()
        for wanting in (lambda: back_up(data, copy, SystemClock()), lambda: Hosting(data, "", SystemClock())):
            with pytest.raises(Fixable) as refused:
                wanting()
            assert refused.value.code == "database_wanted"
            assert "--database" in refused.value.remedy
        keep_note(data, "", "s3://photos")
        with pytest.raises(Fixable) as refused:
            back_up(data, copy, SystemClock())
        assert refused.value.code == "objects_wanted"
        assert not copy.exists()
        keep_note(data, "", "")
        back_up(data, copy, SystemClock())


def test_a_server_does_not_begin_anew_beside_its_database_and_leaves_its_note(tmp_path: Path) -> None:
    class EnoughError(Exception):
        pass

    def started(_facts: Started) -> None:
        raise EnoughError

    elsewhere = ServerSettings(tmp_path / "data", "127.0.0.1", 0, objects=str(tmp_path / "photos"))
    with pytest.raises(EnoughError):
        serve(elsewhere, SystemClock(), started)
    assert json.loads((tmp_path / "data" / NOTE).read_bytes()) == {"database": "here", "objects": "elsewhere"}
    with pytest.raises(Fixable, match="another place"):
        serve(ServerSettings(tmp_path / "data", "127.0.0.1", 0), SystemClock(), started)


def test_a_copy_without_the_photos_its_rows_name_is_not_finished(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with in_process(data_of(data), objects=str(tmp_path / "photos")) as server:
        server.caller(server.clinic()).upload(os.urandom(9000)).raise_for_status()
        with pytest.raises(Fixable) as refused:
            back_up(data, copy, SystemClock())
        assert refused.value.code == "objects_missing"
        with pytest.raises(Fixable, match="no finished copy"):
            bring_back(copy, tmp_path / "new")
        assert back_up(data, copy, SystemClock(), objects=str(tmp_path / "photos")).objects == 1


def test_a_copy_that_lost_its_database_is_not_brought_back(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with in_process(data_of(data)):
        back_up(data, copy, SystemClock())
    assert json.loads((copy / "complete").read_bytes()) == {"database": "server.db", "from": "here", "objects": 0}
    (copy / "server.db").unlink()
    with pytest.raises(Fixable, match="no finished copy"):
        bring_back(copy, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_rows_of_a_postgresql_are_in_the_copy(postgres: str, tmp_path: Path) -> None:
    url, data, copy = emptied(postgres), data_of(tmp_path / "data"), tmp_path / "copy"
    with in_process(data, url) as server:
        clinic = server.clinic()
        keep_note(data, url, "")
        assert back_up(data, copy, SystemClock(), database=url).rows_from == "postgresql"
    assert json.loads((copy / "complete").read_bytes())["from"] == "postgresql"
    bring_back(copy, tmp_path / "new")
    hosting = Hosting(tmp_path / "new", "", SystemClock())
    assert [one.clinic_id for one in hosting.clinics()] == [clinic.clinic_id]
    hosting.close()


def data_of(folder: Path) -> Path:
    """A server's folder, as `serve` makes it."""
    folder.mkdir(mode=0o700)
    return folder


def test_a_workstations_store_is_no_place_for_a_server_or_its_copy(tmp_path: Path) -> None:
    store, data = tmp_path / "store", data_of(tmp_path / "data")
    store.mkdir()
    (store / "store.json").write_bytes(b"{}")
    with in_process(data):
        for wrong in (
            lambda: serve(ServerSettings(store, "127.0.0.1", 0), SystemClock(), print),
            lambda: serve(ServerSettings(tmp_path / "new", "127.0.0.1", 0, objects=str(store)), SystemClock(), print),
            lambda: back_up(data, store, SystemClock()),
        ):
            with pytest.raises(Fixable) as refused:
                wrong()
            assert refused.value.code == "store_here"
    assert [path.name for path in store.iterdir()] == ["store.json"]
    assert not (tmp_path / "new").exists()
