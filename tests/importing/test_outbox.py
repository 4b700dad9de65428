"""Events reach whatever desk is there in the end; questions never wait for one that is gone."""

from __future__ import annotations

import threading

from photodesk.importing.outbox import Outbox
from photodesk.progress import Cancel
from photodesk.protocol.channel import ChannelClosed
from photodesk.protocol.importing import AskKnown, Ended, FromImporter, Known, Listed, Moving, StopCopying, Taken


class Line:
    def __init__(self, *, broken: bool = False) -> None:
        self.heard: list[FromImporter] = []
        self.broken = broken
        self.asked = threading.Event()

    def send(self, message: FromImporter) -> None:
        if self.broken:
            raise ChannelClosed
        self.heard.append(message)
        if isinstance(message, AskKnown):
            self.asked.set()


def outbox(taken: list[bool] | None = None) -> tuple[Outbox, Cancel]:
    cancel = Cancel()
    return Outbox(cancel, lambda: taken.append(True) if taken is not None else None, lambda _: None), cancel


def test_a_desk_that_joins_hears_what_nobody_took() -> None:
    box, _ = outbox()
    first, second = Line(), Line()
    box.tell(Listed(0, ()))
    box.attach(first)
    box.tell(Listed(0, ()))
    box.hear(Taken(1))
    box.detach(first)
    box.attach(second)
    assert [event.number for event in first.heard if isinstance(event, Listed)] == [1, 2]
    assert [event.number for event in second.heard if isinstance(event, Listed)] == [2]


def test_over_when_the_end_is_taken() -> None:
    taken: list[bool] = []
    box, _ = outbox(taken)
    box.tell(Listed(0, ()))
    box.hear(Taken(1))
    assert taken == []
    box.tell(Ended(0))
    box.hear(Taken(2))
    assert taken == [True]


def test_questions_are_answered_or_given_up() -> None:
    box, cancel = outbox()
    assert box.known(b"x" * 32) is False
    line = Line()
    box.attach(line)
    threading.Thread(target=lambda: (line.asked.wait(5), box.hear(Known(1, True)))).start()
    assert box.known(b"x" * 32) is True
    line.asked.clear()
    threading.Thread(target=lambda: (line.asked.wait(5), box.detach(line))).start()
    assert box.known(b"x" * 32) is False
    box.attach(Line(broken=True))
    box.moving(Moving("", 0, 0, 0, 0))
    assert box.known(b"x" * 32) is False
    box.hear(StopCopying())
    assert cancel.requested
