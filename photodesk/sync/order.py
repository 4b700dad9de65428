"""Following the server's order, page by page: every link, every signature, every heartbeat, before anything is kept."""

from __future__ import annotations

from photodesk.errors import PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.store.members import MemberWorkstation
from photodesk.store.operations import verify_operation
from photodesk.store.records import pack
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.heartbeats import CONTROL, Heartbeat, read_heartbeat
from photodesk.sync.line import OrderLine, OrderPage, Placed
from photodesk.sync.members_ahead import MembersAhead
from photodesk.sync.parcels import MOST_OPERATIONS, OperationHead, operation_head
from photodesk.sync.spool import Incoming, Spool
from photodesk.sync.spool_seen import LOG, MEMBERS, PARCEL, PageSeen, Seen
from photodesk.sync.statements import next_order


class Order:
    """The clinic's order of operations as the server gives it, from where this workstation stands."""

    def __init__(
        self, clinic_id: str, workstation_id: str, line: OrderLine, spool: Spool, members: MembersAhead
    ) -> None:
        self._clinic = to_bytes(clinic_id)
        self._workstation_id = workstation_id
        self._line = line
        self._spool = spool
        self._members = members

    def fetch(self) -> int:
        """The next page, checked whole and then kept; how many operations. A `Contradiction` keeps nothing of it."""
        place, chain = self._spool.order_head()
        page = self._line.pull(place, MOST_OPERATIONS)
        evidence = {"page.msgpack": _encoded(place, page)}
        if page.last_place < place or (page.last_place == place and page.chain != chain):
            raise Contradiction(Attack.OPERATIONS, "its order is shorter than it was, or another one", evidence)
        if len(page.operations) > MOST_OPERATIONS or (page.last_place > place and not page.operations):
            raise Contradiction(Attack.RESOURCES, "its page does not fit its order", evidence)
        if len(page.operations) > page.last_place - place:
            raise Contradiction(Attack.RESOURCES, "its page is longer than its order", evidence)
        reading = _PageReading(self._clinic, self._workstation_id, self._members, Seen(self._spool.file), evidence)
        for placed in page.operations:
            place, chain = place + 1, reading.take(placed, place + 1, chain)
        if place == page.last_place and chain != page.chain:
            raise Contradiction(Attack.OPERATIONS, "its order does not end where it says", evidence)
        if page.operations:
            self._spool.add_incoming(reading.fetched, place, chain, reading.seen)
        return len(page.operations)


class _PageReading:
    """One page on its way through the checks."""

    def __init__(
        self, clinic: bytes, workstation_id: str, members: MembersAhead, seen: Seen, evidence: dict[str, bytes]
    ) -> None:
        self._clinic = clinic
        self._workstation_id = workstation_id
        self._ahead = members
        self._members = members()
        self._before = seen
        self._evidence = evidence
        self._last_beats: dict[str, tuple[int, bytes]] = {}
        self._links: dict[int, bytes] = {}
        self.fetched: list[Incoming] = []
        self.seen = PageSeen()

    def take(self, placed: Placed, place: int, chain: bytes) -> bytes:
        """One place of the order; the chain after it."""
        try:
            head = operation_head(placed.record)
        except PhotoDeskError as error:
            raise self._wrong("it serves what is no operation") from error
        chain = next_order(chain, self._clinic, place, head.hash)
        if placed.place != place or placed.chain != chain:
            raise self._wrong(f"its order breaks at place {place}")
        if head.compartment == CONTROL:
            self._beat(placed.record, place)
        else:
            self._operation(placed.record, head, place)
        self._links[place] = chain
        self.seen.links.append((place, chain))
        self.seen.unlisted.append((head.workstation_id, place, head.hash))
        return chain

    def _station(self, workstation_id: str) -> MemberWorkstation | None:
        """A workstation of the clinic; one that is not known yet may have joined just now."""
        if workstation_id not in self._members.workstations:
            self._members = self._ahead.look()
        return self._members.workstations.get(workstation_id)

    def _operation(self, record: bytes, head: OperationHead, place: int) -> None:
        station = self._station(head.workstation_id)
        if station is None or not verify_operation(record, station.signing_public, self._clinic):
            raise self._wrong("it serves an operation that nobody of the clinic signed")
        if head.workstation_id != self._workstation_id:
            self.fetched.append(Incoming(place, head.workstation_id, head.scope, head.compartment, record))

    def _beat(self, record: bytes, place: int) -> None:
        try:
            beat = read_heartbeat(record)
        except PhotoDeskError as error:
            raise self._wrong("it serves what is no heartbeat") from error
        station_id, sequence = beat.head.workstation_id, beat.head.sequence
        station = self._station(station_id)
        if station is None or not beat.signed_by(station.signing_public, self._clinic):
            raise self._wrong("it serves a heartbeat that nobody of the clinic signed")
        own = self._before.beat_hash(station_id, sequence) if station_id == self._workstation_id else None
        last, last_hash = self._last_beats.get(station_id) or self._before.beat(station_id)[:2]
        if own is not None:
            if own != beat.hash():
                raise self._wrong("it serves a heartbeat of this workstation that it never made")
        elif (sequence, beat.head.previous) != (last + 1, last_hash):
            raise self._wrong("a heartbeat is missing, repeated or changed")
        else:
            self._last_beats[station_id] = sequence, beat.hash()
        self.seen.beats.append((place, beat))
        if not station.revoked:  # whoever stole it may say what they like
            self._sight(beat, place)

    def _sight(self, beat: Heartbeat, place: int) -> None:
        """What it says it saw. What was signed before the server was restored speaks of the order that is gone."""
        sight, said_by = beat.sight, beat.head.workstation_id
        restored = self._members.restored
        if restored is not None and sight.members < restored.sequence:
            return
        if sight.place >= place:
            raise self._wrong("a heartbeat came before what it has seen")
        known = self._links.get(sight.place) or self._before.link(sight.place)
        if known is not None and sight.place and known != sight.chain:
            raise self._wrong("another workstation was shown another order")
        claims = self.seen.claims
        claims.append((MEMBERS, "", sight.members, said_by, sight.members_head))
        claims.extend((PARCEL, one.workstation_id, one.number, said_by, one.hash) for one in sight.parcels)
        claims.extend((LOG, one.workstation_id, one.number, said_by, one.hash) for one in sight.logs)

    def _wrong(self, what: str) -> Contradiction:
        return Contradiction(Attack.OPERATIONS, what, self._evidence)


def _encoded(after: int, page: OrderPage) -> bytes:
    """The page as a file: `[asked after, last place, chain, [[place, chain, record]…]]`."""
    return pack([after, page.last_place, page.chain, [[one.place, one.chain, one.record] for one in page.operations]])
