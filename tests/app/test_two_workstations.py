"""Two workstations and a real server over TLS, by commands: what one makes is there at the other, outages or not."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import OTHER, PASSWORD, Clinic
from tests.importing.conftest import jpeg
from tests.server.running import Running, serving

MRN = "1001"


class Two:
    """Workstations `a` and `b` of one clinic, and its server; `a` has imported two photos and sent them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        for name in ("a", "b", "card"):
            (folder / name).mkdir()
        self.a, self.b, self._stack = Clinic(folder / "a"), Clinic(folder / "b"), stack
        self.server: Running = stack.enter_context(serving(folder / "server", "--quiet"))
        for number in range(2):
            (folder / "card" / f"IMG_{number}.JPG").write_bytes(jpeg(number))
        Entrance(self.a.store, SystemClock(), FLOOR_COST).found(
            "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
        )
        self.add(self.a, MRN)
        done = self.a.good("import", str(folder / "card"), "--patient", MRN)
        self.photos = sorted(one["sha256"] for one in done["files"])
        url, code, pin = self.server.url, self.server.code or "", self.server.pin.hex()
        self.a.good("enrol", "--server", url, "--code", code, "--pin", pin)
        sent = self.a.good("sync", "--once")
        assert (sent["state"], sent["alarm"]) == ("up_to_date", None)
        assert sent["last_success_at"]
        code = self.a.good("enrol", "--invite")["code"]
        self.b.good("enrol", "--server", url, "--code", code, "--password-only")

    def add(self, station: Clinic, mrn: str) -> None:
        station.good("patient", "add", "--mrn", mrn, "--family", "Sample", "--given", mrn, "--birth", "1970-02-03")

    def restart(self) -> None:
        """The server, killed, comes back at its address."""
        port, pin = self.server.url.rsplit(":", 1)[1], self.server.pin
        self.server = self._stack.enter_context(serving(self.server.folder, "--quiet", "--port", port))
        assert self.server.pin == pin


def test_what_one_makes_is_there_at_the_other(tmp_path: Path) -> None:
    with ExitStack() as stack:
        two = Two(tmp_path, stack)
        _photos_come_over(two)
        photo = _both_change_something(two)
        _the_server_is_gone(two)
        two.restart()
        for station in (two.a, two.b, two.a):
            assert station.good("sync", "--once")["state"] == "up_to_date"
        assert {one["mrn"] for one in two.a.good("patient", "list")["patients"]} == {MRN, "1002"}
        there = two.b.good("timeline", MRN)["visits"][0]["photos"]
        assert next(one for one in there if one["photo_id"] == photo)["tags"] == ["before"]
        listed = two.b.good("patient", "list", user="Ben Roth", lines=(OTHER,))
        assert len(listed["patients"]) == 2, "who was added at one signs in at the other"


def _photos_come_over(two: Two) -> None:
    b = two.b
    assert b.run("sync", "status", lines=())[1]["state"] == "working", "nothing was fetched yet"
    assert b.good("sync", "--once")["state"] == "up_to_date"
    photos = [one for visit in b.good("timeline", MRN)["visits"] for one in visit["photos"]]
    assert sorted(one["sha256"] for one in photos) == two.photos
    wanted = ("--purpose", "Letter", "--recipient", "Dr. Roth", "--original")
    given = b.good("export", photos[0]["photo_id"], "--to", str(b.folder), *wanted)
    data = Path(given["files"][0]["path"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == photos[0]["sha256"], "fetched when it was asked for"


def _both_change_something(two: Two) -> str:
    photo: str = two.b.good("timeline", MRN)["visits"][0]["photos"][0]["photo_id"]
    two.a.good("photo", "set", photo, "--tag", "before")
    two.a.good("user", "add", "Ben Roth", "--role", "clinician", lines=(PASSWORD, OTHER))
    two.add(two.b, "1002")
    assert two.a.run("sync", "status", lines=())[1]["state"] == "working", "what is not sent is not up to date"
    return photo


def _the_server_is_gone(two: Two) -> None:
    two.server.kill()
    code, document = two.a.run("sync", "--once")
    assert (code, document["state"], document["error"]["code"]) == (1, "offline", "server_offline")
    assert document["to_send"]["operations"] >= 1
    assert "nothing is lost" in two.a.run("sync", "status", lines=())[1]["words"]
