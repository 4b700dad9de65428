"""One whole run of the importer: scan, copy, prove, hand over, say how it ended."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.imaging import Decoder
from photodesk.importing.copier import Copier
from photodesk.importing.filling import Pack
from photodesk.importing.finishing import Finisher, Lanes
from photodesk.importing.job import Stop
from photodesk.importing.outbox import Outbox
from photodesk.importing.pace import Pace
from photodesk.importing.reading import Card, rest_in_words
from photodesk.importing.scan import Found, Scanned, scan
from photodesk.importing.twins import Twins
from photodesk.progress import Cancel
from photodesk.protocol.importing import LISTED_FILES, Ended, FileRead, Listed, StartJob


def copy_job(
    start: StartJob,
    card: Card,
    outbox: Outbox,
    cancel: Cancel,
    lanes: Lanes,
    decoder: Decoder,
    new_pack: Callable[[int], Pack],
    clock: Clock,
    free_bytes: Callable[[], int] | None = None,
) -> Ended:
    """Copy everything below the sources into packs made by `new_pack`. What is told to the desk goes to `outbox`."""
    store = Path(os.fsdecode(start.store))
    roots = tuple(Path(os.fsdecode(source)) for source in start.sources)
    began_ms = clock.monotonic_ms()
    try:
        scanned = scan(roots, store)
    except PhotoDeskError as error:
        ended = Ended(0, error.code, error.message, error.remedy)
        outbox.tell(ended)
        return ended
    _list(scanned, outbox)
    twins, pace = Twins(), Pace(clock)
    finisher = Finisher(lanes, decoder, outbox, twins, clock, pace, cancel)
    free = free_bytes or (lambda: shutil.disk_usage(store).free)
    copier = Copier(roots, card, outbox, twins, cancel, pace, lanes.ahead, lanes.write, new_pack, finisher.take, free)
    stop = _copy_all(copier, finisher, twins, scanned.files, start.first_pack) or finisher.stop or Stop("", "")
    if stop.code == "card_gone":
        stop = Stop(stop.code, rest_in_words(twins.safe, len(scanned.files) - twins.safe))
    ended = Ended(
        0,
        stop.code,
        stop.message,
        stop.remedy,
        copied_ms=max(0, finisher.proven_at_ms - began_ms),
        copied_bytes=finisher.proven_bytes,
        renditions_ms=clock.monotonic_ms() - began_ms,
    )
    outbox.tell(ended)
    return ended


def _copy_all(
    copier: Copier, finisher: Finisher, twins: Twins, files: tuple[Found, ...], first_pack: int
) -> Stop | None:
    """Copy, and once more those doubles whose twin did not read back equal."""
    stop = copier.run(files, first_pack)
    finisher.drain()
    again = twins.to_copy_again()
    if stop is None and again:
        stop = copier.run(again, first_pack)
        finisher.drain()
    return stop


def _list(scanned: Scanned, outbox: Outbox) -> None:
    files = tuple(
        FileRead(found.source, found.name, found.size_bytes, mtime_ms=found.mtime_ms) for found in scanned.files
    )
    for start in range(0, max(1, len(files)), LISTED_FILES):
        skipped = scanned.skipped if start == 0 else ()
        outbox.tell(Listed(0, files[start : start + LISTED_FILES], skipped))
