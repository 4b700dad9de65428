"""When the syncer makes a pass and when it lets things be: outages, sleep, a busy server, paid networks, a pause."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from photodesk.app import syncer as module
from photodesk.app.syncer import Syncer
from photodesk.background.clinic_http import Spend
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.progress import Cancel
from photodesk.protocol.messages import SyncNow
from photodesk.sync.line import Changed, EventLine, ServerBusy
from photodesk.sync.passing import Passed
from photodesk.sync.server_facts import URL
from photodesk.sync.spool import Spool
from photodesk.sync.status import SyncStatus, decode_status
from photodesk.sync.sync_settings import SyncSettings, write_settings
from tests.log.writing import HandClock

OFFLINE = Fixable("server_offline", "The clinic server cannot be reached.")


class PretendPasses:
    """Passes that end as a test says; each waits until it is told how."""

    def __init__(self, spend: Spend) -> None:
        self.spend = spend
        self.begun = threading.Semaphore(0)
        self.ends: queue.SimpleQueue[PhotoDeskError | Callable[[], None] | None] = queue.SimpleQueue()
        self.hung_up = 0

    def run(self, cancel: Cancel) -> Passed:
        self.begun.release()
        end = self.ends.get(timeout=10)
        cancel.check()
        if isinstance(end, PhotoDeskError):
            raise end
        if end is not None:
            end()
        return Passed({"operations": 0})

    def line(self) -> EventLine:
        return Silent()  # type: ignore[return-value]

    def is_news(self, _event: Changed) -> bool:
        return True

    def hang_up(self) -> None:
        self.hung_up += 1


class Silent:
    """A line whose events end at once."""

    @contextmanager
    def events(self) -> Iterator[Iterator[None]]:
        yield iter(())


class Bench:
    """A syncer on a thread of the test."""

    def __init__(self, folder: Path) -> None:
        self.spool, self.clock = Spool(folder), HandClock()
        self.spool.set_facts({URL: b"https://photos.example:8443"})
        self.told: queue.SimpleQueue[SyncStatus] = queue.SimpleQueue()
        self.is_metered = False
        self.syncer = Syncer(
            self, self.spool, self.clock, self._passes, lambda _now: self.is_metered, chance=lambda: 0.0
        )
        self._thread = threading.Thread(target=self.syncer.run, name="syncer")
        self._thread.start()

    def _passes(self, spend: Spend) -> PretendPasses:
        self.passes = PretendPasses(spend)
        return self.passes

    def generations(self) -> dict[str, int]:
        return {}

    def sync_state(self, status: bytes) -> None:
        self.told.put(decode_status(status))

    def begins(self, seconds: float = 5) -> bool:
        """Whether a pass begins within so long."""
        return self.passes.begun.acquire(timeout=seconds)

    def begins_in_time(self) -> bool:
        """Whether one does as time goes on."""
        for _ in range(120):
            self.clock.move(4_000)  # less than a sleep
            if self.begins(0.02):
                return True
        return False

    def ends(self, how: PhotoDeskError | Callable[[], None] | None = None) -> None:
        self.passes.ends.put(how)

    def until(self, state: str) -> SyncStatus:
        """The next status in this state."""
        while (told := self.told.get(timeout=5)).state != state:
            continue
        return told

    def set(self, **settings: bool) -> None:
        write_settings(self.spool, SyncSettings(**settings))  # type: ignore[arg-type]
        self.syncer.pushed(SyncNow())

    def close(self) -> None:
        self.syncer.end()
        self.passes.ends.put(None)
        self._thread.join(10)
        assert not self._thread.is_alive()
        self.spool.close()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(module, "TICK_S", 0.02)
    made = Bench(tmp_path)
    assert made.begins()
    yield made
    made.close()


def test_an_outage_is_told_and_ends(bench: Bench) -> None:
    bench.ends(OFFLINE)
    gone = bench.until("offline")
    assert gone.trouble is not None
    assert bench.passes.hung_up == 1
    assert not bench.begins(0.1)
    bench.clock.move(1_000)
    assert bench.begins(), "the first wait is short"
    bench.ends()
    assert bench.until("up_to_date").offline_since_ms == 0
    bench.syncer.pushed(SyncNow())
    bench.clock.move(300)
    assert bench.begins(), "a desk has something"


def test_after_sleep_it_does_not_wait_out_what_failed_before(bench: Bench) -> None:
    for _ in range(6):
        bench.ends(OFFLINE)
        assert bench.begins_in_time()
    bench.ends(OFFLINE)
    assert not bench.begins(0.1)
    bench.clock.wall += 3_600_000  # the monotonic clock stood still while the machine slept
    assert bench.begins()


def test_a_busy_server_is_left_alone_whoever_asks(bench: Bench) -> None:
    bench.ends(ServerBusy("server_busy", "Too many requests from here.", "", 30))
    bench.until("offline")
    for _ in range(3):
        bench.syncer.pushed(SyncNow())
        bench.clock.move(9_000)
        assert not bench.begins(0.05)
    bench.clock.move(4_000)
    assert bench.begins()


def test_a_pause_ends_what_travels_and_holds_until_it_is_over(bench: Bench) -> None:
    def travel() -> None:
        write_settings(bench.spool, SyncSettings(paused=True))
        bench.clock.move(2_000)
        bench.passes.spend(64 * 1024)

    bench.ends(travel)
    assert bench.until("paused").trouble is None
    bench.syncer.pushed(SyncNow())
    bench.clock.move(500_000)
    assert not bench.begins(0.1)
    bench.set()
    assert bench.begins()


def test_nothing_goes_over_a_network_that_is_paid_for_unless_it_may(bench: Bench) -> None:
    bench.is_metered = True
    bench.ends()
    assert not bench.begins_in_time()
    assert bench.until("paused").metered
    bench.set(pause_on_metered=False)
    assert bench.begins()


def test_who_was_shut_out_is_quiet(bench: Bench) -> None:
    bench.ends(Refused("revoked", "This workstation was shut out of the clinic."))
    bench.until("revoked")
    for _ in range(3):
        bench.syncer.pushed(SyncNow())
        bench.clock.move(20_000)
        assert not bench.begins(0.05)
