"""What people's keys are wrapped in, and the erasure keys of patients: sealed, passed on, never opened here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from photodesk.ids import NO_ID, to_text
from photodesk.server import messages as m
from photodesk.server.answers import REFUSALS
from photodesk.server.routes.asking import AfterQuery, AskedParts, LimitQuery, SignedIn

router = APIRouter(prefix="/v1", responses=REFUSALS)
FIRST_SCOPE = to_text(NO_ID)


@router.put("/key-records")
def put_key_records(body: m.PutKeyRecords, parts: AskedParts, who: SignedIn) -> m.Done:
    """Keep slots, bundles and grants."""
    parts.key_records.put(who, body.records)
    return m.Done()


@router.post("/key-records/drop")
def drop_key_records(body: m.DropKeyRecords, parts: AskedParts, who: SignedIn) -> m.Done:
    """Forget records that no longer count."""
    parts.key_records.drop(who, body.hashes)
    return m.Done()


@router.get("/key-records")
def read_key_records(
    parts: AskedParts, who: SignedIn, after: AfterQuery = 0, limit: LimitQuery = 500
) -> m.KeyRecordsPage:
    """Records after a place, in the order they came."""
    found = parts.key_records.after(who.clinic_id, after, limit)
    return m.KeyRecordsPage(records=[m.KeyRecord(place=one.place, record=one.record) for one in found])


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
