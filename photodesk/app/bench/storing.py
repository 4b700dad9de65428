"""`bench import`: a card copied, proven and filed, against `cp`, `sha256sum` and `sync` of the same files."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from photodesk.app.bench.figures import Figures, Result, Wanted, timed
from photodesk.app.bench.process_costs import ProcessCosts
from photodesk.app.bench.workshop import made_photos, workshop
from photodesk.importing.job import ImportResult
from photodesk.store.files import drop_page_cache


@dataclass
class _Runs:
    """What every run measured, in s."""

    bare: list[float] = field(default_factory=list)
    copied: list[float] = field(default_factory=list)
    rendered: list[float] = field(default_factory=list)
    filed: list[float] = field(default_factory=list)
    costs: str = ""


def bench_import(wanted: Wanted) -> Result:
    """Bytes a second from the order to the last photo proven; in the notes until the last photo filed."""
    count, size_mb = wanted.photos or 100, wanted.size_mb or 8.0
    runs = _Runs()
    for _ in range(wanted.runs or 1):
        _run(count, size_mb, runs)
    megabytes = count * size_mb
    ours, bare, filed = (Figures.of(samples, megabytes) for samples in (runs.copied, runs.bare, runs.filed))
    later = sum(runs.rendered) / sum(runs.copied)
    return Result(
        ours,
        bare,
        ratio=ours.rate / bare.rate,
        unit="MB/s copied and verified ÷ MB/s of cp + sha256sum + sync; higher is better; the aim is 0.8",
        n=count,
        notes=(
            f"{count} JPEGs of {size_mb:g} MB, not in memory before either side reads them; the bare operation runs"
            f" before and after. Renditions finished after {later:.1f} × the copy. Until the last photo was filed:"
            f" {filed.rate:.1f} MB/s. Costs of it all: {runs.costs}."
        ),
    )


def _run(count: int, size_mb: float, runs: _Runs) -> None:
    with workshop() as shop:
        files = made_photos(shop.folder / "card", count, size_mb)
        before = _bare_cold(files, shop.folder / "bare")
        patient, costs = shop.patient(), ProcessCosts()
        _forget(files)
        results: list[ImportResult] = []
        seconds = timed(lambda: results.append(shop.import_card(patient, files, costs.sample)))
        result = results[0]
        if result.exit_code or result.copied_bytes != sum(file.stat().st_size for file in files):
            raise RuntimeError("the bench's own import failed")
        runs.filed.append(seconds)
        runs.copied.append(result.copied_ms / 1000)
        runs.rendered.append(result.renditions_ms / 1000)
        runs.bare.append((before + _bare_cold(files, shop.folder / "bare")) / 2)
        runs.costs = costs.text()


def _bare_cold(files: list[Path], target: Path) -> float:
    _forget(files)
    seconds = timed(_bare, files, target)
    shutil.rmtree(target)
    return seconds


def _forget(files: list[Path]) -> None:
    for file in files:
        drop_page_cache(file)


def _bare(files: list[Path], target: Path) -> None:
    target.mkdir()
    for file in files:
        copy = target / file.name
        shutil.copyfile(file, copy)
        with copy.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")
    os.sync()


BENCHES = {"import": bench_import}
