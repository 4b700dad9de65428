"""The way to the clinic server for a desk that changes people or policies: entries count there before they do here.

Every desk and most commands have one and hardly any asks it: what speaks HTTPS is loaded only then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from photodesk.clock import Clock
from photodesk.progress import Cancel
from photodesk.store.keyring import secrets_of
from photodesk.store.layout import Layout
from photodesk.store.store_json import read_store
from photodesk.store.taking_members import TakenMembers, own_key_records, take_members
from photodesk.store.workstation import WorkstationSigner
from photodesk.sync.line import PAGE
from photodesk.sync.spool import Spool
from photodesk.sync.spool_members import SpoolMembers

if TYPE_CHECKING:
    from photodesk.app.sync_passes import PassKeeper
    from photodesk.background.clinic_line import ClinicLine


class ClinicPublisher:
    """Implements `store.publishing.Publisher`. Connects when it is asked; what it needs is found out then."""

    def __init__(self, layout: Layout, link: PassKeeper, clock: Clock) -> None:
        self._layout = layout
        self._link = link
        self._clock = clock

    def publish(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """First what the entries name (slots, bundles, grants), then the entries: nobody is ever named in vain."""
        with self.line() as (spool, line):
            send_key_records(self._layout, self._link, spool, line)
            line.append_members(self._link.clinic_id, sequence, previous, entries)

    def take(self) -> None:
        from photodesk.sync.members_step import MembersStep

        with self.line() as (spool, line):
            MembersStep(self._link.clinic_id, line, spool, self._layout.members, self._link.take_members).run(Cancel())

    @contextmanager
    def line(self) -> Iterator[tuple[Spool, ClinicLine]]:
        """A line that is signed in, for as long as it is wanted."""
        from photodesk.app.sync_passes import ClinicPasses

        with closing(Spool(self._layout.spool)) as spool:
            passes = ClinicPasses(self._layout, self._link, spool, self._clock)
            try:
                yield spool, passes.line()
            finally:
                passes.hang_up()


def send_key_records(layout: Layout, link: PassKeeper, spool: Spool, line: ClinicLine) -> None:
    """What this workstation's key files hold and the server has not."""
    held = SpoolMembers(spool.file)
    held.add_own(own_key_records(layout, secrets_of(layout), link.sign, held.known_marks()))
    while waiting := held.unsent(PAGE):
        line.put_key_records([record for _, record in waiting])
        held.mark_sent([mark for mark, _ in waiting])


class RecoveryKeeper:
    """In the keeper's place while the recovery code is used and nobody else has the store. `way` is `store`'s `Way`."""

    def __init__(self, layout: Layout, signer: WorkstationSigner) -> None:
        self.clinic_id = signer.clinic_id.hex()
        self.workstation_id = read_store(layout).workstation_id
        self._layout = layout
        self._signer = signer

    def sign(self, kind: str, data: bytes) -> bytes:
        return self._signer.sign(kind, data)

    def take_members(self) -> TakenMembers:
        with closing(Spool(self._layout.spool)) as spool:
            held = SpoolMembers(spool.file)
            return take_members(self._layout, secrets_of(self._layout), held.entries(), held.records())


def recovery_way(layout: Layout, clock: Clock) -> Callable[[WorkstationSigner], ClinicPublisher]:
    """The way to the clinic server for whoever comes back with the recovery code."""
    return lambda signer: ClinicPublisher(layout, RecoveryKeeper(layout, signer), clock)
