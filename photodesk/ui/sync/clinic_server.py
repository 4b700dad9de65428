"""The clinic server as the screens ask about it. `app` gives a desk the real one; everything here may wait for a disk.

Words: a *transfer* is one pass that sent or received something, or failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from photodesk.sync.status import Load, SyncStatus
from photodesk.sync.sync_settings import SyncSettings


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
    sent: Load = field(default_factory=Load)
    received: Load = field(default_factory=Load)
    trouble: str = ""


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

    def now(self) -> SyncStatus:
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

    def settings(self) -> SyncSettings:
        """Pause, limits by hours, room for originals of others."""
        ...

    def set_settings(self, settings: SyncSettings) -> None:
        """Change them."""
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

    def save_evidence(self, folder: Path) -> int:
        """Write what the alarms stand on into a folder, for whoever looks into it; how many alarms."""
        ...

    def accept_restore(self) -> None:
        """Sign that the server was honestly restored from a copy: what it lacks is sent again."""
        ...
