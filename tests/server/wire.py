"""The wire, recorded: a proxy with the server's own key, so that it sees what TLS hides from everybody else."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from photodesk.server.tls import given_certificate
from tests.server.running import Running


class Wire:
    """A proxy before a server; every byte of both directions is appended to a file, without TLS around it."""

    def __init__(self, running: Running, record: IO[bytes]) -> None:
        place = urlsplit(running.url)
        self._server = (place.hostname or "", place.port or 0)
        self._inward = given_certificate(running.folder / "tls.pem", running.folder / "tls.key").context()
        self._outward = ssl.create_default_context(cafile=str(running.folder / "tls.pem"))
        self._record = record
        self.port: int | None = None

    async def serve(self, listening: threading.Event, ended: asyncio.Event) -> None:
        """Until `ended`."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._inward)
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        await ended.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connected(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_in, far_out = await asyncio.open_connection(*self._server, ssl=self._outward)
            await asyncio.gather(self._pump(near_in, far_out), self._pump(far_in, near_out))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                self._record.write(data)
                target.write(data)
                await target.drain()
        target.close()


@contextmanager
def recorded(running: Running, record: Path) -> Iterator[str]:
    """The URL of a recorded wire to a server that runs."""
    with record.open("ab") as file:
        wire, listening = Wire(running, file), threading.Event()
        loop, ended = asyncio.new_event_loop(), asyncio.Event()
        thread = threading.Thread(target=loop.run_until_complete, args=(wire.serve(listening, ended),))
        thread.start()
        try:
            assert listening.wait(20)
            yield f"https://127.0.0.1:{wire.port}"
        finally:
            loop.call_soon_threadsafe(ended.set)
            thread.join(20)
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
