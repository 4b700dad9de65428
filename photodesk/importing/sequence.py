"""The order in which a card's files were taken: camera by camera, by camera time, then by name.

Files with one name and different endings (RAW and JPEG, a sidecar, the film of a Live Photo) are one `Unit` and stay
together. A file without a camera time stands behind the one before it on the card; a file that names no camera is of
the same camera as that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from photodesk.importing.labels import Label, one_label

SIDECARS = frozenset({"xmp", "xml", "pp3", "dop", "aae", "json"})
ENDING = re.compile(r"\.(?=.{0,4}[A-Za-z])[A-Za-z0-9]{2,4}$")
Name = tuple[str, ...]
Place = tuple[int, Name, int, Name, str]


@dataclass(frozen=True)
class GroupShot:
    """One shot as grouping sees it; `name` is its name on the card.

    `time_ms` is the camera's wall time as a number (no zone; only differences mean anything), None where not written.
    `camera` is maker, model and serial in one text, "" where not written.
    """

    shot_id: str
    name: str
    time_ms: int | None = None
    camera: str = ""
    label: Label | None = None


@dataclass(frozen=True)
class Unit:
    """Shots that are one photo, or belong to one. `time_ms` is None where no file before it has a time.

    `place` orders the units of a card.
    """

    shots: tuple[GroupShot, ...]
    camera: str
    time_ms: int | None
    place: Place

    @property
    def label(self) -> Label | None:
        """What its codes say."""
        return one_label(shot.label for shot in self.shots if shot.label is not None)

    @property
    def shot_ids(self) -> tuple[str, ...]:
        """Ids of its shots in the order of their names."""
        return tuple(shot.shot_id for shot in self.shots)

    @property
    def label_ids(self) -> tuple[str, ...]:
        """Its shots, where they are photos of a card; else none."""
        label = self.label
        return self.shot_ids if label is not None and label.is_card else ()


def by_camera(shots: Iterable[GroupShot]) -> tuple[tuple[Unit, ...], ...]:
    """The units of each camera in the order they were taken; cameras in the order of their first photo."""
    units = _with_neighbours(_joined(sorted(shots, key=lambda shot: (in_order(shot.name), shot.shot_id))))
    cameras: dict[str, list[Unit]] = {}
    for unit in sorted(units, key=lambda unit: unit.place):
        cameras.setdefault(unit.camera, []).append(unit)
    return tuple(tuple(of) for of in cameras.values())


def in_order(name: str) -> Name:
    """A key that sorts names as a card lists them, numbers by their value."""
    return tuple(part.zfill(20) if part.isdecimal() else part.casefold() for part in re.split(r"(\d+)", name))


def _joined(shots: Sequence[GroupShot]) -> list[Unit]:
    """Shots of one stem and camera; one that names no camera goes with those that do."""
    cameras: dict[str, str] = {}
    for shot in shots:
        if shot.camera:
            cameras.setdefault(stem(shot.name), shot.camera)
    stems: dict[tuple[str, str], list[GroupShot]] = {}
    for shot in shots:
        key = stem(shot.name)
        stems.setdefault((key, shot.camera or cameras.get(key, "")), []).append(shot)
    units: list[Unit] = []
    for (_, camera), of in stems.items():
        time_ms = min((shot.time_ms for shot in of if shot.time_ms is not None), default=None)
        units.append(Unit(tuple(of), camera, time_ms, (0, (), 0, (), "")))
    return units


def _with_neighbours(units: list[Unit]) -> list[Unit]:
    """Time and camera from the unit before on the card where a unit has none; from the one behind at the beginning."""
    camera = next((unit.camera for unit in units if unit.camera), "")
    placed: list[Unit] = []
    first: dict[str, int] = {}
    for unit in units:
        camera = unit.camera or camera
        placed.append(replace(unit, camera=camera))
        if unit.time_ms is not None:
            first.setdefault(camera, unit.time_ms)
    before: dict[str, tuple[int, Name]] = {}
    for number, unit in enumerate(placed):
        shot = unit.shots[0]
        name = in_order(shot.name)
        if unit.time_ms is not None:
            before[unit.camera] = (unit.time_ms, name)
            place: Place = (unit.time_ms, name, 1, name, shot.shot_id)
        elif unit.camera in before:
            place = (*before[unit.camera], 2, name, shot.shot_id)
        else:
            place = (first.get(unit.camera, 0), (), 0, name, shot.shot_id)
        placed[number] = replace(unit, time_ms=place[0] if unit.camera in first else None, place=place)
    return placed


def stem(name: str) -> str:
    """A name on the card without its ending (`IMG_1.CR2.xmp` is `IMG_1`'s, too), case folded."""
    folder, _, file = name.rpartition("/")
    first, dot, ending = file.rpartition(".")
    if dot and ending.casefold() in SIDECARS and ENDING.search(first):
        first = ENDING.sub("", first)
    return f"{folder}/{first or file}".casefold()
