"""Whether a workstation's log holds a place that somebody saw of it: one entry's number and the chain there."""

from __future__ import annotations

from pathlib import Path

from photodesk.errors import PhotoDeskError
from photodesk.log.frames import SegmentHeader
from photodesk.log.segment import frames, segment_numbers, segment_path


def holds(folder: Path, workstation_id: str, sequence: int, chain: bytes) -> bool:
    """Whether the log goes through exactly this place. Reads only the segments that can hold it; checks no chain."""
    for number in reversed(segment_numbers(folder, workstation_id)):
        data = segment_path(folder, workstation_id, number).read_bytes()
        try:
            header = SegmentHeader.decode(data)
        except PhotoDeskError:
            continue
        if (sequence + 1, chain) == (header.first_sequence, header.chain):
            return True  # signed right after the segment was begun
        for frame in frames(data):
            if (frame.sequence, frame.chain) == (sequence, chain):
                return True
        if header.first_sequence <= sequence:
            return False
    return False
