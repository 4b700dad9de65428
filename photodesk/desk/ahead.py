"""Pictures made ready before they are asked for: few, inside the gate, let out by a `Look` after its entries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

MOST = 4


@dataclass(frozen=True)
class Ready:
    """How a picture is made of its JPEG; `how` is the same for what looks the same."""

    how: Hashable
    prepare: Callable[[bytes], object]


class Ahead:
    """At most `MOST` pictures, the oldest out first; each is given once. Thread-safe."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, str, Hashable], tuple[bytes, object]] = OrderedDict()
        self._lock = threading.Lock()

    def make(self, patient_id: str, photo_id: str, jpeg: bytes, ready: Ready) -> None:
        """Make it, unless it is here."""
        key = (patient_id, photo_id, ready.how)
        with self._lock:
            if key in self._made and self._made[key][0] == jpeg:
                self._made.move_to_end(key)
                return
        made = ready.prepare(jpeg)
        with self._lock:
            self._made[key] = jpeg, made
            while len(self._made) > MOST:
                self._made.popitem(last=False)

    def take(self, patient_id: str, photo_id: str, jpeg: bytes, how: Hashable) -> object | None:
        """What was made so of this very JPEG, and forget it here."""
        with self._lock:
            of, made = self._made.pop((patient_id, photo_id, how), (b"", None))
        return made if of == jpeg else None

    def forget(self, patient_id: str, photo_ids: set[str]) -> None:
        """Drop what was made of photos that have changed."""
        with self._lock:
            for key in [key for key in self._made if key[0] == patient_id and key[1] in photo_ids]:
                del self._made[key]

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._made.clear()
