"""The logs of other workstations, from the server: segment after segment, each kept only if it continues its log.

They stay as sealed as they are there; who holds the log's private key reads them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from photodesk.errors import PhotoDeskError, Refused
from photodesk.log.recovery import find_end
from photodesk.log.segment import segment_path
from photodesk.log.verify import continues
from photodesk.store.files import write_atomically
from photodesk.store.members import Members
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.spool import Spool

SEGMENT_BYTES = 8 * 1024 * 1024
UNKNOWN = "unknown"


class SegmentLine(Protocol):
    """What this asks of the server."""

    def segment(self, workstation_id: str, number: int) -> bytes:
        """A kept segment. Refused `unknown`."""
        ...


def logs_folder(spool: Spool) -> Path:
    """Where they lie, one folder a workstation."""
    return spool.folder / "logs"


def fetch_other_logs(line: SegmentLine, spool: Spool, members: Members, own_id: str) -> int:
    """Bring what is new of every other log, also of workstations that were shut out; how many segments.

    A `Contradiction` for a segment that its workstation did not write, or that does not follow.
    """
    fetched = 0
    for workstation_id, station in members.workstations.items():
        if workstation_id != own_id:
            fetched += _fetch(line, logs_folder(spool), workstation_id, station.log_signing_public)
    return fetched


def _fetch(line: SegmentLine, folder: Path, workstation_id: str, public: bytes) -> int:
    number = first = find_end(folder, workstation_id).number + 1
    while (data := _segment(line, workstation_id, number)) is not None:
        try:
            good = len(data) <= SEGMENT_BYTES and continues(folder, workstation_id, public, number, data)
        except PhotoDeskError:
            good = False
        if not good:
            raise Contradiction(
                Attack.LOG, "it serves a segment of a log that its workstation did not write", {"segment.pdlog": data}
            )
        path = segment_path(folder, workstation_id, number)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, data)
        number += 1
    return number - first


def _segment(line: SegmentLine, workstation_id: str, number: int) -> bytes | None:
    try:
        return line.segment(workstation_id, number)
    except Refused as refused:
        if refused.code != UNKNOWN:
            raise
        return None
