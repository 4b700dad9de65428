"""Numbered requests over the keeper's channel: many may be under way, answers are matched by their number.

One reader thread hands out answers and pushes. When the other side is gone, every waiting and later request fails with
`Refused("locked")`, and `on_gone` is called once.
"""

from __future__ import annotations

import itertools
import os
import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.protocol import messages as m
from photodesk.protocol.channel import Channel, ChannelClosed

Told = m.Show | m.SaveDrafts | m.ImportSummary | m.Computer | m.MembersChanged | m.SyncNow | m.SyncState
Push = Told | m.ImporterAttached
Answer = TypeVar("Answer", bound=m.Ask)


def gone() -> Refused:
    """The error of every request once the keeper is gone."""
    return Refused("locked", "PhotoDesk has locked.", "Sign in again.")


class Asking:
    """The asking end. Any thread may ask."""

    def __init__(
        self, sock: socket.socket, on_push: Callable[[Push], None] | None, on_gone: Callable[[], None] | None
    ) -> None:
        self._channel: Channel[m.Message] = Channel(sock, m.FromKeeper)
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[type[m.Ask], Future[m.Ask]]] = {}
        self._turn = threading.Lock()
        self._closed = False
        self._on_push = on_push
        self._on_gone = on_gone
        self._descriptors: dict[int, deque[int]] = {}
        self._reader = threading.Thread(target=self._read, name="keeper-link", daemon=True)
        self._reader.start()

    def watch(self, on_push: Callable[[Push], None], on_gone: Callable[[], None] | None = None) -> None:
        """Who hears pushes from now on (called on the reader thread)."""
        self._on_push = on_push
        self._on_gone = on_gone or self._on_gone

    def close(self) -> None:
        """Leave: the keeper takes the end of the pipe as locked. Waits for the reader thread."""
        with self._turn:
            already, self._closed = self._closed, True
        self._on_gone = None
        if not already:
            try:
                self._channel.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._closed = True
        if threading.current_thread() is not self._reader:
            self._reader.join()

    def _next(self) -> int:
        return next(self._numbers)

    def _tell(self, message: m.Message) -> None:
        with self._turn:
            if self._closed:
                raise gone()
            try:
                self._channel.send(message)
            except ChannelClosed:
                raise gone() from None

    def _ask(self, request: m.Ask, answer: type[Answer]) -> Future[Answer]:
        future: Future[Answer] = Future()
        with self._turn:
            if self._closed:
                raise gone()
            self._waiting[request.number] = (answer, future)  # type: ignore[assignment]
            try:
                self._channel.send(request)
            except ChannelClosed:
                self._waiting.pop(request.number, None)
                raise gone() from None
        return future

    def _read(self) -> None:
        try:
            while True:
                self._took(self._channel.receive())
        except ChannelClosed:
            self._lost()

    def _took(self, message: m.Message) -> None:
        if isinstance(message, Told):
            if self._on_push:
                self._on_push(message)
            return
        if isinstance(message, m.ImporterAttached):
            fd = self._channel.take_fd()
            with self._turn:
                self._descriptors.setdefault(message.number, deque()).append(fd)
            if message.number == 0 and self._on_push:
                self._on_push(message)
        if isinstance(message, m.Ask) and message.number:
            self._answered(message)

    def _descriptor(self, number: int) -> int:
        """The descriptor that came with this answer (0: with the oldest push not yet taken)."""
        with self._turn:
            if not self._descriptors.get(number):
                raise gone()
            return self._descriptors[number].popleft()

    def _answered(self, message: m.Ask) -> None:
        with self._turn:
            expected, future = self._waiting.pop(message.number, (m.Ask, None))
        if future is None:
            return
        if isinstance(message, m.Failed):
            future.set_exception(error_of(message))
        elif isinstance(message, expected):
            future.set_result(message)
        else:
            future.set_exception(gone())

    def _lost(self) -> None:
        with self._turn:
            self._closed = True
            waiting, self._waiting = self._waiting, {}
            self._channel.close()
            for fd in (fd for fds in self._descriptors.values() for fd in fds):
                os.close(fd)
            self._descriptors.clear()
        for _, future in waiting.values():
            future.set_exception(gone())
        if self._on_gone:
            self._on_gone()


def error_of(failed: m.Failed) -> PhotoDeskError:
    """The error a `Failed` stands for."""
    kinds: dict[str, type[PhotoDeskError]] = {"refused": Refused, "damaged": Damaged}
    return kinds.get(failed.kind, Fixable)(failed.code, failed.message, failed.remedy)
