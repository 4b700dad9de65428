"""Pairs of photos for `bench align`: with a known truth, or with nothing in common that may be claimed.

From a folder with a `pairs.csv` (columns pair, image_a, image_b, truth, truth_file; paths below its parent folders or
beside it): published pairs. From any photos: each seen again under a known homography with other light, blur, noise, a
covered patch and JPEG loss, in three strengths; two unrelated photos; two places of one photo that do not overlap, the
hardest case for a confidence; and unrelated photos that hold the same ruler, where only the ruler agrees.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from photodesk.compare.mapping import Matrix, mapped
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.renditions import shrink

LONG_EDGE_PX = 1600
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"})


@dataclass(frozen=True)
class Strength:
    """How far a photo seen again differs: most degrees, scale and gamma ranges, tilt and shift shares, light, blur."""

    name: str
    turn_degrees: float
    scale: tuple[float, float]
    shift: float
    tilt: float
    gamma: tuple[float, float]
    tint: float
    gradient: float
    blur: float
    noise: float
    patch: bool


STRENGTHS = (
    Strength("seen again, a little apart", 10, (0.9, 1.1), 0.05, 0.01, (0.9, 1.1), 0.1, 0.0, 0.0, 0.01, False),
    Strength("seen again, other light", 25, (0.7, 1.4), 0.12, 0.06, (0.7, 1.4), 0.25, 0.25, 1.5, 0.02, True),
    Strength("seen again, far apart", 180, (0.6, 1.6), 0.15, 0.10, (0.6, 1.7), 0.33, 0.5, 2.5, 0.04, True),
)
PUBLISHED, UNRELATED, NEIGHBOURS, RULER = "published pairs", "unrelated", "neighbouring skin", "the same ruler"


@dataclass(frozen=True)
class TruePoints:
    """Where places of B lie in A, float64, (n, 2) px each: landmarks, or A's corners under a homography."""

    a: npt.NDArray[np.float64]
    b: npt.NDArray[np.float64]


@dataclass(frozen=True)
class TestPair:
    """Two photos; without `truth` they may not be claimed as aligned."""

    name: str
    group: str
    a: Pixels
    b: Pixels
    truth: TruePoints | None


