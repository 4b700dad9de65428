"""`bench timeline` and `filmstrip`: through the gate to decoded pictures."""

from __future__ import annotations

from pathlib import Path

import simplejpeg

from photodesk.app.bench.align_pairs import pictures_in
from photodesk.app.bench.figures import Result, Wanted, timed
from photodesk.app.bench.paging import compare_page
from photodesk.app.bench.workshop import Workshop, made_photos, workshop
from photodesk.photos import Rendition

GRID = 60


def filled(shop: Workshop, wanted: Wanted, count: int, size_mb: float) -> tuple[str, list[str], list[Path]]:
    """A patient with photos, made ones or those of `wanted.data`: (patient id, photo ids, files)."""
    patient, size_mb = shop.patient(), wanted.size_mb or size_mb
    files = pictures_in(wanted.data)[:count] if wanted.data else made_photos(shop.folder / "card", count, size_mb)
    return patient, shop.import_photos(patient, files), files


def decode(jpeg: bytes) -> None:
    """The bare operation: a whole JPEG to pixels."""
    simplejpeg.decode_jpeg(jpeg, colorspace="BGRX")


def bench_timeline(wanted: Wanted) -> Result:
    """A chart of many photos opened, its first sixty thumbnails logged, read and decoded."""
    count, runs = wanted.photos or 500, wanted.runs or 10
    with workshop() as shop:
        patient, photos, _ = filled(shop, wanted, count, 0.3)
        session, first = shop.desk.session, photos[-GRID:]
        jpegs = list(session.gate.view(patient, first, Rendition.THUMBNAIL, "bench").values())

        def ours_once() -> None:
            session.gate.leave_all()
            session.charts.close(patient)
            session.timeline.open(patient)
            for jpeg in session.gate.view(patient, first, Rendition.THUMBNAIL, "timeline").values():
                decode(jpeg)

        ours = [timed(ours_once) for _ in range(runs)]
        bare = [timed(lambda: list(map(decode, jpegs))) for _ in range(runs)]
    return Result.of(
        ours,
        bare,
        at="p50",
        unit="ms from nothing to sixty decoded thumbnails ÷ ms of decoding alone; lower is better",
        n=count,
        notes=f"A chart of {count} photos opened anew each time, with its RECORD_OPENED and VIEW entries on the disk.",
    )


def bench_filmstrip(wanted: Wanted) -> Result:
    """A key held in the filmstrip: photo after photo, each logged before it is seen."""
    count, runs = wanted.photos or 24, wanted.runs or 3
    with workshop() as shop:
        patient, photos, _ = filled(shop, wanted, count, 8.0)
        session = shop.desk.session
        jpegs = session.gate.view(patient, photos, Rendition.SCREEN, "bench")
        ours, bare = [], []
        with compare_page(shop, patient, photos[0], photos[-1]) as driver:
            for _ in range(runs):
                driver.forget()
                session.gate.leave_all()
                driver.show_pair(photos[0], photos[1])
                for photo in photos[2:]:
                    ours.append(driver.step(photo))
                    bare.append(timed(decode, jpegs[photo]))
    return Result.of(
        ours,
        bare,
        at="rate",
        unit="photos/s of ours ÷ photos/s of decoding alone, one thread; higher is better",
        n=len(ours),
        notes="Each step logged, read, decoded and painted before the next; the aim is 20 photos a second.",
    )


BENCHES = {"timeline": bench_timeline, "filmstrip": bench_filmstrip}
