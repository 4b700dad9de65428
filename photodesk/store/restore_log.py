"""The log of the old workstations in a restored store: beside the new one's, and verifiable as it was."""

from __future__ import annotations

from photodesk.errors import Damaged
from photodesk.log.segment import segment_path
from photodesk.store.backup_files import log_matches
from photodesk.store.backup_record import LogPart, log_path
from photodesk.store.backup_target import read_whole
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout
from photodesk.store.restore_source import Opened


def restore_logs(opened: Opened, layout: Layout, *, anyway: bool) -> list[Damaged]:
    """Copy every segment as the run has it; what cannot be had back. Damaged `log_not_in_backup` unless `anyway`."""
    problems: list[Damaged] = []
    for part in opened.run.logs:
        try:
            data = read_whole(opened.target, log_path(part.workstation_id, part.number))
        except Damaged:
            data = b""
        if not log_matches(data, part):
            if not anyway:
                raise _lost(part)
            problems.append(_lost(part))
            continue
        path = segment_path(layout.log, part.workstation_id, part.number)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(path, data[: part.size_bytes])
    return problems


def _lost(part: LogPart) -> Damaged:
    return Damaged(
        "log_not_in_backup",
        f"Part {part.number} of the log of workstation {part.workstation_id} is damaged or missing in the backup.",
        "Use another backup, or restore everything else with --anyway.",
    )
