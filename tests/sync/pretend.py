"""An honest server in memory, and workstations that speak with it; hostile ones are made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from photodesk.errors import Fixable
from photodesk.store.member_entry import decode_entry
from photodesk.store.members import Members
from photodesk.store.members_log import start_of
from photodesk.sync.exchange import Exchange
from photodesk.sync.line import PAGE, OrderPage, Placed, Pushed, ServerReceipt
from photodesk.sync.parcels import operation_head, read_parcel
from photodesk.sync.spool import Outgoing, Spool
from photodesk.sync.statements import FIRST_ORDER, next_order
from tests.server.clinic import Clinic, Workstation


class PretendServer:
    """An honest server in memory, as one workstation sees it; `spoil` changes what it serves."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.order: list[Placed] = []
        self.held: dict[str, list[bytes]] = {}
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
        if parcel.send_sequence == len(held) + 1:
            held.append(record)
            for operation in operations:
                chain = self.order[-1].chain if self.order else FIRST_ORDER
                place = len(self.order) + 1
                head = operation_head(operation)
                self.order.append(Placed(place, next_order(chain, self.clinic.raw_id, place, head.hash), operation))
        assert held[parcel.send_sequence - 1] == record
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

    def put_checkpoint(self, _record: bytes) -> ServerReceipt:
        return ServerReceipt(0, b"")

    def put_segment(self, _number: int, _data: bytes) -> ServerReceipt:
        return ServerReceipt(0, b"")


class Desk:
    """One workstation with its spool."""

    def __init__(self, folder: Path, clinic: Clinic, station: Workstation, server: PretendServer) -> None:
        self.clinic, self.station, self.server = clinic, station, server
        self.spool = Spool(folder)
        self.made = 0

    def exchange(self) -> Exchange:
        members = Members(self.clinic.raw_id, start_of(self.clinic.raw_id))
        for entry in self.clinic.entries:
            members.take(decode_entry(entry))
        return Exchange(
            self.clinic.clinic_id,
            self.station.workstation_id,
            self.server,
            self.spool,
            lambda kind, data: self.station.signing.sign(kind, self.clinic.raw_id, data),
            lambda: members,
        )

    def change(self, count: int = 1) -> list[bytes]:
        made = [self.station.operation() for _ in range(count)]
        self.spool.add_outgoing([Outgoing("catalog", self.made + n, one) for n, one in enumerate(made, start=1)])
        self.made += count
        return made
