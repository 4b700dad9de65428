"""The importer's side of the conversation with whatever desk is there, or none.

Events are numbered and kept until taken; a question without a desk is answered "not known", and the double is sorted
out when the desk takes the pack.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import msgspec

from photodesk.progress import Cancel
from photodesk.protocol.channel import ChannelClosed
from photodesk.protocol.importing import (
    AskKnown,
    Ended,
    Event,
    FromImporter,
    Known,
    Moving,
    StopCopying,
    Taken,
    ToImporter,
)

ANSWER_S = 30.0


class Line(Protocol):
    """One end of the socket between importer and desk."""

    def send(self, message: FromImporter) -> None:
        """Send whole; `ChannelClosed` when the other side is gone."""
        ...


class Outbox:
    """Keeps what the desk must hear and asks what only the desk knows. Thread-safe."""

    def __init__(self, cancel: Cancel, all_taken: Callable[[], None], watch: Callable[[Moving], None]) -> None:
        self._cancel = cancel
        self._all_taken = all_taken
        self._watch = watch
        self._changed = threading.Condition()
        self._line: Line | None = None
        self._kept: list[Event] = []
        self._moved: Moving | None = None
        self._answers: dict[int, bool] = {}
        self._last_event = 0
        self._last_question = 0
        self._ended = False

    def attach(self, line: Line) -> None:
        """A desk is there: tell it all that nobody took, and how far it is. It replaces an earlier one."""
        with self._changed:
            self._line = line
            for event in self._kept:
                self._send(event)
            if self._moved is not None:
                self._send(self._moved)
            self._changed.notify_all()

    def detach(self, line: Line) -> None:
        """This desk is gone; questions to it get no answer."""
        with self._changed:
            if self._line is line:
                self._line = None
                self._changed.notify_all()

    def tell(self, event: Event) -> None:
        """Number, keep and send an event (its own number is ignored)."""
        with self._changed:
            self._last_event += 1
            numbered = msgspec.structs.replace(event, number=self._last_event)
            self._kept.append(numbered)
            self._ended = self._ended or isinstance(event, Ended)
            self._send(numbered)

    def moving(self, message: Moving) -> None:
        """Progress, for the keeper and the desk, if one listens."""
        self._watch(message)
        with self._changed:
            self._moved = message
            self._send(message)

    def known(self, sha256: bytes) -> bool:
        """Whether the desk knows these bytes; False without a desk, or when it goes away meanwhile."""
        with self._changed:
            asked = self._line
            if asked is None:
                return False
            self._last_question += 1
            question = self._last_question
            self._send(AskKnown(question, sha256))
            self._changed.wait_for(lambda: question in self._answers or self._line is not asked, ANSWER_S)
            return self._answers.pop(question, False)

    def hear(self, message: ToImporter) -> None:
        """What the desk said."""
        if isinstance(message, StopCopying):
            self._cancel.set()
            return
        over = False
        with self._changed:
            if isinstance(message, Known):
                self._answers[message.question] = message.known
                self._changed.notify_all()
            elif isinstance(message, Taken):
                self._kept = [event for event in self._kept if event.number > message.number]
                over = self._ended and not self._kept
        if over:
            self._all_taken()

    def _send(self, message: FromImporter) -> None:
        if self._line is None:
            return
        try:
            self._line.send(message)
        except (OSError, ChannelClosed):
            self._line = None
            self._changed.notify_all()
