"""The sentence of the status is true: up to date only where that was seen, and lately."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from photodesk.errors import Fixable, Refused
from photodesk.store.sealed_blob import BlobKind
from photodesk.sync.spool import Outgoing, Spool
from photodesk.sync.spool_blobs import BlobSpool, SpooledBlob
from photodesk.sync.standing import GENERATION, Standing
from photodesk.sync.status import FRESH_MS, Load, Other, SyncStatus, Trouble, decode_status, encode_status, words
from photodesk.sync.sync_settings import SyncSettings, read_settings, write_settings
from tests.log.writing import HandClock


class Spooled:
    """A spool that is told of a server, and its standing."""

    def __init__(self, folder: Path) -> None:
        self.spool, self.clock = Spool(folder), HandClock()
        self.spool.set_facts({"server-url": b"https://photos.example:8443"})
        self.standing = Standing(self.spool, self.clock)


@pytest.fixture
def spooled(tmp_path: Path) -> Spooled:
    return Spooled(tmp_path)


def test_up_to_date_is_said_only_of_what_was_seen_lately(spooled: Spooled) -> None:
    standing = spooled.standing
    assert standing.now().state == "working", "nothing was compared yet"
    standing.succeeded(Load(), Load())
    assert standing.now({"catalog": 0}).state == "up_to_date"
    assert words(standing.now()) == "All photos are on the server"
    assert standing.now({"catalog": 3}).state == "working", "a change that is not even in the spool"
    assert "sign-in" in words(standing.now({"catalog": 3}))
    spooled.spool.set_facts({f"{GENERATION}catalog": (3).to_bytes(8, "little")})
    assert standing.now({"catalog": 3}).state == "up_to_date"
    spooled.clock.move(FRESH_MS + 1)
    told = standing.now()
    assert told.state == "offline"
    assert told.offline_since_ms == told.last_success_ms
    assert "All photos were on the server at" in words(told), "nobody asked, and nothing says that it is not reached"
    assert "ffline" not in words(told)
    assert told.document()["offline_since"] is None
    standing.heard()
    assert standing.now().state == "up_to_date"
    spooled.spool.add_outgoing([Outgoing("catalog", 1, b"sealed")])
    assert standing.now().to_send == Load(operations=1)
    assert words(standing.now()) == "1 change to send"
    assert standing.now().document()["to_send"] == {"operations": 1, "photos": 0, "bytes": 0}


def test_photos_that_nobody_sealed_yet_are_not_up_to_date(spooled: Spooled) -> None:
    standing, blobs, chart = spooled.standing, BlobSpool(spooled.spool.file), "ab" * 16
    standing.succeeded(Load(), Load())
    spooled.spool.set_facts({f"{GENERATION}{chart}": (7).to_bytes(8, "little")})
    told = standing.now({chart: 7})
    assert (told.state, told.unprepared) == ("working", True), "its changes are in the spool, its photos are not"
    blobs.mark_sealed(chart, 7)
    assert standing.now({chart: 7}).state == "up_to_date"
    assert standing.now({chart: 8}).unprepared


def test_copies_that_came_wrong_are_said_and_are_not_up_to_date(spooled: Spooled) -> None:
    standing, blobs = spooled.standing, BlobSpool(spooled.spool.file)
    standing.succeeded(Load(), Load())
    blobs.want([SpooledBlob(b"i" * 32, "ab" * 16, BlobKind.SCREEN, 500, 1)])
    while not blobs.refused(b"i" * 32):
        assert not standing.now().wrong
    told = decode_status(encode_status(standing.now()))
    assert (told.state, told.wrong, told.document()["wrong"]) == ("working", 1, 1)
    assert words(told) == "1 picture on the server not as sealed, asked for again later"


def test_offline_counts_from_the_first_failure_and_is_kept_once(spooled: Spooled) -> None:
    standing = spooled.standing
    standing.succeeded(Load(operations=4), Load())
    began = spooled.clock.wall_ms()
    for _ in range(3):
        standing.failed(Fixable("server_offline", "The clinic server cannot be reached."))
        spooled.clock.move(60_000)
    told = standing.now()
    assert (told.state, told.offline_since_ms) == ("offline", began)
    assert "nothing is lost" in words(told)
    assert len(standing.transfers()) == 2
    standing.failed(Refused("server_pin_wrong", "Another computer answers."))
    assert "Another computer answers. Nothing is lost" in words(standing.now())
    assert standing.now().offline_since_ms == began
    standing.succeeded(Load(), Load())
    assert standing.now().trouble is None
    assert [one.trouble for one in standing.transfers()] == [
        "Another computer answers.",
        "The clinic server cannot be reached.",
        "",
    ]


def test_who_was_shut_out_is_told_so(spooled: Spooled) -> None:
    spooled.standing.failed(Refused("revoked", "This workstation was shut out of the clinic."))
    told = spooled.standing.now()
    assert (told.state, told.document()["state"], told.document()["revoked"]) == ("revoked", "alarm", True)


def test_sentences() -> None:
    photos = SyncStatus("working", Load(9, 312, 96_000_000), bytes_s=400_000)
    assert words(photos) == "312 photos to send, 4 min"
    assert words(SyncStatus("paused", Load(0, 2, 5))) == "Paused, 2 photos to send"
    both = SyncStatus("working", Load(0, 1, 5), Load(0, 2000, 5))
    assert words(both) == "1 photo to send, 2,000 photos to receive"
    gone = Trouble("server_offline", "The clinic server cannot be reached.")
    offline = SyncStatus("offline", offline_since_ms=_local(9, 12), at_ms=_local(10, 0))
    assert words(replace(offline, trouble=gone)) == "Offline since 09:12, nothing is lost"
    assert words(offline) == "All photos were on the server at 09:12, it was not asked since"
    assert words(SyncStatus()) == "This workstation works without a clinic server"
    status = SyncStatus("working", others=(Other("a" * 32, 5),), at_ms=10)
    assert decode_status(encode_status(status)) == status
    assert status.others_online == 1
    assert decode_status(b"\xff") == SyncStatus()


def _local(hour: int, minute: int) -> int:
    from datetime import datetime

    return round(datetime(2026, 11, 20, hour, minute).timestamp() * 1000)


def test_limits_hold_by_the_hour(spooled: Spooled) -> None:
    assert read_settings(spooled.spool) == SyncSettings()
    day = SyncSettings(limit_kb_s=500, from_hour=8, until_hour=18)
    write_settings(spooled.spool, day)
    assert read_settings(spooled.spool) == day
    assert [day.limit_at(hour) for hour in (7, 8, 17, 18)] == [0, 500_000, 500_000, 0]
    night = SyncSettings(limit_kb_s=1, from_hour=22, until_hour=6)
    assert [night.limit_at(hour) for hour in (21, 22, 3, 6)] == [0, 2000, 2000, 0]
    assert SyncSettings(limit_kb_s=1, from_hour=0, until_hour=24).limit_at(13) == 2000
    spooled.spool.set_facts({"sync-settings": b"\x00"})
    assert read_settings(spooled.spool) == SyncSettings()
