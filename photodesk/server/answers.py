"""Refusals, malformed messages and faults as answers: a status, a code and a sentence; never content."""

from __future__ import annotations

import errno
import sqlite3
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from photodesk.errors import PhotoDeskError
from photodesk.server.messages import FailureBody
from photodesk.server.refusals import Refusal, bad_message, not_writable, server_full

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}
SQLITE_FULL, PG_DISK_FULL = sqlite3.SQLITE_FULL, "53100"
SENTENCES = {404: "The server has no such address.", 405: "This address takes other requests."}
REFUSALS: dict[int | str, dict[str, object]] = {
    status: {"model": FailureBody, "description": words}
    for status, words in (
        (400, "The message cannot be read, or does not hold."),
        (401, "Not signed in."),
        (403, "Refused."),
        (404, "Not there."),
        (408, "The message stopped coming in."),
        (409, "Speaks against what is here."),
        (413, "Too large."),
        (422, "The message cannot be read."),
        (429, "Too often; wait as `Retry-After` says."),
        (503, "The server cannot write now."),
        (507, "No room."),
    )
}


def answer_refusal(refusal: Refusal) -> JSONResponse:
    """The answer a refusal is."""
    headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s else None
    return JSONResponse(refusal.document(), refusal.status, headers)


def answer_errors(app: FastAPI) -> None:
    """Let every error of the app be answered in one form."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _no_database)
    app.add_exception_handler(PoolTimeout, _no_database)
    app.add_exception_handler(PhotoDeskError, _no_disk)
    app.add_exception_handler(OSError, _no_disk)


async def _refused(_request: Request, refusal: Exception) -> JSONResponse:
    return answer_refusal(cast("Refusal", refusal))


async def _malformed(_request: Request, error: Exception) -> JSONResponse:
    """Which field, and what is wrong with it; never its value."""
    first = cast("RequestValidationError", error).errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    refusal = bad_message(f"{where}: {first['type']}")
    return JSONResponse(refusal.document(), 422)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    found = cast("HTTPException", error)
    code = {408: "too_slow", 413: "too_large"}.get(found.status_code, f"http_{found.status_code}")
    refusal = Refusal(found.status_code, code, SENTENCES.get(found.status_code, str(found.detail)))
    return JSONResponse(refusal.document(), found.status_code, found.headers)


async def _no_database(_request: Request, error: Exception) -> JSONResponse:
    """A full disk, a database that is away, or two processes that wrote the same at once: the second tries again."""
    if isinstance(error, IntegrityError):
        return answer_refusal(not_writable(retry_after_s=1))
    inner = getattr(error, "orig", None)
    full = getattr(inner, "sqlite_errorcode", None) == SQLITE_FULL or getattr(inner, "sqlstate", None) == PG_DISK_FULL
    return answer_refusal(server_full() if full else not_writable())


async def _no_disk(_request: Request, error: Exception) -> JSONResponse:
    """The folder of objects is full or fails."""
    full = getattr(error, "code", "") == "disk_full" or getattr(error, "errno", None) in FULL
    return answer_refusal(server_full() if full else not_writable())
