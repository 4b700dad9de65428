"""The importer's threads: lanes for each kind of work, so that reading, writing, proving and decoding overlap.

Proving and decoding run below the copy: on Linux each thread has its own niceness (sched(7)), and a decoder process
inherits that of the thread that starts it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from photodesk.background.decoder_child import spawn_decoder
from photodesk.importing.finishing import Lanes

BELOW_THE_COPY = 10


@contextmanager
def importer_lanes(decoders: int) -> Iterator[Lanes]:
    """Executors for one importer; all work is waited for at the end."""
    with ExitStack() as stack:

        def lane(name: str, threads: int, niceness: int) -> ThreadPoolExecutor:
            pool = ThreadPoolExecutor(threads, name, initializer=_below, initargs=(niceness,))
            return stack.enter_context(pool)

        yield Lanes(
            ahead=lane("ahead", 2, 0),
            write=(lane("write", 1, 0), lane("write", 1, 0)),
            verify=lane("verify", 2, 0),
            render=lane("render", 1, BELOW_THE_COPY),
            decode=lane("decode", decoders, BELOW_THE_COPY),
        )


def spawn_low_decoder(fd: int) -> subprocess.Popen[bytes]:
    """A decoder process that leaves the copy its processors."""
    child = spawn_decoder(fd)
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, child.pid, BELOW_THE_COPY)
    return child


def listen(name: str, work: Callable[[], None]) -> threading.Thread:
    """A thread that hears what another process says, until that ends."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


def _below(niceness: int) -> None:
    if niceness and sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
