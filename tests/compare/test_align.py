"""An alignment is right or it is not claimed."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from photodesk.compare import ALIGNED_FROM, align
from photodesk.imaging import shrink


def _skin(seed: int, size: int = 700) -> np.ndarray:
    """Something like skin: smooth tone, spots of many sizes, noise."""
    random = np.random.default_rng(seed)
    picture = np.full((size, size, 3), (214, 170, 150), np.float32)
    picture += cv2.GaussianBlur(random.normal(0, 400, (size, size, 1)).astype(np.float32), (0, 0), 40)[..., None]
    for _ in range(160):
        x, y = random.integers(0, size, 2)
        shade = tuple(float(v) for v in random.uniform(60, 160, 3))
        axes = tuple(int(v) for v in random.integers(3, 22, 2))
        cv2.ellipse(picture, (int(x), int(y)), axes, float(random.uniform(0, 180)), 0, 360, shade, -1)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.2) + random.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def _corner_error(found: np.ndarray, truth: np.ndarray, size: tuple[int, int]) -> float:
    """Mean distance of B's mapped corners, relative to the diagonal."""
    width, height = size
    corners = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float64).reshape(-1, 1, 2)
    apart = cv2.perspectiveTransform(corners, found) - cv2.perspectiveTransform(corners, truth)
    return float(np.linalg.norm(apart, axis=2).mean()) / float(np.hypot(width, height))


@pytest.mark.parametrize(("turn", "scale"), [(0, 1.0), (8, 0.9), (-25, 1.2), (90, 1.0)])
def test_a_known_movement_is_found(turn: float, scale: float) -> None:
    """`matrix` maps B to A, whichever way the camera was held and however bright the room was."""
    a = _skin(1)
    a_to_b = np.vstack([cv2.getRotationMatrix2D((349.5, 349.5), turn, scale), [0, 0, 1]])
    b = cv2.warpPerspective(a, a_to_b, (700, 700), borderValue=(119, 119, 119))
    b = np.clip(b.astype(np.float32) * 0.8 + 10, 0, 255).astype(np.uint8)
    found = align(a, b, (700, 700), (700, 700))
    assert found.aligned
    assert found.confidence >= ALIGNED_FROM
    assert _corner_error(np.array(found.matrix), np.linalg.inv(a_to_b), (700, 700)) < 0.005


def test_pixel_centres_of_the_originals() -> None:
    """Screen renditions of a photo and of its double-size copy: the mapping is that of the originals' pixel centres."""
    small = _skin(2, 600)
    large = cv2.resize(small, (1200, 1200), interpolation=cv2.INTER_CUBIC)
    found = align(shrink(large, 900), small, (1200, 1200), (600, 600))
    assert found.matrix is not None
    assert np.allclose(np.array(found.matrix), [[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]], atol=0.2)


def test_unrelated_and_empty_pictures_are_declined() -> None:
    blank = np.full((300, 400, 3), 200, np.uint8)
    for a, b in ((_skin(1), _skin(3)), (_skin(1), blank), (blank, blank)):
        found = align(a, b, (a.shape[1], a.shape[0]), (b.shape[1], b.shape[0]))
        assert found.matrix is None
        assert found.confidence < ALIGNED_FROM


def test_a_mirrored_photo_is_no_alignment() -> None:
    a = _skin(4)
    assert align(a, np.ascontiguousarray(a[:, ::-1]), (700, 700), (700, 700)).matrix is None


