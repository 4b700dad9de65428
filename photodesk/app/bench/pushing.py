"""`bench push`: 200 simulated workstations push parcels to a real server process over TLS on PostgreSQL.

Every workstation also listens to the stream of events. Pushes come at moments drawn beforehand, whether or not earlier
ones were answered, and each is timed from its moment on. The bare operation is an INSERT of the same bytes, committed
and synced, at the same moments, before and after, in the same PostgreSQL.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import ssl
import subprocess
import sys
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx
import psycopg

from photodesk.app.bench.figures import Figures, Result, Wanted
from photodesk.app.bench.simulated import Simulated, simulated_clinic
from photodesk.background.processes import clean_environment
from photodesk.background.trial_postgres import cluster, programs
from photodesk.clock import SystemClock
from photodesk.errors import Fixable
from photodesk.ids import to_text
from photodesk.sync.statements import SIGN_IN, sign_in_statement

STATIONS, PUSHES, OPERATIONS = 200, 5, 5
EVERY_S = 5.0
AIM_MS = 200
MEBIBYTE = 1 << 20


@dataclass
class _Load:
    """Who pushes what, and when (s after the start)."""

    stations: list[Simulated]
    pushes: list[tuple[float, int, bytes]]
    sizes: list[int]


@dataclass
class _Room:
    """The server under load."""

    url: str
    pin: bytes
    code: str
    context: ssl.SSLContext
    process: subprocess.Popen[bytes]
    database: str
    seen_bytes: list[int] = field(default_factory=list)

    def resident_bytes(self) -> int:
        """Memory of the server process."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def bench_push(wanted: Wanted) -> Result:
    """p99 of a push, answered, kept and synced, beside the bare INSERT."""
    if programs() is None:
        raise Fixable("no_postgresql", "PostgreSQL is not installed here.", "Install it: apt-get install postgresql.")
    now_ms, each = SystemClock().wall_ms(), wanted.runs or PUSHES
    clinic_id, entries, stations = simulated_clinic(STATIONS, now_ms)
    load = _load(stations, each, now_ms)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with cluster(folder / "pg") as database, _server(folder / "server", database) as room:
            bare = asyncio.run(_bare(room.database, load))
            ours = asyncio.run(_ours(room, to_text(clinic_id), entries, load))
            bare += asyncio.run(_bare(room.database, load))
    figures = Figures.of(ours), Figures.of(bare)
    start, end = (size / MEBIBYTE for size in (room.seen_bytes[0], room.seen_bytes[-1]))
    rate = len(ours) / (each * EVERY_S)
    return Result(
        *figures,
        ratio=figures[0].p99 / figures[1].p99,
        unit=f"ms p99 of a push ÷ ms p99 of the bare INSERT; lower is better; the aim is a push p99 of {AIM_MS} ms",
        n=len(ours),
        notes=f"{STATIONS} workstations of one clinic, each with a stream of events open, {rate:.0f} parcels a second"
        f" of {OPERATIONS} operations each; the server's memory went from {start:.0f} to {end:.0f} MiB.",
    )


def _load(stations: list[Simulated], each: int, now_ms: int) -> _Load:
    dice = random.Random(200)  # noqa: S311 - when who pushes, nothing secret
    pushes, sizes = [], []
    for number, station in enumerate(stations):
        for at_s in sorted(dice.uniform(0, each * EVERY_S) for _ in range(each)):
            parcel, operations = station.parcel(OPERATIONS, now_ms)
            body = {"parcel": _text(parcel), "operations": [_text(one) for one in operations]}
            pushes.append((at_s, number, json.dumps(body).encode()))
            sizes.append(len(parcel) + sum(map(len, operations)))
    return _Load(stations, pushes, sizes)


