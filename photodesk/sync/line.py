"""What an exchange asks of the server: one method a request, values instead of messages. Made in `background`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


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


class Line(Protocol):
    """A server that is reached. Every method raises Fixable `server_offline`, `server_busy`; Refused with its code."""

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

    def members(self, after: int) -> list[bytes]:
        """Membership entries after a number."""
        ...

    def append_members(self, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """Append by compare-and-swap; Refused `members_changed`."""
        ...

    def push(self, parcel: bytes, operations: Sequence[bytes]) -> Pushed:
        """Send a parcel; the same one again is answered the same."""
        ...

    def pull(self, after: int, limit: int) -> OrderPage:
        """Operations after a place."""
        ...

    def put_checkpoint(self, record: bytes) -> ServerReceipt:
        """Anchor the log."""
        ...

    def put_segment(self, number: int, data: bytes) -> ServerReceipt:
        """Keep a finished segment of the log."""
        ...
