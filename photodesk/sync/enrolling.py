"""Getting onto the clinic server: a clinic founds itself there, invites a workstation, a workstation joins.

What the server says of itself counts once an administrator has signed it into the membership log; a workstation that
joins compares it with the package that the invitation's code opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from photodesk.clock import Clock
from photodesk.desk.roles import Right
from photodesk.desk.session import Session
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.log.entry import Action
from photodesk.store.changing import changing_members
from photodesk.store.invitation import (
    InvitationKeys,
    Package,
    invitation_keys,
    invitation_over,
    new_invitation_code,
    open_package,
    seal_package,
)
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import decode_entry
from photodesk.store.member_rules import INVITATION_MS
from photodesk.store.members_log import MembersLog
from photodesk.store.membership import Membership
from photodesk.store.publishing import server_needed
from photodesk.store.signin import check_store
from photodesk.store.taking_members import clinic_secrets
from photodesk.sync.line import PAGE, Invitation, KeyRecord
from photodesk.sync.server_facts import ServerFacts, SignedFacts
from photodesk.sync.spool import Spool

CLOCK_MS = 10 * 60_000
MOST_ENTRIES = 1000
MOST_PAGES = 200
Answer = TypeVar("Answer")


class FoundingLine(Protocol):
    """What founding asks of a server."""

    def found(self, code: str, clinic_id: str, entries: Sequence[bytes]) -> None:
        """Found the clinic. Refused `code_wrong`, `clinic_exists`."""
        ...

    def members(self, after: int) -> list[bytes]:
        """Membership entries after a number."""
        ...

    def append_members(self, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """Append by compare-and-swap."""
        ...


class InvitingLine(Protocol):
    """What inviting asks of a server."""

    def leave_invitation(self, invitation_id: str, package: bytes) -> int:
        """Leave a sealed package; until when it waits, in ms."""
        ...


class InvitedLine(Protocol):
    """What somebody who is invited asks of a server, without signing in."""

    def open_invitation(self, invitation_id: str) -> Invitation:
        """The package. Refused `unknown`."""
        ...

    def invited_members(self, invitation_id: str, after: int) -> list[bytes]:
        """Membership entries after a number."""
        ...

    def invited_key_records(self, invitation_id: str, after: int) -> list[KeyRecord]:
        """Key records after a place."""
        ...

    def join(
        self, invitation_id: str, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]
    ) -> None:
        """Append the entry that makes a workstation."""
        ...


@dataclass(frozen=True)
class Invited:
    """A code for one new workstation, until when it is good, and the server's address."""

    code: str
    expires_ms: int
    url: str = ""


def found_on_server(
    session: Session,
    spool: Spool,
    line: FoundingLine,
    facts: SignedFacts,
    certificate: str,
    code: str,
    sign_in: Callable[[], None],
) -> None:
    """Bring the clinic of this store to a server with the code of its terminal. Interrupted, it is simply repeated.

    Refused `no_right`, `code_wrong`, `clinic_exists`, `server_known` for a clinic that has another server.
    """
    session.require(Right.MANAGE_POLICY)
    entry = session.actor.entry(Action.POLICY, details={"what": "clinic server", "pin": facts.pin.hex()})
    with session.actor.logged(entry), changing_members(session.layout):
        log = MembersLog.open(session.layout.members, session.keyset.clinic_id)
        known = SignedFacts.of(log.members)
        if known is not None and known != facts:
            raise Refused("server_known", "This clinic has a clinic server already.", "Use that one.")
        clinic_id, records = session.keyset.clinic_id.hex(), log.records_after(0)
        line.found(code, clinic_id, records[:MOST_ENTRIES])
        sign_in()
        _continue(log, line, clinic_id, records)
        if SignedFacts.of(log.members) is None:
            author = author_of(session.keyset, session.log)
            prepared = log.prepare(facts.policies(), author, session.clock.wall_ms())
            line.append_members(clinic_id, log.members.sequence, log.members.head, prepared.records)
            log.write(prepared, published=True)
    facts.keep(spool, certificate)


