"""The live audit feed against a real TLS syslog receiver: what goes over the wire, and what lies on disk meanwhile."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from photodesk.background.audit_feed import BOM, AuditFeed, syslog_frame
from photodesk.background.audit_spool import AuditSpool
from photodesk.desk.purpose import PURPOSES
from photodesk.log.audit_codes import KNOWN_PURPOSES
from photodesk.protocol.feeding import FeedEntry, FeedSettings
from tests.background.syslog_receiver import Receiver, certificate
from tests.log.dicom_audit_schema import faults

CLINIC, WORKSTATION, KEY = "c0" * 16, "0a" * 16, bytes(range(32))
HEAD = re.compile(
    rb"<85>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [0-9a-f]{32} PhotoDesk \d+ "
    rb'DICOM\+RFC3881 \[meta sequenceId="(\d+)"\] '
)


def entry(number: int) -> FeedEntry:
    return FeedEntry(number, 1_795_168_800_000, "0b" * 16, "clinician", "VIEW", "0c" * 16, ("0d" * 16,), "treatment")


class Hand:
    """A monotonic clock that tests move."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Line:
    """A feed whose spool lies in a folder."""

    def __init__(self, folder: Path, port: int, trust: str, most: int = 10_000) -> None:
        self.clock = Hand()
        self.path = folder / "audit.spool"
        settings = FeedSettings("localhost", port, trust, CLINIC, WORKSTATION, bytes(self.path), KEY)
        self.spool = AuditSpool(self.path, KEY, bytes.fromhex(CLINIC), most)
        self.feed = AuditFeed(settings, self.spool, self.clock)

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self.feed.add(entry(number))
        self.feed.step()


def wait(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def numbers(receiver: Receiver) -> list[int]:
    found = [HEAD.match(one) for one in receiver.messages]
    return [int(one[1]) for one in found if one is not None]


def test_messages_are_counted_syslog_over_tls_and_valid_under_the_schema(tmp_path: Path) -> None:
    chain, trust = certificate(tmp_path)
    with Receiver(chain) as receiver:
        line = Line(tmp_path, receiver.port, trust)
        line.send(*range(1, 300))
        line.feed.end()
        wait(lambda: len(receiver.messages) == 299)
        assert numbers(receiver) == list(range(1, 300))
        assert receiver.faults == []
        for one in (receiver.messages[0], receiver.messages[-1]):
            head = HEAD.match(one)
            assert head is not None
            body = one[head.end() :]
            assert body.startswith(BOM)
            assert faults(ET.fromstring(body[len(BOM) :].decode("utf-8"))) == []  # noqa: S314  our own output
        assert not line.path.exists()
    data = syslog_frame(entry(7), CLINIC, WORKSTATION)
    count, _, rest = data.partition(b" ")
    assert int(count) == len(rest)


def test_while_the_receiver_is_away_entries_wait_sealed_and_come_in_order(tmp_path: Path) -> None:
    chain, trust = certificate(tmp_path)
    with Receiver(chain) as gone:
        port = gone.port
    line = Line(tmp_path, port, trust)
    line.send(1, 2)
    line.feed.end()
    kept = line.path.read_bytes()
    assert line.path.stat().st_mode & 0o777 == 0o600
    for canary in (b"0b" * 16, bytes.fromhex("0c" * 16), b"treatment", b"VIEW"):
        assert canary not in kept
    again = Line(tmp_path, port, trust)
    with Receiver(chain, port) as receiver:
        again.send(3)
        again.feed.end()
        wait(lambda: len(receiver.messages) == 3)
        assert numbers(receiver) == [1, 2, 3]
    assert not line.path.exists()


def test_what_may_have_been_lost_with_a_connection_is_sent_again(tmp_path: Path) -> None:
    chain, trust = certificate(tmp_path)
    with Receiver(chain) as receiver:
        line = Line(tmp_path, receiver.port, trust)
        line.send(1)
        wait(lambda: len(receiver.messages) == 1)
        line.clock.now += 31  # by now the first one is sure
        line.feed.step()
        line.send(2)
        wait(lambda: len(receiver.messages) == 2)
        receiver.drop()
        time.sleep(0.05)
        line.send(3)  # found broken: rests, then begins with 2
        line.clock.now += 300
        line.send()
        wait(lambda: len(receiver.messages) >= 4)
        line.feed.end()
        assert numbers(receiver) == [1, 2, 2, 3]


def test_the_spool_is_bounded_and_a_gap_is_told(tmp_path: Path) -> None:
    chain, trust = certificate(tmp_path)
    with Receiver(chain) as gone:
        port = gone.port
    line = Line(tmp_path, port, trust, most=5)
    line.send(*range(1, 9))
    assert (len(line.spool), line.spool.lost) == (5, 3)
    with Receiver(chain, port) as receiver:
        line.clock.now += 300
        line.send()
        line.feed.end()
        wait(lambda: len(receiver.messages) == 6)
        assert b"feed gap" in receiver.messages[0]
        assert numbers(receiver)[1:] == [4, 5, 6, 7, 8]


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
def test_a_receiver_that_nobody_vouches_for_gets_nothing(tmp_path: Path, name: str) -> None:
    chain, own = certificate(tmp_path, name)
    other = tmp_path / "other"
    other.mkdir()
    trust = certificate(other)[1] if name == "localhost" else own
    with Receiver(chain) as receiver:
        settings = FeedSettings(
            "localhost", receiver.port, trust, CLINIC, WORKSTATION, bytes(tmp_path / "audit.spool"), KEY
        )
        spool = AuditSpool(tmp_path / "audit.spool", KEY, bytes.fromhex(CLINIC))
        feed = AuditFeed(settings, spool, Hand())
        feed.add(entry(1))
        feed.step()
        feed.end()
        assert receiver.messages == []
        assert len(spool) == 1


def test_a_spool_of_another_key_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "audit.spool"
    first = AuditSpool(path, KEY, bytes(16))
    first.add(entry(1))
    first.keep()
    other = AuditSpool(path, bytes(32), bytes(16))
    assert (len(other), other.lost) == (0, 1)


def test_every_purpose_one_can_choose_may_leave() -> None:
    assert set(PURPOSES) < KNOWN_PURPOSES
