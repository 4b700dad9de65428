"""Reading one segment from the disk: the loop that checks every byte, and what it found.

The previous chain of every frame but the first lies directly before it, so one slice gives all that a chain covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from photodesk.log.frames import (
    BEFORE_BODY_BYTES,
    CHAIN_BYTES,
    CHAIN_LABEL,
    HEAD,
    HEADER,
    KINDS,
    OVERHEAD_BYTES,
    SUFFIX,
    TAG_BYTES,
    Frame,
    chain_start,
    frame_at,
    is_torn_tail,
)


class End(StrEnum):
    """How a segment ends: at a whole frame, torn by a power cut, or with bytes that were not written so."""

    WHOLE = "whole"
    TORN = "torn"
    ALTERED = "altered"


@dataclass(frozen=True)
class Scan:
    """A segment's frames as far as their chain holds.

    `specials` are the frames that are not entries. `end_offset` is where the last whole frame ends; for an altered
    segment the frame that begins there is the first that does not fit. `chain` and `next_sequence` are what a next
    frame continues.
    """

    entries: int
    specials: tuple[Frame, ...]
    first_ms: int | None
    last_ms: int | None
    next_sequence: int
    chain: bytes
    end_offset: int
    end: End


def scan(data: bytes, first_sequence: int) -> Scan:
    """Check the chain of a segment's bytes (header included). No signature is checked here."""
    unpack, hash_of, overhead, chain_label = HEAD.unpack_from, sha256, OVERHEAD_BYTES, CHAIN_LABEL
    size = len(data)
    head_room = size - overhead
    offset, sequence, last = HEADER.size, first_sequence, -1
    chain = chain_start(data[: HEADER.size])
    specials: list[int] = []
    covered_from = chain
    while offset <= head_room:
        length, found, kind = unpack(data, offset)
        end = offset + overhead + length
        if found != sequence or end > size:
            break
        if last >= 0:
            chain = hash_of(chain_label + data[offset - 32 : end - 32]).digest()
        else:
            chain = hash_of(chain_label + covered_from + data[offset : end - 32]).digest()
        if chain != data[end - 32 : end]:
            break
        if kind != 1:
            specials.append(offset)
        last = offset
        offset = end
        sequence += 1
    chain = data[offset - CHAIN_BYTES : offset] if last >= 0 else covered_from
    frames = tuple(frame_at(data, place) for place in specials)
    return Scan(
        entries=sequence - first_sequence - len(frames),
        specials=frames,
        first_ms=frame_at(data, HEADER.size).wall_ms if last >= 0 else None,
        last_ms=frame_at(data, last).wall_ms if last >= 0 else None,
        next_sequence=sequence,
        chain=chain,
        end_offset=offset,
        end=_end(data, offset, sequence),
    )


def _end(data: bytes, offset: int, sequence: int) -> End:
    if offset == len(data):
        return End.WHOLE
    return End.TORN if is_torn_tail(data[offset:], sequence) else End.ALTERED


def frames(data: bytes) -> Iterator[Frame]:
    """Every whole frame by its length alone, until the lengths make no sense. Checks nothing else."""
    offset = HEADER.size
    while offset + OVERHEAD_BYTES <= len(data):
        (length, _, kind) = HEAD.unpack_from(data, offset)
        end = offset + BEFORE_BODY_BYTES + length + TAG_BYTES + CHAIN_BYTES
        if end > len(data) or kind not in KINDS:
            return
        yield frame_at(data, offset)
        offset = end


def segment_path(folder: Path, workstation_id: str, number: int) -> Path:
    """`<folder>/<workstation id>/<n>.pdlog`; `folder` is the store's `log`."""
    return folder / workstation_id / f"{number}{SUFFIX}"


def segment_numbers(folder: Path, workstation_id: str) -> list[int]:
    """Numbers of the segments that are there, rising. Files with other names are not ours."""
    place = folder / workstation_id
    if not place.is_dir():
        return []
    stems = (path.stem for path in place.iterdir() if path.suffix == SUFFIX)
    return sorted(int(stem) for stem in stems if stem.isdecimal() and stem == str(int(stem)))


def workstations(folder: Path) -> list[str]:
    """Ids of the workstations with segments in this log folder."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and segment_numbers(folder, path.name))
