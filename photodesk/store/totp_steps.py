"""Which one-time codes this workstation has taken: `totp-steps.msgpack`, so that none is taken twice.

`[version, suite, [[person_id, step], …], MAC32]`: the newest 30 s step of each person that a code was taken for; the
MAC is HMAC-SHA-256 under a key of WS over label ‖ clinic id ‖ every byte before it. Where the file is missing or
altered, every code that could be shown now counts as taken: the next one is good again after at most 90 s.
"""

from __future__ import annotations

import hmac

import msgspec

from photodesk.crypto import SUITE, VERSION, hmac_sha256, label
from photodesk.ids import to_bytes
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout
from photodesk.store.records import pack

MAC_BYTES = 32
_NOBODY = bytes(16)


class TakenSteps:
    """The file's content; `newest_step` is the last that a code could be shown for now."""

    def __init__(self, layout: Layout, clinic_id: bytes, mac_key: bytes, newest_step: int) -> None:
        self._path = layout.totp_steps
        self._clinic_id = clinic_id
        self._mac_key = mac_key
        known = self._read()
        self._steps = {_NOBODY: newest_step} if known is None else known
        if known is None:
            self._write()

    def last(self, person_id: str) -> int:
        """Steps up to this one are not taken any more."""
        return max(self._steps.get(to_bytes(person_id), -1), self._steps.get(_NOBODY, -1))

    def take(self, person_id: str, step: int) -> None:
        """Durable when it returns."""
        self._steps = {**self._steps, to_bytes(person_id): step}
        self._write()

    def _write(self) -> None:
        rows = [[person, step] for person, step in sorted(self._steps.items())]
        before = pack([VERSION, SUITE, rows, bytes(MAC_BYTES)])[:-MAC_BYTES]
        write_atomically(self._path, before + self._mac(before))

    def _read(self) -> dict[bytes, int] | None:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        before, mac = data[:-MAC_BYTES], data[-MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(before)):
            return None
        version, suite, rows, _ = msgspec.msgpack.decode(data, type=tuple[int, int, list[tuple[bytes, int]], bytes])
        return dict(rows) if (version, suite) == (VERSION, SUITE) else None

    def _mac(self, before: bytes) -> bytes:
        return hmac_sha256(self._mac_key, label("totp-steps"), self._clinic_id, before)
