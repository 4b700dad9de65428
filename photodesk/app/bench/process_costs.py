"""What the processes of a bench cost: processor seconds and peak memory by kind, from `/proc` (elsewhere: nothing)."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from photodesk.progress import Progress

_PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class ProcessCosts:
    """Samples this process and all below it whenever it is asked to; the last sample of each counts."""

    def __init__(self) -> None:
        """From now on: also the peak of this process begins anew, where the system can forget it."""
        with contextlib.suppress(OSError):
            (_PROC / "self" / "clear_refs").write_text("5", "ascii")
        self._began = {pid: cpu_s for pid, (_, cpu_s, _) in _family().items()}
        self._seen: dict[int, tuple[str, float, int]] = {}

    def sample(self, _: Progress | None = None) -> None:
        """Take the figures of now; can be a `Report`."""
        self._seen.update(_family())

    def text(self) -> str:
        """`importer 3.1 s, 180 MB; …`: processor time since the start, the largest peak memory of that kind."""
        self.sample()
        kinds: dict[str, tuple[float, int]] = {}
        for pid, (kind, cpu_s, peak_mb) in self._seen.items():
            spent, peak = kinds.get(kind, (0.0, 0))
            kinds[kind] = spent + cpu_s - self._began.get(pid, 0.0), max(peak, peak_mb)
        costs = [f"{kind} {cpu_s:.1f} s, peak {peak} MB" for kind, (cpu_s, peak) in sorted(kinds.items())]
        return "; ".join(costs) or "not known on this system"


def held_mb() -> int:
    """What this process holds in memory now, its share of what it shares with others; 0 where nobody says.

    Pixels that came from a decoder count whole, also those nobody has looked at yet.
    """
    kb = 0
    with contextlib.suppress(OSError):
        for line in (_PROC / "self" / "smaps_rollup").read_text("ascii", "replace").splitlines():
            if line.startswith(("Pss_Anon:", "Pss_File:")):
                kb += int(line.split()[1])
        kb += _memory_files_kb()
    return kb // 1024


def _memory_files_kb() -> int:
    """Of files that are only memory (memfd_create(2)), each counted once."""
    found: dict[int, int] = {}
    for descriptor in (_PROC / "self" / "fd").iterdir():
        with contextlib.suppress(OSError):  # the one the folder was read with is gone
            if descriptor.readlink().name.startswith("memfd:"):
                status = descriptor.stat()
                found[status.st_ino] = status.st_blocks // 2
    return sum(found.values())


def _family() -> dict[int, tuple[str, float, int]]:
    """Process id to (kind, processor seconds, peak MB) of this process and its descendants."""
    me = os.getpid()
    parents: dict[int, int] = {}
    found: dict[int, tuple[str, float, int]] = {}
    for folder in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):  # it has just ended
            pid = int(folder.name)
            stat = (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            parents[pid] = int(stat[1])
            status = (folder / "status").read_text("ascii", "replace").splitlines()
            peak_kb = int(next(line for line in status if line.startswith("VmHWM")).split()[1])
            cpu_s = (int(stat[11]) + int(stat[12])) / _TICKS_PER_S
            found[pid] = "desk" if pid == me else _kind(folder), cpu_s, peak_kb // 1024
    return {pid: cost for pid, cost in found.items() if _below(pid, me, parents)}


def _kind(folder: Path) -> str:
    words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    return words[words.index("photodesk") + 1]


def _below(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid > 1 and pid != ancestor:
        pid = parents.get(pid, 0)
    return pid == ancestor
