"""Membership entries and key records that others made, written by the keeper: also while nobody is signed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from photodesk.errors import Damaged
from photodesk.ids import to_bytes
from photodesk.protocol import messages as m
from photodesk.store.keyring import secrets_of
from photodesk.store.layout import Layout
from photodesk.store.members_log import MembersLog
from photodesk.store.taking_members import own_key_records, standing, take_members
from photodesk.sync.spool import Spool
from photodesk.sync.spool_members import SpoolMembers

Sign = Callable[[str, bytes], bytes]


class TakingMembers:
    """The keeper's part: it alone holds the workstation's key and the secrets that names and slots are sealed under."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._seen: object = None
        self._taken = m.MembersTaken(0, changed=False)

    def take(self, number: int, sign: Sign) -> m.MembersTaken:
        """Write what lies in the spool, and lay into it what this workstation has that others need.

        Nothing is read twice where nothing changed. Fixable `members_busy`; errors as `take_members`.
        """
        spool = Spool(self._layout.spool)
        try:
            held = SpoolMembers(spool.file)
            seen = self._as_it_is(held, spool)
            if seen != self._seen:
                secrets = secrets_of(self._layout)
                taken = take_members(self._layout, secrets, held.entries(), held.records())
                held.add_own(own_key_records(self._layout, secrets, sign, held.known_marks()))
                self._taken = m.MembersTaken(0, taken.changed, taken.revoked, taken.wipe)
                self._seen = self._as_it_is(held, spool)
                return m.MembersTaken(number, taken.changed, taken.revoked, taken.wipe)
        finally:
            spool.close()
        return m.MembersTaken(number, False, self._taken.revoked, self._taken.wipe)

    def revoked(self, clinic_id: str, workstation_id: str) -> bool:
        """Whether the membership log says that this workstation was shut out; a damaged one is said at sign-in."""
        try:
            members = MembersLog.open(self._layout.members, to_bytes(clinic_id)).members
        except Damaged:
            return False
        return standing(members, workstation_id).revoked

    def _as_it_is(self, held: SpoolMembers, spool: Spool) -> object:
        """What taking depends on; the same again needs no second look."""
        files = (self._layout.members, self._layout.keys, self._layout.slots)
        return held.last_entry(), spool.number("key-place"), held.known_marks(), *map(_stamp, files)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
