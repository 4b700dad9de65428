"""The processes PhotoDesk started, and what is in their memory."""

from __future__ import annotations

import re
from pathlib import Path

MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (r\S\S\S)\s")


def family(root_pid: int) -> list[int]:
    """`root_pid` and all its descendants that are alive."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found = {root_pid} & parents.keys()
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return sorted(found)
        found |= more


def kind(pid: int) -> str:
    """`keeper`, `desk`, `importer`, `decoder`, `photodesk` (what a person starts), else the program; "" when gone."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    words = [a.decode("utf-8", "replace") for a in arguments]
    module = words.index("-m") if "-m" in words[:3] else 0
    if words[module : module + 2] != ["-m", "photodesk"]:
        return words[0]
    command = words[module + 2]
    return command if command in {"keeper", "desk", "importer", "decoder"} else "photodesk"


def holds(pid: int, needles: dict[str, bytes]) -> set[str]:
    """Names of the needles found in the readable memory of `pid`. Needs the right to read it."""
    found: set[str] = set()
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                match = MAPPING.match(line)
                if match and "[vvar]" not in line and "[vsyscall]" not in line:
                    found |= in_range(memory, int(match[1], 16), int(match[2], 16), needles)
    except (FileNotFoundError, ProcessLookupError):  # it has ended: it holds nothing
        return set()
    return found


def in_range(memory: object, start: int, end: int, needles: dict[str, bytes]) -> set[str]:
    """Names of the needles between two addresses of an open `/proc/PID/mem`."""
    step, overlap, found = 1 << 24, max(map(len, needles.values())), set()
    for at in range(start, end, step):
        try:
            memory.seek(at)  # type: ignore[attr-defined]
            block = memory.read(min(step + overlap, end - at))  # type: ignore[attr-defined]
        except (OSError, ValueError):
            continue
        if block.count(0) != len(block):
            found |= {name for name, needle in needles.items() if needle in block}
    return found
