"""Key files and log segments in a backup: they are sealed or public by themselves and are copied as they are."""

from __future__ import annotations

import hashlib
import io

from photodesk.errors import Damaged
from photodesk.log.frames import SegmentHeader
from photodesk.log.segment import scan, segment_numbers, segment_path, workstations
from photodesk.store.backup_record import LogPart, State, log_path, state_path
from photodesk.store.backup_target import Target, hash_of, read_whole
from photodesk.store.layout import Layout


def back_up_states(target: Target, layout: Layout) -> tuple[State, ...]:
    """`members.log`, `keys.msgpack`, `slots.msgpack`, each named by its hash."""
    there, made = target.names("state"), []
    for path in (layout.members, layout.keys, layout.slots):
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        name = state_path(digest)
        if name not in there or read_whole(target, name) != data:
            target.put(name, data)
        made.append(State(path.name, digest, len(data)))
    return tuple(made)


def back_up_logs(target: Target, layout: Layout) -> tuple[LogPart, ...]:
    """Every segment of every workstation's log, up to its last whole frame; one that grew is written anew."""
    there, made = target.names("log"), []
    for workstation_id in workstations(layout.log):
        numbers = segment_numbers(layout.log, workstation_id)
        for number in numbers:
            name = log_path(workstation_id, number)
            path = segment_path(layout.log, workstation_id, number)
            size, last = path.stat().st_size, number == numbers[-1]
            if not last and there.get(name) == size:
                with target.open(name) as stream:
                    made.append(LogPart(workstation_id, number, size, hash_of(stream).hex()))
                continue
            data = path.read_bytes()
            if last:
                data = data[: _whole_bytes(data)]
            _replace(target, name, data)
            made.append(LogPart(workstation_id, number, len(data), hashlib.sha256(data).hexdigest()))
    return tuple(made)


def _whole_bytes(data: bytes) -> int:
    """Where the last whole frame ends; all of it where the segment was altered: that is evidence."""
    try:
        found = scan(data, SegmentHeader.decode(data).first_sequence)
    except Damaged:
        return len(data)
    return found.end_offset if found.end != "altered" else len(data)


def _replace(target: Target, name: str, data: bytes) -> None:
    """Write a segment; what the backup has of it must be how this one begins, or it stays beside the new one."""
    there = target.names(name.rpartition("/")[0])
    if name in there:
        with target.open(name) as stream:
            before = stream.read()
        if before == data:
            return
        if not data.startswith(before):
            target.put(f"{name}.{hashlib.sha256(before).hexdigest()[:16]}", before)
    target.put(name, data)


def log_matches(data: bytes, part: LogPart) -> bool:
    """Whether a segment still begins with what a run copied."""
    try:
        return hash_of(io.BytesIO(data), part.size_bytes).hex() == part.sha256
    except Damaged:
        return False
