"""The importer's end of the stream to one desk: several threads speak, one listens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

from photodesk.protocol.channel import Channel, ChannelClosed
from photodesk.protocol.importing import FromImporter, ToImporter


class ImporterLine:
    """Thread-safe sending; `messages` ends when the desk is gone."""

    def __init__(self, sock: socket.socket) -> None:
        self._channel: Channel[ToImporter] = Channel(sock, ToImporter)
        self._turn = threading.Lock()

    def send(self, message: FromImporter) -> None:
        """Send whole; `ChannelClosed` when the desk is gone."""
        with self._turn:
            self._channel.send(message)

    def messages(self) -> Iterator[ToImporter]:
        """What the desk says, until it is gone."""
        while True:
            try:
                message = self._channel.receive()
            except ChannelClosed:
                return
            yield message

    def close(self) -> None:
        """Let go of the socket."""
        self._channel.close()
