"""What other workstations sent and said, held against what the server gives: nothing is left out, nobody sees another.

Each workstation signs parcels that list what it sent, one after the other. Every operation in the order must be listed,
and everything listed must be in the order. What a heartbeat repeats of others must be what is seen here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from photodesk.errors import PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.store.members import MemberWorkstation
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.heartbeats import Head
from photodesk.sync.line import PAGE, MemberLine, OrderLine
from photodesk.sync.members_ahead import MembersAhead
from photodesk.sync.parcels import Parcel, read_parcel
from photodesk.sync.spool import Spool
from photodesk.sync.spool_seen import MEMBERS, PARCEL, Seen


class WitnessLine(OrderLine, MemberLine, Protocol):
    """What a witness asks."""


class Witness:
    """The checks that follow a whole fetch of the order."""

    def __init__(
        self, clinic_id: str, workstation_id: str, line: WitnessLine, spool: Spool, members: MembersAhead
    ) -> None:
        self._clinic = to_bytes(clinic_id)
        self._workstation_id = workstation_id
        self._line = line
        self._spool = spool
        self._seen = Seen(spool.file)
        self._members = members

    def parcels(self) -> set[str]:
        """Find the parcel of everything in the order; workstations with a parcel that is not in it whole.

        Those may have sent it just now: it must be there after the order was fetched once more.
        """
        members = self._members()
        said = {head.workstation_id for head, _ in self._seen.claims(PARCEL)}
        found = sorted({*self._seen.with_unlisted(), *said, self._workstation_id})
        return {one for one in found if self._station_parcels(one, members.workstations.get(one))}

    def claims(self) -> None:
        """What heartbeats said of parcels and of the membership log must be so."""
        said = self._seen.claims(PARCEL)
        for head, _ in said:
            if self._seen.parcel_hash(head.workstation_id, head.number) != head.hash:
                raise Contradiction(Attack.OPERATIONS, "another workstation was shown a parcel that is hidden here")
        self._seen.settle(PARCEL, said)
        heads = self._seen.claims(MEMBERS)
        if heads:
            self._membership(heads)
            self._seen.settle(MEMBERS, heads)

    def _station_parcels(self, workstation_id: str, station: MemberWorkstation | None) -> bool:
        """Whether the workstation has a parcel beyond the order."""
        if station is None:
            raise Contradiction(Attack.OPERATIONS, "it speaks of a workstation that is not the clinic's")
        last_valid = None if station.revocation is None else station.revocation.last_sequence
        waiting = self._seen.unlisted(workstation_id)
        number, previous = self._seen.parcel(workstation_id)
        while True:
            page = self._page(workstation_id, number)
            covered: list[tuple[int, bytes, int]] = []
            for record in page:
                parcel = self._parcel(record, workstation_id, number + 1, previous, station)
                last_place = _last_place(parcel, waiting)
                if last_place is None:
                    self._keep(workstation_id, covered, last_valid)
                    return True
                number, previous = parcel.send_sequence, parcel.hash()
                covered.append((number, previous, last_place))
            self._keep(workstation_id, covered, last_valid)
            if not page:
                break
        if next(waiting, None) is not None:
            raise Contradiction(Attack.OPERATIONS, "an operation in its order is in no parcel of its workstation")
        return False

    def _keep(self, workstation_id: str, covered: list[tuple[int, bytes, int]], last_valid: int | None) -> None:
        if covered:
            self._seen.listed(workstation_id, covered, last_valid)

    def _page(self, workstation_id: str, after: int) -> list[bytes]:
        """A workstation's next parcels: of others from the server, of this one from its own spool."""
        if workstation_id == self._workstation_id:
            own = self._spool.sent_parcels(after, PAGE)
            if own or self._spool.parcel_head()[0] > after:
                return own
        page = self._line.parcels(workstation_id, after)
        if len(page) > PAGE:
            raise Contradiction(Attack.RESOURCES, "it gives more parcels than were asked for")
        return page

    def _parcel(
        self, record: bytes, workstation_id: str, number: int, previous: bytes, station: MemberWorkstation
    ) -> Parcel:
        evidence = {"parcel.bin": record}
        try:
            parcel = read_parcel(record)
        except PhotoDeskError as error:
            raise Contradiction(Attack.OPERATIONS, "it serves what is no parcel", evidence) from error
        if (parcel.workstation_id, parcel.send_sequence, parcel.previous) != (workstation_id, number, previous):
            raise Contradiction(Attack.OPERATIONS, "a parcel is missing or out of its order", evidence)
        if not parcel.signed_by(station.signing_public, self._clinic):
            raise Contradiction(Attack.OPERATIONS, "it serves a parcel that its workstation did not sign", evidence)
        return parcel

    def _membership(self, said: list[tuple[Head, str]]) -> None:
        """Somebody saw more of the membership log: it must be there to be read, and lead where they said."""
        members = self._members()
        if max(head.number for head, _ in said) > members.sequence:
            members = self._members.look()
        for head, _ in said:
            if head.number > members.sequence:
                raise Contradiction(Attack.MEMBERSHIP, "it hides entries that another workstation was shown")
            if head.number and members.hashes[head.number - 1] != head.hash:
                raise Contradiction(
                    Attack.MEMBERSHIP, "another workstation was shown another list of people and workstations"
                )


def _last_place(parcel: Parcel, waiting: Iterator[tuple[int, bytes]]) -> int | None:
    """The place of the parcel's last operation; None where the order ends before it."""
    found = list(islice(waiting, len(parcel.operations)))
    if any(hashed != listed for (_, hashed), listed in zip(found, parcel.operations, strict=False)):
        raise Contradiction(
            Attack.OPERATIONS, "its order leaves out or changes what a workstation sent", {"parcel.bin": parcel.record}
        )
    return found[-1][0] if len(found) == len(parcel.operations) else None
