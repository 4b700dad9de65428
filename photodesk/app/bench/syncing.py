"""`bench sync`: photos of a store until the clinic server has every byte of them, against a bare TLS 1.3 upload.

A real server process, a real keeper and its syncer. Ours is from the order until the server has acknowledged the last
sealed copy: reading charts, sealing, hashing, signing the operations, uploading, the server's checks and syncs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from photodesk.app.bench.bare_upload import bare_server, bare_upload
from photodesk.app.bench.figures import Figures, Result, Wanted, timed
from photodesk.app.bench.process_costs import ProcessCosts
from photodesk.app.bench.workshop import Workshop, made_photos, workshop
from photodesk.app.desk_sync import DeskSync
from photodesk.app.founding import found_here
from photodesk.background.processes import clean_environment
from photodesk.clock import SystemClock
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool
from photodesk.sync.standing import Standing

CONNECTIONS = (1, 3)
LONGEST_S = 900.0


@dataclass
class _Runs:
    """What every run measured, in s; `bytes_up` are sealed bytes."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    bytes_up: int = 0
    thumbnail_bytes: int = 0
    costs: str = ""


def bench_sync(wanted: Wanted) -> Result:
    """Bytes a second until they are on the server's disk: ours of sealed bytes, bare of the photos themselves."""
    count, size_mb = wanted.photos or 60, wanted.size_mb or 8.0
    runs = _Runs()
    for _ in range(wanted.runs or 1):
        _run(count, size_mb, runs)
    megabytes = count * size_mb
    ours, bare = Figures.of(runs.ours, megabytes), Figures.of(runs.bare, megabytes)
    return Result(
        ours,
        bare,
        ratio=ours.rate / bare.rate,
        unit="MB/s of photos on the server ÷ MB/s of a bare TLS 1.3 upload of the same bytes, received, hashed and"
        " synced to the same disk; higher is better; the aim is 0.7",
        n=count,
        notes=(
            f"{count} JPEGs of {size_mb:g} MB, {runs.bytes_up / 1e6:.0f} MB sealed with their pictures; the bare upload"
            f" is the faster of {' and '.join(map(str, CONNECTIONS))} connections, before and after."
            f" Thumbnails, with which a new workstation's timelines are whole, are"
            f" {runs.thumbnail_bytes / max(1, runs.bytes_up):.1%} of the bytes and travel first. Costs: {runs.costs}."
        ),
    )


def _run(count: int, size_mb: float, runs: _Runs) -> None:
    with workshop() as shop:
        result = shop.import_card(shop.patient(), made_photos(shop.folder / "card", count, size_mb))
        if result.exit_code:
            raise RuntimeError("the bench's own import failed")
        files = sorted((shop.folder / "card").iterdir())
        data = shop.folder / "server"
        with _server(data) as (url, code):
            before = _bare(shop.folder / "before", data, files)
            found_here(shop.desk.session, shop.desk.link, url, code)
            _begin(shop)
            costs = ProcessCosts()
            seconds, size, runs.thumbnail_bytes = _sync(shop)
            costs.sample()  # afterwards only: looking at every process of a computer takes a processor
            after = _bare(shop.folder / "after", data, files)
            runs.costs = costs.text()
        runs.bytes_up = size
        runs.ours.append(seconds * sum(file.stat().st_size for file in files) / size)
        runs.bare.append((before + after) / 2)


def _begin(shop: Workshop) -> None:
    """The syncer runs and has met the server, as it has wherever a desk is used."""
    spool = Spool(shop.desk.session.layout.spool)
    try:
        standing, ends = Standing(spool, SystemClock()), time.monotonic() + LONGEST_S
        shop.desk.link.sync_now()
        while not standing.now().last_success_ms:
            if time.monotonic() > ends:
                raise RuntimeError("the bench's syncer does not reach the server")
            time.sleep(0.05)
    finally:
        spool.close()


def _sync(shop: Workshop) -> tuple[float, int, int]:
    """(s until the server has everything, bytes it has then, bytes of thumbnails among them)."""
    link, session = shop.desk.link, shop.desk.session
    spool = Spool(session.layout.spool)
    try:
        blobs, began = BlobSpool(spool.file), time.perf_counter()
        desk = DeskSync(session, spool, link.sync_now)
        while desk.out():  # what does not fit into the spool at once follows
            link.sync_now()
        while blobs.waiting().bytes_out:
            if time.perf_counter() - began > LONGEST_S:
                raise RuntimeError("the bench's own upload does not end")
            time.sleep(0.05)
        seconds = time.perf_counter() - began
        row = spool.file.row("SELECT sum(bytes), sum(bytes * (kind = 3)) FROM blob_out") or (0, 0)
        return seconds, int(row[0]), int(row[1])
    finally:
        spool.close()


def _bare(folder: Path, data: Path, files: list[Path]) -> float:
    """The faster way to send the photos themselves, s."""
    certificate, best = data / "tls.pem", LONGEST_S
    for connections in CONNECTIONS:
        with bare_server(folder.with_suffix(f".{connections}"), certificate, data / "tls.key") as port:
            best = min(best, timed(bare_upload, port, certificate, files, connections))
    return best


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, str]]:
    command = [sys.executable, "-m", "photodesk", "serve", "--json", "--quiet", "--port", "0", "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=clean_environment())
    try:
        if process.stdout is None:
            raise RuntimeError("no standard output")
        facts = json.loads(process.stdout.readline())
        yield facts["url"], facts["enrolment_code"]
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


BENCHES = {"sync": bench_sync}
