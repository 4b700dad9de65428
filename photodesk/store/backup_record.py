"""The record of one backup run, written last: a run that has none did not happen.

`[version, suite, clinic_id, workstation_id, number, previous32, at_ms, complete, erased, states, snapshots, charts,
inbox, logs, checkpoint, generations, signature]`, signed by the workstation over label ‖ clinic id ‖ all bytes before;
previous32 = SHA-256(label ‖ the record of the run before), zeros at first.

- states `[[name, sha256, bytes]]`: `members.log`, `keys.msgpack`, `slots.msgpack` as they are in the store;
- snapshots `[[kind, epoch, blob]]`: 1 operations of the catalog, 2 its other rows, 3 erasure keys, 4 the inbox;
- charts `[[chart_id, generation, epoch, photos, blob of its snapshot, [blob]]]`;
- inbox `[blob]`, the shots of the inbox;
- logs `[[workstation_id, number, bytes, sha256 of so many bytes]]`; checkpoint: the log's, as signed;
- generations `[[database, generation]]` as the log knew them; erased: how many patients the clinic had erased.

A blob is `[id, bytes]`. `complete` is false in the record of work in progress, from which an interrupted run goes on.
Everything in it is ids, hashes and counts: whoever has the workstation's public key checks a backup without a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum

import msgspec

from photodesk.crypto import SUITE, VERSION, label, sha256, verify
from photodesk.errors import Damaged
from photodesk.ids import to_bytes, to_text
from photodesk.store.record_version import bad_record, read_record
from photodesk.store.records import signed, split_signature

KIND = "backup-run"
_FIELDS = 17
_NAMES = {"members.log", "keys.msgpack", "slots.msgpack"}


class Part(IntEnum):
    """What a snapshot is of."""

    CATALOG = 1
    CATALOG_ROWS = 2
    ERASURE = 3
    INBOX = 4


@dataclass(frozen=True, order=True)
class Blob:
    """A sealed blob: its id (hexadecimal) and its size on the disk."""

    blob_id: str
    size_bytes: int


@dataclass(frozen=True)
class State:
    """A key file as it is in the store."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Snapshot:
    """A sealed snapshot that is no chart's. `epoch` is that of DK; of CK for the inbox."""

    part: Part
    epoch: int
    blob: Blob


@dataclass(frozen=True)
class ChartPart:
    """One chart: its snapshot, and the blobs of its photos and files."""

    chart_id: str
    generation: int
    epoch: int
    photos: int
    snapshot: Blob
    blobs: tuple[Blob, ...]


