"""Renditions read lately, inside the gate: bounded in bytes, oldest use out first. Thread-safe."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from photodesk.photos import Rendition

LIMIT_BYTES = 192 << 20
Key = tuple[str, str, Rendition]


class PictureMemory:
    """At most `limit_bytes` of JPEG."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._pictures: OrderedDict[Key, bytes] = OrderedDict()
        self._size_bytes = 0
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """How much is kept now."""
        return self._size_bytes

    def get(self, patient_id: str, photo_id: str, rendition: Rendition) -> bytes | None:
        """The picture, if it is still here."""
        key = (patient_id, photo_id, rendition)
        with self._lock:
            picture = self._pictures.get(key)
            if picture is not None:
                self._pictures.move_to_end(key)
            return picture

    def keep(self, patient_id: str, photo_id: str, rendition: Rendition, picture: bytes) -> None:
        """Remember it, and let the longest unused go."""
        key = (patient_id, photo_id, rendition)
        with self._lock:
            self._size_bytes += len(picture) - len(self._pictures.pop(key, b""))
            self._pictures[key] = picture
            while self._size_bytes > self._limit_bytes:
                self._size_bytes -= len(self._pictures.popitem(last=False)[1])

    def forget(self, patient_id: str, photo_ids: Iterable[str]) -> None:
        """Drop every rendition of these photos."""
        gone = set(photo_ids)
        with self._lock:
            for key in [key for key in self._pictures if key[0] == patient_id and key[1] in gone]:
                self._size_bytes -= len(self._pictures.pop(key))

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._pictures.clear()
            self._size_bytes = 0
