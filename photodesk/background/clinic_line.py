"""The line to the clinic server: its endpoints as methods over `clinic_http`. Every answer is untrusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

import msgspec

from photodesk.background.clinic_http import (
    ClinicHttp,
    Spend,
    fetch_certificate,
    freely,
    not_understood,
    pin_of,
    put_elsewhere,
)
from photodesk.sync.blob_parts import PART_BYTES
from photodesk.sync.line import (
    PAGE,
    Changed,
    Contact,
    Invitation,
    KeptCheckpoint,
    KeyRecord,
    OrderPage,
    Pushed,
    SealedErasureKey,
    ServerReceipt,
    UploadState,
)

__all__ = ["ClinicLine", "ServerFacts", "fetch_certificate", "pin_of"]

One = TypeVar("One")
QUIET_S = 45.0  # the server's event stream breathes every 20 s
MOST_EVENT_BYTES = 4096
SMALL_BYTES = 1 << 20  # goes through the server also where it has an object store


class ServerFacts(msgspec.Struct, frozen=True):
    """Which versions it speaks, the public key of its receipts, its clock."""

    versions: list[int]
    receipt_key: bytes
    time_ms: int


class _Done(msgspec.Struct):
    done: bool


class _Challenge(msgspec.Struct):
    challenge: bytes


class _SignedIn(msgspec.Struct):
    token: str


class _Members(msgspec.Struct):
    entries: list[bytes]


class _Head(msgspec.Struct):
    sequence: int
    head: bytes


class _Workstations(msgspec.Struct):
    workstations: list[Contact]


class _Left(msgspec.Struct):
    expires_ms: int


class _KeyRecords(msgspec.Struct):
    records: list[KeyRecord]


class _ErasureKeys(msgspec.Struct):
    keys: list[SealedErasureKey]


class _Parcels(msgspec.Struct):
    parcels: list[bytes]


class _BlobIds(msgspec.Struct):
    blob_ids: list[str]


class _PartAddress(msgspec.Struct):
    url: str | None


class _Checkpoints(msgspec.Struct):
    checkpoints: list[KeptCheckpoint]


class _Event(msgspec.Struct):
    place: int
    members: int


class ClinicLine:
    """Implements `sync.line.Line`. Refused `server_pin_wrong` before a byte is sent to another key.

    Several threads may ask at once. `spend` hears of every piece of a photo before it goes and after it came.
    """

    def __init__(self, url: str, certificate: str, pin: bytes, spend: Spend = freely) -> None:
        self._http = ClinicHttp(url, certificate, pin, spend)
        self._spend = spend
        self._pin = pin
        self.whole_bytes = SMALL_BYTES
        self._direct = True

    def __enter__(self) -> ClinicLine:
        return self

    def __exit__(self, *_ended: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    @property
    def pin(self) -> bytes:
        return self._pin

    def keep_signed_in(self, renew: Callable[[], None]) -> None:
        """A token is good for ten minutes: `renew` signs in again when one is over, whatever is being asked."""
        self._http.renew = renew

    def facts(self) -> ServerFacts:
        """What the server says of itself to anybody."""
        return self._http.ask("GET", "/v1/server", ServerFacts)

    def found(self, code: str, clinic_id: str, entries: Sequence[bytes]) -> None:
        """Found the clinic on this server. Refused `code_wrong`, `clinic_exists`."""
        self._http.ask("POST", "/v1/clinics", _Done, {"code": code, "clinic_id": clinic_id, "entries": list(entries)})

    # -- who --

    def challenge(self, clinic_id: str, workstation_id: str) -> bytes:
        body = {"clinic_id": clinic_id, "workstation_id": workstation_id}
        return self._http.ask("POST", "/v1/sign-in/challenge", _Challenge, body).challenge

    def sign_in(self, clinic_id: str, workstation_id: str, challenge: bytes, signature: bytes) -> None:
        who = {"clinic_id": clinic_id, "workstation_id": workstation_id}
        body = who | {"challenge": challenge, "signature": signature}
        self._http.token = self._http.ask("POST", "/v1/sign-in", _SignedIn, body).token

    def revocation(
        self, clinic_id: str, workstation_id: str, challenge: bytes, signature: bytes, after: int
    ) -> list[bytes]:
        who = {"clinic_id": clinic_id, "workstation_id": workstation_id, "after": after}
        body = who | {"challenge": challenge, "signature": signature}
        return self._http.ask("POST", "/v1/sign-in/revoked", _Members, body).entries

    def members(self, after: int) -> list[bytes]:
        return _page(self._http.ask("GET", f"/v1/members?after={after}", _Members).entries)

    def append_members(self, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        self._http.ask("POST", "/v1/members", _Head, _appended(clinic_id, sequence, previous, entries))

    def workstations(self) -> list[Contact]:
        return self._http.ask("GET", "/v1/workstations", _Workstations).workstations

    def leave_invitation(self, invitation_id: str, package: bytes) -> int:
        body = {"invitation_id": invitation_id, "package": package}
        return self._http.ask("POST", "/v1/invitations", _Left, body).expires_ms

    def open_invitation(self, invitation_id: str) -> Invitation:
        return self._http.ask("GET", f"/v1/invitations/{invitation_id}", Invitation)

    def invited_members(self, invitation_id: str, after: int) -> list[bytes]:
        return _page(self._http.ask("GET", f"/v1/invitations/{invitation_id}/members?after={after}", _Members).entries)

    def invited_key_records(self, invitation_id: str, after: int) -> list[KeyRecord]:
        path = f"/v1/invitations/{invitation_id}/key-records?after={after}"
        return _page(self._http.ask("GET", path, _KeyRecords).records)

    def join(
        self, invitation_id: str, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]
    ) -> None:
        body = _appended(clinic_id, sequence, previous, entries)
        self._http.ask("POST", f"/v1/invitations/{invitation_id}/join", _Head, body)

    # -- keys --

    def put_key_records(self, records: Sequence[bytes]) -> None:
        self._http.ask("PUT", "/v1/key-records", _Done, {"records": list(records)})

    def drop_key_records(self, hashes: Sequence[bytes]) -> None:
        self._http.ask("POST", "/v1/key-records/drop", _Done, {"hashes": list(hashes)})

    def key_records(self, after: int) -> list[KeyRecord]:
        return _page(self._http.ask("GET", f"/v1/key-records?after={after}", _KeyRecords).records)

    def put_erasure_keys(self, keys: Sequence[SealedErasureKey]) -> None:
        self._http.ask("PUT", "/v1/erasure-keys", _Done, {"keys": list(keys)})

    def erasure_keys(self, after: str) -> list[SealedErasureKey]:
        return _page(self._http.ask("GET", f"/v1/erasure-keys?after={after}", _ErasureKeys).keys)

    # -- operations --

    def push(self, parcel: bytes, operations: Sequence[bytes]) -> Pushed:
        return self._http.ask("POST", "/v1/operations", Pushed, {"parcel": parcel, "operations": list(operations)})

    def pull(self, after: int, limit: int) -> OrderPage:
        return self._http.ask("GET", f"/v1/operations?after={after}&limit={limit}", OrderPage)

    def parcels(self, workstation_id: str, after: int) -> list[bytes]:
        path = f"/v1/parcels?workstation_id={workstation_id}&after={after}"
        return _page(self._http.ask("GET", path, _Parcels).parcels)

    # -- the log --

    def put_checkpoint(self, record: bytes) -> ServerReceipt:
        return self._http.ask("POST", "/v1/log/checkpoints", ServerReceipt, {"record": record})

    def checkpoints(self, workstation_id: str, after: int) -> list[KeptCheckpoint]:
        path = f"/v1/log/checkpoints?workstation_id={workstation_id}&after={after}"
        return _page(self._http.ask("GET", path, _Checkpoints).checkpoints)

    def put_segment(self, number: int, data: bytes) -> ServerReceipt:
        return self._http.ask("PUT", f"/v1/log/segments/{number}", ServerReceipt, content=data)

    def segment(self, workstation_id: str, number: int) -> bytes:
        return self._http.fetch("GET", f"/v1/log/segments/{workstation_id}/{number}")

    # -- blobs --

    def missing_blobs(self, blob_ids: Sequence[bytes]) -> list[bytes]:
        body = {"blob_ids": [one.hex() for one in blob_ids]}
        said = set(self._http.ask("POST", "/v1/blobs/missing", _BlobIds, body).blob_ids)
        return [one for one in blob_ids if one.hex() in said]

    def put_whole(self, blob_id: bytes, data: bytes) -> None:
        self._http.ask("PUT", f"/v1/blobs/{blob_id.hex()}?bytes={len(data)}", _Done, content=data)

    def begin_upload(self, blob_id: bytes, length: int) -> UploadState:
        return self._http.ask("POST", "/v1/uploads", UploadState, {"blob_id": blob_id.hex(), "bytes": length})

    def put_part(self, upload_id: str, number: int, data: bytes) -> None:
        path = f"/v1/uploads/{upload_id}/parts/{number}"
        address = self._http.ask("POST", f"{path}/address", _PartAddress).url if self._direct else None
        if address is None:
            self._direct = False  # a server without an object store gives none for any part
            self.whole_bytes = PART_BYTES
            self._http.ask("PUT", path, _Done, content=data)
            return
        put_elsewhere(address, data)
        self._http.ask("POST", f"{path}/check", _Done)

    def complete_upload(self, upload_id: str) -> None:
        self._http.ask("POST", f"/v1/uploads/{upload_id}/complete", _Done)

    def read_blob(self, blob_id: bytes, start: int, end: int) -> AbstractContextManager[Iterator[bytes]]:
        return self._read_blob(blob_id, start, end)

    @contextmanager
    def _read_blob(self, blob_id: bytes, start: int, end: int) -> Iterator[Iterator[bytes]]:
        headers = {"Range": f"bytes={start}-{end - 1}"}
        with self._http.pieces(f"/v1/blobs/{blob_id.hex()}", headers) as pieces:
            yield self._at_most(pieces, end - start)

    def _at_most(self, pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
        for piece in pieces:
            most -= len(piece)
            if most < 0:
                raise not_understood()
            self._spend(len(piece))
            yield piece

    # -- events --

    @contextmanager
    def events(self) -> Iterator[Iterator[Changed | None]]:
        with self._http.pieces("/v1/events", quiet_s=QUIET_S) as pieces:
            yield _events(pieces)


def _appended(clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> Mapping[str, object]:
    return {"clinic_id": clinic_id, "sequence": sequence, "previous": previous, "entries": list(entries)}


def _page(said: list[One]) -> list[One]:
    """A page is never longer than was asked for."""
    if len(said) > PAGE:
        raise not_understood()
    return said


def _events(pieces: Iterator[bytes]) -> Iterator[Changed | None]:
    """Server-sent events: `data: {…}` and comments, each followed by an empty line."""
    held = b""
    for piece in pieces:
        held += piece
        *whole, held = held.split(b"\n\n")
        if len(held) > MOST_EVENT_BYTES:
            raise not_understood()
        for one in whole:
            yield _event(one)


def _event(said: bytes) -> Changed | None:
    if not said.startswith(b"data: "):
        return None
    try:
        return msgspec.json.decode(said[6:], type=Changed)
    except (msgspec.MsgspecError, ValueError) as error:
        raise not_understood() from error
