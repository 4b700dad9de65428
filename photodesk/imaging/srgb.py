"""sRGB's curve (IEC 61966-2-1): between what is stored and linear light, where lamps and shutters multiply."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.float64]
"""0…1, any shape."""


def linear(encoded: npt.NDArray[np.floating[Any]]) -> Levels:
    """Linear light of encoded levels."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def encoded(light: npt.NDArray[np.floating[Any]]) -> Levels:
    """Encoded levels of linear light."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 0) ** (1 / 2.4) - 0.055)
