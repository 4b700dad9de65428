"""`log verify --against-server` and `enrol --invite` say what was done, also where the server cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from photodesk.app import server_anchor
from photodesk.app.command_line import Invocation
from photodesk.app.commands_log import verify_log
from photodesk.background.clinic_http import offline
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST, SigningKey
from photodesk.desk.entrance import Entrance
from photodesk.errors import Fixable
from photodesk.log.records import encode_anchor, sign_checkpoint
from photodesk.store.layout import Layout
from photodesk.store.store_json import read_store
from photodesk.sync.enrolling import inviting
from tests.app.test_command_line import PASSWORD, Clinic


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a log."""
    clinic = Clinic(tmp_path_factory.mktemp("clinic"))
    Entrance(clinic.store, SystemClock(), FLOOR_COST).found("Clinic", "Room", "Ada Berg", PASSWORD, password_only=True)
    clinic.good("patient", "list")
    return clinic.store


def verified(store: Path, monkeypatch: pytest.MonkeyPatch, answer: Any, *, as_json: bool) -> tuple[int, str]:
    """Exit code and output, with this in the server's place."""

    def asked(_layout: Layout) -> bytes:
        if isinstance(answer, Exception):
            raise answer
        return bytes(answer)

    monkeypatch.setattr(server_anchor, "server_anchor", asked)
    invocation = Invocation(store=store, json=as_json)
    done = CliRunner().invoke(verify_log, ["--against-server"], obj=invocation, standalone_mode=False)
    assert done.exception is None, done.output
    return done.return_value, done.output


def test_a_server_that_cannot_be_asked_hides_no_result(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown = verified(store, monkeypatch, offline(), as_json=True)
    document = json.loads(shown)
    assert (code, document["result"], document["error"]["code"]) == (1, "intact", "server_offline")
    assert document["server"] == {"asked": False, "checkpoints": None}
    code, shown = verified(store, monkeypatch, offline(), as_json=False)
    assert code == 1
    assert "intact: " in shown
    assert "Not compared with the clinic server: The clinic server cannot be reached." in shown
    assert "will sync later" not in shown


def test_what_a_log_was_compared_with_is_said(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown = verified(store, monkeypatch, encode_anchor({}), as_json=False)
    assert code == 0
    assert "holds nothing of this log yet" in shown
    clinic = read_store(Layout(store))
    ahead = sign_checkpoint(
        SigningKey(bytes(32)), clinic.clinic, clinic.workstation_id, 1234, bytes(32), 0, (), b"", b""
    )
    anchor = encode_anchor({ahead.encoded: None})
    code, shown = verified(store, monkeypatch, anchor, as_json=False)
    assert "Compared with 1 checkpoint that the clinic server keeps, the newest at entry 1,234 of 1970-" in shown
    assert code != 0


def test_without_the_server_no_code_is_made_and_nothing_comes_later() -> None:
    with pytest.raises(Fixable) as refused, inviting():
        raise offline()
    assert refused.value.code == "server_offline"
    assert "no code was made" in refused.value.message
    assert "later" not in str(refused.value)
