"""EXIF orientation, applied once (CIPA DC-008, tag 274)."""

from __future__ import annotations

import cv2
import numpy as np

from photodesk.imaging.decoded import Pixels


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """`pixels` turned and mirrored as `orientation` (1…8) asks; contiguous, the same array for 1."""
    match orientation:
        case 2:
            turned = cv2.flip(pixels, 1)
        case 3:
            turned = cv2.rotate(pixels, cv2.ROTATE_180)
        case 4:
            turned = cv2.flip(pixels, 0)
        case 5:
            turned = cv2.transpose(pixels)
        case 6:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)
        case 7:
            turned = cv2.flip(cv2.transpose(pixels), -1)
        case 8:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
        case _:
            return pixels
    return turned.astype(np.uint8, copy=False)


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """(width, height) as displayed."""
    return (size[1], size[0]) if orientation in {5, 6, 7, 8} else size