def _continue(log: MembersLog, line: FoundingLine, clinic_id: str, records: Sequence[bytes]) -> None:
    """Server and store have the same entries afterwards, whichever of the two was further."""
    there = all_pages(line.members, 0)
    if there[: len(records)] != list(records[: len(there)]):
        raise Refused("clinic_exists", "The server has another history of this clinic.", "Call your administrator.")
    if len(there) > len(records):
        log.write(log.prepare_records(there[len(records) :]), published=True)
    at = len(there)
    while at < len(records):
        line.append_members(clinic_id, at, decode_entry(records[at - 1]).hash(), records[at : at + MOST_ENTRIES])
        at += MOST_ENTRIES


def invite(session: Session, spool: Spool, line: InvitingLine) -> Invited:
    """A code for one new workstation: an entry of the membership log, and a package on the server.

    Refused `no_right`; Fixable `server_offline`.
    """
    session.require(Right.MANAGE_PEOPLE)
    code = new_invitation_code()
    keys = invitation_keys(code)
    expires_ms = session.clock.wall_ms() + INVITATION_MS
    entry = session.actor.entry(Action.WORKSTATION, details={"what": "invited", "invitation": keys.invitation_id})
    with session.actor.logged(entry):
        membership = Membership(session.layout, session.keyset, session.secrets, session.log, session.clock)
        membership.commit([keys.body(expires_ms)])
        members = membership.members
        server = ServerFacts.of(members, spool)
        if server is None:
            raise server_needed()
        package = Package(
            clinic_id=members.clinic_id,
            first_entry=members.hashes[0],
            sequence=members.sequence,
            head=members.head,
            url=server.url,
            pin=server.pin,
            certificate=server.certificate,
            receipt_key=server.receipt_key,
            clinic_secrets=clinic_secrets(check_store(session.layout, session.secrets), session.secrets),
        )
        line.leave_invitation(keys.invitation_id, seal_package(keys, package))
    return Invited(code, expires_ms, server.url)


@contextmanager
def inviting() -> Iterator[None]:
    """Around connecting and `invite`: without the server there is no code, and nothing that comes by itself later."""
    try:
        yield
    except PhotoDeskError as error:
        if error.code != "server_offline":
            raise
        raise Fixable(
            error.code,
            "The clinic server cannot be reached, so no code was made.",
            "Try again when this workstation is online.",
        ) from error


class InvitationLine:
    """Implements `store.joining.JoinLine` with one invitation."""

    def __init__(self, line: InvitedLine, code: str) -> None:
        self._line = line
        self.keys: InvitationKeys = invitation_keys(code)
        self.package = open_package(self.keys, self._over(lambda: line.open_invitation(self._id)).package)

    @property
    def _id(self) -> str:
        return self.keys.invitation_id

    def members(self, after: int) -> list[bytes]:
        return self._over(lambda: all_pages(lambda at: self._line.invited_members(self._id, at), after))

    def key_records(self) -> list[bytes]:
        records: list[bytes] = []
        place, page = 0, self._over(lambda: self._line.invited_key_records(self._id, 0))
        for _ in range(MOST_PAGES):
            records += [one.record for one in page]
            if len(page) < PAGE or page[-1].place <= place:
                return records
            place = page[-1].place
            page = self._line.invited_key_records(self._id, place)
        return records

    def join(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        clinic_id = self.package.clinic_id.hex()
        self._over(lambda: self._line.join(self._id, clinic_id, sequence, previous, entries))

    def _over(self, ask: Callable[[], Answer]) -> Answer:
        """The server knows no such invitation: it is wrong, used or over."""
        try:
            return ask()
        except PhotoDeskError as error:
            if error.code not in {"unknown", "members_wrong"}:
                raise
            raise invitation_over() from error


def all_pages(read: Callable[[int], list[bytes]], after: int) -> list[bytes]:
    """Every membership entry behind a number."""
    records: list[bytes] = []
    for _ in range(MOST_PAGES):
        page = read(after + len(records))
        records += page
        if len(page) < PAGE:
            return records
    raise Refused("server_alarm", "The server serves membership entries without end.", "Call your administrator.")


def check_clock(clock: Clock, server_ms: int) -> None:
    """Fixable `clock_off` where this computer's clock and the server's are far apart."""
    off_ms = clock.wall_ms() - server_ms
    if abs(off_ms) > CLOCK_MS:
        minutes, which = abs(off_ms) // 60_000, "ahead of" if off_ms > 0 else "behind"
        raise Fixable(
            "clock_off",
            f"The clock of this computer is {minutes} minutes {which} the server's.",
            "Set the clock (and its time zone) right, then try again.",
        )
