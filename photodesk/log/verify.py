"""Whether a log is what was written: needs no secret.

Every byte is covered by a chain and every 64 entries by a signature. In each segment the last checkpoint's signature
is checked first: it covers the chain, and with it every checkpoint before; only where it does not hold are the earlier
ones tried, to find the first place. `altered` wins over `truncated`, and that over `missing`; `where` is the first
place of the one that won.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from photodesk.errors import PhotoDeskError
from photodesk.log.frames import HEADER, KINDS, OVERHEAD_BYTES, Frame, Kind, SegmentHeader, chain_start, frame_at
from photodesk.log.records import Checkpoint, NewKey, read_anchor, read_checkpoint, read_new_key
from photodesk.log.recovery import find_end, unsigned_entries
from photodesk.log.segment import End, Scan, scan, segment_numbers, segment_path, workstations

CHECKPOINT_ENTRIES = 64


class Result(StrEnum):
    """The answer, in words of the command line."""

    INTACT = "intact"
    ALTERED = "altered"
    TRUNCATED = "truncated"
    MISSING = "missing"


EXIT_CODES = {Result.INTACT: 0, Result.ALTERED: 10, Result.TRUNCATED: 11, Result.MISSING: 12}


@dataclass(frozen=True)
class Place:
    """A frame: its workstation, its sequence, and its offset in bytes in its segment (0: the segment itself)."""

    workstation_id: str
    sequence: int
    offset: int


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. Instants are wall ms of the first and last frame; `anchored_to` is the newest anchor met."""

    result: Result
    entries: int
    first_at: int | None
    last_at: int | None
    segments: int
    workstations: tuple[str, ...]
    anchored_to: Checkpoint | None
    torn_bytes: int
    where: Place | None

    @property
    def exit_code(self) -> int:
        """0 intact, 10 altered, 11 truncated or forked, 12 a segment missing."""
        return EXIT_CODES[self.result]


@dataclass
class _Walk:
    """One workstation, segment after segment."""

    workstation_id: str
    public: bytes | None
    anchors: tuple[Checkpoint, ...]
    entries: int = 0
    segments: int = 0
    torn_bytes: int = 0
    first_at: int | None = None
    last_at: int | None = None
    next_sequence: int = 1
    chain: bytes | None = bytes(32)
    start_id: str | None = None
    unsigned: int = 0
    end_offset: int = 0
    altered: Place | None = None
    missing: Place | None = None

    def __post_init__(self) -> None:
        self.unmet = {anchor.encoded: anchor for anchor in self.anchors}

    def place(self, sequence: int, offset: int) -> Place:
        return Place(self.workstation_id, sequence, offset)

    def spoil(self, sequence: int, offset: int) -> None:
        """The first altered place stays."""
        place = self.place(sequence, offset)
        if self.altered is None or (sequence, offset) < (self.altered.sequence, self.altered.offset):
            self.altered = place


def verify(
    folder: Path,
    signing_keys: Mapping[str, bytes] | bytes,
    anchor: bytes | None = None,
    required: Collection[str] = (),
) -> Verdict:
    """Check every byte of a log folder.

    `signing_keys` are the workstations' log verify keys (32 bytes each) by id, or one pinned key for all. `anchor` is
    an anchor file's content. `required` workstations must have a log here. `Fixable("bad_anchor")`.
    """
    anchors = read_anchor(anchor) if anchor is not None else ()
    found = workstations(folder)
    named = {one.workstation_id for one in anchors} | set(required)
    walks: list[_Walk] = []
    for workstation_id in sorted({*found, *named}):
        public = signing_keys if isinstance(signing_keys, bytes) else signing_keys.get(workstation_id)
        mine = tuple(one for one in anchors if one.workstation_id == workstation_id)
        walk = _Walk(workstation_id, public, mine)
        _walk(folder, walk, required=workstation_id in required)
        walks.append(walk)
    return _verdict(walks, tuple(found), anchors)


def verify_newest(folder: Path, workstation_id: str, public: bytes, limit_bytes: int) -> Verdict:
    """Check one workstation's newest segments, as many as `limit_bytes` hold and one at least; entries are theirs.

    A fast look at what was written last: what came before them is not read, so only `verify` proves a log.
    """
    walk = _Walk(workstation_id, public, ())
    numbers: list[int] = []
    for number in reversed(segment_numbers(folder, workstation_id)):
        limit_bytes -= segment_path(folder, workstation_id, number).stat().st_size
        if numbers and (limit_bytes < 0 or number != numbers[0] - 1):
            break
        numbers.insert(0, number)
    if not numbers:
        walk.missing = walk.place(1, 0)
    elif numbers[0] != 1:
        walk.chain = None
    for number in numbers:
        data = segment_path(folder, workstation_id, number).read_bytes()
        _segment(walk, number, data, last=number == numbers[-1])
    return _verdict([walk], (workstation_id,), ())


