"""Bodies of the server's messages, as its OpenAPI page shows them. Bytes are base64, ids 32 lower-case hex digits."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from photodesk.sync.parcels import MOST_OPERATIONS


def _from_base64(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("bytes are base64 text")
    return b64decode(value, validate=True)


Bytes = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(lambda value: b64encode(value).decode(), return_type=str),
    WithJsonSchema({"type": "string", "format": "byte", "contentEncoding": "base64"}),
]
Hash = Annotated[Bytes, Field(min_length=32, max_length=32)]
Signature = Annotated[Bytes, Field(min_length=64, max_length=64)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
BlobId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Place = Annotated[int, Field(ge=0, lt=1 << 63)]
Limit = Annotated[int, Field(ge=1, le=MOST_OPERATIONS)]


class Message(BaseModel):
    """Nothing unknown is taken for granted, and nothing is changed after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Failure(Message):
    """What an error says."""

    code: str
    message: str
    remedy: str


class FailureBody(Message):
    """Every answer that is not 2xx."""

    error: Failure


class ServerFacts(Message):
    """What anybody may know: which versions are spoken, and the key of the receipts."""

    versions: list[int]
    receipt_key: Hash
    time_ms: int


class FoundClinic(Message):
    """Found a clinic with the code of the server's terminal and the whole membership log."""

    code: Annotated[str, Field(max_length=64)]
    clinic_id: Id
    entries: Annotated[list[Bytes], Field(min_length=1, max_length=1000)]


class AskChallenge(Message):
    """Begin to sign in."""

    clinic_id: Id
    workstation_id: Id


class Challenge(Message):
    """To be signed by the keeper within two minutes, once."""

    challenge: Hash
    expires_ms: int


class SignIn(Message):
    """The signed challenge: over pin ‖ workstation id ‖ challenge."""

    clinic_id: Id
    workstation_id: Id
    challenge: Hash
    signature: Signature


class SignedIn(Message):
    """The token for `Authorization: Bearer …`, for ten minutes."""

    token: str
    expires_ms: int


class AskRevocation(SignIn):
    """A workstation that was shut out asks for the entries that say so, with a signed challenge like a sign-in's."""

    after: Place


class MembersHead(Message):
    """Where the membership log stands."""

    sequence: int
    head: Hash


class MembersPage(Message):
    """Entries after the number asked for."""

    entries: list[Bytes]


class AppendMembers(Message):
    """Append if the log still stands at (sequence, previous)."""

    clinic_id: Id
    sequence: Annotated[int, Field(ge=0, lt=1 << 31)]
    previous: Hash
    entries: Annotated[list[Bytes], Field(min_length=1, max_length=1000)]


class Push(Message):
    """A parcel and the operations it lists."""

    parcel: Bytes
    operations: Annotated[list[Bytes], Field(min_length=1, max_length=MOST_OPERATIONS)]


class Pushed(Message):
    """Which places the parcel's operations have in the clinic's order."""

    send_sequence: int
    first_place: int
    last_place: int


class PlacedOperation(Message):
    """An operation in the clinic's order, with the server's chain up to it."""

    place: int
    chain: Hash
    record: Bytes


class OperationsPage(Message):
    """Operations after a place, and where the order ends now."""

    operations: list[PlacedOperation]
    last_place: int
    chain: Bytes


class ParcelsPage(Message):
    """Parcels of one workstation."""

    parcels: list[Bytes]


class BlobIds(Message):
    """Ids of blobs."""

    blob_ids: Annotated[list[BlobId], Field(max_length=1000)]


class BeginUpload(Message):
    """A blob on its way: its id over its parts, its length."""

    blob_id: BlobId
    bytes: Annotated[int, Field(ge=1, lt=1 << 63)]


class UploadState(Message):
    """Which parts are here; `done` where the blob is complete, also by another workstation."""

    upload_id: str
    blob_id: BlobId
    bytes: int
    parts: list[int]
    done: bool


class PartAddress(Message):
    """Where a part may be put directly; null where it goes through the server."""

    url: str | None


class Receipt(Message):
    """The server's signed word that it keeps something since an instant."""

    received_ms: int
    receipt: Signature


class PutCheckpoint(Message):
    """A checkpoint of the workstation's own log."""

    record: Bytes


class Checkpoint(Message):
    """A checkpoint the server keeps."""

    workstation_id: Id
    sequence: int
    record: Bytes
    received_ms: int
    receipt: Signature


class CheckpointsPage(Message):
    """Checkpoints of one workstation."""

    checkpoints: list[Checkpoint]


class LeaveInvitation(Message):
    """A sealed package for whoever knows the code."""

    invitation_id: Id
    package: Bytes


class InvitationLeft(Message):
    """Until when it waits."""

    expires_ms: int


class InvitationPackage(Message):
    """The package and the clinic it leads to."""

    clinic_id: Id
    package: Bytes


class PutKeyRecords(Message):
    """Slots, bundles and grants, as they stand in a workstation's key files."""

    records: Annotated[list[Bytes], Field(min_length=1, max_length=500)]


class DropKeyRecords(Message):
    """Hashes of records that no longer count."""

    hashes: Annotated[list[Hash], Field(min_length=1, max_length=500)]


class KeyRecord(Message):
    """A record and its place in the order they came."""

    place: int
    record: Bytes


class KeyRecordsPage(Message):
    """Records after a place."""

    records: list[KeyRecord]


class SealedErasureKey(Message):
    """A patient's erasure key, sealed, under the chart's opaque id."""

    scope: Id
    sealed: Bytes


class ErasureKeys(Message):
    """Some erasure keys."""

    keys: Annotated[list[SealedErasureKey], Field(max_length=500)]


class WorkstationContact(Message):
    """A workstation as the server sees it."""

    workstation_id: Id
    revoked: bool
    last_contact_ms: int


class WorkstationsPage(Message):
    """Every workstation of the clinic."""

    workstations: list[WorkstationContact]


class Done(Message):
    """It is done, and on the disk."""

    done: bool = True
