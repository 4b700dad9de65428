"""Two workstations and a real server over TLS, by commands: what one makes is there at the other, outages or not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import OTHER, PASSWORD, Clinic
from tests.importing.conftest import jpeg
from tests.server.running import Running, serving

MRN = "1001"


@dataclass
class Two:
    """Workstations `a` and `b` of one clinic, and its server."""

    a: Clinic
    b: Clinic
    server: Running
    photos: list[str]
    code: str
    stack: ExitStack

    def restart(self) -> None:
        """The server, killed, comes back at its address."""
        port = self.server.url.rsplit(":", 1)[1]
        self.server = self.stack.enter_context(serving(self.server.folder, "--quiet", "--port", port))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    for name in ("a", "b", "c", "card"):
        (folder / name).mkdir()
    a, b = Clinic(folder / "a"), Clinic(folder / "b")
    Entrance(a.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    for number in range(2):
        (folder / "card" / f"IMG_{number}.JPG").write_bytes(jpeg(number))
    a.good("patient", "add", "--mrn", MRN, "--family", "Sample", "--given", "Ivo", "--birth", "1970-02-03")
    done = a.good("import", str(folder / "card"), "--patient", MRN)
    assert done["counts"]["filed"] == 2
    with ExitStack() as stack:
        server = stack.enter_context(serving(folder / "server", "--quiet"))
        a.good("enrol", "--server", server.url, "--code", server.code or "", "--pin", server.pin.hex())
        assert a.run("sync", "status", lines=())[1]["state"] == "working", "nothing was sent yet"
        sent = a.good("sync", "--once")
        assert (sent["state"], sent["alarm"]) == ("up_to_date", None)
        code = a.good("enrol", "--invite")["code"]
        b.good("enrol", "--server", server.url, "--code", code, "--password-only")
        assert b.run("sync", "status", lines=())[1]["state"] == "working", "nothing was fetched yet"
        yield Two(a, b, server, [one["sha256"] for one in done["files"]], code, stack)


def test_what_one_imports_the_other_shows_and_exports(two: Two) -> None:
    a, b = two.a, two.b
    assert a.good("sync", "--once")["last_success_at"]
    assert a.good("sync", "status", lines=())["state"] == "up_to_date"
    assert b.good("sync", "--once")["state"] == "up_to_date"
    photos = [one for visit in b.good("timeline", MRN)["visits"] for one in visit["photos"]]
    assert sorted(one["sha256"] for one in photos) == sorted(two.photos)
    given = b.good(
        "export",
        photos[0]["photo_id"],
        "--to",
        str(b.folder),
        "--purpose",
        "Letter",
        "--recipient",
        "Dr. Roth",
        "--original",
    )
    data = Path(given["files"][0]["path"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == photos[0]["sha256"], "fetched when it was asked for"
    third = Clinic(b.folder.parent / "c")
    _, refused = third.run("enrol", "--server", two.server.url, "--code", two.code, "--password-only")
    assert refused["error"]["code"] == "code_wrong", "a code is good once"


def test_what_both_change_meanwhile_is_there_on_both(two: Two) -> None:
    a, b = two.a, two.b
    photo = a.good("timeline", MRN)["visits"][0]["photos"][0]["photo_id"]
    b.good("sync", "--once")
    a.good("photo", "set", photo, "--tag", "before")
    b.good("patient", "add", "--mrn", "1002", "--family", "Model", "--given", "Una", "--birth", "1988-08-08")
    _user(a, "Ben Roth")
    assert a.run("sync", "status", lines=())[1]["state"] == "working", "what is not sent yet is not up to date"
    for station in (a, b, a):
        assert station.good("sync", "--once")["state"] == "up_to_date"
    assert {one["mrn"] for one in a.good("patient", "list")["patients"]} >= {MRN, "1002"}
    there = b.good("timeline", MRN)["visits"][0]["photos"]
    assert next(one for one in there if one["photo_id"] == photo)["tags"] == ["before"]
    listed = b.good("patient", "list", user="Ben Roth", lines=(OTHER,))
    assert len(listed["patients"]) >= 2, "who was added at one signs in at the other"


def test_a_server_that_is_gone_and_comes_back_loses_nothing(two: Two) -> None:
    a, b, pin = two.a, two.b, two.server.pin
    two.server.kill()
    a.good("patient", "add", "--mrn", "1003", "--family", "Third", "--given", "Ona", "--birth", "1990-01-01")
    code, document = a.run("sync", "--once")
    assert (code, document["state"], document["error"]["code"]) == (1, "offline", "server_offline")
    assert document["to_send"]["operations"] >= 1
    assert "nothing is lost" in a.run("sync", "status", lines=())[1]["words"]
    two.restart()
    assert two.server.pin == pin
    for station in (a, b):
        assert station.good("sync", "--once")["state"] == "up_to_date"
    assert "1003" in {one["mrn"] for one in b.good("patient", "list")["patients"]}


def _user(station: Clinic, name: str) -> Any:
    return station.good("user", "add", name, "--role", "clinician", lines=(PASSWORD, OTHER))
