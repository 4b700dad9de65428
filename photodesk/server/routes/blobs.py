"""Blobs: which are missing, uploads in parts, reading with ranges."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from photodesk.server import messages as m
from photodesk.server.answers import REFUSALS
from photodesk.server.blobs import PIECE_BYTES, ArrivingPart, Upload
from photodesk.server.parts import Parts
from photodesk.server.refusals import Refusal
from photodesk.server.routes.asking import AskedParts, BlobIdPath, IdPath, NumberPath, SignedIn
from photodesk.sync.blob_parts import PART_BYTES

router = APIRouter(prefix="/v1", responses=REFUSALS)
OCTETS = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}
LengthQuery = Annotated[int, Query(alias="bytes", ge=1, le=PART_BYTES)]
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


@router.post("/blobs/missing")
def missing_blobs(body: m.BlobIds, parts: AskedParts, who: SignedIn) -> m.BlobIds:
    """Those of the ids that the clinic has no complete blob of."""
    found = parts.blobs.missing(who.clinic_id, [bytes.fromhex(one) for one in body.blob_ids])
    return m.BlobIds(blob_ids=[one.hex() for one in found])


@router.post("/uploads")
def begin_upload(body: m.BeginUpload, parts: AskedParts, who: SignedIn) -> m.UploadState:
    """Begin an upload, or find it where it stands."""
    return _state(parts.blobs.begin(who, bytes.fromhex(body.blob_id), body.bytes))


@router.post("/uploads/{upload_id}/parts/{number}/address")
def part_address(upload_id: IdPath, number: NumberPath, parts: AskedParts, who: SignedIn) -> m.PartAddress:
    """Where a part may be put directly, or null."""
    return m.PartAddress(url=parts.blobs.address(who, upload_id, number))


@router.put("/uploads/{upload_id}/parts/{number}", openapi_extra=OCTETS)
async def put_part(upload_id: IdPath, number: NumberPath, request: Request, parts: AskedParts, who: SignedIn) -> m.Done:
    """Keep one part of 8 MiB (the last one shorter), durably. Memory holds a piece of it at a time."""
    await _take(request, parts, await run_in_threadpool(parts.blobs.begin_part, who, upload_id, number))
    return m.Done()


@router.put("/blobs/{blob_id}", openapi_extra=OCTETS)
async def put_blob(
    blob_id: BlobIdPath, length: LengthQuery, request: Request, parts: AskedParts, who: SignedIn
) -> m.Done:
    """Keep a whole blob of one part, durably, and make it readable: what three requests do for a larger one."""
    arriving = await run_in_threadpool(parts.blobs.begin_whole, who, bytes.fromhex(blob_id), length)
    if arriving is not None:
        await _take(request, parts, arriving)
    return m.Done()


@router.post("/uploads/{upload_id}/parts/{number}/check")
def check_part(upload_id: IdPath, number: NumberPath, parts: AskedParts, who: SignedIn) -> m.Done:
    """Count a part that was put directly into the object store."""
    parts.blobs.check_part(who, upload_id, number)
    return m.Done()


@router.post("/uploads/{upload_id}/complete")
def complete_upload(upload_id: IdPath, parts: AskedParts, who: SignedIn) -> m.Done:
    """Make the blob readable, once all its parts are here and are it."""
    parts.blobs.complete(who, upload_id)
    return m.Done()


@router.get("/blobs/{blob_id}", response_class=StreamingResponse)
def read_blob(
    blob_id: BlobIdPath, parts: AskedParts, who: SignedIn, range_asked: Annotated[str, Header(alias="Range")] = ""
) -> Response:
    """The blob's bytes, or the range asked for (`bytes=FIRST-` or `bytes=FIRST-LAST`)."""
    held = parts.blobs.held(who.clinic_id, bytes.fromhex(blob_id))
    start, end = _range(range_asked, held.length)
    headers = {"Content-Length": str(end - start), "Accept-Ranges": "bytes"}
    if range_asked:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{held.length}"
    stream = parts.blobs.read(who.clinic_id, held, start, end)
    return StreamingResponse(stream, 206 if range_asked else 200, headers, "application/octet-stream")


async def _take(request: Request, parts: Parts, arriving: ArrivingPart) -> None:
    try:
        async for chunks in _chunks(request):
            await run_in_threadpool(_write, arriving, chunks)
            parts.metrics.received.inc(sum(map(len, chunks)))
        await run_in_threadpool(arriving.keep)
    except BaseException:
        arriving.drop()
        raise


def _write(arriving: ArrivingPart, chunks: Sequence[bytes]) -> None:
    for chunk in chunks:
        arriving.write(chunk)


async def _chunks(request: Request) -> AsyncIterator[Sequence[bytes]]:
    """The body as it comes, about 1 MiB together: one turn of a thread each, and nothing is copied."""
    held: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        if chunk:
            held.append(chunk)
            size += len(chunk)
        if size >= PIECE_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _range(asked: str, length: int) -> tuple[int, int]:
    if not asked:
        return 0, length
    found = _RANGE.fullmatch(asked.strip())
    start, end = (int(found[1]), int(found[2]) + 1 if found[2] else length) if found else (length, length)
    if not start < min(end, length):
        raise Refusal(416, "range_wrong", f"The blob has {length} bytes.", "Ask for a range inside it.")
    return start, min(end, length)


def _state(upload: Upload) -> m.UploadState:
    return m.UploadState(
        upload_id=upload.upload_id,
        blob_id=upload.blob_id.hex(),
        bytes=upload.length,
        parts=list(upload.parts),
        done=upload.done,
    )
