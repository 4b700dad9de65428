"""A workstation that is shut out, by commands and a real server: it is said in plain words, and an order reaches it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.store.layout import Layout
from photodesk.store.wiping import NOTICE
from tests.app.test_command_line import PASSWORD, Clinic
from tests.server.running import serving


def clinic_of_three(folder: Path, stack: ExitStack) -> tuple[Clinic, Clinic, Clinic]:
    """The administrator's workstation and two others, which have fetched everything once."""
    for name in "abc":
        (folder / name).mkdir()
    a, b, c = (Clinic(folder / name) for name in "abc")
    server = stack.enter_context(serving(folder / "server", "--quiet"))
    Entrance(a.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    a.good("patient", "add", "--mrn", "1001", "--family", "Sample", "--given", "Ivo", "--birth", "1970-02-03")
    a.good("enrol", "--server", server.url, "--code", server.code or "")
    for joining in (b, c):
        code = a.good("enrol", "--invite")["code"]
        joining.good("enrol", "--server", server.url, "--code", code, "--password-only")
        joining.good("sync", "--once")
    return a, b, c


def station_of(clinic: Clinic) -> str:
    return str(json.loads(Layout(clinic.store).store_json.read_bytes())["workstation_id"])


def test_shut_out_and_then_ordered_to_erase_itself(tmp_path: Path) -> None:
    with ExitStack() as stack:
        a, b, c = clinic_of_three(tmp_path, stack)
        a.good("workstation", "revoke", station_of(b))
        a.good("workstation", "revoke", station_of(c), "--wipe")

        code, told = b.run("sync", "--once")
        assert (code, told["error"]["code"], told["state"]) == (3, "revoked", "alarm")
        code, told = b.run("sync", "--once")
        assert (code, told["error"]["code"]) == (3, "revoked")
        assert Layout(b.store).members.exists()

        code, told = c.run("sync", "--once")
        assert (code, told["error"]["code"]) == (3, "wiped")

        a.good("workstation", "revoke", station_of(b), "--wipe")
        for command in (("sync", "--once"), ("sync", "--once"), ("patient", "list"), ("sync", "status")):
            code, told = b.run(*command)
            assert (code, told["error"]["code"]) == (3, "wiped"), command
        left = {path.name for path in b.store.iterdir()} - {Layout(b.store).lock.name}
        assert left == {NOTICE}
