"""The server's events wake the syncer only where there is something to fetch, and their end is noticed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from photodesk.app.listening import SHORT_MS, Listening
from photodesk.errors import Fixable
from photodesk.sync.line import Changed
from photodesk.sync.spool import Spool
from photodesk.sync.standing import HEARD, Standing
from tests.log.writing import HandClock

END = Fixable("server_offline", "It ended.")


class PretendEvents:
    """A line whose events a test says."""

    def __init__(self) -> None:
        self.said: queue.SimpleQueue[Changed | Fixable | None] = queue.SimpleQueue()
        self.taken = threading.Semaphore(0)

    @contextmanager
    def events(self) -> Iterator[Iterator[Changed | None]]:
        yield self._events()

    def _events(self) -> Iterator[Changed | None]:
        while not isinstance(event := self.said.get(timeout=10), Fixable):
            yield event
            self.taken.release()
        self.taken.release()
        raise event

    def say(self, event: Changed | Fixable | None) -> None:
        """And wait until it was heard."""
        self.said.put(event)
        assert self.taken.acquire(timeout=10)


class Heard:
    """Somebody who listens."""

    def __init__(self, folder: Path) -> None:
        self.spool, self.clock, self.line = Spool(folder), HandClock(), PretendEvents()
        self.news = threading.Semaphore(0)
        standing = Standing(self.spool, self.clock)
        self.listening = Listening(self.clock, standing, lambda event: event.place > 5, self.news.release)
        self.listening.begin(self.line)


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Heard]:
    made = Heard(tmp_path)
    yield made
    made.listening.stop()


def test_only_what_is_further_is_news(heard: Heard) -> None:
    heard.line.say(Changed(5, 1))
    assert not heard.news.acquire(blocking=False)
    assert heard.spool.number(HEARD) == heard.clock.wall_ms(), "a sign of life"
    heard.clock.move(1_000)
    heard.line.say(None)
    assert heard.spool.number(HEARD) < heard.clock.wall_ms(), "not written down at every breath"
    heard.line.say(Changed(6, 1))
    assert heard.news.acquire(timeout=5)
    heard.line.say(END)
    assert not heard.news.acquire(timeout=0.2), "a stream that ends at once does not make passes one after the other"
    assert not heard.listening.hears
    other = PretendEvents()
    heard.listening.begin(other)
    other.say(END)
    assert not heard.news.acquire(timeout=0.2), "who listens again needs no telling"


def test_a_long_stream_that_ends_is_looked_into_at_once(heard: Heard) -> None:
    heard.listening.begin(heard.line)
    heard.line.say(None)
    heard.clock.move(SHORT_MS)
    heard.line.say(END)
    assert heard.news.acquire(timeout=5)


def test_what_a_line_that_was_hung_up_still_says_is_nothing(heard: Heard) -> None:
    heard.line.say(None)
    heard.listening.stop()
    heard.line.said.put(Changed(9, 9))
    assert not heard.news.acquire(timeout=0.2)
    other = PretendEvents()
    heard.listening.begin(other)
    other.say(Changed(9, 9))
    assert heard.news.acquire(timeout=5)
    other.say(END)
