"""What every route may ask for: the parts of the server, and which workstation is speaking."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Header, Path, Query, Request

from photodesk.server.clinics import Contact
from photodesk.server.messages import BlobId, Id, Limit, Place
from photodesk.server.parts import Parts


async def parts(request: Request) -> Parts:
    """The parts this app was made with; asynchronous, for what is not costs a turn of a thread."""
    return cast("Parts", request.app.state.parts)


def contact(request: Request, authorization: Annotated[str, Header()] = "") -> Contact:
    """The workstation that signed in; 401, 403, 429."""
    held = cast("Parts", request.app.state.parts)
    who = held.signing_in.contact(authorization)
    held.rates.ask(who.workstation_id)
    return who


async def knock(request: Request) -> None:
    """Somebody without a token; 429."""
    cast("Parts", request.app.state.parts).rates.knock(request.client.host if request.client else "")


AskedParts = Annotated[Parts, Depends(parts)]
SignedIn = Annotated[Contact, Depends(contact)]
Knocking = Depends(knock)
AfterQuery = Annotated[Place, Query()]
LimitQuery = Annotated[Limit, Query()]
IdPath = Annotated[Id, Path()]
IdQuery = Annotated[Id, Query()]
BlobIdPath = Annotated[BlobId, Path()]
NumberPath = Annotated[int, Path(ge=0, lt=1 << 31)]
