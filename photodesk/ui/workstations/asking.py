"""The clinic's workstations as the screens ask about them. `app` gives a desk the real ones.

Everything is asked on the store thread; inviting and shutting out wait for the clinic server.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from photodesk.sync.enrolling import Invited
from photodesk.sync.workstations import LostWorkstation, WorkstationLine


class Workstations(Protocol):
    """What a signed-in desk may ask."""

    def everyone(self) -> Sequence[WorkstationLine]:
        """All of them; those shut out too."""
        ...

    def invite(self) -> Invited:
        """A code for a new one."""
        ...

    def revoke(self, workstation_id: str, *, wipe: bool) -> None:
        """Shut one out of the clinic; `wipe` also orders it to destroy what it holds."""
        ...

    def lost(self, workstation_id: str) -> LostWorkstation:
        """What one held."""
        ...
