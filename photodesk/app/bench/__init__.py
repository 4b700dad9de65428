"""`photodesk bench`: an operation of PhotoDesk against the bare operation it stands on, in the same run.

Machines differ and are noisy, so the answer is a ratio; absolute figures are beside it. Every bench makes a temporary
store of its own on the disk of the temporary folder and removes it. Nothing here is a test: nothing fails on a time.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from photodesk.app.bench.figures import Wanted
from photodesk.app.command_line import Invocation
from photodesk.errors import Fixable

_WHERE = {
    "import": "storing",
    "log": "logging",
    "verify": "logging",
    "search": "finding",
    "timeline": "looking",
    "compare-open": "comparing",
    "four-up": "comparing",
    "filmstrip": "looking",
    "pan": "moving",
    "unlock": "starting",
    "start": "starting",
    "align": "aligning",
    "apply": "applying",
    "join": "joining",
    "push": "pushing",
    "sync": "syncing",
}


def run_bench(
    invocation: Invocation,
    name: str,
    *,
    photos: int | None = None,
    size_mb: float | None = None,
    patients: int | None = None,
    runs: int | None = None,
    data: Path | None = None,
) -> int:
    """Run one bench and print its result; `None` takes the bench's own figure. Exit code 0."""
    if name not in _WHERE:
        raise Fixable(
            "bench_needs_server",
            f"There is nothing to measure for {name}: this version has no clinic server.",
            "Choose another bench; photodesk bench --help lists them.",
        )
    module = importlib.import_module(f"photodesk.app.bench.{_WHERE[name]}")
    result = module.BENCHES[name](Wanted(photos, size_mb, patients, runs, data))
    document = result.document(name)
    invocation.show(document, result.text(name))
    return 0
