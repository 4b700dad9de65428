"""One server process, from its first line to its graceful end."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from photodesk.clock import Clock
from photodesk.errors import Fixable
from photodesk.server.app import make_app
from photodesk.server.database import refuse_unready
from photodesk.server.identity import first_code
from photodesk.server.news import News
from photodesk.server.own_folder import keep_note, refuse_station, refuse_without
from photodesk.server.parts import Places, open_parts
from photodesk.server.tls import Certificate, certificate_in, given_certificate

GRACE_S = 20
KEEP_ALIVE_S = 75
GOODBYE_S = 0.5


@dataclass(frozen=True)
class ServerSettings:
    """What `serve` was told. `certificate` and `key` are PEM files, both or none."""

    folder: Path
    host: str
    port: int
    database: str = ""
    objects: str = ""
    certificate: Path | None = None
    key: Path | None = None
    quiet: bool = False
    quota_bytes: int = 2 << 40


@dataclass(frozen=True)
class Started:
    """What a person needs to bring the first workstation here. The code is None once a clinic is founded."""

    url: str
    pin: str
    enrolment_code: str | None


def serve(settings: ServerSettings, clock: Clock, started: Callable[[Started], None]) -> None:
    """Run until SIGINT or SIGTERM; requests under way are finished, for 20 s at most.

    Fixable `port_taken`, `certificate_wrong`; before anything is made, errors as `refuse_station`, `refuse_without`,
    `refuse_unknown`, `refuse_unready`.
    """
    refuse_station(settings.folder, Path(settings.objects or settings.folder))
    refuse_without(settings.folder, settings.database, settings.objects)
    places = Places.in_folder(settings.folder, settings.database, settings.objects)
    if settings.database:
        refuse_unready(settings.database)
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate = _certificate(settings)
    parts = open_parts(places, certificate.pin, clock, settings.quota_bytes)
    keep_note(settings.folder, settings.database, settings.objects)
    listening = _listen(settings.host, settings.port)
    try:
        code = first_code(parts.database, clock)
        app = make_app(parts, quiet=settings.quiet)

        def context(_config: uvicorn.Config, _default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
            return certificate.context()

        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            http="httptools",
            ws="none",
            server_header=False,
            ssl_context_factory=context,
            timeout_graceful_shutdown=GRACE_S,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        started(Started(f"https://{shown}:{port}", certificate.pin.hex(), code))
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, _ended_already)
        asyncio.run(EndingServer(config, app.state.news).serve([listening]))
    finally:
        listening.close()
        parts.close()


class EndingServer(uvicorn.Server):
    """uvicorn, ending well: streams of events end first, and nobody who is silent holds the end up."""

    def __init__(self, config: uvicorn.Config, news: News) -> None:
        super().__init__(config)
        self._news = news

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._news.end()
        dropping = asyncio.create_task(self._drop_silent())
        try:
            await super().shutdown(sockets)
        finally:
            dropping.cancel()

    async def _drop_silent(self) -> None:
        """An idle workstation does not answer the goodbye of TLS: what was closed is dropped soon after."""
        connections = self.server_state.connections
        while True:
            closing = [one for one in connections if one.transport.is_closing()]
            await asyncio.sleep(GOODBYE_S)
            for one in closing:
                if one in connections and not one.transport.get_write_buffer_size():
                    one.transport.abort()


def _certificate(settings: ServerSettings) -> Certificate:
    if settings.certificate is not None and settings.key is not None:
        return given_certificate(settings.certificate, settings.key)
    return certificate_in(settings.folder, settings.host)


def _ended_already(_number: int, _frame: FrameType | None) -> None:
    """uvicorn raises the signal it ended by once more, when all is done: by then there is nothing left to end."""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only then
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise Fixable(
            "port_taken", f"The server cannot listen on port {port}.", "Choose another with --host and --port."
        ) from error
    return listening
