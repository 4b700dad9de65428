"""Counts what a keeper that leaks would have more of: processes, descriptors, threads, memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.processes import family, kind

KB_ALLOWED = 2_048  # what an allocator keeps beside what a keeper holds


@dataclass(frozen=True)
class Counted:
    """At rest: the sign-in is shown, the spare is ready."""

    processes: tuple[tuple[str, int], ...]
    descriptors: int
    threads: int
    private_kb: int

    def line(self) -> str:
        """For the record."""
        parts = ", ".join(f"{count} {name}" for name, count in self.processes)
        return (
            f"{parts}; keeper: {self.descriptors} descriptors, {self.threads} threads, {self.private_kb:,} kB private"
        )

    def more_than(self, before: Counted) -> list[str]:
        """What has grown."""
        found = []
        if self.processes != before.processes:
            found.append(f"processes {before.processes} → {self.processes}")
        if self.descriptors > before.descriptors:
            found.append(f"descriptors {before.descriptors} → {self.descriptors}")
        if self.threads > before.threads:
            found.append(f"threads {before.threads} → {self.threads}")
        if self.private_kb > before.private_kb + KB_ALLOWED:
            found.append(f"private memory {before.private_kb:,} → {self.private_kb:,} kB")
        return found


def count(root: int, keeper: int) -> Counted:
    """All processes below `root`, and what the keeper holds."""
    processes = Counter(kind(pid) for pid in family(root))
    home = Path(f"/proc/{keeper}")
    private = sum(
        int(line.split()[1])
        for line in (home / "smaps_rollup").read_text().splitlines()
        if line.startswith(("Private_Dirty:", "Private_Clean:"))
    )
    return Counted(
        tuple(sorted(processes.items())),
        len(list((home / "fd").iterdir())),
        len(list((home / "task").iterdir())),
        private,
    )
