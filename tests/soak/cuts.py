"""Photos up and down through a network that breaks and a server that is killed: each thing once, every hash equal.

    python -m tests.soak.cuts --times 300

A real server process over TLS, two workstations. Cuts come after a random number of bytes in either direction;
requests that were answered are sent again now and then; the server is killed and started again in between.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from photodesk.background.clinic_line import ClinicLine
from photodesk.errors import PhotoDeskError
from photodesk.progress import Cancel
from photodesk.store.sealed_blob import BlobKind, BlobName
from photodesk.sync.blob_parts import PART_BYTES
from photodesk.sync.blob_step import BlobStep
from photodesk.sync.exchange import sign_in
from photodesk.sync.line import UploadState
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool, Out, SpooledBlob, rank_of
from tests.server.clinic import Clinic, Workstation, found
from tests.server.running import Running, serving
from tests.soak.cutting_proxy import CuttingProxy

SCOPE = "ab" * 16
MEAN_BYTES = 600 << 10
KILL_EVERY = 20
SIZES = (20_000,) * 12 + (700_000,) * 4 + (PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 12_345)
LONGEST_S = 1_800.0


class Doubting(ClinicLine):
    """A line whose requests are sent a second time now and then, as after a lost answer."""

    dice = random.Random(1)  # noqa: S311

    def begin_upload(self, blob_id: bytes, length: int) -> UploadState:
        self._again(lambda: super(Doubting, self).begin_upload(blob_id, length))
        return super().begin_upload(blob_id, length)

    def put_whole(self, blob_id: bytes, data: bytes) -> None:
        self._again(lambda: super(Doubting, self).put_whole(blob_id, data))
        super().put_whole(blob_id, data)

    def put_part(self, upload_id: str, number: int, data: bytes) -> None:
        self._again(lambda: super(Doubting, self).put_part(upload_id, number, data))
        super().put_part(upload_id, number, data)

    def complete_upload(self, upload_id: str) -> None:
        super().complete_upload(upload_id)
        self._again(lambda: super(Doubting, self).complete_upload(upload_id))

    def _again(self, work: Callable[[], object]) -> None:
        if self.dice.random() < 0.1:
            work()


@dataclass
class Room:
    """The clinic, its server, and what must be there in the end."""

    clinic: Clinic
    running: Running
    proxy: CuttingProxy
    stack: ExitStack
    expected: dict[bytes, bytes] = field(default_factory=dict)
    kills: int = 0

    def step(self, station: Workstation, spool: Spool) -> None:
        """One pass of photos, however far it gets."""
        certificate = (self.running.folder / "tls.pem").read_text()
        line = Doubting(f"https://127.0.0.1:{self.proxy.port}", certificate, self.running.pin)
        with line, ThreadPoolExecutor(3) as pool:
            clinic = self.clinic
            who = (clinic.clinic_id, station.workstation_id)
            sign_in(line, *who, lambda kind, data: station.signing.sign(kind, clinic.raw_id, data))
            BlobStep(line, spool, pool).run(Cancel())

    def kill(self) -> None:
        """As a power cut would; it comes back at its address."""
        self.running.kill()
        self.kills += 1
        port = self.running.url.rsplit(":", 1)[1]
        self.running = self.stack.enter_context(serving(self.running.folder, "--quiet", "--port", port))


def run(times: int, folder: Path, seed: int = 4711) -> list[str]:
    """What does not hold after so many cuts."""
    dice = random.Random(seed)  # noqa: S311
    clinic = Clinic()
    second = clinic.add_workstation()
    with ExitStack() as stack:
        running = stack.enter_context(serving(folder / "server", "--quiet"))
        with running.http() as http:
            found(http, clinic, running.code or "").raise_for_status()
        proxy = stack.enter_context(CuttingProxy(int(running.url.rsplit(":", 1)[1]), MEAN_BYTES, dice))
        room = Room(clinic, running, proxy, stack)
        a, b = (stack.enter_context(closing(Spool(folder / name))) for name in ("a", "b"))
        ends = time.monotonic() + LONGEST_S
        wrong: list[str] = []
        while proxy.cuts < times and not wrong:
            made = _seal(a, dice, room.expected)
            _until(room, clinic.first, a, lambda: not BlobSpool(a.file).waiting().bytes_out, times, ends)
            BlobSpool(b.file).want(made)
            _until(room, second, b, lambda: not BlobSpool(b.file).waiting().bytes_in, times, ends)
            wrong = _compared(room, b)
            print(f"{proxy.cuts:4} cuts, {room.kills} kills, {len(room.expected)} blobs")  # noqa: T201
    return wrong


def _seal(spool: Spool, dice: random.Random, expected: dict[bytes, bytes]) -> list[SpooledBlob]:
    blobs, made = BlobSpool(spool.file), []
    for size in SIZES:
        data, name = dice.randbytes(size), BlobName()
        name.add(data)
        kind = BlobKind.THUMBNAIL if size < 100_000 else BlobKind.ORIGINAL
        blobs.out_path(name.digest()).write_bytes(data)
        made.append(SpooledBlob(name.digest(), SCOPE, kind, size, rank_of(kind)))
        expected[name.digest()] = data
    blobs.add_out(made, Out.SEALED)
    return made


def _until(room: Room, station: Workstation, spool: Spool, done: Callable[[], bool], times: int, ends: float) -> None:
    killed_at = room.proxy.cuts
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError("it does not come to its end")
        room.proxy.still = room.proxy.cuts >= times
        try:
            room.step(station, spool)
        except PhotoDeskError as error:
            if error.code not in {"server_offline", "server_busy", "too_many", "not_signed_in"}:
                raise
        if room.proxy.cuts - killed_at >= KILL_EVERY:
            killed_at = room.proxy.cuts
            room.kill()


def _compared(room: Room, spool: Spool) -> list[str]:
    """Each blob once at the server, whole at the other workstation, and nothing else."""
    blobs, wrong = BlobSpool(spool.file), []
    for blob_id, data in room.expected.items():
        path = blobs.in_path(blob_id)
        if not path.is_file() or path.read_bytes() != data:
            wrong.append(f"{blob_id.hex()} is not what was sent")
    with sqlite3.connect(room.running.folder / "server.db") as database:
        kept = dict(database.execute("SELECT blob_id, bytes FROM blob").fetchall())
        used = database.execute("SELECT sum(used_bytes) FROM clinic").fetchone()[0]
    database.close()
    if {bytes(blob_id): size for blob_id, size in kept.items()} != {
        blob_id: len(data) for blob_id, data in room.expected.items()
    }:
        wrong.append("the server holds other blobs than were sent")
    if used != sum(map(len, room.expected.values())):
        wrong.append(f"the server counts {used} bytes")
    if list(blobs.in_folder.glob("*.part")) or blobs.waiting().wrong:
        wrong.append("something is left half")
    return wrong


def main() -> int:
    """The long run; 1 where something does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--seed", type=int, default=4711)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wrong = run(given.times, Path(folder), given.seed)
    for one in wrong:
        print(one)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
