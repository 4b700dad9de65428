"""What a signed-in desk does with its clinic server: what it made goes into the spool, what others made comes out.

It never speaks to the server itself. Everything here runs in the desk's one writing lane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from photodesk.desk.following import Following
from photodesk.desk.session import Session
from photodesk.progress import Cancel
from photodesk.sync.accepting_restore import log_alarms
from photodesk.sync.copies_in import take_copies
from photodesk.sync.copies_out import seal_out
from photodesk.sync.desk_side import SyncDesk
from photodesk.sync.snapshots_out import SnapshotsOut
from photodesk.sync.spool import Spool
from photodesk.sync.wishing import use_server


@dataclass(frozen=True)
class DeskArrived:
    """What changed here because of others. `patients`: whose charts have other contents or more pictures; `catalog`:
    operations were applied; `spooled`: something lies in the spool that was not there, or is asked for anew."""

    patients: frozenset[str] = field(default_factory=frozenset)
    catalog: bool = False
    conflicts: int = 0
    spooled: bool = False

    def __bool__(self) -> bool:
        return bool(self.patients or self.catalog)


class DeskSync:
    """One signed-in desk's side of it. Killed anywhere, it is done again and changes nothing twice."""

    def __init__(self, session: Session, spool: Spool, wake: Callable[[], None] = lambda: None) -> None:
        """`wake` is called, from any thread, when somebody looks at what is not here: the syncer is to fetch it."""
        self._session = session
        self._spool = spool
        self._following = Following(session)
        self._desk = SyncDesk(session, spool)
        self._snapshots = SnapshotsOut(session, spool)
        self._wake = wake
        use_server(session, spool, wake)

    def out(self, cancel: Cancel | None = None) -> bool:
        """Put what is new into the spool, photos too; whether there was anything."""
        cancel = cancel or Cancel()
        operations = self._desk.spool_out()
        blobs = seal_out(self._session, self._spool, cancel, tell=self._wake).blobs
        return bool(operations + blobs + (self._desk.spool_out() if blobs else 0))

    def into(self, cancel: Cancel | None = None) -> DeskArrived:
        """Take in what lies in the spool: operations, then pictures; first the keys that they may be under."""
        cancel = cancel or Cancel()
        self._following.run()
        log_alarms(self._session, self._spool)
        taken = self._desk.take_in(cancel)
        copies = take_copies(self._session, self._spool, cancel)
        spooled = self._desk.spool_out() > 0 or copies.asked > 0 or taken.asked > 0
        if not taken.waiting and self._snapshots.run(cancel):  # a quiet moment: everything is taken
            spooled = self._desk.spool_out() > 0 or spooled
        return DeskArrived(taken.patients | copies.patients, taken.applied > 0, taken.conflicts, spooled)

    def round(self, cancel: Cancel | None = None) -> DeskArrived:
        """Out, then in."""
        spooled = self.out(cancel)
        arrived = self.into(cancel)
        return DeskArrived(arrived.patients, arrived.catalog, arrived.conflicts, spooled or arrived.spooled)
