"""What a pass asks of the server: one method a request, values instead of messages. Made in `background`.

Every method raises Fixable `server_offline`, `ServerBusy`; Refused `server_pin_wrong`, `server_not_understood`, or the
server's own code. What it answers is untrusted: whoever asked checks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from photodesk.errors import Fixable

PAGE = 500


class ServerBusy(Fixable):
    """The server asks to be left alone for `retry_after_s` seconds."""

    def __init__(self, code: str, message: str, remedy: str, retry_after_s: float) -> None:
        super().__init__(code, message, remedy)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Pushed:
    """Which places a parcel's operations have in the clinic's order."""

    send_sequence: int
    first_place: int
    last_place: int


@dataclass(frozen=True)
class Placed:
    """An operation in the clinic's order."""

    place: int
    chain: bytes
    record: bytes


@dataclass(frozen=True)
class OrderPage:
    """Some operations after a place, and where the order ends now."""

    operations: tuple[Placed, ...]
    last_place: int
    chain: bytes


@dataclass(frozen=True)
class ServerReceipt:
    """The server's signed word that it keeps something since an instant."""

    received_ms: int
    receipt: bytes


@dataclass(frozen=True)
class KeptCheckpoint:
    """A checkpoint of a workstation's log as the server keeps it."""

    workstation_id: str
    sequence: int
    record: bytes
    received_ms: int
    receipt: bytes


@dataclass(frozen=True)
class Contact:
    """A workstation as the server says it sees it."""

    workstation_id: str
    revoked: bool
    last_contact_ms: int


@dataclass(frozen=True)
class Invitation:
    """A sealed package, and the clinic it leads to."""

    clinic_id: str
    package: bytes


@dataclass(frozen=True)
class KeyRecord:
    """A slot, bundle or grant, and its place in the order they came."""

    place: int
    record: bytes


@dataclass(frozen=True)
class SealedErasureKey:
    """A patient's erasure key, sealed, under the chart's opaque id."""

    scope: str
    sealed: bytes


@dataclass(frozen=True)
class UploadState:
    """Which parts of an upload are there; `done` where the whole blob is."""

    upload_id: str
    parts: tuple[int, ...]
    done: bool


@dataclass(frozen=True)
class Changed:
    """Where the server's order and its membership log stand: something is to be fetched, or not."""

    place: int
    members: int


class MemberLine(Protocol):
    """The membership log, who is in contact, invitations."""

    def members(self, after: int) -> list[bytes]:
        """At most `PAGE` membership entries after a number."""
        ...

    def append_members(self, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """Append by compare-and-swap; Refused `members_changed`."""
        ...

    def workstations(self) -> list[Contact]:
        """Every workstation of the clinic."""
        ...

    def leave_invitation(self, invitation_id: str, package: bytes) -> int:
        """Leave a sealed package; until when it waits, in ms."""
        ...

    def open_invitation(self, invitation_id: str) -> Invitation:
        """The package of an invitation; without signing in. Refused `unknown`."""
        ...

    def invited_members(self, invitation_id: str, after: int) -> list[bytes]:
        """As `members`, for whoever is invited and not signed in."""
        ...

    def invited_key_records(self, invitation_id: str, after: int) -> list[KeyRecord]:
        """As `key_records`, for whoever is invited and not signed in."""
        ...

    def join(
        self, invitation_id: str, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]
    ) -> None:
        """Append the entry that makes a workstation, without signing in; Refused `members_changed`."""
        ...


class KeyLine(Protocol):
    """Slots, bundles, grants and erasure keys: sealed, passed on."""

    def put_key_records(self, records: Sequence[bytes]) -> None:
        """Keep slots, bundles and grants, at most `PAGE`."""
        ...

    def drop_key_records(self, hashes: Sequence[bytes]) -> None:
        """Forget records that no longer count, at most `PAGE`."""
        ...

    def key_records(self, after: int) -> list[KeyRecord]:
        """At most `PAGE` records after a place."""
        ...

    def put_erasure_keys(self, keys: Sequence[SealedErasureKey]) -> None:
        """Keep or replace erasure keys, at most `PAGE`."""
        ...

    def erasure_keys(self, after: str) -> list[SealedErasureKey]:
        """At most `PAGE` erasure keys after a scope, in the order of scopes."""
        ...


class OrderLine(Protocol):
    """The clinic's order of operations."""

    @property
    def pin(self) -> bytes:
        """SHA-256 of the public key the server showed."""
        ...

    def challenge(self, clinic_id: str, workstation_id: str) -> bytes:
        """What the keeper is to sign."""
        ...

    def sign_in(self, clinic_id: str, workstation_id: str, challenge: bytes, signature: bytes) -> None:
        """From now on this line speaks for the workstation."""
        ...

    def revocation(
        self, clinic_id: str, workstation_id: str, challenge: bytes, signature: bytes, after: int
    ) -> list[bytes]:
        """For a workstation that was shut out: the entries after a number, up to the one that says so."""
        ...

    def push(self, parcel: bytes, operations: Sequence[bytes]) -> Pushed:
        """Send a parcel; the same one again is answered the same."""
        ...

    def pull(self, after: int, limit: int) -> OrderPage:
        """Operations after a place."""
        ...

    def parcels(self, workstation_id: str, after: int) -> list[bytes]:
        """At most `PAGE` parcels of one workstation after one of its numbers."""
        ...


class LogLine(Protocol):
    """Where logs are anchored."""

    def put_checkpoint(self, record: bytes) -> ServerReceipt:
        """Anchor the log."""
        ...

    def checkpoints(self, workstation_id: str, after: int) -> list[KeptCheckpoint]:
        """At most `PAGE` checkpoints of any workstation after a place of its log."""
        ...

    def put_segment(self, number: int, data: bytes) -> ServerReceipt:
        """Keep a finished segment of the log."""
        ...

    def segment(self, workstation_id: str, number: int) -> bytes:
        """A kept segment, as it came. Refused `unknown`."""
        ...


class BlobLine(Protocol):
    """Sealed blobs. A blob id is 32 bytes. One of at most `whole_bytes` is brought whole, one request instead of three;
    it is never more than one part.
    """

    whole_bytes: int

    def put_whole(self, blob_id: bytes, data: bytes) -> None:
        """Bring a blob and make it readable. Fixable `quota_full`; Refused `blob_wrong`."""
        ...

    def missing_blobs(self, blob_ids: Sequence[bytes]) -> list[bytes]:
        """Those of at most 1000 ids that the server has no complete blob of."""
        ...

    def begin_upload(self, blob_id: bytes, length: int) -> UploadState:
        """Begin an upload, or find it where it stands."""
        ...

    def put_part(self, upload_id: str, number: int, data: bytes) -> None:
        """Bring one part of 8 MiB (the last one shorter), through the server or straight to its object store."""
        ...

    def complete_upload(self, upload_id: str) -> None:
        """Make the blob readable, once all its parts are there."""
        ...

    def read_blob(self, blob_id: bytes, start: int, end: int) -> AbstractContextManager[Iterator[bytes]]:
        """Bytes [start, end) of a blob, in pieces; never more than asked for. Refused `unknown`."""
        ...


class EventLine(Protocol):
    """Waiting for something to fetch."""

    def events(self) -> AbstractContextManager[Iterator[Changed | None]]:
        """What the server says as it happens; None is a sign of life. Ends when the server does; Fixable
        `server_offline` when it says nothing for too long."""
        ...


class Line(MemberLine, KeyLine, OrderLine, LogLine, BlobLine, EventLine, Protocol):
    """A server that is reached: everything a pass may ask. Steps take the part they need."""
