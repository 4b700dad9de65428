"""EXIF orientation, applied once (CIPA DC-008, tag 274)."""

from __future__ import annotations

import cv2
import numpy as np

from photodesk.imaging.decoded import Pixels


def upright(pixels: Pixels, orientation: int, into: Pixels | None = None) -> Pixels:
    """`pixels` turned and mirrored as `orientation` (1…8) asks; contiguous, the same array for 1.

    `into`: an array of the upright shape that is written and given back where anything is turned.
    """
    match orientation:
        case 2:
            turned = cv2.flip(pixels, 1, dst=into)
        case 3:
            turned = cv2.rotate(pixels, cv2.ROTATE_180, dst=into)
        case 4:
            turned = cv2.flip(pixels, 0, dst=into)
        case 5:
            turned = cv2.transpose(pixels, dst=into)
        case 6:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE, dst=into)
        case 7:
            turned = cv2.flip(cv2.transpose(pixels), -1, dst=into)
        case 8:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE, dst=into)
        case _:
            return pixels
    return into if into is not None else turned.astype(np.uint8, copy=False)


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """(width, height) as displayed."""
    return (size[1], size[0]) if orientation in {5, 6, 7, 8} else size
