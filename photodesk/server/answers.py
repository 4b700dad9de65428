"""Refusals, malformed messages and faults as answers: a status, a code and a sentence; never content."""

from __future__ import annotations

from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from photodesk.server.messages import FailureBody
from photodesk.server.refusals import Refusal, bad_message

REFUSALS: dict[int | str, dict[str, object]] = {
    status: {"model": FailureBody, "description": words}
    for status, words in (
        (400, "The message cannot be read, or does not hold."),
        (401, "Not signed in."),
        (403, "Refused."),
        (404, "Not there."),
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
    app.add_exception_handler(OperationalError, _no_database)


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
    code = "too_large" if found.status_code == 413 else f"http_{found.status_code}"
    refusal = Refusal(found.status_code, code, str(found.detail))
    return JSONResponse(refusal.document(), found.status_code, found.headers)


async def _no_database(_request: Request, _error: Exception) -> JSONResponse:
    refusal = Refusal(503, "not_writable", "The server cannot reach or write its database.", "Try again later.")
    return JSONResponse(refusal.document(), 503, {"Retry-After": "10"})
