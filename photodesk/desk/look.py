"""Photos that come to a screen together: read and prepared by the threads that ask, let out after their entries.

Preparing (decoding a JPEG) takes longer than an entry takes to reach the disk, so it runs while the entry is on its
way; what was prepared stays in here until the entry is durable, and is dropped where the log cannot be written.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from photodesk.desk.durable import durable
from photodesk.desk.keeper import PendingReceipt

T = TypeVar("T")


@dataclass(frozen=True)
class Looked(Generic[T]):
    """A photo that may be shown: its JPEG and what was made of it."""

    jpeg: bytes
    made: T


class Look:
    """Made by `ViewingGate.look`. The first picture asked for sends the entries of all. Thread-safe."""

    def __init__(
        self,
        send: Callable[[], tuple[PendingReceipt, ...]],
        fetch: Callable[[str], bytes | None],
        logged: Callable[[], None],
        made: Callable[[str, bytes, Hashable], object | None] = lambda _photo_id, _jpeg, _how: None,
    ) -> None:
        """`send` starts the entries, `fetch` reads one rendition inside the gate, `logged` hears they are durable,
        `made` gives what was made ready before.
        """
        self._send, self._fetch, self._logged, self._made = send, fetch, logged, made
        self._pending: tuple[PendingReceipt, ...] | None = None
        self._durable = False
        self._sending, self._waiting = threading.Lock(), threading.Lock()

    def picture(self, photo_id: str, prepare: Callable[[bytes], T], how: Hashable = None) -> Looked[T] | None:
        """What `prepare` makes of the photo's JPEG, after the entries of the whole look; None without a picture.

        With `how` it may have been made ready before by the same (see `desk.ahead.Ready`).
        `prepare` must keep nothing and tell nobody: it runs before the entries are durable. Fixable
        `log_not_writable`: nothing is let out. Damaged: the chart, or the only photo of the look.
        """
        with self._sending:
            if self._pending is None:
                self._pending = self._send()
        try:
            jpeg = self._fetch(photo_id)
            made = self._made(photo_id, jpeg, how) if jpeg is not None and how is not None else None
            looked = None if jpeg is None else Looked(jpeg, prepare(jpeg) if made is None else cast("T", made))
        finally:  # waited for also when the chart is damaged: the entries are then on their way
            self._wait(self._pending)
        return looked

    def _wait(self, pending: tuple[PendingReceipt, ...]) -> None:
        with self._waiting:
            if not self._durable:
                for receipt in pending:
                    durable(receipt)
                self._logged()
                self._durable = True
