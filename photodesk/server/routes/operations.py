"""Pushing parcels, pulling the clinic's order, checking what a workstation sent; erasure keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from photodesk.ids import NO_ID, to_text
from photodesk.server import messages as m
from photodesk.server.answers import REFUSALS
from photodesk.server.routes.asking import AfterQuery, AskedParts, IdQuery, LimitQuery, SignedIn

router = APIRouter(prefix="/v1", responses=REFUSALS)
FIRST_SCOPE = to_text(NO_ID)


@router.post("/operations")
def push(body: m.Push, parts: AskedParts, who: SignedIn) -> m.Pushed:
    """Keep a parcel and its operations, all or none. The same parcel again is answered the same."""
    taken = parts.operations.push(who, body.parcel, body.operations)
    parts.metrics.operations.inc(len(body.operations))
    return m.Pushed(send_sequence=taken.send_sequence, first_place=taken.first_place, last_place=taken.last_place)


@router.get("/operations")
def pull(parts: AskedParts, who: SignedIn, after: AfterQuery = 0, limit: LimitQuery = 500) -> m.OperationsPage:
    """Operations after a place of the clinic's order."""
    found = parts.operations.pull(who.clinic_id, after, limit)
    last_place, chain = parts.operations.head(who.clinic_id)
    placed = [m.PlacedOperation(place=one.place, chain=one.chain, record=one.record) for one in found]
    return m.OperationsPage(operations=placed, last_place=last_place, chain=chain)


@router.get("/parcels")
def read_parcels(
    parts: AskedParts, who: SignedIn, workstation_id: IdQuery, after: AfterQuery = 0, limit: LimitQuery = 500
) -> m.ParcelsPage:
    """A workstation's parcels after one of its numbers."""
    return m.ParcelsPage(parcels=parts.operations.parcels(who.clinic_id, workstation_id, after, limit))


@router.put("/erasure-keys")
def put_erasure_keys(body: m.ErasureKeys, parts: AskedParts, who: SignedIn) -> m.Done:
    """Keep or replace erasure keys."""
    parts.erasure_keys.put(who, [(one.scope, one.sealed) for one in body.keys])
    return m.Done()


@router.get("/erasure-keys")
def read_erasure_keys(
    parts: AskedParts,
    who: SignedIn,
    after: Annotated[m.Id, Query()] = FIRST_SCOPE,
    limit: LimitQuery = 500,
) -> m.ErasureKeys:
    """Erasure keys after a scope, in the order of scopes."""
    found = parts.erasure_keys.after(who.clinic_id, after, limit)
    return m.ErasureKeys(keys=[m.SealedErasureKey(scope=one.scope, sealed=one.sealed) for one in found])
