"""One change of the key files and the membership log at a time, whichever process of this store makes it.

A desk changes people, the keeper takes what came from the clinic server; both read, replace and settle the same files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from photodesk.errors import Fixable
from photodesk.store.files import in_words
from photodesk.store.layout import Layout


@contextmanager
def changing_members(layout: Layout, *, wait: bool = True) -> Iterator[None]:
    """Hold the right to change them. Fixable `members_busy` where another process does, unless `wait`."""
    try:
        import fcntl
    except ImportError:  # Windows: the store's own lock keeps other programs out
        yield
        return
    try:
        descriptor = os.open(layout.members_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise in_words(error, layout.root, 1) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Fixable("members_busy", "People are being changed at this moment.", "Try again.") from None
        yield
    finally:
        os.close(descriptor)
