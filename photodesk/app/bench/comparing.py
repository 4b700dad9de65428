"""`bench compare-open`: two photos from a key press to the screen, then in full; `bench four-up`: four of them."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from photodesk.app.bench.figures import Figures, Result, Wanted, timed
from photodesk.app.bench.looking import decode, filled
from photodesk.app.bench.paging import PageDriver, compare_page
from photodesk.app.bench.process_costs import held_mb
from photodesk.app.bench.workshop import Workshop, workshop
from photodesk.background.decoders import REST_S
from photodesk.photos import Rendition
from photodesk.ui.large_memory import give_back_free_memory, give_back_large_memory

FULL_PAIRS, OPENINGS, FOUR = 6, 6, 4


def bench_compare_open(wanted: Wanted) -> Result:
    """A pair not yet in memory on the real page: entries on the disk, decrypted, decoded on two threads, painted."""
    count, runs = wanted.photos or 24, wanted.runs or 40
    with workshop() as shop, concurrent.futures.ThreadPoolExecutor(2) as pool:
        patient, photos, files = filled(shop, wanted, count, 8.0)
        session = shop.desk.session
        jpegs = session.gate.view(patient, photos, Rendition.SCREEN, "bench")

        def bare_once(pair: Sequence[bytes]) -> None:
            list(pool.map(decode, pair))

        ours, bare = [], []
        with compare_page(shop, patient, photos[0], photos[-1]) as driver:
            for before, after in islice(((a, b) for _ in range(runs) for a, b in pairwise(photos)), runs):
                driver.forget()
                session.gate.leave_all()
                ours.append(driver.show_pair(before, after))
                bare.append(timed(bare_once, [jpegs[before], jpegs[after]]))  # in turn: noise meets both
            more = _more(shop, driver, patient, photos, files, bare_once)
    return Result.of(
        ours,
        bare,
        at="p95",
        unit="ms p95 from choice to both pictures painted of ours ÷ ms p95 of decoding alone; lower is better",
        n=runs,
        notes="COMPARE and VIEW entries synced before the pixels leave the gate, nothing read ahead; the aim is "
        f"p95 ≤ 40 ms with painting. {_said(more)}",
        more=more,
    )


def _more(
    shop: Workshop, driver: PageDriver, patient: str, photos: Sequence[str], files: Sequence[Path], bare_once: Any
) -> dict[str, dict[str, Any]]:
    """Full resolution of pairs against decoding their files, the page opened anew, and four photos in memory."""
    gate, full, files_alone, opened = shop.desk.session.gate, [], [], []
    for at in range(0, min(2 * FULL_PAIRS, len(photos) - 1), 2):
        data = [file.read_bytes() for file in files[at : at + 2]]
        driver.forget()
        gate.leave_all()
        driver.show_pair(photos[at], photos[at + 1])
        full.append(driver.full())
        files_alone.append(timed(bare_once, data))
    for before, after in islice(pairwise(photos), OPENINGS):
        gate.leave_all()
        opened.append(driver.open_anew(patient, before, after))
    ours, bare = Figures.of(full), Figures.of(files_alone)
    return {
        "full": {"ours": ours.document(), "bare": bare.document(), "ratio": round(ours.p50 / bare.p50, 3)},
        "opening": {"ours": Figures.of(opened).document()},
    }


def _said(more: dict[str, dict[str, Any]]) -> str:
    full = more["full"]
    return (
        f"Full resolution of both: {full['ours']['p50']:.0f} ms, {full['ratio']:.2f} × decoding both files alone on "
        f"two threads. The page opened anew: {more['opening']['ours']['p50']:.0f} ms."
    )


def bench_four_up(wanted: Wanted) -> Result:
    """Four photos beside each other at their own pixels: how long, and how much memory the desk's process then has.

    A bench of its own, because what else a process has done stays in its memory.
    """
    give_back_large_memory()  # as a desk does when it starts
    with workshop() as shop, concurrent.futures.ThreadPoolExecutor(2) as pool:
        patient, photos, files = filled(shop, wanted, FOUR, 8.0)
        give_back_free_memory()  # of making photos
        with compare_page(shop, patient, photos[0], photos[-1]) as driver:
            before_mb = held_mb()
            ours = [timed(driver.together, photos)]
            most_mb = held_mb()
            driver.wait(2 * REST_S + 1)
            memory = {"before_mb": before_mb, "at_once_mb": most_mb, "at_rest_mb": held_mb()}
        pair = [file.read_bytes() for file in files[:2]]
        bare = [timed(lambda: list(pool.map(decode, pair)))]
    return Result.of(
        ours,
        bare,
        at="p50",
        unit="ms until four photos rest at own pixels ÷ ms of decoding two of the files on two threads",
        n=FOUR,
        notes=f"Memory of the desk's process, what it shares counted once: {memory['at_once_mb']} MB when all is "
        f"painted, {memory['at_rest_mb']} MB once nobody decodes; the aim is ≤ 700 MB for 24 megapixels each.",
        more={"memory": memory},
    )


BENCHES = {"compare-open": bench_compare_open, "four-up": bench_four_up}
