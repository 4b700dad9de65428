"""Whose a pack is: its importer's for as long as that process holds the lock on the seal file, then a desk's.

A reader's lock would stop the importer from writing, and half a pack is nobody's business; a killed importer's lock
goes with the process. Platforms without flock(2) rely on the importer telling which packs are finished.
"""

from __future__ import annotations

import os
import sys

from photodesk.errors import Fixable
from photodesk.store.layout import Layout


def own_pack(layout: Layout, job_id: str, number: int) -> int:
    """Lock a pack for this process: the descriptor to close when it is finished. Fixable `pack_in_hand`."""
    descriptor = os.open(layout.seal(job_id, number), os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    if not _lock(descriptor):
        os.close(descriptor)
        raise _in_hand()
    return descriptor


def refuse_owned(layout: Layout, job_id: str, number: int) -> None:
    """Fixable `pack_in_hand` while an importer writes the pack."""
    os.close(own_pack(layout, job_id, number))


def _lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _in_hand() -> Fixable:
    return Fixable("pack_in_hand", "This part of an import is still being copied.", "Wait until it is verified.")