@dataclass(frozen=True)
class LogPart:
    """A segment of the log, as long as it was."""

    workstation_id: str
    number: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Run:
    """One run. `record` are its exact bytes once it is signed or read."""

    clinic_id: bytes
    workstation_id: str
    number: int
    previous: bytes
    at_ms: int
    complete: bool = True
    erased: int = 0
    states: tuple[State, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    charts: tuple[ChartPart, ...] = ()
    inbox: tuple[Blob, ...] = ()
    logs: tuple[LogPart, ...] = ()
    checkpoint: bytes = b""
    generations: tuple[tuple[str, int], ...] = ()
    record: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """Its file in a backup."""
        return run_name(self.number)

    def hash(self) -> bytes:
        """What the next run names as its previous."""
        return sha256(label(KIND), self.record)

    def chart(self, chart_id: str) -> ChartPart | None:
        """What it says about a chart."""
        return next((one for one in self.charts if one.chart_id == chart_id), None)

    def blobs(self) -> Iterator[Blob]:
        """Every blob it needs."""
        for chart in self.charts:
            yield chart.snapshot
            yield from chart.blobs
        yield from (one.blob for one in self.snapshots)
        yield from self.inbox

    @property
    def photos(self) -> int:
        """Photos and files in charts."""
        return sum(chart.photos for chart in self.charts)


def run_name(number: int) -> str:
    """The file of a run's record."""
    return f"runs/{number:08}.run"


def state_path(sha256_hex: str) -> str:
    """Where a key file lies in a backup."""
    return f"state/{sha256_hex}"


def log_path(workstation_id: str, number: int) -> str:
    """Where a segment of the log lies in a backup: as in a store, so that `log verify` reads it."""
    return f"log/{workstation_id}/{number}.pdlog"


def sign_run(run: Run, sign: Callable[[bytes], bytes]) -> Run:
    """The run with its signed record."""
    return replace(run, record=signed(_fields(run), sign))


def read_run(record: bytes) -> Run:
    """A run from its bytes; the signature is not checked yet. Refused `newer_format`, Damaged `bad_record`."""
    fields = read_record(record, "backup", _FIELDS)
    try:
        run = _run(fields)
    except (msgspec.ValidationError, ValueError):
        raise bad_record("backup") from None
    if any(state.name not in _NAMES for state in run.states):
        raise bad_record("backup")
    return replace(run, record=record)


def check_signature(run: Run, public: bytes) -> None:
    """Damaged `backup_altered` unless this workstation signed exactly these bytes."""
    before, signature = split_signature(run.record, "backup")
    if not verify(public, signature, KIND, run.clinic_id, before):
        raise Damaged(
            "backup_altered",
            f"The record of backup run {run.number} was not written by the clinic's workstation.",
            "Restore an earlier run with --run, or use another backup.",
        )


def _fields(run: Run) -> list[object]:
    return [
        VERSION,
        SUITE,
        run.clinic_id,
        to_bytes(run.workstation_id),
        run.number,
        run.previous,
        run.at_ms,
        run.complete,
        run.erased,
        [[one.name, bytes.fromhex(one.sha256), one.size_bytes] for one in run.states],
        [[int(one.part), one.epoch, _packed(one.blob)] for one in run.snapshots],
        [
            [
                to_bytes(one.chart_id),
                one.generation,
                one.epoch,
                one.photos,
                _packed(one.snapshot),
                [_packed(blob) for blob in one.blobs],
            ]
            for one in run.charts
        ],
        [_packed(blob) for blob in run.inbox],
        [[to_bytes(one.workstation_id), one.number, one.size_bytes, bytes.fromhex(one.sha256)] for one in run.logs],
        run.checkpoint,
        [[name, generation] for name, generation in run.generations],
    ]


_RawBlob = tuple[bytes, int]
_Start = tuple[bytes, bytes, int, bytes, int, bool, int]
_Rest = tuple[
    list[tuple[str, bytes, int]],
    list[tuple[Part, int, _RawBlob]],
    list[tuple[bytes, int, int, int, _RawBlob, list[_RawBlob]]],
    list[_RawBlob],
    list[tuple[bytes, int, int, bytes]],
    bytes,
    list[tuple[str, int]],
]


def _run(fields: list[object]) -> Run:
    start, rest = msgspec.convert(fields[2:9], _Start), msgspec.convert(fields[9:16], _Rest)
    clinic, workstation, number, previous, at_ms, complete, erased = start
    states, snapshots, charts, inbox, logs, checkpoint, known = rest
    if len(clinic) != 16 or len(previous) != 32 or not 0 < number < 1 << 32:
        raise ValueError("a run has a clinic, a number and a run before it")
    return Run(
        clinic_id=clinic,
        workstation_id=to_text(workstation),
        number=number,
        previous=previous,
        at_ms=at_ms,
        complete=complete,
        erased=erased,
        states=tuple(State(name, _digest(sha), size) for name, sha, size in states),
        snapshots=tuple(Snapshot(part, epoch, _blob(blob)) for part, epoch, blob in snapshots),
        charts=tuple(
            ChartPart(to_text(chart), generation, epoch, photos, _blob(snapshot), tuple(_blob(one) for one in blobs))
            for chart, generation, epoch, photos, snapshot, blobs in charts
        ),
        inbox=tuple(_blob(one) for one in inbox),
        logs=tuple(LogPart(to_text(one), at, size, _digest(sha)) for one, at, size, sha in logs),
        checkpoint=checkpoint,
        generations=tuple(known),
    )


def _packed(blob: Blob) -> list[object]:
    return [bytes.fromhex(blob.blob_id), blob.size_bytes]


def _blob(raw: _RawBlob) -> Blob:
    return Blob(_digest(raw[0]), raw[1])


def _digest(raw: bytes) -> str:
    if len(raw) != 32:
        raise ValueError("a hash is 32 bytes")
    return raw.hex()
