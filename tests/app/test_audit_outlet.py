"""The live audit feed from a real keeper: off by default; on, every entry of a command arrives, with ids alone."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from photodesk.app.keeper_feed import without_texts
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.desk.log_policy import feed_of, fits_trust
from photodesk.log.entry import Action, Entry, encode
from tests.app.test_command_line import PASSWORD, Clinic
from tests.background.syslog_receiver import Receiver, certificate

PATIENT = ("patient", "add", "--mrn", "998877", "--family", "Canary", "--given", "Ada", "--birth", "1968-05-12")


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path)
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    return made


def test_entries_arrive_as_they_are_made_and_name_nobody(clinic: Clinic, tmp_path: Path) -> None:
    chain, trust = certificate(tmp_path)
    with Receiver(chain) as receiver:
        clinic.good("policy", "set", "log.atna-ca", "".join(trust.splitlines()[1:-1]))
        clinic.good("policy", "set", "log.atna", f"localhost:{receiver.port}")
        assert receiver.messages == []
        clinic.good(*PATIENT)
        clinic.good("patient", "list", "--search", "Canary")
        until = time.monotonic() + 20
        while sum(b'csd-code="STOP"' in one for one in receiver.messages) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        found = [re.search(rb'<EventTypeCode csd-code="([A-Z_]+)"', one) for one in receiver.messages]
        actions = [one[1].decode() for one in found if one is not None]
        assert actions[:1] == ["START"]
        assert {"START", "UNLOCK", "EDIT", "SEARCH", "STOP"} <= set(actions)
        together = b"".join(receiver.messages)
        for name in (b"Canary", b"998877", b"Berg", b"Room 1", b"Example Clinic"):
            assert name not in together
    clinic.good("patient", "list")
    spool = clinic.store / "spool" / "audit.spool"
    until = time.monotonic() + 20
    while not spool.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert b"START" not in spool.read_bytes()


def test_a_receiver_is_named_and_vouched_for() -> None:
    assert feed_of("audit.example:6514") == ("audit.example", 6514)
    for wrong in ("off", "audit.example", "audit.example:0", "audit.example:99999", "a b:1", ":6514"):
        assert feed_of(wrong) is None
    assert fits_trust("")
    for wrong in ("rubbish", "AAAA", "-----BEGIN PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----"):
        assert not fits_trust(wrong)


def test_what_somebody_may_have_typed_stays_here() -> None:
    typed = Entry(
        Action.EXPORT,
        "0b" * 16,
        "clinician Canary",
        "0c" * 16,
        purpose="for Mr Canary",
        outcome="Canary!",
        screen="Canary",
        details={"recipient": "Dr. Canary"},
    )
    left = without_texts(7, 1, encode(typed))
    assert "Canary" not in str(left)
    assert (left.role, left.purpose, left.outcome) == ("clinician", "other", "other")
    assert without_texts(8, 1, b"rubbish").outcome == "unreadable"
