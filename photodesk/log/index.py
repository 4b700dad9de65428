"""Where each entry lies and what it is about, in memory only: so that a million entries are asked in a moment.

A pass over the heads of all frames (no key needed) finds offsets, times and new keys; the columns of a segment are
filled when a question first touches its time, by opening its bodies once. About 30 bytes an entry; nothing is written
to disk. Segments that were looked at are not read again; the newest is read on from where it ended.

Dependency: `numpy`, because a question is a mask over columns.
"""

from __future__ import annotations

import struct
import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from photodesk import ids
from photodesk.crypto import KemPrivateKey
from photodesk.errors import PhotoDeskError
from photodesk.log.frames import BEFORE_BODY_BYTES, CHAIN_BYTES, HEADER, KINDS, OVERHEAD_BYTES, Kind, frame_at
from photodesk.log.reader import BodyKeys, LoggedEntry
from photodesk.log.segment import segment_numbers, segment_path, workstations

_HEAD = struct.Struct("<IQBIQ")
_COLUMNS = np.dtype([("action", "u1"), ("person", "u4"), ("patient", "u4"), ("purpose", "u2"), ("photos", "u4")])

Column = npt.NDArray[np.generic]
Mask = npt.NDArray[np.bool_]


class Codes:
    """Texts as small numbers, in the order in which they came; 0 is the empty text."""

    def __init__(self) -> None:
        self.texts = [""]
        self._numbers: dict[object, int] = {"": 0, b"": 0}

    def number(self, key: bytes | str) -> int:
        """The number of an id's 16 bytes or of a text, a new one where it is new."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.texts)
            self.texts.append(ids.to_text(key) if isinstance(key, bytes) else key)
        return found

    def known(self, text: str, *, identifier: bool = False) -> int | None:
        """The number of a text that came by, or None."""
        return self._numbers.get(ids.to_bytes(text) if identifier and text else text)


@dataclass
class Part:
    """One segment as far as it was read: `at_ms`, `sequence` and `offset` of each entry, oldest first.

    `signed` are its checkpoints as (sequence, wall ms).
    """

    workstation_id: str
    path: Path
    read_bytes: int = HEADER.size
    offset: npt.NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    at_ms: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    sequence: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    signed: list[tuple[int, int]] = field(default_factory=list)
    columns: npt.NDArray[np.void] = field(default_factory=lambda: np.empty(0, _COLUMNS))

    def touches(self, since_ms: int | None, until_ms: int | None) -> bool:
        """Whether any entry lies in this time."""
        if not len(self.at_ms):
            return False
        early = since_ms is not None and int(self.at_ms.max()) < since_ms
        late = until_ms is not None and int(self.at_ms.min()) >= until_ms
        return not early and not late


class LogIndex:
    """The log of a store for one who holds log private keys (by epoch). Any thread; one at a time reads."""

    def __init__(self, folder: Path, private_keys: Mapping[int, KemPrivateKey], clinic_id: bytes) -> None:
        self.actions, self.people, self.patients, self.purposes = Codes(), Codes(), Codes(), Codes()
        self._folder = folder
        self._keys = (private_keys, clinic_id)
        self._openers: dict[str, BodyKeys] = {}
        self._parts: dict[tuple[str, int], Part] = {}
        self._lock = threading.RLock()

    def refresh(self) -> None:
        """Take in what was appended since. OSError."""
        with self._lock:
            for workstation_id in workstations(self._folder):
                opener = self._openers.setdefault(workstation_id, BodyKeys(workstation_id, *self._keys))
                for number in segment_numbers(self._folder, workstation_id):
                    path = segment_path(self._folder, workstation_id, number)
                    part = self._parts.setdefault((workstation_id, number), Part(workstation_id, path))
                    if path.stat().st_size != part.read_bytes:
                        _read_heads(part, opener)

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return sum(len(part.at_ms) for part in self._parts.values())

    def workstations(self) -> tuple[str, ...]:
        """Ids of the workstations whose logs are here."""
        return tuple(self._openers)

    def parts(
        self, workstation_id: str = "", since_ms: int | None = None, until_ms: int | None = None
    ) -> Iterator[Part]:
        """Segments that touch this time with their columns filled, workstation by workstation, the newest first."""
        for key in sorted(self._parts, reverse=True):
            part = self._parts[key]
            if (not workstation_id or part.workstation_id == workstation_id) and part.touches(since_ms, until_ms):
                with self._lock:
                    self._fill(part)
                yield part

    def place(self, workstation_id: str, sequence: int) -> tuple[Part, int] | None:
        """Where the entry with this sequence lies, or None."""
        for part in self._parts.values():
            if part.workstation_id == workstation_id and len(part.sequence):
                place = int(np.searchsorted(part.sequence, sequence))
                if place < len(part.sequence) and int(part.sequence[place]) == sequence:
                    return part, place
        return None

    def last(self, workstation_id: str) -> LoggedEntry | None:
        """The newest entry of a workstation, or None."""
        numbers = sorted((key for key in self._parts if key[0] == workstation_id), reverse=True)
        part = next((self._parts[key] for key in numbers if len(self._parts[key].at_ms)), None)
        return None if part is None else self.entry(part, len(part.at_ms) - 1)

    def entry(self, part: Part, place: int, data: bytes = b"") -> LoggedEntry:
        """The entry at `place` of a part; `data` is the segment's bytes where the caller has them already."""
        at = int(part.offset[place])
        if not data:
            with part.path.open("rb") as file:
                header, before = file.read(HEADER.size), min(CHAIN_BYTES, at - HEADER.size)
                file.seek(at - before)
                head = file.read(before + BEFORE_BODY_BYTES)
                length = int.from_bytes(head[before : before + 4], "little")
                rest = file.read(OVERHEAD_BYTES - BEFORE_BODY_BYTES + length)
            data, at = header + head + rest, HEADER.size + before
        frame = frame_at(data, at)
        opener = self._openers[part.workstation_id]
        return LoggedEntry(
            frame.sequence,
            frame.wall_ms,
            frame.monotonic_ms,
            part.workstation_id,
            opener.entry(frame),
            frame.chain,
            frame.previous_chain,
            _signed_ms(part, frame.sequence),
        )

    def _fill(self, part: Part) -> None:
        """Open the bodies that were not looked at yet."""
        begun = len(part.columns)
        missing = part.offset[begun : len(part.at_ms)]
        if not len(missing):
            return
        data, opener = part.path.read_bytes(), self._openers[part.workstation_id]
        rows = np.zeros(len(missing), _COLUMNS)
        decode, unreadable = msgspec.msgpack.Decoder(list).decode, self.actions.number("DAMAGE")
        action, person, patient, purpose = (
            self.actions.number,
            self.people.number,
            self.patients.number,
            self.purposes.number,
        )
        for row, at in enumerate(missing.tolist()):
            try:
                body = decode(opener.body(data, at))
                rows[row] = (action(body[2]), person(body[3]), patient(body[5]), purpose(body[10]), len(body[7]))
            except (PhotoDeskError, KeyError, msgspec.DecodeError, IndexError, TypeError, ValueError):
                rows[row] = (unreadable, 0, 0, 0, 0)
        part.columns = np.concatenate([part.columns, rows])


