"""A child that listens to Windows or macOS for the keeper, for both tell only a thread that pumps their messages.

It holds no key and says lines: `lock REASON`, `leaving REASON` (then it waits up to 1.5 s for `go`), `idle MS` once a
second, `heard WHAT`. The end of its pipe means that nothing is heard any more.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable

from photodesk.background.logind import Hears

LONGEST_LINE_BYTES = 200
GO_S = 1.5


class WatchLine:
    """The keeper's end. `OSError` from `turn` once the child is gone."""

    name = "computer"

    def __init__(self, sock: socket.socket, hears: Hears) -> None:
        self._socket, self._hears = sock, hears
        sock.setblocking(False)
        self._in, self._out = bytearray(), bytearray()
        self._idle_ms: int | None = None
        self.greeted = False

    @property
    def there(self) -> bool:
        """Whether the system has told how long nobody touched anything."""
        return self._idle_ms is not None

    @property
    def wants_to_send(self) -> bool:
        """Whether something waits for room."""
        return bool(self._out)

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    def close(self) -> None:
        """The child ends with its pipe."""
        self._socket.close()

    def ask(self, idle_ms: Callable[[int], None]) -> None:
        """What it said last."""
        if self._idle_ms is not None:
            idle_ms(self._idle_ms)

    def turn(self) -> None:
        """Read and write what can be done at once."""
        try:
            while data := self._socket.recv(4096):
                self._in += data
            raise OSError("the listener is gone")
        except BlockingIOError:
            self._lines()
        if self._out:
            del self._out[: self._socket.send(self._out)]

    def _lines(self) -> None:
        while (end := self._in.find(b"\n")) >= 0:
            word, _, rest = self._in[:end].decode("ascii", "replace").partition(" ")
            del self._in[: end + 1]
            self._said(word, rest)
        if len(self._in) > LONGEST_LINE_BYTES:
            raise OSError("the listener talks nonsense")

    def _said(self, word: str, rest: str) -> None:
        if word == "lock":
            self._hears.lock(rest)
        elif word == "leaving":
            self._hears.leaving(rest, self._go)
        elif word == "heard":
            self.greeted = True
            self._hears.heard(rest, True)
        elif word == "idle" and rest.isdigit():
            self._idle_ms = int(rest)

    def _go(self) -> None:
        try:
            self._socket.send(b"go\n")
        except OSError:
            self._idle_ms = None


class Teller:
    """The child's end: any thread may tell."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._turn = threading.Lock()

    def say(self, line: str) -> None:
        """One line; a keeper that is gone ends this process."""
        with self._turn:
            try:
                self._socket.sendall(line.encode("ascii") + b"\n")
            except OSError:
                sys.exit(0)

    def leaving(self, reason: str) -> None:
        """Say it and wait until the desk is locked, or as long as the system lets us."""
        self.say(f"leaving {reason}")
        self._socket.settimeout(GO_S)
        try:
            self._socket.recv(16)
        except TimeoutError:
            return
        finally:
            self._socket.settimeout(None)


def main(fd: int) -> int:
    """`photodesk listener --fd N`: until the keeper is gone."""
    teller = Teller(socket.socket(fileno=fd))
    if sys.platform == "win32":
        from photodesk.background.listen_windows import listen

        return listen(teller)
    if sys.platform == "darwin":
        from photodesk.background.listen_macos import listen as listen_macos

        return listen_macos(teller)
    return 0
