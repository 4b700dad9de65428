"""Memory of pictures goes back to the system as soon as they are gone, instead of lingering in this process.

glibc learns from large blocks that were freed to keep such blocks for itself, up to 32 MB each: then pixels of photos
that are shown no longer stay in its heaps, and four photos beside each other cost half as much again.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

LARGE_BYTES = 4 << 20
_M_MMAP_THRESHOLD = -3  # of malloc.h


def give_back_large_memory() -> bool:
    """From now on; whether this system's C library can be told."""
    tell = _of_libc("mallopt")
    return tell is not None and bool(tell(_M_MMAP_THRESHOLD, LARGE_BYTES))


def give_back_free_memory() -> bool:
    """What is free now: after much work in small blocks (finding how photos lie); whether there was any to give."""
    tell = _of_libc("malloc_trim")
    return tell is not None and bool(tell(0))


def _of_libc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None  # musl has none, and needs none