def _read_heads(part: Part, opener: BodyKeys) -> None:
    """Walk the frames that were not seen yet, by their lengths alone."""
    data = part.path.read_bytes()
    at, size, unpack = part.read_bytes, len(data), _HEAD.unpack_from
    offsets: list[int] = []
    times: list[int] = []
    sequences: list[int] = []
    while at + OVERHEAD_BYTES <= size:
        length, sequence, kind, _, wall_ms = unpack(data, at)
        end = at + OVERHEAD_BYTES + length
        if end > size or kind not in KINDS:
            break
        if kind == Kind.ENTRY:
            offsets.append(at)
            times.append(wall_ms)
            sequences.append(sequence)
        elif kind == Kind.NEW_KEY:
            opener.learn(frame_at(data, at))
        elif kind == Kind.CHECKPOINT:
            part.signed.append((sequence, wall_ms))
        at = end
    part.read_bytes = at
    part.offset = np.concatenate([part.offset, _column(offsets, np.uint32)])
    part.at_ms = np.concatenate([part.at_ms, _column(times, np.int64)])
    part.sequence = np.concatenate([part.sequence, _column(sequences, np.int64)])


def _signed_ms(part: Part, sequence: int) -> int | None:
    """When the first checkpoint behind this entry was signed."""
    place = bisect_right(part.signed, (sequence, 0))
    return part.signed[place][1] if place < len(part.signed) else None


def _column(values: Sequence[int], kind: type[np.generic]) -> npt.NDArray[np.generic]:
    """Altered bytes may say more than a column holds: the largest stands for it."""
    most = int(np.iinfo(kind).max)  # type: ignore[type-var]
    return np.array([min(value, most) for value in values], kind)