async def _ours(room: _Room, clinic_id: str, entries: Sequence[bytes], load: _Load) -> list[float]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=room.url, verify=room.context, trust_env=False, timeout=60, limits=limits)
        )
        found = {"code": room.code, "clinic_id": clinic_id, "entries": [_text(one) for one in entries]}
        (await http.post("/v1/clinics", json=found)).raise_for_status()
        tokens = [await _sign_in(http, room.pin, clinic_id, one) for one in load.stations]
        heard = asyncio.Semaphore(0)
        listening = [asyncio.create_task(_listen(http, token, heard)) for token in tokens]
        for _ in tokens:
            await heard.acquire()
        turns = [asyncio.Lock() for _ in tokens]  # a workstation sends its parcels one after the other

        async def push(number: int, body: bytes) -> None:
            headers = {"Authorization": f"Bearer {tokens[number]}", "Content-Type": "application/json"}
            async with turns[number]:
                (await http.post("/v1/operations", content=body, headers=headers)).raise_for_status()

        room.seen_bytes.append(room.resident_bytes())
        try:
            return await _at_their_moments(load, lambda number, _size, body: push(number, body))
        finally:
            room.seen_bytes.append(room.resident_bytes())
            for one in listening:
                one.cancel()
            await asyncio.gather(*listening, return_exceptions=True)


async def _bare(database: str, load: _Load) -> list[float]:
    """The same bytes at the same moments into a table, each in a transaction of its own."""
    address = database.replace("+psycopg", "")
    async with AsyncExitStack() as stack:
        lines: asyncio.Queue[psycopg.AsyncConnection[object]] = asyncio.Queue()
        for _ in range(10):
            lines.put_nowait(await stack.enter_async_context(await psycopg.AsyncConnection.connect(address)))
        first = await lines.get()
        await first.execute("CREATE TABLE IF NOT EXISTS bare (place BIGSERIAL PRIMARY KEY, record BYTEA)")
        await first.commit()
        lines.put_nowait(first)

        async def put(_number: int, size: int, _body: bytes) -> None:
            line = await lines.get()
            try:
                await line.execute("INSERT INTO bare (record) VALUES (%s)", (os.urandom(size),))
                await line.commit()
            finally:
                lines.put_nowait(line)

        return await _at_their_moments(load, put)


async def _at_their_moments(load: _Load, work: Callable[[int, int, bytes], Awaitable[None]]) -> list[float]:
    """Run `work(station, size, body)` for each push at its moment; how long each took from then on, in s."""
    begun = time.perf_counter()

    async def one(at_s: float, number: int, body: bytes, size: int) -> float:
        await asyncio.sleep(max(0.0, at_s - (time.perf_counter() - begun)))
        await work(number, size, body)
        return time.perf_counter() - begun - at_s

    pairs = zip(load.pushes, load.sizes, strict=True)
    return list(await asyncio.gather(*(one(at_s, number, body, size) for (at_s, number, body), size in pairs)))


async def _sign_in(http: httpx.AsyncClient, pin: bytes, clinic_id: str, station: Simulated) -> str:
    who = {"clinic_id": clinic_id, "workstation_id": station.workstation_id}
    asked = await http.post("/v1/sign-in/challenge", json=who)
    challenge = b64decode(asked.raise_for_status().json()["challenge"])
    statement = sign_in_statement(pin, station.workstation_id, challenge)
    signature = _text(station.signing.sign(SIGN_IN, station.clinic_id, statement))
    answer = await http.post("/v1/sign-in", json=who | {"challenge": _text(challenge), "signature": signature})
    return str(answer.raise_for_status().json()["token"])


async def _listen(http: httpx.AsyncClient, token: str, heard: asyncio.Semaphore) -> None:
    """Hold a stream of events open; `heard` is released once the server answered."""
    with suppress(httpx.HTTPError):
        async with http.stream("GET", "/v1/events", headers={"Authorization": f"Bearer {token}"}) as stream:
            heard.release()
            async for _ in stream.aiter_lines():
                pass


@contextmanager
def _server(folder: Path, database: str) -> Iterator[_Room]:
    command = [sys.executable, "-m", "photodesk", "serve", "--json", "--quiet", "--port", "0", "--data", str(folder)]
    process = subprocess.Popen([*command, "--database", database], stdout=subprocess.PIPE, env=clean_environment())
    try:
        if process.stdout is None:
            raise RuntimeError("no standard output")
        facts = json.loads(process.stdout.readline())
        context = ssl.create_default_context(cafile=str(folder / "tls.pem"))
        yield _Room(facts["url"], bytes.fromhex(facts["pin"]), facts["enrolment_code"], context, process, database)
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


BENCHES = {"push": bench_push}
