"""An honest server in memory, and workstations that speak with it; hostile ones are made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from photodesk.crypto import KemPrivateKey, SigningKey, sha256
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action, Entry
from photodesk.log.records import read_checkpoint
from photodesk.log.writer import LogWriter
from photodesk.progress import Cancel
from photodesk.store.member_entry import Policy, decode_entry
from photodesk.store.members import Members
from photodesk.store.members_log import start_of
from photodesk.store.publishing import SERVER_PIN, SERVER_RECEIPT_KEY, SERVER_URL
from photodesk.sync.alarms import Alarms
from photodesk.sync.exchange import Exchange, OperationsStep
from photodesk.sync.line import (
    PAGE,
    KeptCheckpoint,
    KeyRecord,
    OrderPage,
    Placed,
    Pushed,
    SealedErasureKey,
    ServerReceipt,
)
from photodesk.sync.log_step import LogStep
from photodesk.sync.parcels import operation_head, read_parcel
from photodesk.sync.passing import Pass
from photodesk.sync.server_restored import RestoredStep
from photodesk.sync.spool import Outgoing, Spool
from photodesk.sync.statements import FIRST_ORDER, next_order, sign_receipt
from tests.server.clinic import NOW_MS, Clinic, Workstation


class PretendClock:
    """Time that stands until a test moves it."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic_ms(self) -> int:
        return self.now_ms


