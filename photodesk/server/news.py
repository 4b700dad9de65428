"""What streams of events wait for: one look a second at the database for all streams of a process together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from photodesk.server.refusals import too_often

LOOK_EVERY_S = 1.0
MOST_STREAMS = 4  # of one workstation
Places = tuple[int, int]


@dataclass
class Watched:
    """A clinic somebody listens to: (last place of the order, number of membership entries), None before a look."""

    places: Places | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    listeners: list[str] = field(default_factory=list)

    def tell(self, places: Places | None) -> None:
        """Wake whoever waits."""
        self.places = places
        self.changed.set()
        self.changed = asyncio.Event()


class News:
    """The streams of one process. `look` gives the places of many clinics at once, in a thread."""

    def __init__(self, look: Callable[[Sequence[str]], Mapping[str, Places]]) -> None:
        self._look = look
        self._watched: dict[str, Watched] = {}
        self._looking: asyncio.Task[None] | None = None
        self.ended = False

    def refuse_too_many(self, clinic_id: str, workstation_id: str) -> None:
        """429 where this workstation has too many streams open."""
        watched = self._watched.get(clinic_id)
        if watched is not None and watched.listeners.count(workstation_id) >= MOST_STREAMS:
            raise too_often(10)

    @contextmanager
    def listening(self, clinic_id: str, workstation_id: str) -> Iterator[Watched]:
        """Listen to a clinic."""
        watched = self._watched.setdefault(clinic_id, Watched())
        watched.listeners.append(workstation_id)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())
        try:
            yield watched
        finally:
            watched.listeners.remove(workstation_id)
            if not watched.listeners:
                self._watched.pop(clinic_id, None)

    def end(self) -> None:
        """The process ends: so do its streams."""
        self.ended = True
        for one in self._watched.values():
            one.tell(one.places)

    async def wait(self, watched: Watched, at_most_s: float) -> None:
        """Until something changed, or for so long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(watched.changed.wait(), at_most_s)

    async def _keep_looking(self) -> None:
        while self._watched and not self.ended:
            with contextlib.suppress(DBAPIError):  # the database is away for a while: the next look tells
                found = await run_in_threadpool(self._look, list(self._watched))
                for clinic_id, places in found.items():
                    watched = self._watched.get(clinic_id)
                    if watched is not None and watched.places != places:
                        watched.tell(places)
            await asyncio.sleep(LOOK_EVERY_S)
