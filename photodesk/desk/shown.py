"""What each screen shows and what of it is logged: so that a second look at the same screen needs no second entry."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from photodesk.clock import Clock
from photodesk.photos import Rendition


@dataclass
class _Screen:
    """Since when a screen shows photos, and which of them are logged: patient id → (photo id, rendition)."""

    since_ms: int
    logged: dict[str, set[tuple[str, str]]] = field(default_factory=dict)


class Shown:
    """The viewing gate's memory of its screens. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._screens: dict[str, _Screen] = {}
        self._lock = threading.Lock()

    def fresh(self, screen: str, patient_id: str, photo_ids: Sequence[str], rendition: Rendition) -> tuple[str, ...]:
        """Those of the photos that have no entry yet on this screen, each once, in order."""
        with self._lock:
            shown = self._screens.get(screen)
            seen = shown.logged.get(patient_id, set()) if shown else set()
            return tuple(dict.fromkeys(p for p in photo_ids if (p, rendition.value) not in seen))

    def mark(self, screen: str, patient_id: str, photo_ids: Iterable[str], rendition: Rendition) -> None:
        """These are logged and on the screen now."""
        new = {(photo_id, rendition.value) for photo_id in photo_ids}
        if not new:
            return
        with self._lock:
            shown = self._screens.setdefault(screen, _Screen(self._clock.monotonic_ms()))
            shown.logged.setdefault(patient_id, set()).update(new)

    def leave(self, screen: str) -> list[tuple[str, tuple[str, ...], int]]:
        """Forget a screen: (patient id, its photo ids, how long in ms) of everyone it showed."""
        with self._lock:
            shown = self._screens.pop(screen, None)
        if shown is None:
            return []
        duration_ms = max(0, self._clock.monotonic_ms() - shown.since_ms)
        return [
            (patient_id, tuple(dict.fromkeys(sorted(photo_id for photo_id, _ in seen))), duration_ms)
            for patient_id, seen in shown.logged.items()
        ]

    def screens(self) -> list[str]:
        """All that show something."""
        with self._lock:
            return list(self._screens)