class PretendServer:
    """An honest server in memory, as one workstation sees it; `spoil` changes what it serves."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.order: list[Placed] = []
        self.held: dict[str, list[bytes]] = {}
        self.kept_checkpoints: dict[str, list[KeptCheckpoint]] = {}
        self.kept_segments: dict[tuple[str, int], bytes] = {}
        self.kept_records: list[KeyRecord] = []
        self.kept_keys: list[SealedErasureKey] = []
        self.receipt_key = SigningKey.generate()
        self.spoil: Callable[[OrderPage], OrderPage] = lambda page: page
        self.lose_answers = 0
        self.pin = bytes(32)

    def challenge(self, _clinic_id: str, _workstation_id: str) -> bytes:
        return bytes(32)

    def sign_in(self, _clinic_id: str, _workstation_id: str, _challenge: bytes, _signature: bytes) -> None: ...

    def members(self, after: int) -> list[bytes]:
        return self.clinic.entries[after : after + PAGE]

    def append_members(self, _clinic: str, _sequence: int, _previous: bytes, _entries: Sequence[bytes]) -> None: ...

    def push(self, record: bytes, operations: Sequence[bytes]) -> Pushed:
        parcel = read_parcel(record)
        assert parcel.lists(operations)
        held = self.held.setdefault(parcel.workstation_id, [])
        if parcel.send_sequence > len(held) + 1:
            raise Refused("parcel_gap", "one before is missing")
        if parcel.send_sequence == len(held) + 1:
            held.append(record)
            for operation in operations:
                chain = self.order[-1].chain if self.order else FIRST_ORDER
                place = len(self.order) + 1
                head = operation_head(operation)
                self.order.append(Placed(place, next_order(chain, self.clinic.raw_id, place, head.hash), operation))
        if held[parcel.send_sequence - 1] != record:
            raise Refused("parcel_forked", "another one")
        if self.lose_answers:
            self.lose_answers -= 1
            raise Fixable("server_offline", "lost")
        places = [one.place for one in self.order if one.record in operations]
        return Pushed(parcel.send_sequence, places[0], places[-1])

    def pull(self, after: int, limit: int) -> OrderPage:
        page = tuple(self.order[after : after + limit])
        chain = self.order[-1].chain if self.order else FIRST_ORDER
        return self.spoil(OrderPage(page, len(self.order), chain))

    def parcels(self, workstation_id: str, after: int) -> list[bytes]:
        return self.held.get(workstation_id, [])[after : after + PAGE]

    def key_records(self, after: int) -> list[KeyRecord]:
        return self.kept_records[after : after + PAGE]

    def erasure_keys(self, after: str) -> list[SealedErasureKey]:
        return [one for one in self.kept_keys if one.scope > after][:PAGE]

    def checkpoints(self, workstation_id: str, after: int) -> list[KeptCheckpoint]:
        return [one for one in self.kept_checkpoints.get(workstation_id, []) if one.sequence > after][:PAGE]

    def keep_checkpoint(self, workstation_id: str, record: bytes) -> ServerReceipt:
        found, held = read_checkpoint(record), self.kept_checkpoints.setdefault(workstation_id, [])
        same = [one for one in held if one.sequence == found.sequence]
        if same:
            if read_checkpoint(same[0].record).chain != found.chain:
                raise Refused("log_forked", "another one")
            return ServerReceipt(same[0].received_ms, same[0].receipt)
        receipt = self.receipt("checkpoint", record)
        held.append(KeptCheckpoint(workstation_id, found.sequence, record, NOW_MS, receipt.receipt))
        return receipt

    def keep_segment(self, workstation_id: str, number: int, data: bytes) -> ServerReceipt:
        if self.kept_segments.setdefault((workstation_id, number), data) != data:
            raise Refused("segment_differs", "another one")
        return self.receipt("segment", data)

    def receipt(self, kind: str, record: bytes) -> ServerReceipt:
        made = sign_receipt(self.receipt_key, self.clinic.raw_id, kind, record, NOW_MS)
        return ServerReceipt(NOW_MS, made)

    def put_back(self, places: int) -> None:
        """Restore an earlier state: so many places of the order, and the parcels that they came in."""
        gone = {sha256(one.record) for one in self.order[places:]}
        self.order = self.order[:places]
        for workstation_id, held in self.held.items():
            self.held[workstation_id] = [one for one in held if gone.isdisjoint(read_parcel(one).operations)]


class PretendLine:
    """The server as one workstation reaches it."""

    def __init__(self, server: PretendServer, station: Workstation) -> None:
        self._server = server
        self._station = station

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def put_checkpoint(self, record: bytes) -> ServerReceipt:
        return self._server.keep_checkpoint(self._station.workstation_id, record)

    def put_segment(self, number: int, data: bytes) -> ServerReceipt:
        return self._server.keep_segment(self._station.workstation_id, number, data)


class Desk:
    """One workstation with its spool and its log."""

    def __init__(self, folder: Path, clinic: Clinic, station: Workstation, server: PretendServer) -> None:
        self.clinic, self.station, self.server = clinic, station, server
        self.folder, self.log_folder = folder, folder / "log"
        self.spool = Spool(folder)
        self.spool.file.rows("PRAGMA synchronous = OFF")  # no test here cuts the power
        self.line: Any = PretendLine(server, station)
        self.clock = PretendClock()
        self.made = 0
        self._log: LogWriter | None = None

    @property
    def log(self) -> LogWriter:
        if self._log is None:
            self.log_folder.mkdir(exist_ok=True)
            keys = (self.station.log_signing, KemPrivateKey.generate().public)
            self._log = LogWriter(self.log_folder, self.clinic.raw_id, self.station.workstation_id, *keys, self.clock)
        return self._log

    def write_log(self, count: int = 1) -> None:
        """So many entries, and a checkpoint."""
        for _ in range(count):
            self.log.append(Entry(Action.VIEW))
        self.log.checkpoint()

    def members(self) -> Members:
        """The membership log, whole and checked."""
        members = Members(self.clinic.raw_id, start_of(self.clinic.raw_id))
        for entry in self.clinic.entries:
            members.take(decode_entry(entry))
        return members

    def exchange(self, *, beats: bool = False) -> Exchange:
        return Exchange(
            self.clinic.clinic_id,
            self.station.workstation_id,
            self.line,
            self.spool,
            lambda kind, data: self.station.signing.sign(kind, self.clinic.raw_id, data),
            self.members,
            self.clock if beats else None,
        )

    def whole_pass(self) -> None:
        """Every step that needs no store, with heartbeats."""
        log = LogStep(
            self.clinic.clinic_id, self.station.workstation_id, self.line, self.spool, self.members, self.log_folder
        )
        restored = RestoredStep(self.station.workstation_id, self.spool, self.members, self.clock.wall_ms)
        Pass([OperationsStep(self.exchange(beats=True)), log, restored], self.alarms).run(Cancel())

    @property
    def alarms(self) -> Alarms:
        return Alarms(self.spool, self.clock)

    def change(self, count: int = 1) -> list[bytes]:
        made = [self.station.operation() for _ in range(count)]
        self.spool.add_outgoing([Outgoing("catalog", self.made + n, one) for n, one in enumerate(made, start=1)])
        self.made += count
        return made

    def records(self) -> list[bytes]:
        """What may be applied here."""
        return [one.record for one in self.spool.waiting_incoming((1, 2), 10_000)]


def clinic_with_server() -> tuple[Clinic, PretendServer]:
    """A clinic whose membership log names this server."""
    clinic = Clinic()
    server = PretendServer(clinic)
    clinic.append(Policy(SERVER_PIN, server.pin.hex()))
    clinic.append(Policy(SERVER_RECEIPT_KEY, server.receipt_key.public.hex()))
    clinic.append(Policy(SERVER_URL, "https://localhost:1"))
    return clinic, server
