"""Memory of pictures goes back to the system as soon as they are gone, instead of lingering in this process.

glibc learns from large blocks that were freed to keep such blocks for itself, up to 32 MB each: then pixels of photos
that are shown no longer stay in its heaps, and four photos beside each other cost half as much again.
"""

from __future__ import annotations

import ctypes
import sys

LARGE_BYTES = 4 << 20
_M_MMAP_THRESHOLD = -3  # of malloc.h


def give_back_large_memory() -> bool:
    """From now on; whether this system's C library can be told."""
    if sys.platform != "linux":
        return False
    tell = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none, and needs none
    return tell is not None and bool(tell(_M_MMAP_THRESHOLD, LARGE_BYTES))
