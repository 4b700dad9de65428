"""A copy of a running server opens as a server; erasure keys do not stay in copies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from photodesk import ids
from photodesk.clock import SystemClock
from photodesk.errors import Fixable
from photodesk.server.keeping import back_up, bring_back
from tests.server.clinic import raw, text
from tests.server.conftest import TestClock
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
    (tmp_path / "data").mkdir()
    with pytest.raises(Fixable, match="inside"):
        back_up(tmp_path / "data", tmp_path / "data" / "copy", SystemClock())
