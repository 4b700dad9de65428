"""Going on where a lost spool stood: what this workstation sent is learnt from its own signed parcels on the server.

Without it the next parcel would bear a number that is taken, and operations would be sent twice.
"""

from __future__ import annotations

from photodesk.errors import PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.progress import Cancel
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.line import PAGE, OrderLine
from photodesk.sync.parcels import FIRST_PREVIOUS, Parcel, read_parcel
from photodesk.sync.passing import CurrentMembers
from photodesk.sync.spool import Spool

ASKED = "own-parcels-asked"


class OwnParcels:
    """Asks once in a spool's life, before anything is sent."""

    def __init__(
        self, clinic_id: str, workstation_id: str, line: OrderLine, spool: Spool, members: CurrentMembers
    ) -> None:
        self._clinic = to_bytes(clinic_id)
        self._workstation_id = workstation_id
        self._line = line
        self._spool = spool
        self._members = members

    def learn(self, cancel: Cancel) -> int:
        """Parcels that were learnt. A `Contradiction` for one that this workstation did not sign."""
        if self._spool.fact(ASKED):
            return 0
        number, previous = self._spool.parcel_head()
        learnt = 0
        while not self._spool.unsent() and (page := self._line.parcels(self._workstation_id, number)):
            cancel.check()
            if len(page) > PAGE:
                raise Contradiction(Attack.RESOURCES, "it gives more parcels than were asked for")
            parcels = []
            for record in page:
                parcel = self._checked(record, number + 1, previous or FIRST_PREVIOUS)
                number, previous = parcel.send_sequence, parcel.hash()
                parcels.append(parcel)
            self._spool.learn_parcels(parcels)
            learnt += len(parcels)
        self._spool.set_facts({ASKED: b"\x01"})
        return learnt

    def _checked(self, record: bytes, number: int, previous: bytes) -> Parcel:
        evidence = {"parcel.bin": record}
        try:
            parcel = read_parcel(record)
        except PhotoDeskError as error:
            raise Contradiction(Attack.OPERATIONS, "it serves what is no parcel", evidence) from error
        station = self._members().workstations[self._workstation_id]
        if (parcel.workstation_id, parcel.send_sequence, parcel.previous) != (self._workstation_id, number, previous):
            raise Contradiction(Attack.OPERATIONS, "a parcel is missing or out of its order", evidence)
        if not parcel.signed_by(station.signing_public, self._clinic):
            raise Contradiction(Attack.OPERATIONS, "it serves a parcel that its workstation did not sign", evidence)
        return parcel