def pictures_in(folder: Path) -> list[Path]:
    """Photos below a folder, those of published pairs aside."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES and "registration" not in p.parts)


def published(folder: Path) -> Iterator[TestPair]:
    """The pairs of every `pairs.csv` below."""
    for table in sorted(folder.rglob("pairs.csv")):
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                a, b = (_read(_found(table, row[name])) for name in ("image_a", "image_b"))
                truth = _found(table, row["truth_file"])
                yield TestPair(row["pair"], PUBLISHED, a, b, _truth(truth, row["truth"], a))


def made(photos: Sequence[Path], random: np.random.Generator) -> Iterator[TestPair]:
    """Pairs made from photos."""
    for path in photos:
        picture = _small(path)
        for strength in STRENGTHS:
            seen, a_to_b = _seen_again(picture, strength, random)
            corners = _corners(picture)
            truth = TruePoints(corners, mapped(a_to_b, corners))
            yield TestPair(path.stem, strength.name, picture, seen, truth)
        height, width = picture.shape[:2]
        if max(height, width) >= 700:
            halves = np.array_split(picture, 2, axis=int(width >= height))
            other, _ = _seen_again(np.ascontiguousarray(halves[1]), STRENGTHS[0], random)
            yield TestPair(path.stem, NEIGHBOURS, np.ascontiguousarray(halves[0]), other, None)
    for _ in photos if len(photos) > 1 else ():
        one, other = (photos[index] for index in random.choice(len(photos), 2, replace=False))
        if _series(one) == _series(other):
            continue
        a, b = _small(one), _small(other)
        yield TestPair(f"{one.stem} {other.stem}", UNRELATED, a, b, None)
        yield TestPair(f"{one.stem} {other.stem}", RULER, _with_ruler(a, random), _with_ruler(b, random), None)


def _series(path: Path) -> tuple[str, ...]:
    """Photos whose names begin alike show the same patient or drawing: not unrelated."""
    return tuple(path.stem.replace("-", "_").split("_")[:3])


def _found(table: Path, name: str) -> Path:
    for folder in table.parents:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{table.name} names {name}, which is not there")


def _truth(path: Path, kind: str, a: Pixels) -> TruePoints:
    if kind == "homography":
        matrix = np.array(path.read_text(encoding="utf-8").replace(",", " ").split(), np.float64).reshape(3, 3)
        corners = _corners(a)
        return TruePoints(corners, mapped(matrix, corners))
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[float(row[key]) for key in ("x_a", "y_a", "x_b", "y_b")] for row in csv.DictReader(file)]
    points = np.array(rows, np.float64)
    return TruePoints(points[:, :2], points[:, 2:])


def _corners(picture: Pixels) -> npt.NDArray[np.float64]:
    height, width = picture.shape[:2]
    return np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float64)


def _read(path: Path) -> Pixels:
    return _pixels(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB))


def _small(path: Path) -> Pixels:
    return shrink(_read(path), LONG_EDGE_PX)


def _pixels(read: Any) -> Pixels:
    return np.ascontiguousarray(read, np.uint8)


def _seen_again(picture: Pixels, strength: Strength, random: np.random.Generator) -> tuple[Pixels, Matrix]:
    """The photo under a known homography and other light, and that homography (A → B)."""
    height, width = picture.shape[:2]
    size = np.array((width, height), np.float64)
    turn = random.uniform(-strength.turn_degrees, strength.turn_degrees)
    moved = np.vstack(
        [cv2.getRotationMatrix2D((width / 2, height / 2), turn, random.uniform(*strength.scale)), (0, 0, 1)]
    )
    moved[:2, 2] += random.uniform(-strength.shift, strength.shift, 2) * size
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    tilted = (frame + random.uniform(-strength.tilt, strength.tilt, (4, 2)) * size).astype(np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(frame, tilted) @ moved, np.float64)
    border = int(random.choice([cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT]))
    seen = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=border)
    return _other_light(seen / 255, strength, random), matrix


def _other_light(lit: npt.NDArray[np.float64], strength: Strength, random: np.random.Generator) -> Pixels:
    height, width = lit.shape[:2]
    changed = lit ** random.uniform(*strength.gamma) * random.uniform(1 - strength.tint, 1 + strength.tint, 3)
    across, down = random.uniform(-strength.gradient, strength.gradient, 2) / 2
    changed *= 1 + (np.linspace(-1, 1, width)[None] * across + np.linspace(-1, 1, height)[:, None] * down)[..., None]
    blur = random.uniform(0, strength.blur) * max(width, height) / 1000
    if blur > 0.3:
        changed = np.asarray(cv2.GaussianBlur(changed, (0, 0), blur))
    if strength.patch:
        wide, high = (int(side * random.uniform(0.1, 0.3)) for side in (width, height))
        left, top = int(random.integers(0, width - wide)), int(random.integers(0, height - high))
        changed[top : top + high, left : left + wide] = random.uniform(0, 1, 3)
    changed = changed + random.normal(0, random.uniform(0.3, 1) * strength.noise, changed.shape)
    done, written = cv2.imencode(
        ".jpg",
        np.clip(changed * 255, 0, 255).astype(np.uint8),
        [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(60, 95))],
    )
    if not done:
        raise ValueError("the picture was not written as JPEG")
    return _pixels(cv2.imdecode(written, cv2.IMREAD_COLOR))


def _with_ruler(picture: Pixels, random: np.random.Generator) -> Pixels:
    """With a ruler of ten centimetres laid on the skin."""
    ruler = np.full((140, 900, 3), 235, np.uint8)
    for mm in range(100):
        long = 75 if mm % 10 == 0 else 55 if mm % 5 == 0 else 35
        cv2.line(ruler, (9 * mm, 0), (9 * mm, long), (20, 20, 20), 2)
        if mm % 10 == 0:
            cv2.putText(ruler, str(mm // 10), (9 * mm + 4, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 20, 20), 3)
    height, width = picture.shape[:2]
    place = cv2.getRotationMatrix2D((0, 0), random.uniform(-20, 20), random.uniform(0.35, 0.6) * width / 900)
    place[:, 2] += (random.uniform(0.1, 0.4) * width, random.uniform(0.2, 0.7) * height)
    covered = cv2.warpAffine(np.full(ruler.shape[:2], 255, np.uint8), place, (width, height)) > 128
    laid = cv2.warpAffine(ruler, place, (width, height), flags=cv2.INTER_AREA)
    return np.where(covered[..., None], laid, picture).astype(np.uint8)
