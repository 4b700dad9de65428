"""A log for tests: its keys, a clock that tests own, and files that fail when told to."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from pathlib import Path

from photodesk import ids
from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.log.entry import Action, Entry
from photodesk.log.generations import GenerationList
from photodesk.log.segment import frames
from photodesk.log.segment_file import DiskSegment, OpenSegment
from photodesk.log.verify import Verdict, verify
from photodesk.log.writer import LogWriter


@dataclass
class HandClock:
    """Stands still until moved."""

    wall: int = 1_790_000_000_000
    monotonic: int = 5_000

    def wall_ms(self) -> int:
        return self.wall

    def monotonic_ms(self) -> int:
        return self.monotonic

    def move(self, ms: int) -> None:
        self.wall += ms
        self.monotonic += ms


@dataclass
class Bench:
    """One workstation's log in a folder."""

    folder: Path
    clinic_id: bytes = field(default_factory=lambda: ids.to_bytes(ids.random_id()))
    workstation_id: str = field(default_factory=ids.random_id)
    signing: SigningKey = field(default_factory=SigningKey.generate)
    kem: KemPrivateKey = field(default_factory=KemPrivateKey.generate)
    clock: HandClock = field(default_factory=HandClock)

    def open(self, open_segment: OpenSegment = DiskSegment, generations: GenerationList | None = None) -> LogWriter:
        return LogWriter(
            self.folder,
            self.clinic_id,
            self.workstation_id,
            self.signing,
            self.kem.public,
            self.clock,
            open_segment=open_segment,
            generations=generations,
        )

    def verify(self, anchor: bytes | None = None) -> Verdict:
        return verify(self.folder, {self.workstation_id: self.signing.public}, anchor)

    def segment(self, number: int = 1) -> Path:
        return self.folder / self.workstation_id / f"{number}.pdlog"


def view(photo: int = 0, **more: str) -> Entry:
    return Entry(
        Action.VIEW,
        person_id=f"{7:032x}",
        role="clinician",
        patient_id=f"{9:032x}",
        photo_ids=(f"{photo:032x}",),
        rendition="thumbnail",
        screen="timeline",
        purpose="treatment",
        **more,
    )


class FailingSegment(DiskSegment):
    """Fails as `faults` says: "write" (after half of it), "sync", "truncate"."""

    def __init__(self, path: Path, faults: dict[str, int]) -> None:
        super().__init__(path)
        self.faults = faults

    def write(self, data: bytes) -> None:
        if number := self.faults.get("write"):
            super().write(data[: len(data) // 2])
            raise OSError(number, "told to")
        super().write(data)

    def sync(self) -> None:
        if number := self.faults.get("sync"):
            raise OSError(number, "told to")
        super().sync()

    def truncate(self, size: int) -> None:
        if self.faults.get("truncate"):
            raise OSError(errno.EIO, "told to")
        super().truncate(size)


class Unsynced(DiskSegment):
    """For logs whose loss costs nothing."""

    def sync(self) -> None:
        return


def flipped(data: bytes, at: int, mask: int) -> bytes:
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def owner(data: bytes, at: int) -> tuple[int, int]:
    """Sequence and offset of the frame a byte belongs to; (first sequence, 0) for the header."""
    place = (1, 0)
    for frame in frames(data):
        if frame.offset > at:
            break
        place = (frame.sequence, frame.offset)
    return place
