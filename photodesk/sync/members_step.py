"""First step of a pass: who belongs to the clinic, and what their keys are wrapped in.

Entries and key records are fetched and checked without any key, and laid into the spool; the keeper writes them. What
the server says is believed as far as it continues the log that is here, entry by entry. Entries that are here and that
the server never had (somebody came back by the recovery code while it was not reached) are sent to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from photodesk.errors import Damaged, PhotoDeskError, Refused
from photodesk.ids import to_bytes
from photodesk.progress import Cancel
from photodesk.store.key_records import read_key_record
from photodesk.store.member_entry import decode_entry
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.line import PAGE, KeyRecord
from photodesk.sync.spool import Spool
from photodesk.sync.spool_members import HeldRecord, SpoolMembers
from photodesk.sync.statements import SIGN_IN, sign_in_statement

SEEN = "members-seen"
"""The fact with the number of the last entry that the server was seen to have."""
ENTRY_BYTES = 64 * 1024
MOST_KEY_RECORDS = 50_000


class Standing(Protocol):
    """What the keeper answers after it took entries."""

    @property
    def changed(self) -> bool:
        """Whether anything was new."""
        ...

    @property
    def revoked(self) -> bool:
        """Whether this workstation was shut out."""
        ...


class MembersLine(Protocol):
    """What this step asks of the server; `sync.line.Line` can do more."""

    def members(self, after: int) -> list[bytes]:
        """At most `PAGE` membership entries after a number."""
        ...

    def append_members(self, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """Append by compare-and-swap."""
        ...

    def key_records(self, after: int) -> list[KeyRecord]:
        """At most `PAGE` records after a place."""
        ...


class RevocationLine(Protocol):
    """What a workstation that was shut out asks of the server."""

    @property
    def pin(self) -> bytes:
        """SHA-256 of the server's public key."""
        ...

    def challenge(self, clinic_id: str, workstation_id: str) -> bytes:
        """What the keeper is to sign."""
        ...

    def revocation(
        self, clinic_id: str, workstation_id: str, challenge: bytes, signature: bytes, after: int
    ) -> list[bytes]:
        """The entries up to the one that shuts it out."""
        ...


