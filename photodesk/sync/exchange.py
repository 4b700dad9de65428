"""One pass between a workstation and the clinic server: sign in, send, fetch. Holds no key, believes nothing.

The server's order is followed link by link: a place that is missing, repeated or changed, an order that went back, an
operation no workstation of the clinic signed, end the pass with an alarm before anything of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.clock import Clock
from photodesk.errors import Refused
from photodesk.progress import Cancel
from photodesk.sync.beats import Beats
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.line import OrderLine
from photodesk.sync.members_ahead import MembersAhead
from photodesk.sync.order import Order
from photodesk.sync.own_parcels import OwnParcels
from photodesk.sync.parcels import (
    FIRST_PREVIOUS,
    MOST_OPERATIONS,
    PARCEL_BYTES,
    make_parcel,
    read_parcel,
)
from photodesk.sync.parcels import KIND as PARCEL
from photodesk.sync.passing import CurrentMembers, Sign
from photodesk.sync.spool import HeldParcel, Spool
from photodesk.sync.spool_seen import Seen
from photodesk.sync.statements import SIGN_IN, sign_in_statement
from photodesk.sync.witness import Witness, WitnessLine

ROOM_BYTES = PARCEL_BYTES - 64 * 1024
_FORGOTTEN = {
    "parcel_forked": "it has another parcel under our number",
    "parcel_gap": "it lost what this workstation sent",
}
PAGES_UNPROVED = 40  # so that a server cannot fill the disk with what nobody sent


@dataclass(frozen=True)
class Exchanged:
    """What a pass did."""

    sent: int
    fetched: int


class Exchange:
    """`sign(kind, data)` is the keeper's signature; `members()` the membership log as this workstation checked it.

    Without a clock it makes no heartbeats.
    """

    def __init__(
        self,
        clinic_id: str,
        workstation_id: str,
        line: WitnessLine,
        spool: Spool,
        sign: Sign,
        members: CurrentMembers,
        clock: Clock | None = None,
    ) -> None:
        self._clinic_id = clinic_id
        self._workstation_id = workstation_id
        self._line = line
        self._spool = spool
        self._sign = sign
        self._seen = Seen(spool.file)
        ahead = MembersAhead(line, members)
        self._order = Order(clinic_id, workstation_id, line, spool, ahead)
        self._own = OwnParcels(clinic_id, workstation_id, line, spool, members)
        self._witness = Witness(clinic_id, workstation_id, line, spool, ahead)
        self._beats = None if clock is None else Beats(workstation_id, spool, sign, members, clock)

    def sign_in(self) -> None:
        """Prove who asks. Refused `revoked` where this workstation was shut out."""
        sign_in(self._line, self._clinic_id, self._workstation_id, self._sign)

    def run(self, cancel: Cancel | None = None, *, may_send: bool = True) -> Exchanged:
        """Send what waits, then fetch what is new. Stops between requests; what was done stays done.

        Not `may_send`: this workstation's clock is ahead, so what it made stays until it is put right.
        """
        cancel = cancel or Cancel()
        self._own.learn(cancel)
        sent = self._push(cancel) if may_send else 0
        fetched = self._fetch(cancel)
        if may_send and self._beats is not None and self._beats.beat():
            sent += self._push(cancel)
        return Exchanged(sent, fetched)

    def _push(self, cancel: Cancel) -> int:
        sent = 0
        while (parcel := self._next_parcel()) is not None:
            cancel.check()
            self._send(parcel)
            sent += len(parcel.operations)
        return sent

    def _fetch(self, cancel: Cancel) -> int:
        """The order to its end, proven; what is not proven in the end was never followed."""
        try:
            fetched = self._proven(cancel)
        except Contradiction:
            if (proven := self._seen.proven()) != self._spool.order_head():
                self._seen.go_back(*proven, self._workstation_id, keep=False)
            raise
        self._seen.prove()
        return fetched

    def _proven(self, cancel: Cancel) -> int:
        """Whether the order holds all that was sent, and what others said of it is so."""
        fetched = self._follow(cancel)
        beyond = self._witness.parcels()
        if beyond:
            before = {one: self._seen.parcel(one)[0] for one in beyond}
            fetched += self._follow(cancel)
            beyond = self._witness.parcels()
            if any(self._seen.parcel(one)[0] == before[one] for one in beyond & before.keys()):
                raise Contradiction(Attack.OPERATIONS, "its order leaves out what a workstation sent")
        self._witness.claims()
        return fetched

    def _follow(self, cancel: Cancel) -> int:
        fetched, pages = 0, 0
        while (count := self._order.fetch()) > 0:
            cancel.check()
            fetched, pages = fetched + count, pages + 1
            if pages % PAGES_UNPROVED == 0:
                self._witness.parcels()
        return fetched

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
            if refused.code in _FORGOTTEN:
                what, evidence = _FORGOTTEN[refused.code], {"parcel.bin": parcel.record}
                raise Contradiction(Attack.OPERATIONS, what, evidence) from refused
            raise
        if pushed.send_sequence != parcel.send_sequence or pushed.last_place - pushed.first_place + 1 != len(
            parcel.operations
        ):
            raise Contradiction(
                Attack.OPERATIONS, "its answer does not fit what was sent", {"parcel.bin": parcel.record}
            )
        self._spool.mark_sent(parcel.send_sequence)


class OperationsStep:
    """The exchange as a step of a pass."""

    name = "operations"

    def __init__(self, exchange: Exchange, *, may_send: bool = True) -> None:
        self._exchange = exchange
        self._may_send = may_send

    def run(self, cancel: Cancel) -> int:
        """Send what waits, fetch what is new."""
        done = self._exchange.run(cancel, may_send=self._may_send)
        return done.sent + done.fetched


def sign_in(line: OrderLine, clinic_id: str, workstation_id: str, sign: Sign) -> None:
    """Prove who asks: the keeper signs the server's challenge. Refused `revoked`."""
    challenge = line.challenge(clinic_id, workstation_id)
    line.sign_in(
        clinic_id, workstation_id, challenge, sign(SIGN_IN, sign_in_statement(line.pin, workstation_id, challenge))
    )
