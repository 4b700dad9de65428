"""What the membership log makes of people, workstations and invitations: plain values, folded by `Members`."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.ids import to_text
from photodesk.store.member_entry import AddPerson, AddWorkstation, RevokeWorkstation
from photodesk.store.roles import KeyKind, Role

LOST_WITH_WORKSTATION = (KeyKind.DESK, KeyKind.CHART, KeyKind.INBOX)
"""What people opened there: a revoked workstation may give it away, so new epochs of these are owed."""


@dataclass(frozen=True)
class Member:
    """A person as the log has them."""

    person_id: str
    roles: frozenset[Role]
    signing_public: bytes
    kem_public: bytes
    sealed_name: bytes
    removed: bool = False


@dataclass(frozen=True)
class Revocation:
    """The end of a workstation: its last parcel that counts (number and hash), whether it erases itself, since when.

    `time_ms`: when it was shut out; where it is to erase itself, when that was ordered first.
    """

    last_sequence: int
    last_hash: bytes
    wipe: bool
    time_ms: int = 0


@dataclass(frozen=True)
class MemberWorkstation:
    """A workstation as the log has it."""

    workstation_id: str
    signing_public: bytes
    log_signing_public: bytes
    sealed_name: bytes
    revocation: Revocation | None = None

    @property
    def revoked(self) -> bool:
        """Whether it was shut out."""
        return self.revocation is not None


@dataclass(frozen=True)
class UsedEnvelope:
    """An envelope's account that was opened: by which entry, and when."""

    person_id: str
    sequence: int
    time_ms: int


@dataclass(frozen=True)
class RestoredServer:
    """The last restore of the clinic server: by which entry, and after which place its order goes on."""

    sequence: int
    place: int
    chain: bytes


@dataclass(frozen=True)
class MemberInvitation:
    """A new workstation may join with this key, once, until an instant."""

    signing_public: bytes
    made_ms: int
    expires_ms: int
    used: bool = False


def member_of(body: AddPerson) -> Member:
    """The person that an entry brings."""
    roles = frozenset(body.roles)
    return Member(to_text(body.person_id), roles, body.signing_public, body.kem_public, body.sealed_name)


def revocation_of(body: RevokeWorkstation, time_ms: int, before: Revocation | None) -> Revocation:
    """The end that an entry brings, perhaps after another: what was ordered to erase itself stays so."""
    if before is not None and before.wipe:
        return Revocation(body.last_sequence, body.last_hash, True, before.time_ms)
    return Revocation(body.last_sequence, body.last_hash, body.wipe, time_ms)


def workstation_of(body: AddWorkstation) -> MemberWorkstation:
    """The workstation that an entry brings."""
    workstation_id = to_text(body.workstation_id)
    return MemberWorkstation(workstation_id, body.signing_public, body.log_signing_public, body.sealed_name)