class MembersStep:
    """`take` lets the keeper write what lies in the spool."""

    name = "members"

    def __init__(
        self, clinic_id: str, line: MembersLine, spool: Spool, log: Path, take: Callable[[], Standing]
    ) -> None:
        self._clinic_id = clinic_id
        self._line = line
        self._spool = spool
        self._held = SpoolMembers(spool.file)
        self._path = log
        self._take = take

    def run(self, cancel: Cancel) -> int:
        """How many entries and key records came. Refused `revoked`; `Contradiction`."""
        log = MembersLog.open(self._path, to_bytes(self._clinic_id))
        entries = self._fetched(log, cancel)
        members = log.prepare_records(entries).after if entries else log.members
        records = self._key_records(members, cancel)
        self._held.drop_entries()
        if entries:
            self._held.add_entries(log.members.sequence + 1, entries)
        taken = self._take()
        if taken.revoked:
            raise revoked()
        self._held.drop_entries()
        return len(entries) + records

    # -- entries --

    def _fetched(self, log: MembersLog, cancel: Cancel) -> list[bytes]:
        """Entries behind the end of this log, checked; `members-seen` is moved on."""
        here = log.members
        page = self._page(here.sequence - 1)
        if not page:
            self._behind(log)
            return []
        if decode(page[0]) != here.head:
            raise _contradicts("its membership log is another one than ours", page)
        entries = page[1:]
        while len(page) == PAGE:
            cancel.check()
            page = self._page(here.sequence + len(entries))
            entries += page
        try:
            after = log.prepare_records(entries).after if entries else here
        except (Damaged, Refused) as error:
            if error.code == "newer_format":
                raise
            raise _contradicts("it serves membership entries that nobody of the clinic may write", entries) from error
        self._see(after.sequence)
        return entries

    def _page(self, after: int) -> list[bytes]:
        page = self._line.members(after)
        if len(page) > PAGE or any(not 0 < len(record) <= ENTRY_BYTES for record in page):
            raise Contradiction(Attack.RESOURCES, "it serves membership entries without end")
        return page

    def _behind(self, log: MembersLog) -> None:
        """The server's log is shorter than ours. What it once had it must still have; what it never had it gets."""
        seen = self._spool.number(SEEN)
        if seen >= log.members.sequence:
            raise _contradicts("it has lost membership entries that it had", [])
        there: list[bytes] = []
        while page := self._page(len(there)):
            there += page
        if len(there) < seen or [decode(one) for one in there] != log.members.hashes[: len(there)]:
            raise _contradicts("its membership log is another one than ours", there)
        head = log.members.hashes[len(there) - 1] if there else b""
        self._line.append_members(self._clinic_id, len(there), head, log.records_after(len(there)))
        self._see(log.members.sequence)

    def _see(self, sequence: int) -> None:
        if sequence > self._spool.number(SEEN):
            self._spool.set_facts({SEEN: sequence.to_bytes(8, "little")})

    # -- key records --

    def _key_records(self, members: Members, cancel: Cancel) -> int:
        """Keep new ones that a workstation of the clinic signed; how many. One of an unknown workstation ends it."""
        kept = 0
        place, known = self._spool.number("key-place"), self._held.fetched_marks()
        while page := self._line.key_records(place):
            cancel.check()
            if len(page) > PAGE or len(known) > MOST_KEY_RECORDS:
                raise Contradiction(Attack.RESOURCES, "it serves key records without end")
            fresh, at = [], place
            for one in page:
                if one.place <= at:
                    raise Contradiction(Attack.KEYS, "its key records are out of order", {"record": one.record})
                read = read_key_record(one.record, members)
                at = one.place
                if read is not None and read.mark not in known:
                    fresh.append(HeldRecord(one.place, read.mark, one.record))
            known |= {one.mark for one in fresh}
            self._held.add_records(fresh, at)
            place, kept = at, kept + len(fresh)
            if len(page) < PAGE:
                break
        return kept


def fetch_revocation(
    clinic_id: str,
    workstation_id: str,
    line: RevocationLine,
    spool: Spool,
    log: Path,
    sign: Callable[[str, bytes], bytes],
    take: Callable[[], Standing],
) -> None:
    """The server says that this workstation was shut out: the entries that say so are fetched, checked and taken.

    Always Refused `revoked` where they hold, as a `Contradiction` where the server cannot show them.
    """
    here = MembersLog.open(log, to_bytes(clinic_id))
    challenge = line.challenge(clinic_id, workstation_id)
    signature = sign(SIGN_IN, sign_in_statement(line.pin, workstation_id, challenge))
    entries = line.revocation(clinic_id, workstation_id, challenge, signature, here.members.sequence)
    try:
        after = here.prepare_records(entries).after if entries else here.members
    except (Damaged, Refused) as error:
        raise _contradicts("it shuts this workstation out with entries that do not hold", entries) from error
    if not after.workstations[workstation_id].revoked:
        raise _contradicts("it shuts this workstation out, which nobody of the clinic did", entries)
    held = SpoolMembers(spool.file)
    held.drop_entries()
    held.add_entries(here.members.sequence + 1, entries)
    take()
    held.drop_entries()
    raise revoked()


def decode(record: bytes) -> bytes:
    """The hash of an entry that the server serves, b"" for what is none."""
    try:
        return decode_entry(record).hash()
    except PhotoDeskError:
        return b""


def revoked() -> Refused:
    """This workstation was shut out by an administrator."""
    return Refused(
        "revoked",
        "This workstation was shut out of the clinic.",
        "Ask an administrator; photos that were not sent yet are still here.",
    )


def _contradicts(what: str, entries: Sequence[bytes]) -> Contradiction:
    evidence = {f"entry-{number}": record for number, record in enumerate(entries[:PAGE], start=1)}
    return Contradiction(Attack.MEMBERSHIP, what, evidence)
