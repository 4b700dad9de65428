"""The way to the clinic server for a desk that changes people or policies: entries count there before they do here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from photodesk.app.sync_passes import ClinicPasses
from photodesk.background.clinic_line import ClinicLine
from photodesk.background.keeper_link import KeeperLink
from photodesk.clock import Clock
from photodesk.progress import Cancel
from photodesk.store.keyring import secrets_of
from photodesk.store.layout import Layout
from photodesk.store.taking_members import own_key_records
from photodesk.sync.line import PAGE
from photodesk.sync.members_step import MembersStep
from photodesk.sync.spool import Spool
from photodesk.sync.spool_members import SpoolMembers


class ClinicPublisher:
    """Implements `store.publishing.Publisher`. Connects when it is asked; what it needs is found out then."""

    def __init__(self, layout: Layout, link: KeeperLink, clock: Clock) -> None:
        self._layout = layout
        self._link = link
        self._clock = clock

    def publish(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """First what the entries name (slots, bundles, grants), then the entries: nobody is ever named in vain."""
        with self.line() as (spool, line):
            send_key_records(self._layout, self._link, spool, line)
            line.append_members(self._link.clinic_id, sequence, previous, entries)

    def take(self) -> None:
        with self.line() as (spool, line):
            MembersStep(self._link.clinic_id, line, spool, self._layout.members, self._link.take_members).run(Cancel())

    @contextmanager
    def line(self) -> Iterator[tuple[Spool, ClinicLine]]:
        """A line that is signed in, for as long as it is wanted."""
        spool = Spool(self._layout.spool)
        passes = ClinicPasses(self._layout, self._link, spool, self._clock)
        try:
            yield spool, passes.line()
        finally:
            passes.hang_up()
            spool.close()


def send_key_records(layout: Layout, link: KeeperLink, spool: Spool, line: ClinicLine) -> None:
    """What this workstation's key files hold and the server has not."""
    held = SpoolMembers(spool.file)
    held.add_own(own_key_records(layout, secrets_of(layout), link.sign, held.known_marks()))
    while waiting := held.unsent(PAGE):
        line.put_key_records([record for _, record in waiting])
        held.mark_sent([mark for mark, _ in waiting])
