"""Equal files within one run (cameras with two slots give everything twice), and the count of what is safe."""

from __future__ import annotations

import threading

from photodesk.importing.scan import Found
from photodesk.protocol.importing import FileRead


class Twins:
    """SHA-256 of what this run copied, by shot; and the doubles of shots not yet proven. Thread-safe.

    A double counts as safe only once its twin is proven. Where the twin fails, the double is copied after all.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shots: dict[bytes, str] = {}
        self._waiting: dict[str, list[tuple[Found, FileRead]]] = {}
        self._proven: set[str] = set()
        self._again: list[Found] = []
        self._safe = 0

    @property
    def safe(self) -> int:
        """How many files of the card are proven to be in the store."""
        with self._lock:
            return self._safe

    def known_before(self) -> None:
        """One more file was in the store already."""
        with self._lock:
            self._safe += 1

    def double_or_claim(self, sha256: bytes, found: Found, file: FileRead, shot_id: str) -> tuple[str, bool]:
        """The shot of this run with these bytes, and whether it is proven; ("", False) makes them `shot_id`'s.

        Where the twin is not proven yet the file is kept until `proven` or `broken` decides.
        """
        with self._lock:
            twin = self._shots.setdefault(sha256, shot_id)
            if twin == shot_id:
                return "", False
            proven = twin in self._proven
            if proven:
                self._safe += 1
            else:
                self._waiting.setdefault(twin, []).append((found, file))
            return twin, proven

    def proven(self, shot_id: str) -> list[FileRead]:
        """The shot is safe: the doubles that are safe with it."""
        with self._lock:
            self._proven.add(shot_id)
            doubles = [file for _, file in self._waiting.pop(shot_id, [])]
            self._safe += 1 + len(doubles)
            return doubles

    def broken(self, sha256: bytes, shot_id: str) -> None:
        """The shot is not what was read: its doubles must be copied themselves."""
        with self._lock:
            self._shots.pop(sha256, None)
            self._again.extend(found for found, _ in self._waiting.pop(shot_id, []))

    def to_copy_again(self) -> tuple[Found, ...]:
        """Doubles whose twin broke; asked once they are forgotten here."""
        with self._lock:
            again, self._again = tuple(self._again), []
            return again
