"""The clinic server as the screens ask about it. `app` gives a desk the real one; everything here may wait for a disk.

Words: a *load* is what still has to travel; a *transfer* is one pass that sent or received something, or failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class ServerState(StrEnum):
    """How this workstation and the clinic server are with each other."""

    NONE = "none"
    UP_TO_DATE = "up_to_date"
    WORKING = "working"
    OFFLINE = "offline"
    ALARM = "alarm"
    PAUSED = "paused"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Load:
    """What still has to travel in one direction."""

    operations: int = 0
    photos: int = 0
    size_bytes: int = 0


@dataclass(frozen=True)
class ServerNow:
    """How it stands. `words` is the sentence of `sync status`; `alarm` what the server did, where it is in alarm."""

    state: ServerState = ServerState.NONE
    words: str = ""
    to_send: Load = Load()
    to_receive: Load = Load()
    last_success_ms: int = 0
    offline_since_ms: int = 0
    alarm: str = ""
    online: int = 0
    others: int = 0
    url: str = ""


@dataclass(frozen=True)
class ToldValue:
    """One of two values that exclude each other: who wrote it, where and when. `words` as the screens show it."""

    words: str
    person: str
    workstation: str
    at_ms: int


@dataclass(frozen=True)
class ConflictLine:
    """Two people changed the same thing without knowing of each other. `first` holds now; `key` decides it.

    `about` is what was changed in a word (`photo`, `patient`, `visit`); `field` in words; `patient` the name as shown.
    """

    key: str
    about: str
    field: str
    patient: str
    day: str
    first: ToldValue
    second: ToldValue
    patient_id: str = ""
    photo_id: str = ""
    blocks_export: bool = False


@dataclass(frozen=True)
class Transfer:
    """A pass that did something. `trouble` is a sentence where it failed."""

    at_ms: int
    sent: Load = Load()
    received: Load = Load()
    trouble: str = ""


@dataclass(frozen=True)
class Limits:
    """How fast this workstation may send and fetch, between which hours; 0 kB a second: as fast as it goes.

    `cache_gb` bounds originals that were fetched from others; 0: all that there is room for.
    """

    kilobytes_a_second: int = 0
    from_hour: int = 0
    until_hour: int = 24
    cache_gb: int = 0


@dataclass(frozen=True)
class ShownServer:
    """A server that answered at an address: the certificate it showed and the pin of its key, to be compared."""

    url: str
    certificate: str
    pin: bytes


@dataclass(frozen=True)
class Arrived:
    """What other workstations changed: these patients' charts, or more than charts."""

    patients: frozenset[str] = field(default_factory=frozenset)
    catalog: bool = False


class ClinicServer(Protocol):
    """What a signed-in desk may ask. Errors are sentences of ours (`server_offline`, `code_wrong`, …)."""

    def now(self) -> ServerNow:
        """How it stands, from what lies here."""
        ...

    def conflicts(self) -> Sequence[ConflictLine]:
        """What waits for a person's decision; on the store thread."""
        ...

    def resolve(self, key: str, *, keep_first: bool) -> None:
        """Decide: an ordinary change that outranks both; on the store thread."""
        ...

    def sync_now(self) -> None:
        """Ask the syncer for a pass at once."""
        ...

    def pause(self, paused: bool) -> None:
        """Stop sending and fetching, or go on."""
        ...

    def limits(self) -> Limits:
        """What bounds the transfers of this workstation."""
        ...

    def set_limits(self, limits: Limits) -> None:
        """Bound them otherwise."""
        ...

    def transfers(self, most: int = 200) -> Sequence[Transfer]:
        """What was sent and received, the newest first."""
        ...

    def look_at(self, url: str) -> ShownServer:
        """What a server shows at an address; nothing is sent to it."""
        ...

    def connect(self, shown: ShownServer, code: str) -> None:
        """Found this clinic on that server with the code of its terminal."""
        ...

    def evidence(self) -> bytes:
        """What the alarm stands on, as one file for an administrator or an expert."""
        ...

    def accept_restore(self) -> None:
        """Sign that the server was honestly restored from a copy: what it lacks is sent again."""
        ...
