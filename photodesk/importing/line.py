"""The desk's end of the stream to an importer: takes what has come, never waits longer than asked."""

from __future__ import annotations

import selectors
import socket
from typing import Any

from photodesk.protocol.channel import ChannelClosed, Mailbox
from photodesk.protocol.importing import FromImporter, ToImporter


class DeskLine:
    """Messages from one importer. `ChannelClosed` from any method means that it has ended."""

    def __init__(self, sock: socket.socket) -> None:
        self._mailbox: Mailbox[Any] = Mailbox(sock, FromImporter)
        self._selector = selectors.DefaultSelector()
        self._selector.register(sock, selectors.EVENT_READ)

    def fileno(self) -> int:
        """For a reader of its own."""
        return self._mailbox.fileno()

    def send(self, message: ToImporter) -> None:
        """Send; it may leave a little later, with the next `poll`."""
        self._mailbox.post(message)

    def poll(self, timeout_s: float) -> list[FromImporter]:
        """What has come, waiting up to `timeout_s` for the first message."""
        self._mailbox.flush()
        if not self._selector.select(timeout_s):
            return []
        return self._mailbox.arrived()

    def close(self) -> None:
        """Leave: the importer goes on by itself."""
        self._selector.close()
        self._mailbox.close()


__all__ = ["ChannelClosed", "DeskLine"]