def continues(folder: Path, workstation_id: str, public: bytes, number: int, data: bytes) -> bool:
    """Whether these bytes are segment `number` of a log whose segments before it lie here: whole and signed to its end.

    A segment from elsewhere is kept only if it is.
    """
    end = find_end(folder, workstation_id)
    walk = _Walk(workstation_id, public, (), next_sequence=end.next_sequence, chain=end.chain)
    _segment(walk, number, data, last=False)
    header = SegmentHeader.decode(data)
    unsigned = unsigned_entries(header, scan(data, header.first_sequence))
    return number == end.number + 1 and walk.altered is None and not unsigned


def _verdict(walks: list[_Walk], found: tuple[str, ...], anchors: tuple[Checkpoint, ...]) -> Verdict:
    altered = [walk.altered for walk in walks if walk.altered]
    cut = [place for walk in walks if (place := _cut(walk))]
    missing = [walk.missing for walk in walks if walk.missing]
    unmet = {encoded for walk in walks for encoded in walk.unmet}
    met = [anchor for anchor in anchors if anchor.encoded not in unmet]
    firsts = [walk.first_at for walk in walks if walk.first_at is not None]
    lasts = [walk.last_at for walk in walks if walk.last_at is not None]
    verdict = Verdict(
        result=Result.INTACT,
        entries=sum(walk.entries for walk in walks),
        first_at=min(firsts, default=None),
        last_at=max(lasts, default=None),
        segments=sum(walk.segments for walk in walks),
        workstations=found,
        anchored_to=max(met, key=lambda anchor: (anchor.at_ms, anchor.sequence), default=None),
        torn_bytes=sum(walk.torn_bytes for walk in walks),
        where=None,
    )
    for result, places in ((Result.ALTERED, altered), (Result.TRUNCATED, cut), (Result.MISSING, missing)):
        if places:
            return replace(verdict, result=result, where=places[0])
    return verdict


def _cut(walk: _Walk) -> Place | None:
    """Where the log stops short of an anchor, or goes another way: at the anchor's frame, or where the log ends."""
    if not walk.unmet:
        return None
    oldest = min(walk.unmet.values(), key=lambda anchor: anchor.sequence)
    before_its_frame = (oldest.sequence + 1, oldest.chain) == (walk.next_sequence, walk.chain)
    if oldest.sequence >= walk.next_sequence or before_its_frame:
        return walk.place(walk.next_sequence, walk.end_offset)
    return walk.place(oldest.sequence, 0)


def _walk(folder: Path, walk: _Walk, *, required: bool) -> None:
    numbers = segment_numbers(folder, walk.workstation_id)
    if walk.public is not None:
        for anchor in walk.anchors:
            if not anchor.signed_by(walk.public):
                walk.spoil(anchor.sequence, 0)
    if not numbers:
        walk.missing = walk.place(1, 0) if required else None
        return
    expected = 1
    for number in numbers:
        if number != expected:
            walk.missing = walk.missing or walk.place(walk.next_sequence, 0)
            walk.chain = walk.start_id = None
        data = segment_path(folder, walk.workstation_id, number).read_bytes()
        _segment(walk, number, data, last=number == numbers[-1])
        expected = number + 1


def _segment(walk: _Walk, number: int, data: bytes, *, last: bool) -> None:
    walk.segments += 1
    header = _header(walk, number, data)
    if header is None:
        walk.spoil(walk.next_sequence, 0)
        walk.chain = walk.start_id = None
        return
    found = scan(data, header.first_sequence)
    if found.next_sequence == header.first_sequence:
        header_altered = _start_id_altered(walk, header, data)
    else:
        header_altered = not _start_id_fits(walk, header, found)
    if header_altered:
        walk.spoil(header.first_sequence, 0)
    _specials(walk, header, found)
    walk.entries += found.entries
    walk.first_at = walk.first_at if walk.first_at is not None else found.first_ms
    walk.last_at = found.last_ms if found.last_ms is not None else walk.last_at
    walk.next_sequence, walk.chain, walk.end_offset = found.next_sequence, found.chain, found.end_offset
    if found.end is End.TORN and last:
        walk.torn_bytes = len(data) - found.end_offset
    elif found.end is not End.WHOLE:
        walk.spoil(found.next_sequence, found.end_offset)
        walk.chain = walk.start_id = None
        walk.unsigned = 0


