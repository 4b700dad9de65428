"""A few requests at once: work is started while there is a free place, and the first error ends it all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

CONNECTIONS = 4


class Abreast:
    """Runs work on an executor that was made in `background`, at most `places` at once; without one, in turn."""

    def __init__(self, pool: Executor | None = None, places: int = CONNECTIONS) -> None:
        self._pool = pool
        self._places = places if pool is not None else 1
        self._running: set[Future[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether something was started and has not ended yet."""
        self._collect()
        return bool(self._running)

    def start(self, work: Callable[[], None]) -> None:
        """Wait for a free place, then run it there. Raises the error of work that was started before."""
        if self._pool is None:
            work()
            return
        while len(self._running) >= self._places:
            self.wait()
        self._collect()
        self._running.add(self._pool.submit(work))

    def wait(self) -> None:
        """Until one more has ended; raises its error."""
        wait(self._running, return_when=FIRST_COMPLETED)
        self._collect()

    def end(self) -> None:
        """Until everything has ended, whatever became of it: errors of what was started are raised before, or lost."""
        wait(self._running)
        self._running.clear()

    def _collect(self) -> None:
        done = {one for one in self._running if one.done()}
        self._running -= done
        for one in done:
            one.result()
