"""Messages arrive whole whatever the pieces; descriptors come along; rubbish ends the channel."""

from __future__ import annotations

import contextlib
import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodesk.protocol import messages as m
from photodesk.protocol.channel import Channel, ChannelClosed, FrameReader, Mailbox, frame, pair

ANY = st.one_of(
    st.builds(m.Append, st.integers(0, 2**63 - 1), st.binary(max_size=300)),
    st.builds(m.Sign, st.integers(0, 100), st.text(max_size=20), st.binary(max_size=50)),
    st.builds(m.Committed, st.text(max_size=40), st.integers(0, 2**64 - 1)),
    st.builds(m.Unlocked, st.integers(0, 9), st.text(max_size=32), st.tuples(st.text(max_size=9))),
    st.just(m.SpareReady()),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY, max_size=8), st.integers(1, 40))
def test_any_messages_in_any_pieces(sent: list[m.Message], piece: int) -> None:
    stream = b"".join(frame(message) for message in sent)
    reader: FrameReader[m.Message] = FrameReader(m.ToKeeper)
    got: list[m.Message] = []
    for start in range(0, len(stream), piece):
        reader.feed(stream[start : start + piece])
        while (message := reader.next()) is not None:
            got.append(message)
    assert got == sent
    assert reader.empty


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100))
def test_rubbish_is_refused_or_waited_for_never_a_crash(rubbish: bytes) -> None:
    reader: FrameReader[m.Message] = FrameReader(m.ToKeeper)
    reader.feed(rubbish)
    with contextlib.suppress(ChannelClosed):
        while reader.next() is not None:
            continue


def test_a_message_brings_its_descriptor() -> None:
    left, right = pair()
    sender, receiver = Mailbox[m.Message](left, m.ToKeeper), Channel[m.Message](right, m.FromKeeper)
    read, write = os.pipe()
    sender.post(m.Done(1))
    sender.post(m.ImporterAttached(2, "job"), (write,))
    sender.post(m.Done(3))
    assert [receiver.receive() for _ in range(3)] == [m.Done(1), m.ImporterAttached(2, "job"), m.Done(3)]
    fd = receiver.take_fd()
    assert not os.get_inheritable(fd)
    os.write(fd, b"through")
    assert os.read(read, 10) == b"through"
    os.close(fd)
    os.close(read)
    with pytest.raises(ChannelClosed):
        receiver.take_fd()
    sender.close()
    with pytest.raises(ChannelClosed):
        receiver.receive()
    receiver.close()


def test_a_mailbox_never_waits_and_gives_up_on_one_that_does_not_read() -> None:
    left, right = pair()
    sender, receiver = Mailbox[m.Message](left, m.ToKeeper), Channel[m.Message](right, m.FromKeeper)
    big = m.CheckpointMade(7, bytes(3 << 20))
    sender.post(big)
    assert sender.wants_to_send
    got: list[m.Message] = []
    thread = threading.Thread(target=lambda: got.append(receiver.receive()))
    thread.start()
    while sender.wants_to_send:
        sender.flush()
    thread.join()
    assert got == [big]
    for _ in range(5):
        sender.post(big)
    with pytest.raises(ChannelClosed, match="does not read"):
        sender.post(big)
    sender.close()
    receiver.close()


def test_what_arrived_before_the_end_is_heard() -> None:
    left, right = pair()
    receiver, sender = Mailbox[m.Message](left, m.ToKeeper), Channel[m.Message](right, m.FromKeeper)
    assert receiver.arrived() == []
    sender.send(m.SpareReady())
    sender.close()
    assert receiver.arrived() == [m.SpareReady()]
    with pytest.raises(ChannelClosed):
        receiver.arrived()
    receiver.close()
    with pytest.raises(ValueError, match="too long"):
        frame(m.Append(1, bytes(65 << 20)))