def _on_a_drape(skin: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A piece of skin in the middle of woven cloth, which is the same wherever the seed is."""
    size = skin.shape[0]
    random = np.random.default_rng(seed)
    folds = [cv2.GaussianBlur(random.normal(0, 1, (size, size)).astype(np.float32), (0, 0), one) for one in (2, 8)]
    cloth = np.array([70, 120, 150]) + (3 * folds[0] + 14 * folds[1])[..., None] * 35
    inside = np.zeros((size, size), np.float32)
    cv2.ellipse(inside, (size // 2, size // 2), (int(size * share / 2), int(size * share * 0.45)), 0, 0, 360, 1, -1)
    inside = cv2.GaussianBlur(inside, (0, 0), 4)[..., None]
    return np.clip(cloth * (1 - inside) + skin * inside, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_what_surrounds_the_skin_is_not_taken_for_it(share: float) -> None:
    a = _on_a_drape(_skin(5), share, 9)
    held = cv2.getPerspectiveTransform(
        np.array([[0, 0], [699, 0], [699, 699], [0, 699]], np.float32),
        np.array([[12, 5], [690, 14], [705, 690], [-9, 684]], np.float32),
    )
    moved = np.vstack([cv2.getRotationMatrix2D((350, 350), 15, 1), [0, 0, 1]])
    elsewhere = cv2.warpPerspective(_skin(5), moved, (700, 700), borderMode=cv2.BORDER_REFLECT)
    for other in (_skin(6), elsewhere):
        b = cv2.warpPerspective(_on_a_drape(other, share, 9), held, (700, 700), borderMode=cv2.BORDER_REFLECT)
        assert align(a, b, (700, 700), (700, 700)).matrix is None
    again = align(a, cv2.warpPerspective(a, held, (700, 700), borderMode=cv2.BORDER_REFLECT), (700, 700), (700, 700))
    assert again.matrix is not None
    assert _corner_error(np.array(again.matrix), np.linalg.inv(held), (700, 700)) < 0.005


def test_a_covered_place_does_not_hide_that_the_rest_agrees() -> None:
    a = _skin(7)
    b = a.copy()
    b[300:520, 180:420] = (230, 225, 215)  # a plaster
    assert align(a, b, (700, 700), (700, 700)).matrix is not None


def _open(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _align(a: np.ndarray, b: np.ndarray) -> np.ndarray | None:
    found = align(shrink(a, 2560), shrink(b, 2560), (a.shape[1], a.shape[0]), (b.shape[1], b.shape[0]))
    return None if found.matrix is None else np.array(found.matrix)


def _truths(real_files: Path) -> list[dict[str, str]]:
    with (real_files / "series/registration/pairs.csv").open(encoding="utf-8") as pairs:
        return list(csv.DictReader(pairs))


def _right_or_declined(real_files: Path, rows: list[dict[str, str]]) -> int:
    """How many were accepted; each of them must be right to 1 % of the diagonal."""
    accepted = 0
    for row in rows:
        b = _open(real_files / row["image_b"])
        found = _align(_open(real_files / row["image_a"]), b)
        if found is None:
            continue
        accepted += 1
        assert row["truth"] == "homography", row["pair"]
        a_to_b = np.loadtxt(real_files / row["truth_file"])
        assert _corner_error(found, np.linalg.inv(a_to_b), (b.shape[1], b.shape[0])) < 0.01, row["pair"]
    return accepted


@pytest.mark.real
def test_real_pairs_are_right_or_declined(real_files: Path) -> None:
    chosen = {"graffiti_1_3", "echo_X75Y75", "floor_226_231", "tissue_lung3_He_Cc10"}
    assert _right_or_declined(real_files, [row for row in _truths(real_files) if row["pair"] in chosen]) == 2


@pytest.mark.real
@pytest.mark.thorough
def test_no_wrong_alignment_of_pairs_with_a_truth(real_files: Path) -> None:
    assert _right_or_declined(real_files, _truths(real_files)) >= 2


@pytest.mark.real
def test_lesions_of_different_people_are_declined(real_files: Path) -> None:
    lesions = sorted((real_files / "series/skin_same_lesion").iterdir())[:4]
    photos = [_open(sorted(lesion.iterdir())[0]) for lesion in lesions]
    for a, b in itertools.combinations(photos, 2):
        assert _align(a, b) is None


@pytest.mark.real
@pytest.mark.thorough
def test_no_two_lesions_of_different_people_align(real_files: Path) -> None:
    photos = [
        _open(sorted(lesion.iterdir())[0]) for lesion in sorted((real_files / "series/skin_same_lesion").iterdir())
    ]
    photos += [_open(path) for path in sorted((real_files / "series/skin_single").glob("*.png"))]
    for a, b in itertools.combinations(photos, 2):
        assert _align(a, b) is None
