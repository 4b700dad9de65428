"""Work for the windows: one store thread, a decode pool of two, one for the network, answers on the GUI thread.

Every request has a number; an answer whose request was cancelled, or that arrives after `shutdown`, is dropped. Answers
cross threads as one frozen object through `Signal(object)` (`Signal(int)` truncates silently above 2³¹). `done` and
`failed` are called on the thread that made the `Tasks`, through its event loop.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from photodesk.progress import Cancel, Progress, Report

T = TypeVar("T")
DECODE_THREADS = 2
LONG_THREADS = 3  # two cards at once, and one import that went on behind the lock


@dataclass(frozen=True)
class Finished:
    """What crosses to the GUI thread."""

    number: int
    result: Any = None
    error: BaseException | None = None


@dataclass(frozen=True)
class Advanced:
    """Progress crossing to the GUI thread."""

    number: int
    progress: Progress


class Request:
    """One piece of work that was asked for. Made by `Tasks`."""

    def __init__(self, tasks: Tasks, number: int) -> None:
        self._tasks = tasks
        self.number = number
        self.flag = Cancel()

    def cancel(self) -> None:
        """Nobody wants the answer any more: it is dropped, and work that looks at its `Cancel` stops."""
        self.flag.set()
        self._tasks.forget(self.number)


@dataclass
class _Waiting:
    request: Request
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None] | None
    progress: Report | None


class Tasks(QObject):
    """Threads of one desk. `unexpected` hears errors nobody asked to hear (the crash handler)."""

    _finished = Signal(object)
    _advanced = Signal(object)

    def __init__(
        self, unexpected: Callable[[BaseException], None] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = ThreadPoolExecutor(1, "store")
        self._decode = ThreadPoolExecutor(DECODE_THREADS, "decode")
        self._network = ThreadPoolExecutor(1, "network")
        self._long = ThreadPoolExecutor(LONG_THREADS, "long")
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._unexpected = unexpected
        self._finished.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._advanced.connect(self._advance, Qt.ConnectionType.QueuedConnection)

    def store(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> Request:
        """Run `work` on the store thread, in the order asked."""
        return self._start(self._store, lambda _request: work(), done, failed, None)

    def decode(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> Request:
        """Run `work` on the decode pool."""
        return self._start(self._decode, lambda _request: work(), done, failed, None)

    def long(
        self,
        work: Callable[[Report, Cancel], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
        progress: Report | None = None,
    ) -> Request:
        """Run long work beside the store thread; `progress` hears its reports on the GUI thread."""

        def run(request: Request) -> T:
            return work(lambda now: self._advanced.emit(Advanced(request.number, now)), request.flag)

        return self._start(self._long, run, done, failed, progress)

    def network(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> Request:
        """Run `work`, which may wait for another computer, where nothing else waits for it."""
        return self._start(self._network, lambda _request: work(), done, failed, None)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._waiting)

    def forget(self, number: int) -> None:
        """Drop the answer of this request when it comes."""
        self._waiting.pop(number, None)

    def shutdown(self) -> None:
        """Drop every answer, cancel what has not begun, wait for what has."""
        for waiting in tuple(self._waiting.values()):
            waiting.request.flag.set()
        self._waiting.clear()
        for pool in (self._store, self._decode, self._long, self._network):
            pool.shutdown(wait=True, cancel_futures=True)

    def _start(
        self,
        pool: Executor,
        work: Callable[[Request], Any],
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None] | None,
        progress: Report | None,
    ) -> Request:
        request = Request(self, next(self._numbers))
        self._waiting[request.number] = _Waiting(request, done, failed, progress)
        pool.submit(self._run, request, work)
        return request

    def _run(self, request: Request, work: Callable[[Request], Any]) -> None:
        if request.flag.requested:
            return
        try:
            answer = Finished(request.number, work(request))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the one who asked
            answer = Finished(request.number, error=error)
        self._finished.emit(answer)

    def _answer(self, finished: Finished) -> None:
        waiting = self._waiting.pop(finished.number, None)
        if waiting is None:
            return
        if finished.error is None:
            waiting.done(finished.result)
        elif waiting.failed is not None:
            waiting.failed(finished.error)
        elif self._unexpected is not None:
            self._unexpected(finished.error)
        else:
            raise finished.error

    def _advance(self, advanced: Advanced) -> None:
        waiting = self._waiting.get(advanced.number)
        if waiting is not None and waiting.progress is not None:
            waiting.progress(advanced.progress)
