"""`bench import`: a card copied, verified and filed, against `cp`, `sha256sum` and `sync` of the same files."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from photodesk.app.bench.figures import Figures, Result, Wanted, timed
from photodesk.app.bench.workshop import made_photos, workshop


def bench_import(wanted: Wanted) -> Result:
    """Bytes a second from the first read to the last photo filed."""
    count, size_mb, runs = wanted.photos or 100, wanted.size_mb or 8.0, wanted.runs or 1
    ours, bare = [], []
    for _ in range(runs):
        with workshop() as shop:
            files = made_photos(shop.folder / "card", count, size_mb)
            bare.append(timed(_bare, files, shop.folder / "bare"))
            patient = shop.patient()
            ours.append(timed(shop.import_photos, patient, files))
    megabytes = count * size_mb
    result = (Figures.of(ours, megabytes), Figures.of(bare, megabytes))
    return Result(
        *result,
        ratio=result[0].rate / result[1].rate,
        unit="MB/s of ours ÷ MB/s of cp + sha256sum + sync; higher is better",
        n=count,
        notes=f"{count} JPEGs of {size_mb:g} MB, read from the page cache by both; ours with filing and renditions.",
    )


def _bare(files: list[Path], target: Path) -> None:
    target.mkdir()
    for file in files:
        copy = target / file.name
        shutil.copyfile(file, copy)
        with copy.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")
    os.sync()


BENCHES = {"import": bench_import}
