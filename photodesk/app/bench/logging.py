"""`bench log` (one durable entry through the keeper) and `bench verify` (entries checked a second)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from io import BufferedIOBase, RawIOBase
from pathlib import Path

from photodesk import ids
from photodesk.app.bench.figures import Result, Wanted, timed
from photodesk.app.bench.workshop import workshop
from photodesk.clock import SystemClock
from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.log.entry import Action, Entry
from photodesk.log.segment_file import DiskSegment
from photodesk.log.verify import verify
from photodesk.log.writer import LogWriter


def bench_log(wanted: Wanted) -> Result:
    """Appending one entry from a desk through the keeper, against writing and syncing as many bytes to a file."""
    count = wanted.runs or 400
    with workshop() as shop:
        photos = tuple(ids.ordered_id() for _ in range(60))
        grid = shop.desk.session.actor.entry(Action.VIEW, ids.random_id(), photo_ids=photos, screen="timeline")
        ours = [timed(shop.desk.link.append, grid) for _ in range(count)]
        block = os.urandom(1200)
        with (shop.folder / "bare").open("ab", buffering=0) as file:
            bare = [timed(_write_and_sync, file, block) for _ in range(count)]
    return Result.of(
        ours,
        bare,
        at="p50",
        unit="ms per durable entry of ours ÷ ms per write + fdatasync; lower is better",
        n=count,
        notes="One VIEW entry with sixty photo ids; every 64th also signs a checkpoint.",
    )


def bench_verify(wanted: Wanted) -> Result:
    """Verifying a log, against hashing its bytes."""
    count, runs = wanted.photos or 20_000, wanted.runs or 5
    with tempfile.TemporaryDirectory(prefix="photodesk-bench-") as name:
        folder, signing, clinic = Path(name), SigningKey.generate(), os.urandom(16)
        workstation = ids.random_id()
        sealed_to = KemPrivateKey.generate().public
        writer = LogWriter(folder, clinic, workstation, signing, sealed_to, SystemClock(), open_segment=_Unsynced)
        small = Entry(Action.VIEW, ids.random_id(), "clinician", ids.random_id(), "", (ids.ordered_id(),), "thumbnail")
        for _ in range(count):
            writer.append(small)
        writer.close()
        ours = [timed(_intact, folder, signing) for _ in range(runs)]
        bare = [timed(_hashed, folder) for _ in range(runs)]
    return Result.of(
        ours,
        bare,
        at="rate",
        unit="entries/s of ours ÷ entries/s of SHA-256 over the same files; higher is better",
        n=count,
        notes="Chain, order, CRC and checkpoint signatures of every frame; the aim is 500,000 entries/s.",
        per_sample=count,
    )


class _Unsynced(DiskSegment):
    """A segment whose bytes need not survive a power cut: the bench only reads it."""

    def sync(self) -> None:
        """Nothing waits for the disk."""


def _write_and_sync(file: BufferedIOBase | RawIOBase, block: bytes) -> None:
    file.write(block)
    os.fdatasync(file.fileno())


def _intact(folder: Path, signing: SigningKey) -> None:
    if verify(folder, signing.public).result != "intact":
        raise RuntimeError("a log just written is not intact")


def _hashed(folder: Path) -> list[bytes]:
    return [hashlib.sha256(file.read_bytes()).digest() for file in folder.rglob("*.pdlog")]


BENCHES = {"log": bench_log, "verify": bench_verify}
