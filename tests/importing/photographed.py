"""A flat card as a camera sees it: lying in a scene, tilted, in uneven light, out of focus, noisy, saved as JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Shooting:
    """How hard it is: the card's width in the frame (0…1), tilt (0…1), blur (sigma, px at 2000 px), noise, shadow."""

    share: float = 0.45
    tilt: float = 0.15
    blur: float = 1.2
    noise: float = 6.0
    shadow: float = 0.4


def photographed(
    card: Picture, scene: Picture, chance: np.random.Generator, how: Shooting | None = None, width: int = 2000
) -> Picture:
    """RGB, 3:2. The card lies anywhere in the frame at any angle up to 35°, or upside down."""
    how = how or Shooting()
    height = width * 2 // 3
    frame = cv2.resize(scene, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    wide = how.share * width * chance.uniform(0.85, 1.1)
    tall = wide * card.shape[0] / card.shape[1]
    corners = np.array([[-wide, -tall], [wide, -tall], [wide, tall], [-wide, tall]], np.float32) / 2
    corners *= 1 + chance.uniform(-how.tilt, how.tilt, (4, 2)).astype(np.float32)
    angle = np.radians(chance.uniform(-35, 35) + 180 * float(chance.random() < 0.2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    turned = corners @ turn.T
    low, high = turned.min(0), turned.max(0)
    room = np.maximum(np.array([width, height], np.float32) - (high - low) - 20, 0)
    turned += 10 - low + room * chance.random(2).astype(np.float32)
    source = np.array([[0, 0], [card.shape[1], 0], [card.shape[1], card.shape[0]], [0, card.shape[0]]], np.float32)
    warp = cv2.getPerspectiveTransform(source, turned.astype(np.float32))
    small = cv2.GaussianBlur(card, (0, 0), max(0.5, card.shape[1] / wide / 2))
    laid = cv2.warpPerspective(small, warp, (width, height), flags=cv2.INTER_LINEAR).astype(np.float32)
    mask = cv2.warpPerspective(np.ones(card.shape[:2], np.float32), warp, (width, height))[..., None]
    frame = frame * (1 - mask) + laid * mask * chance.uniform(0.75, 0.95)
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :, None] * chance.choice([-1, 1])
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] * chance.choice([-1, 1])
    frame *= 1 - how.shadow * np.clip(across + down, 0, 1)
    frame = cv2.GaussianBlur(frame, (0, 0), how.blur) if how.blur else frame
    frame += chance.normal(0, how.noise, frame.shape)
    return frame.clip(0, 255).astype(np.uint8)


def jpeg(picture: Picture, taken: str = "", *, quality: int = 88, model: str = "Test Camera") -> bytes:
    """As a camera saves it; `taken` is EXIF's `2026:11:20 09:14:05`."""
    exif = Image.Exif()
    exif[271], exif[272] = "Test", model
    if taken:
        exif.get_ifd(34665)[36867] = taken
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality, exif=exif.tobytes())
    return out.getvalue()


def scene(number: int, width: int = 1200) -> Picture:
    """A made-up background that is no picture of anybody: cloth, with a few objects."""
    chance = np.random.default_rng(number)
    height = width * 2 // 3
    rough = chance.uniform(0.3, 0.9, (height // 40 + 2, width // 40 + 2, 3)).astype(np.float32)
    ground = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        x, y = int(chance.integers(0, width)), int(chance.integers(0, height))
        colour = tuple(float(value) for value in chance.uniform(0.1, 1, 3))
        cv2.circle(ground, (x, y), int(chance.integers(20, 160)), colour, -1)
    return (ground * 255).clip(0, 255).astype(np.uint8)
