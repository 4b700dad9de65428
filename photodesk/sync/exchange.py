"""One pass between a workstation and the clinic server: sign in, send, fetch. Holds no key, believes nothing.

The server's order is followed link by link: a place that is missing, repeated or changed, an order that went back, an
operation no workstation of the clinic signed, end the pass with an alarm before anything of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.errors import PhotoDeskError, Refused
from photodesk.ids import to_bytes
from photodesk.progress import Cancel
from photodesk.store.operations import verify_operation
from photodesk.sync.line import OrderLine, OrderPage
from photodesk.sync.parcels import (
    FIRST_PREVIOUS,
    MOST_OPERATIONS,
    PARCEL_BYTES,
    make_parcel,
    operation_head,
    read_parcel,
)
from photodesk.sync.parcels import KIND as PARCEL
from photodesk.sync.passing import CurrentMembers, Sign
from photodesk.sync.spool import HeldParcel, Incoming, Spool
from photodesk.sync.statements import SIGN_IN, next_order, sign_in_statement

ROOM_BYTES = PARCEL_BYTES - 64 * 1024


@dataclass(frozen=True)
class Exchanged:
    """What a pass did."""

    sent: int
    fetched: int


class Exchange:
    """`sign(kind, data)` is the keeper's signature; `members()` the membership log as this workstation checked it."""

    def __init__(
        self, clinic_id: str, workstation_id: str, line: OrderLine, spool: Spool, sign: Sign, members: CurrentMembers
    ) -> None:
        self._clinic_id = clinic_id
        self._workstation_id = workstation_id
        self._line = line
        self._spool = spool
        self._sign = sign
        self._members = members

    def sign_in(self) -> None:
        """Prove who asks. Refused `revoked` where this workstation was shut out."""
        challenge = self._line.challenge(self._clinic_id, self._workstation_id)
        statement = sign_in_statement(self._line.pin, self._workstation_id, challenge)
        self._line.sign_in(self._clinic_id, self._workstation_id, challenge, self._sign(SIGN_IN, statement))

    def run(self, cancel: Cancel | None = None) -> Exchanged:
        """Send what waits, then fetch what is new. Stops between requests; what was done stays done."""
        cancel = cancel or Cancel()
        sent = 0
        while (parcel := self._next_parcel()) is not None:
            cancel.check()
            self._send(parcel)
            sent += len(parcel.operations)
        fetched = 0
        while (count := self._fetch()) > 0:
            cancel.check()
            fetched += count
        return Exchanged(sent, fetched)

    def _next_parcel(self) -> HeldParcel | None:
        """The oldest parcel that was signed and not taken; else a new one over what waits; else None."""
        held = self._spool.unsent()
        if held is not None:
            return held
        waiting = self._spool.unparcelled(MOST_OPERATIONS, ROOM_BYTES)
        if not waiting:
            return None
        last, head = self._spool.parcel_head()
        records = [record for _, record in waiting]
        record = make_parcel(
            self._workstation_id, last + 1, head or FIRST_PREVIOUS, records, lambda data: self._sign(PARCEL, data)
        )
        numbers = [number for number, _ in waiting]
        self._spool.keep_parcel(last + 1, record, read_parcel(record).hash(), numbers)
        return self._spool.unsent()

    def _send(self, parcel: HeldParcel) -> None:
        try:
            pushed = self._line.push(parcel.record, parcel.operations)
        except Refused as refused:
            if refused.code == "parcel_forked":
                raise server_contradicts("it has another parcel under our number") from refused
            raise
        if pushed.send_sequence != parcel.send_sequence or pushed.last_place - pushed.first_place + 1 != len(
            parcel.operations
        ):
            raise server_contradicts("its answer does not fit what was sent")
        self._spool.mark_sent(parcel.send_sequence)

    def _fetch(self) -> int:
        place, chain = self._spool.order_head()
        page = self._line.pull(place, MOST_OPERATIONS)
        if page.last_place < place or (page.last_place == place and page.chain != chain):
            raise server_contradicts("its order is shorter than it was, or another one")
        if len(page.operations) > MOST_OPERATIONS or (page.last_place > place and not page.operations):
            raise server_contradicts("its page does not fit its order")
        fetched, place, chain = self._followed(page, place, chain)
        if place == page.last_place and chain != page.chain:
            raise server_contradicts("its order does not end where it says")
        if page.operations:
            self._spool.add_incoming(fetched, place, chain)
        return len(page.operations)

    def _followed(self, page: OrderPage, place: int, chain: bytes) -> tuple[list[Incoming], int, bytes]:
        """The page's operations of other workstations, after every link was checked."""
        members, fetched = self._members(), list[Incoming]()
        for placed in page.operations:
            try:
                head = operation_head(placed.record)
            except PhotoDeskError as error:
                raise server_contradicts("it serves what is no operation") from error
            place, chain = place + 1, next_order(chain, to_bytes(self._clinic_id), place + 1, head.hash)
            if placed.place != place or placed.chain != chain:
                raise server_contradicts(f"its order breaks at place {place}")
            station = members.workstations.get(head.workstation_id)
            if station is None or not verify_operation(
                placed.record, station.signing_public, to_bytes(self._clinic_id)
            ):
                raise server_contradicts("it serves an operation that nobody of the clinic signed")
            if head.workstation_id != self._workstation_id:
                fetched.append(Incoming(place, head.workstation_id, head.scope, head.compartment, placed.record))
        return fetched, place, chain


class OperationsStep:
    """The exchange as a step of a pass."""

    name = "operations"

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def run(self, cancel: Cancel) -> int:
        """Send what waits, fetch what is new."""
        done = self._exchange.run(cancel)
        return done.sent + done.fetched


def server_contradicts(what: str) -> Refused:
    """The server cannot be believed: nothing it says is applied until a person looked."""
    return Refused(
        "server_alarm",
        f"The clinic server is not to be believed: {what}. Nothing of it was applied; work goes on here.",
        "Call your administrator. The evidence can be saved under Settings, Clinic server.",
    )
