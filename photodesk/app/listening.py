"""Hearing the server's events on a thread of its own: they say only that there is something to fetch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.sync.line import Changed, EventLine
from photodesk.sync.standing import Standing

SHORT_MS = 10_000
SAY_EVERY_MS = 30_000
_ENDS = (PhotoDeskError, RuntimeError)  # httpx says RuntimeError of a client that was closed meanwhile


class Listening:
    """`is_news(event)` says whether the server is further than what was fetched; `news` is told then, and when the
    stream ended: at once, or some seconds later where it had not lasted. Each pass begins it again."""

    def __init__(
        self, clock: Clock, standing: Standing, is_news: Callable[[Changed], bool], news: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._standing = standing
        self._is_news = is_news
        self._news = news
        self._line: EventLine | None = None
        self._over = threading.Event()
        self._said_ms = -SAY_EVERY_MS

    @property
    def hears(self) -> bool:
        """Whether somebody listens now."""
        return self._line is not None

    def begin(self, line: EventLine) -> None:
        """Listen on this line from now on, unless it is listened to already."""
        if self._line is not line:
            self._line = line
            self._over.set()
            self._over = threading.Event()
            threading.Thread(target=self._hear, args=(line, self._over), name="events", daemon=True).start()

    def stop(self) -> None:
        """What still comes is not heard any more; hanging up is the line's owner's."""
        self._line = None
        self._over.set()

    def _hear(self, line: EventLine, over: threading.Event) -> None:
        """`over` is set once nobody needs to be told any more that this stream ended."""
        began_ms = self._clock.monotonic_ms()
        with suppress(*_ENDS), line.events() as events:
            for event in events:
                if self._line is not line:
                    return
                self._heard(event)
        if self._line is line:
            self._line = None
            early_ms = SHORT_MS - (self._clock.monotonic_ms() - began_ms)
            if early_ms <= 0 or not over.wait(early_ms / 1000):
                self._news()

    def _heard(self, event: Changed | None) -> None:
        now_ms = self._clock.monotonic_ms()
        if event is not None and self._is_news(event):
            self._news()
        elif now_ms - self._said_ms >= SAY_EVERY_MS:
            self._said_ms = now_ms
            self._standing.heard()
