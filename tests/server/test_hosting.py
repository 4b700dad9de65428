"""Whoever runs the server gives codes and room, while it runs; ids and bytes are all there is to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.errors import Fixable
from photodesk.server.hosting import Hosting
from tests.server.clinic import Clinic, found
from tests.server.conftest import Server
from tests.server.test_clinics import code_of


def test_codes_and_room_are_given_while_the_server_runs(server: Server) -> None:
    url = "" if server.parts.database.is_sqlite else server.parts.database.url.render_as_string(hide_password=False)
    caller = server.caller(server.clinic())
    hosting = Hosting(server.folder, url, server.clock)
    second = Clinic()
    assert found(server.http, second, hosting.give_code()).status_code == 200
    assert [one.clinic_id for one in hosting.clinics()] == [caller.clinic.clinic_id, second.clinic_id]
    hosting.set_quota(caller.clinic.clinic_id, 1000)
    order = {"blob_id": "ab" * 32, "bytes": 2000}
    assert code_of(caller.ask("POST", "/v1/uploads", json=order)) == "quota_full"
    hosting.set_quota(caller.clinic.clinic_id, 5000)
    assert caller.ask("POST", "/v1/uploads", json=order).status_code == 200
    assert [one.promised_bytes for one in hosting.clinics()] == [2000, 0]
    with pytest.raises(Fixable, match="no clinic of this id"):
        hosting.set_quota("00" * 16, 1)
    hosting.close()


def test_where_no_server_is_there_is_nothing_to_look_at(tmp_path: Path, server: Server) -> None:
    with pytest.raises(Fixable, match="no server"):
        Hosting(tmp_path / "elsewhere", "", server.clock)
