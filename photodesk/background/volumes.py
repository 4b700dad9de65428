"""Volumes of this computer: which are mounted, a watch that tells when that changes, and letting go of one.

On Linux the kernel tells of changes and nothing polls; on macOS and Windows names are looked at every two seconds.
Nothing here reads what is on a volume.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from photodesk.background import udisks, volumes_elsewhere, volumes_linux
from photodesk.importing.volume import Volume

LINUX = volumes_linux.MOUNT_TABLE.exists()
NO_SERVICE = (
    "The card is not ejected: this computer has no disk service (udisks2). Unmount it with umount, then take it out."
)


def mounted() -> tuple[Volume, ...]:
    """What is mounted besides the system, with all the system tells. May take a moment: not for the GUI thread."""
    if not LINUX:
        return volumes_elsewhere.mounted()
    found = volumes_linux.mounted()
    try:
        service = udisks.DiskService() if found else None
    except OSError:
        return found
    if service is None:
        return found
    try:
        return tuple(service.add_facts(volume) for volume in found)
    finally:
        service.close()


def eject(volume: Volume) -> str:
    """Unmount the volume and let go of its drive: "" when it may be taken out, else why not. Waits for the system."""
    if not LINUX:
        return volumes_elsewhere.eject(volume)
    try:
        service = udisks.DiskService()
    except OSError:
        return NO_SERVICE
    try:
        return service.eject(volume)
    finally:
        service.close()


class VolumeWatch:
    """A thread that calls `changed` (on itself) after each change of what is mounted, and once at the start."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._wake_out, self._wake_in = os.pipe()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="volume-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        if self._over.is_set():
            return
        self._over.set()
        os.write(self._wake_in, b".")
        self._thread.join()
        os.close(self._wake_in)
        os.close(self._wake_out)

    def _watch(self) -> None:
        wait = self._waiter()
        self._changed()
        while wait():
            self._changed()

    def _waiter(self) -> Callable[[], bool]:
        if LINUX:
            return volumes_linux.wait_for_change(self._wake_out)
        return self._look_every_moment()

    def _look_every_moment(self) -> Callable[[], bool]:
        before = volumes_elsewhere.names()

        def wait() -> bool:
            nonlocal before
            while not self._over.wait(volumes_elsewhere.LOOK_S):
                now = volumes_elsewhere.names()
                if now != before:
                    before = now
                    return True
            return False

        return wait
