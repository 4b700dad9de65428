"""A stream of messages over a Unix socket pair, with descriptors passed along.

`Channel` blocks (desk, importer, command); `Mailbox` does not (the keeper's loop). Frame: u32-LE length ‖ msgpack.
A message longer than 64 MiB, unreadable bytes or a half frame at the end close the channel: `ChannelClosed`.
"""

from __future__ import annotations

import os
import socket
import struct
from collections import deque
from typing import Any, Generic, TypeVar

import msgspec

from photodesk.protocol.messages import Message

LENGTH = struct.Struct("<I")
MESSAGE_LIMIT_BYTES = 64 << 20
READ_BYTES = 1 << 18
FDS_LIMIT = 8
OUTBOX_LIMIT_BYTES = 16 << 20

M = TypeVar("M", bound=Message)


class ChannelClosed(Exception):
    """The other side is gone, or said something that is no message."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected stream sockets, closed on exec unless passed on purpose."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)


def frame(message: Message) -> bytes:
    """One message as it travels."""
    body = msgspec.msgpack.encode(message)
    if len(body) > MESSAGE_LIMIT_BYTES:
        raise ValueError("the message is too long for a channel")
    return LENGTH.pack(len(body)) + body


class FrameReader(Generic[M]):
    """Bytes in, messages out, whatever the pieces they come in. `union` is the type of what may come."""

    def __init__(self, union: Any) -> None:
        self._decoder: msgspec.msgpack.Decoder[M] = msgspec.msgpack.Decoder(union)
        self._buffer = bytearray()
        self._start = 0

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the stream."""
        if self._start:
            del self._buffer[: self._start]
            self._start = 0
        self._buffer += piece

    def next(self) -> M | None:
        """The next whole message, None until there is one; `ChannelClosed` for what is no message."""
        have = len(self._buffer) - self._start
        if have < LENGTH.size:
            return None
        (length,) = LENGTH.unpack_from(self._buffer, self._start)
        if length > MESSAGE_LIMIT_BYTES:
            raise ChannelClosed("a message is too long")
        end = self._start + LENGTH.size + length
        if end > len(self._buffer):
            return None
        body = bytes(memoryview(self._buffer)[self._start + LENGTH.size : end])
        self._start = end
        try:
            return self._decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise ChannelClosed("unreadable message") from None

    @property
    def empty(self) -> bool:
        """Whether no part of a message is waiting."""
        return self._start == len(self._buffer)


class _Stream(Generic[M]):
    """What both ends share: reading with descriptors."""

    def __init__(self, sock: socket.socket, union: Any) -> None:
        self.sock = sock
        self._reader: FrameReader[M] = FrameReader(union)
        self._fds: deque[int] = deque()

    def fileno(self) -> int:
        """For selectors."""
        return self.sock.fileno()

    def take_fd(self) -> int:
        """The oldest descriptor that came and was not taken; the caller owns it. `ChannelClosed` if none came."""
        if not self._fds:
            raise ChannelClosed("a descriptor was expected")
        return self._fds.popleft()

    def close(self) -> None:
        """Close the socket and every descriptor nobody took."""
        while self._fds:
            os.close(self._fds.popleft())
        self.sock.close()

    def _read_some(self) -> bool:
        """Read once; False at the end of the stream."""
        try:
            piece, fds, _, _ = socket.recv_fds(self.sock, READ_BYTES, FDS_LIMIT)
        except (ConnectionError, OSError) as error:
            if isinstance(error, BlockingIOError):
                raise
            raise ChannelClosed("the other side is gone") from None
        for fd in fds:
            os.set_inheritable(fd, False)
            self._fds.append(fd)
        if not piece:
            return False
        self._reader.feed(piece)
        return True


class Channel(_Stream[M]):
    """The blocking end. One thread may receive while another sends; senders must take turns themselves."""

    def send(self, message: Message, fds: tuple[int, ...] = ()) -> None:
        """Send it whole; `ChannelClosed` if the other side is gone. Descriptors stay the caller's."""
        data = frame(message)
        try:
            if fds:
                sent = socket.send_fds(self.sock, [data], list(fds))
                data = data[sent:]
            if data:
                self.sock.sendall(data)
        except (ConnectionError, OSError):
            raise ChannelClosed("the other side is gone") from None

    def receive(self) -> M:
        """The next message, waiting for it; `ChannelClosed` at the end."""
        while True:
            message = self._reader.next()
            if message is not None:
                return message
            if not self._read_some():
                raise ChannelClosed("the other side is gone")


class Mailbox(_Stream[M]):
    """The end that never waits: what can not be sent yet is kept, up to 16 MiB."""

    def __init__(self, sock: socket.socket, union: Any) -> None:
        sock.setblocking(False)
        super().__init__(sock, union)
        self._outbox: deque[tuple[memoryview, tuple[int, ...]]] = deque()
        self._waiting_bytes = 0

    def post(self, message: Message, fds: tuple[int, ...] = ()) -> None:
        """Send now what can be sent, the rest at `flush`. Takes over the descriptors and closes them once sent."""
        data = memoryview(frame(message))
        self._waiting_bytes += len(data)
        self._outbox.append((data, fds))
        if self._waiting_bytes > OUTBOX_LIMIT_BYTES:
            raise ChannelClosed("the other side does not read")
        self.flush()

    def flush(self) -> None:
        """Send what can be sent without waiting; `ChannelClosed` if the other side is gone."""
        while self._outbox:
            data, fds = self._outbox[0]
            try:
                sent = socket.send_fds(self.sock, [data], list(fds)) if fds else self.sock.send(data)
            except BlockingIOError:
                return
            except (ConnectionError, OSError):
                raise ChannelClosed("the other side is gone") from None
            for fd in fds:
                os.close(fd)
            self._waiting_bytes -= sent
            if sent == len(data):
                self._outbox.popleft()
            else:
                self._outbox[0] = (data[sent:], ())

    @property
    def wants_to_send(self) -> bool:
        """Whether `flush` has something left to do."""
        return bool(self._outbox)

    def arrived(self) -> list[M]:
        """Every whole message that has arrived; `ChannelClosed` at the end of the stream, after the last of them."""
        ended = False
        try:
            ended = not self._read_some()
        except BlockingIOError:
            ended = False
        messages: list[M] = []
        while (message := self._reader.next()) is not None:
            messages.append(message)
        if ended and not messages:
            raise ChannelClosed("the other side is gone")
        return messages

    def close(self) -> None:
        """Close the socket and every descriptor still here."""
        for _, fds in self._outbox:
            for fd in fds:
                os.close(fd)
        self._outbox.clear()
        super().close()
