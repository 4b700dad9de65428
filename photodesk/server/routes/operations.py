"""Pushing parcels, pulling the clinic's order, checking what a workstation sent."""

from __future__ import annotations

from fastapi import APIRouter

from photodesk.server import messages as m
from photodesk.server.answers import REFUSALS
from photodesk.server.routes.asking import AfterQuery, AskedParts, IdQuery, LimitQuery, SignedIn

router = APIRouter(prefix="/v1", responses=REFUSALS)


@router.post("/operations")
def push(body: m.Push, parts: AskedParts, who: SignedIn) -> m.Pushed:
    """Keep a parcel and its operations, all or none. The same parcel again is answered the same."""
    taken = parts.operations.push(who, body.parcel, body.operations)
    parts.metrics.operations.inc(len(body.operations))
    return m.Pushed(send_sequence=taken.send_sequence, first_place=taken.first_place, last_place=taken.last_place)


@router.get("/operations")
def pull(parts: AskedParts, who: SignedIn, after: AfterQuery = 0, limit: LimitQuery = 500) -> m.OperationsPage:
    """Operations after a place of the clinic's order."""
    page = parts.operations.pull(who.clinic_id, after, limit)
    placed = [m.PlacedOperation(place=one.place, chain=one.chain, record=one.record) for one in page.operations]
    return m.OperationsPage(operations=placed, last_place=page.last_place, chain=page.chain)


@router.get("/parcels")
def read_parcels(
    parts: AskedParts, who: SignedIn, workstation_id: IdQuery, after: AfterQuery = 0, limit: LimitQuery = 500
) -> m.ParcelsPage:
    """A workstation's parcels after one of its numbers."""
    return m.ParcelsPage(parcels=parts.operations.parcels(who.clinic_id, workstation_id, after, limit))
