"""Two pieces of work at the same time, for packages below that may not start threads themselves."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def both(one: Callable[[], S], other: Callable[[], T]) -> tuple[S, T]:
    """Both results, the second worked out beside this thread; what either raises, once both have ended."""
    with ThreadPoolExecutor(1, "beside") as beside:
        coming = beside.submit(other)
        return one(), coming.result()
