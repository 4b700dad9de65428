"""Cards and receipts on the command line, through real processes: register, receipt, anchor, policy, erasing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic
from tests.importing.conftest import jpeg


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """A clinic and a card of three photos and a video in a folder."""
    made = Clinic(tmp_path_factory.mktemp("cards"))
    entrance = Entrance(made.store, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True)
    folder = made.folder / "card" / "DCIM" / "100CANON"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"IMG_000{number}.JPG").write_bytes(jpeg(number))
    (folder / "MVI_0004.MP4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(900))
    return made


def test_a_card_from_register_to_receipt_to_erased(clinic: Clinic, tmp_path: Path) -> None:
    card = clinic.folder / "card"
    done = clinic.good("import", "card")
    assert done["receipt"]["all_safe"]
    listed = _imported_card(clinic)
    assert (listed["state"], listed["safe"], listed["files"], listed["title"]) == ("not_cleared", 4, 4, "Canon card")

    for ending in ("json", "anchor", "pdf", "txt"):
        shown = clinic.good("receipt", done["job_id"], "--to", f"r.{ending}")
        assert shown["receipt"] == done["receipt"]
    for ending in ("json", "pdf"):
        assert clinic.good("receipt", "verify", f"r.{ending}", lines=())["holds"]
    assert "4 files" in (clinic.folder / "r.txt").read_text("utf-8")
    code, refused = clinic.run("receipt", done["job_id"], "--to", "r.doc")
    assert (code, refused["error"]["code"]) == (1, "receipt_kind")
    lie = {**done["receipt"], "all_safe": False}
    (clinic.folder / "lie.json").write_text(json.dumps(lie), encoding="utf-8")
    code, checked = clinic.run("receipt", "verify", "lie.json", lines=())
    assert (code, checked["holds"]) == (1, False)

    verdict = clinic.good("log", "verify", "--anchor", "r.anchor", lines=())
    assert verdict["result"] == "intact"
    assert verdict["anchored_to"]["sequence"] == done["receipt"]["log"]["sequence"]

    assert clinic.good("cards", "policy", "server")["erase_when"] == "server"
    code, refused = clinic.run("import", "card", "--erase-source")
    assert (code, refused["error"]["code"]) == (3, "erase_needs_server")
    clinic.good("cards", "policy", "filed")
    code, kept = clinic.run("import", "card", "--erase-source")
    assert (code, kept["not_erased"]["code"]) == (1, "not_all_filed")
    assert len(list(card.rglob("*.*"))) == 4
    clinic.good("cards", "policy", "verified")
    erased = clinic.good("import", "card", "--erase-source")
    assert all(one["erased"] for one in erased["erased"])
    assert [path for path in card.rglob("*") if path.is_file()] == []
    assert _imported_card(clinic)["state"] == "cleared"
    entries = clinic.good("log", "show", "--limit", "200")["entries"]
    assert sum(one["outcome"] == "erased from card" for one in entries) == 4
    assert sum(one["action"] == "POLICY" for one in entries) == 3

    # the receipt's anchor tells what a log cut at a whole frame would hide
    empty = tmp_path / "log"
    empty.mkdir()
    key = json.loads((clinic.store / "store.json").read_text("utf-8"))["workstations"][0]["log_signing_key"]
    code, verdict = clinic.run(
        "log", "verify", "--log", str(empty), "--key", key, "--anchor", str(clinic.folder / "r.anchor"), lines=()
    )
    assert (code, verdict["result"]) == (11, "truncated")


def _imported_card(clinic: Clinic) -> Any:
    """The one card that was imported; this computer may hold others."""
    (found,) = [one for one in clinic.good("cards")["cards"] if one["job_id"]]
    return found
