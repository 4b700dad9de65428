"""Every file below the store's folder: whose it is, or that nobody knows it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from photodesk.store.layout import Layout
from photodesk.store.misplaced import MOVING
from photodesk.store.quarantine import SIDES

_ID = r"[0-9a-f]{32}"
_CHART = re.compile(rf"({_ID})\.db(-wal|-shm|-journal)?")
_PACK = re.compile(r"[1-9][0-9]*\.(db(-wal|-shm|-journal)?|seal)")
_SEGMENT = re.compile(r"[0-9]+\.pdlog")
_SNAPSHOT = re.compile(rf"(catalog|erasure|index|{_ID})\.v[0-9]+\.db(-wal|-shm|-journal)?")
_TORN = re.compile(r"\..+\.[0-9]+\.new")
_PUT_ASIDE = ".damaged"  # what repairs of earlier versions renamed
CHART, TORN, UNKNOWN = "chart_unknown", "file_torn", "file_unknown"


@dataclass(frozen=True)
class Stranger:
    """A file that does not belong where it lies. `kind` is the problem's; `chart_id` for a chart nobody knows."""

    path: Path
    kind: str
    chart_id: str = ""


def strangers(layout: Layout, chart_ids: Set[str]) -> Iterator[Stranger]:
    """Files, links and the like that the store does not know; what was moved aside or goes up is not looked into."""
    known = _Known(layout, chart_ids)
    apart = {layout.quarantine, layout.spool}
    for folder, folders, names in os.walk(layout.root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if here / name not in apart)
        for name in sorted((*names, *(one for one in folders if (here / one).is_symlink()))):
            stranger = known.look(here / name)
            if stranger is not None:
                yield stranger


class _Known:
    """What may lie in each folder of a store."""

    def __init__(self, layout: Layout, chart_ids: Set[str]) -> None:
        self._layout = layout
        self._chart_ids = chart_ids
        own = [path for path in vars(layout).values() if isinstance(path, Path) and path.parent == layout.root]
        self._own = {path.name for path in own}
        self._own |= {path.name + side for path in own if path.suffix == ".db" for side in (*SIDES, ".new")}
        self._folders: dict[str, Callable[[PurePosixPath], str]] = {
            layout.charts_folder.name: self._chart,
            layout.inbox_folder.name: _pack,
            layout.log.name: _segment,
            layout.snapshots.name: _snapshot,
        }

    def look(self, path: Path) -> Stranger | None:
        relative = PurePosixPath(path.relative_to(self._layout.root).as_posix())
        if path.is_symlink():
            return Stranger(path, UNKNOWN)
        if path.name.endswith(_PUT_ASIDE):
            return None
        if _TORN.fullmatch(path.name):
            return Stranger(path, TORN)
        if len(relative.parts) == 1:
            return None if path.name in self._own else Stranger(path, UNKNOWN)
        kind = self._folders.get(relative.parts[0], _nothing)(relative)
        return Stranger(path, kind, path.stem if kind == CHART else "") if kind else None

    def _chart(self, relative: PurePosixPath) -> str:
        found = _CHART.fullmatch(relative.name)
        if found is None or len(relative.parts) != 3 or relative.parts[1] != found[1][:2]:
            return UNKNOWN
        if found[1] in self._chart_ids:
            return ""
        return UNKNOWN if found[2] else CHART


def _pack(relative: PurePosixPath) -> str:
    sound = len(relative.parts) == 3 and re.fullmatch(_ID, relative.parts[1]) and _PACK.fullmatch(relative.name)
    return "" if sound or relative.name.endswith(MOVING) else UNKNOWN


def _segment(relative: PurePosixPath) -> str:
    sound = len(relative.parts) == 3 and re.fullmatch(_ID, relative.parts[1]) and _SEGMENT.fullmatch(relative.name)
    return "" if sound else UNKNOWN


def _snapshot(relative: PurePosixPath) -> str:
    return "" if len(relative.parts) == 2 and _SNAPSHOT.fullmatch(relative.name) else UNKNOWN


def _nothing(_relative: PurePosixPath) -> str:
    return UNKNOWN
