"""The clinic server as the screens ask about it. `app` gives a desk the real one; everything here may wait for a disk.

Words: a *transfer* is one pass that sent or received something, or failed; *here* is the value that holds now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from photodesk.desk.conflict import Conflict
from photodesk.progress import Cancel
from photodesk.sync.standing import Transfer
from photodesk.sync.status import SyncStatus
from photodesk.sync.sync_settings import SyncSettings


@dataclass(frozen=True)
class ConflictLine:
    """A conflict, with the name of the patient it is about as the screens show it ("" for none)."""

    conflict: Conflict
    patient: str = ""

    @property
    def key(self) -> str:
        """What decides it."""
        return self.conflict.conflict_id


@dataclass(frozen=True)
class ShownServer:
    """A server that answered at an address: the certificate it showed and the pin of its key, to be compared."""

    url: str
    certificate: str
    pin: bytes


@dataclass(frozen=True)
class Arrived:
    """What other workstations changed: these patients' charts, or more than charts. `spooled`: it made work to send;
    `everything`: whose charts is not known.
    """

    patients: frozenset[str] = field(default_factory=frozenset)
    catalog: bool = False
    spooled: bool = False
    everything: bool = False

    def concerns(self, patient_id: str) -> bool:
        """Whether this patient's chart may look different now."""
        return self.everything or patient_id in self.patients

    def __bool__(self) -> bool:
        return bool(self.patients or self.catalog or self.everything)


class ClinicServer(Protocol):
    """What a signed-in desk may ask. Errors are sentences of ours (`server_offline`, `code_wrong`, …)."""

    def give(self, cancel: Cancel) -> bool:
        """Put what is new here into the spool, photos too; whether there was anything. Cancelled: what was done stays.

        In the desk's one writing lane, like `take`.
        """
        ...

    def take(self, cancel: Cancel) -> Arrived:
        """Apply what came from others and lies in the spool."""
        ...

    def changes(self) -> int:
        """Grows with every change that was committed here; from any thread."""
        ...

    def now(self) -> SyncStatus:
        """How it stands, from what lies here."""
        ...

    def conflicts(self) -> Sequence[ConflictLine]:
        """What waits for a person's decision; on the store thread."""
        ...

    def resolve(self, key: str, *, keep_here: bool) -> None:
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

    def clear_alarm(self) -> None:
        """Believe the server again, after a person has looked; an entry of the log."""
        ...

    def accept_restore(self) -> None:
        """Sign that the server was honestly restored from a copy: what it lacks is sent again."""
        ...