def _header(walk: _Walk, number: int, data: bytes) -> SegmentHeader | None:
    """The header if every field that can be known is what it must be."""
    try:
        header = SegmentHeader.decode(data)
    except PhotoDeskError:
        return None
    if (header.workstation_id, header.number) != (walk.workstation_id, number):
        return None
    follows = (header.first_sequence, header.previous_chain) == (walk.next_sequence, walk.chain)
    return header if follows or walk.chain is None else None


def _start_id_fits(walk: _Walk, header: SegmentHeader, found: Scan) -> bool:
    """A segment's start is that of its own first new key, or of the newest one before."""
    frames = [frame for frame in found.specials if frame.kind == Kind.NEW_KEY]
    keys = [(frame, key) for frame in frames if (key := _new_key(frame))]
    if not keys:
        return walk.start_id in {None, header.start_id}
    frame, key = keys[0]
    if walk.start_id is None or frame.offset == HEADER.size:
        walk.start_id = header.start_id
    fits = header.start_id in {key.start_id, walk.start_id}
    walk.start_id = keys[-1][1].start_id  # the newest one: a segment may have seen several starts
    return fits


def _start_id_altered(walk: _Walk, header: SegmentHeader, data: bytes) -> bool:
    """Whether the first frame's chain fails only because of the header's start id, the one field nothing else tells."""
    if len(data) < HEADER.size + OVERHEAD_BYTES:
        return False
    first = frame_at(data, HEADER.size)
    key = _new_key(first) if first.kind == Kind.NEW_KEY else None
    start_id = key.start_id if key else walk.start_id
    if start_id is None or start_id == header.start_id:
        return False
    repaired = replace(header, start_id=start_id).encode() + data[HEADER.size :]
    return chain_start(repaired[: HEADER.size]) != header.chain and (
        scan(repaired, header.first_sequence).next_sequence > header.first_sequence
    )


def _new_key(frame: Frame) -> NewKey | None:
    try:
        return read_new_key(frame.body)
    except PhotoDeskError:
        return None


def _specials(walk: _Walk, header: SegmentHeader, found: Scan) -> None:
    """Checkpoints hold, none is left out, and no frame is of a kind that there is not."""
    checkpoints: list[tuple[Frame, Checkpoint]] = []
    before = header.first_sequence
    for frame in found.specials:
        walk.unsigned += frame.sequence - before
        before = frame.sequence + 1
        if walk.unsigned > CHECKPOINT_ENTRIES or frame.kind not in KINDS:
            walk.spoil(frame.sequence, frame.offset)
        if frame.kind != Kind.CHECKPOINT:
            continue
        walk.unsigned = 0
        checkpoint = _checkpoint(walk, frame)
        if checkpoint is None:
            walk.spoil(frame.sequence, frame.offset)
            continue
        checkpoints.append((frame, checkpoint))
        walk.unmet.pop(checkpoint.encoded, None)
    walk.unsigned += found.next_sequence - before
    if walk.unsigned > CHECKPOINT_ENTRIES:
        walk.spoil(found.next_sequence - 1, found.end_offset)
    if walk.public is None or (checkpoints and not checkpoints[-1][1].signed_by(walk.public)):
        _first_unsigned(walk, header, checkpoints)


def _checkpoint(walk: _Walk, frame: Frame) -> Checkpoint | None:
    """The frame's checkpoint, if it speaks of the frame before it."""
    try:
        checkpoint = read_checkpoint(frame.body)
    except PhotoDeskError:
        return None
    speaks_of = (checkpoint.workstation_id, checkpoint.sequence, checkpoint.chain)
    return checkpoint if speaks_of == (walk.workstation_id, frame.sequence - 1, frame.previous_chain) else None


def _first_unsigned(walk: _Walk, header: SegmentHeader, checkpoints: list[tuple[Frame, Checkpoint]]) -> None:
    if walk.public is None:
        walk.spoil(header.first_sequence, HEADER.size)
        return
    for frame, checkpoint in checkpoints:
        if not checkpoint.signed_by(walk.public):
            walk.spoil(frame.sequence, frame.offset)
            return
