"""Run as a program: what becomes of every file of the shared test data, as a table.

`python -m tests.imaging.outcomes FOLDER` decodes card, hostile, codes and dicom as an import does.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from photodesk.background.decoders import DecoderPool
from photodesk.importing.finishing import render, take_in
from photodesk.photos import PhotoFacts, Rendition
from tests.imaging.conftest import spawn_plain

FOLDERS = ("card", "hostile", "codes", "dicom")


@dataclass(frozen=True)
class Outcome:
    """One file: what an import makes of it, beside what the manifest says a common decoder does."""

    path: str
    state: str
    facts: PhotoFacts
    manifest: str
    ms: int

    def row(self) -> str:
        facts = self.facts
        size = f"{facts.width_px} × {facts.height_px}" if facts.width_px else ""
        codes = "; ".join(f"{code.symbology} {code.text[:24]!r}" for code in facts.codes)
        said = facts.undecodable or codes
        return f"| {self.path} | {facts.media_type} | {self.state} | {size} | {said} | {self.manifest[:60]} |"


def outcomes(folder: Path, pool: DecoderPool, folders: tuple[str, ...] = FOLDERS) -> Iterator[Outcome]:
    """Every file below `folders`; expected texts of codes are no photos and are left out."""
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as manifest:
        decodes = {row["path"]: row["decodes"] for row in csv.DictReader(manifest)}
    for name in folders:
        for path in sorted(one for one in (folder / name).rglob("*") if one.is_file()):
            if name == "codes" and path.suffix == ".txt":
                continue
            started = time.monotonic()
            data = path.read_bytes()
            rendered = render(pool, take_in(iter((data,)), len(data), path.name))
            shown = set(rendered.renditions) == {Rendition.THUMBNAIL, Rendition.SCREEN}
            state = "shown" if shown and not rendered.facts.undecodable else "kept as is"
            relative = path.relative_to(folder).as_posix()
            took = round(1000 * (time.monotonic() - started))
            yield Outcome(relative, state, rendered.facts, decodes.get(relative, ""), took)


def main(folder: Path) -> None:
    print("| file | type by its bytes | state | pixels | reason or codes | manifest |\n|---|---|---|---|---|---|")  # noqa: T201
    counted: Counter[tuple[str, str, str]] = Counter()
    with DecoderPool(2, spawn_plain) as pool:
        for one in outcomes(folder, pool):
            print(one.row(), flush=True)  # noqa: T201
            counted[one.path.split("/")[0], one.state, one.facts.undecodable] += 1
    print("\n| folder | state | reason | files |\n|---|---|---|---|")  # noqa: T201
    for (name, state, reason), number in sorted(counted.items()):
        print(f"| {name} | {state} | {reason} | {number} |")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
