"""The clinic server put back to an earlier state, and a log cut together with its store, by commands."""

from __future__ import annotations

import shutil
from pathlib import Path

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.store.layout import Layout
from photodesk.sync.spool import Spool
from tests.app.test_command_line import PASSWORD, Clinic
from tests.server.running import serving


def _add(clinic: Clinic, mrn: str) -> None:
    clinic.good("patient", "add", "--mrn", mrn, "--family", "Sample", "--given", "Ivo", "--birth", "1970-02-03")


def test_a_restored_server_is_an_alarm_until_it_is_signed_and_a_cut_log_is_found(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    a, b = Clinic(tmp_path / "a"), Clinic(tmp_path / "b")
    Entrance(a.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    _add(a, "1001")
    with serving(tmp_path / "server", "--quiet") as server:
        a.good("enrol", "--server", server.url, "--code", server.code or "", "--pin", server.pin.hex())
        assert a.good("sync", "--once")["state"] == "up_to_date"
        held = a.good("log", "verify", "--against-server", lines=())
        assert held["result"] == "intact"
        assert held["anchored_to"] is not None
        shutil.copytree(a.store, tmp_path / "older")
        a.good("serve", "backup", str(tmp_path / "copy"), "--data", str(server.folder), lines=())
        _add(a, "1002")
        assert a.good("sync", "--once")["state"] == "up_to_date"

        a.store.rename(tmp_path / "newer")
        shutil.copytree(tmp_path / "older", a.store)
        code, cut = a.run("log", "verify", "--against-server", lines=())
        assert (code, cut["result"]) == (11, "truncated"), "the store and its log were put back together"
        assert a.good("log", "verify", lines=())["result"] == "intact", "nothing here knows of it"
        shutil.rmtree(a.store)
        (tmp_path / "newer").rename(a.store)
        port = server.url.rsplit(":", 1)[1]
        server.stop()
    a.good("serve", "restore", str(tmp_path / "copy"), "--data", str(tmp_path / "again"), lines=())
    with serving(tmp_path / "again", "--quiet", "--port", port) as again:
        assert again.pin == server.pin
        code, alarmed = a.run("sync", "--once")
        assert (code, alarmed["state"], alarmed["error"]["code"]) == (3, "alarm", "server_alarm")
        _add(a, "1003")
        shown = a.good("sync", "alarm", "--save", str(tmp_path / "evidence"), lines=())
        assert shown["saved"] == len(shown["alarms"]) == 1
        assert (tmp_path / "evidence" / "alarm-1" / "alarm.json").exists()
        a.good("sync", "server-restored")
        assert a.good("sync", "--once")["state"] == "up_to_date"
        assert a.good("sync", "alarm", lines=())["alarms"] == []
        a.good("log", "verify", "--against-server", lines=())
        entries = a.good("log", "show")["entries"]
        assert "server restored" in [one["details"].get("what") for one in entries if one["action"] == "POLICY"]
        assert "server_alarm" in [one["outcome"] for one in entries if one["action"] == "DAMAGE"]
        invited = a.good("enrol", "--invite")["code"]
        b.good("enrol", "--server", again.url, "--code", invited, "--password-only")
        there = b.good("sync", "--once")
        assert there["state"] == "up_to_date", there
        assert {one["mrn"] for one in b.good("patient", "list")["patients"]} == {"1001", "1002", "1003"}
        spool = Spool(Layout(b.store).spool)
        beats = dict(spool.file.rows("SELECT workstation, count(*) FROM heartbeat GROUP BY workstation"))
        spool.close()
        assert len(beats) == 2, "both say what they have seen"
        shutil.copytree(Layout(a.store).log, Layout(b.store).spool / "logs")
        entries = b.good("log", "show", "--all-workstations")["entries"]
        assert set(beats) == {one["workstation_id"] for one in entries}
