"""What a writer finds when it starts: where the log ends, and what a power cut left behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.log.frames import NO_CHAIN, Frame, Kind, SegmentHeader
from photodesk.log.records import Checkpoint, read_checkpoint
from photodesk.log.segment import End, Scan, frames, scan, segment_numbers, segment_path


@dataclass(frozen=True)
class LogEnd:
    """Where a workstation's log ends.

    `number` 0 means that there is none yet. `whole_bytes` is the size of the last segment without `torn`, the bytes a
    power cut left. `altered`: the last segment has bytes that were never written so; it stays as it is and the log goes
    on in a new one. `unsigned` entries follow the last checkpoint; `checkpoints` are those of the last segment.
    """

    number: int = 0
    next_sequence: int = 1
    chain: bytes = NO_CHAIN
    whole_bytes: int = 0
    torn: bytes = b""
    altered: bool = False
    first_ms: int | None = None
    unsigned: int = 0
    checkpoints: tuple[Checkpoint, ...] = ()


def find_end(folder: Path, workstation_id: str) -> LogEnd:
    """Read the last segment. `Damaged("log_unreadable")` when even its header is none; OSError."""
    numbers = segment_numbers(folder, workstation_id)
    if not numbers:
        return LogEnd()
    number = numbers[-1]
    data = segment_path(folder, workstation_id, number).read_bytes()
    try:
        header = SegmentHeader.decode(data)
    except Damaged:
        raise Damaged(
            "log_unreadable",
            "The newest part of the log can not be read.",
            "Check the log, keep a copy of its folder, and restore it from the backup.",
        ) from None
    found = scan(data, header.first_sequence)
    return LogEnd(
        number=number,
        next_sequence=found.next_sequence,
        chain=found.chain,
        whole_bytes=found.end_offset,
        torn=data[found.end_offset :] if found.end is End.TORN else b"",
        altered=found.end is End.ALTERED,
        first_ms=found.first_ms,
        unsigned=unsigned_entries(header, found),
        checkpoints=tuple(_checkpoints(found.specials)),
    )


def checkpoints_after(folder: Path, workstation_id: str, sequence: int) -> Iterator[Checkpoint]:
    """Readable checkpoints of a workstation's log that say what happened after `sequence`, oldest first.

    From 0 on they are every one: what generations are rebuilt from. Segments before `sequence` are not read.
    """
    found: list[bytes] = []
    for number in reversed(segment_numbers(folder, workstation_id)):
        found.append(segment_path(folder, workstation_id, number).read_bytes())
        try:
            if SegmentHeader.decode(found[-1]).first_sequence <= sequence:
                break
        except PhotoDeskError:
            continue  # an altered header says nothing; the segment before it tells whether to go on
    for data in reversed(found):
        yield from (one for one in _checkpoints(tuple(frames(data))) if one.sequence > sequence)


def _checkpoints(found: tuple[Frame, ...]) -> Iterator[Checkpoint]:
    for frame in found:
        if frame.kind != Kind.CHECKPOINT:
            continue
        try:
            yield read_checkpoint(frame.body)
        except PhotoDeskError:
            return


def unsigned_entries(header: SegmentHeader, found: Scan) -> int:
    """Entries after the last checkpoint. A segment is only left with a checkpoint, so none lie in the one before."""
    last = max((frame.sequence for frame in found.specials if frame.kind == Kind.CHECKPOINT), default=0)
    others = sum(frame.sequence > last for frame in found.specials)
    return found.next_sequence - max(last + 1, header.first_sequence) - others
