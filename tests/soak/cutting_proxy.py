"""A network that breaks: bytes pass between a client and a server until a drawn number of them, then every connection
is torn, wherever it stands: in a request, in a reply, between the server's act and its answer."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from types import TracebackType


class CuttingProxy:
    """Listens on loopback; `mean_bytes` is how much passes between two cuts, `cuts` how many there were.

    `down_bytes` is how much came from the server. It listens `at_port` where one is given.
    """

    def __init__(self, port: int, mean_bytes: int, dice: random.Random, at_port: int = 0) -> None:
        self.upstream, self._mean, self._dice = port, mean_bytes, dice
        self.cuts = self.down_bytes = 0
        self.still = False
        self._left = self._drawn()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", at_port))
        self.port = int(self._listening.getsockname()[1])
        self._start(self._accept)

    def __enter__(self) -> CuttingProxy:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut_all()
        for thread in self._threads:
            thread.join(10)

    def cut_all(self) -> None:
        """Tear every connection now."""
        with self._lock:
            open_now, self._open = self._open, set()
        for one in open_now:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.upstream), 5)
            except OSError:
                near.close()
                continue
            with self._lock:
                self._open |= {near, far}
            self._start(lambda near=near, far=far: self._pump(near, far, down=False))
            self._start(lambda near=near, far=far: self._pump(far, near, down=True))

    def _pump(self, source: socket.socket, target: socket.socket, *, down: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(16 << 10):
                passed = self._passed(len(data), down=down)
                target.sendall(data[:passed])
                if passed < len(data):
                    self.cut_all()
                    break
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= {source, target}
        target.close()

    def _passed(self, size: int, *, down: bool) -> int:
        with self._lock:
            self.down_bytes += size if down else 0
            if self.still or size < self._left:
                self._left -= 0 if self.still else size
                return size
            passed, self._left = self._left, self._drawn()
            self.cuts += 1
            return passed

    def _drawn(self) -> int:
        return int(self._dice.expovariate(1 / self._mean)) + 1

    def _start(self, work: object) -> None:
        thread = threading.Thread(target=work, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
