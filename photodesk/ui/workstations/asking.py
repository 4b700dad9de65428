"""The clinic's workstations as the screens ask about them. `app` gives a desk the real ones.

Everything is asked on the store thread; inviting and shutting out wait for the clinic server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from photodesk.desk.second_person import Cosigner


@dataclass(frozen=True)
class WorkstationLine:
    """One computer of the clinic. `last_contact_ms` is what the server says and 0 where it has said nothing."""

    workstation_id: str
    name: str
    here: bool = False
    last_contact_ms: int = 0
    revoked: bool = False
    wiped: bool = False


@dataclass(frozen=True)
class Invited:
    """A code for one new workstation, until then, once."""

    code: str
    expires_ms: int


@dataclass(frozen=True)
class HeldPatient:
    """A patient whose photos a workstation held: how many originals and how many smaller pictures."""

    patient_id: str
    name: str
    originals: int
    pictures: int


@dataclass(frozen=True)
class LostWorkstation:
    """What is known here of a workstation that may be in other hands.

    `opens`: a sentence about whether what it holds opens without its person; `lock` whether it was locked when it was
    last heard of; `log_until_ms` up to when its log is anchored, with `log_entries` entries.
    """

    line: WorkstationLine
    patients: int
    photos: int
    held: Sequence[HeldPatient]
    opens: str
    lock: str
    log_entries: int = 0
    log_until_ms: int = 0


class Workstations(Protocol):
    """What a signed-in desk may ask."""

    def everyone(self) -> Sequence[WorkstationLine]:
        """All of them; those shut out too."""
        ...

    def invite(self) -> Invited:
        """A code for a new one."""
        ...

    def seconds(self) -> tuple[tuple[str, str], ...]:
        """The other administrators who can sign, as (slot id, name)."""
        ...

    def revoke(self, workstation_id: str, *, wipe: bool, second: Cosigner | None = None) -> None:
        """Shut one out of the clinic; `wipe` also orders it to destroy what it holds. Refused `second_needed`."""
        ...

    def lost(self, workstation_id: str) -> LostWorkstation:
        """What one held."""
        ...
