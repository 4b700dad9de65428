"""A clinic with real key files, and a server in memory that keeps its membership log and key records, no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from photodesk.crypto import FLOOR_COST, SigningKey, sha256
from photodesk.desk.joining import open_person
from photodesk.errors import Damaged, Refused
from photodesk.progress import Cancel
from photodesk.store.invitation import (
    InvitationKeys,
    Package,
    invitation_keys,
    new_invitation_code,
    open_package,
    seal_package,
)
from photodesk.store.joining import Joined, open_joining
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import decode_entry
from photodesk.store.member_rules import INVITATION_MS
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog, start_of
from photodesk.store.membership import Membership
from photodesk.store.publishing import Publisher
from photodesk.store.signer import Signer
from photodesk.store.signin import check_store
from photodesk.store.taking_members import TakenMembers, clinic_secrets, own_key_records, take_members
from photodesk.sync.line import KeyRecord
from photodesk.sync.members_step import MembersStep
from photodesk.sync.server_facts import SignedFacts
from photodesk.sync.spool import Spool
from photodesk.sync.spool_members import SpoolMembers
from tests.store.clinic import PASSWORD, Clinic, make_clinic
from tests.store.fake_keyring import MemoryKeyring

URL, PIN, RECEIPT_KEY = "https://server.example:8443", b"\x07" * 32, SigningKey.generate().public
NOW_MS = 1_795_000_000_000


@dataclass
class Clock:
    """Time as the test says."""

    now_ms: int = NOW_MS

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic_ms(self) -> int:
        return self.now_ms


@dataclass
class Server:
    """Checks what it is given as the real one does; `offline` answers nothing, `before_append` runs before it looks."""

    clinic_id: bytes
    entries: list[bytes] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    packages: dict[str, bytes] = field(default_factory=dict)
    offline: bool = False
    before_append: Callable[[], None] | None = None

    def members(self, after: int) -> list[bytes]:
        return self.entries[after:]

    def key_records(self, after: int) -> list[KeyRecord]:
        return [KeyRecord(place, one) for place, one in enumerate(self.keys, start=1) if place > after]

    def append_members(self, _clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        if self.offline:
            raise Refused("server_offline", "Nobody answers.")
        if self.before_append is not None:
            before, self.before_append = self.before_append, None
            before()
        folded = self.folded()
        if (folded.sequence, folded.head) != (sequence, previous):
            raise Refused("members_changed", "It grew.")
        try:
            for record in entries:
                folded.take(decode_entry(record))
        except Damaged:
            raise Refused("members_wrong", "They do not fit.") from None
        self.entries += entries

    def put_keys(self, records: Sequence[bytes]) -> None:
        self.keys += [one for one in records if one not in self.keys]

    def folded(self) -> Members:
        members = Members(self.clinic_id, start_of(self.clinic_id))
        for record in self.entries:
            members.take(decode_entry(record))
        return members


@dataclass
class Invited:
    """Implements `JoinLine` with one invitation."""

    server: Server
    keys: InvitationKeys

    @property
    def package(self) -> Package:
        return open_package(self.keys, self.server.packages[self.keys.invitation_id])

    def members(self, after: int) -> list[bytes]:
        return self.server.members(after)

    def key_records(self) -> list[bytes]:
        return list(self.server.keys)

    def join(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        self.server.append_members("", sequence, previous, entries)


@dataclass
class PublishingSigner:
    """The keeper's signature, and the way to the server."""

    signer: Signer
    publisher: Publisher

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.signer.sign(kind, data)


class Station(Clinic):
    """One workstation of a clinic with a server."""

    server: Server
    spool: Spool
    clock: Clock

    @classmethod
    def of(cls, clinic: Clinic, server: Server, clock: Clock) -> Station:
        made = cls(clinic.layout, clinic.secrets, clinic.keyring, clinic.founded)
        made.server, made.clock = server, clock
        made.spool = Spool(clinic.layout.spool)
        return made

    def signer(self) -> PublishingSigner:  # type: ignore[override]
        return PublishingSigner(super().signer(), self)

    def membership(self, by: object) -> Membership:
        return Membership(self.layout, by, self.secrets, self.signer(), self.clock)  # type: ignore[arg-type]

    def publish(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        self.give_keys()
        self.server.append_members("", sequence, previous, entries)

    def give_keys(self) -> None:
        signer = super().signer()
        if not self.server.offline:
            made = own_key_records(self.layout, self.secrets, signer.sign, SpoolMembers(self.spool.file).known_marks())
            SpoolMembers(self.spool.file).add_own(made)
            self.server.put_keys([record for _, record in made])

    def take(self) -> None:
        self.sync()

    def sync(self) -> int:
        """The members step of a pass, the keeper's part in this process."""
        return MembersStep(
            self.members.clinic_id.hex(), self.server, self.spool, self.layout.members, self.take_from_spool
        ).run(Cancel())

    def take_from_spool(self) -> TakenMembers:
        held = SpoolMembers(self.spool.file)
        return take_members(self.layout, self.secrets, held.entries(), held.records())

    @property
    def members(self) -> Members:
        return check_store(self.layout, self.secrets).members

    @property
    def workstation_id(self) -> str:
        return check_store(self.layout, self.secrets).store.workstation_id

    def invite(self, code: str = "", made_ms: int | None = None) -> str:
        """An administrator makes an invitation; the code."""
        code = code or new_invitation_code()
        keys = invitation_keys(code)
        membership = self.membership(self.sign_in())
        membership.commit([keys.body((made_ms or self.clock.now_ms) + INVITATION_MS)])
        members = membership.members
        checked = check_store(self.layout, self.secrets)
        package = Package(
            members.clinic_id, members.hashes[0], members.sequence, members.head, URL, PIN, "PEM", RECEIPT_KEY,
            clinic_secrets(checked, self.secrets),
        )  # fmt: skip
        self.server.packages[keys.invitation_id] = seal_package(keys, package)
        return code

    def joined(
        self, root: Path, code: str, name: str = "Ada Byron", password: str = PASSWORD, line: Invited | None = None
    ) -> Station:
        """Another workstation that joins with a code."""
        keyring = MemoryKeyring()
        secrets, layout = Secrets(keyring), Layout(root)
        join(layout, secrets, line or Invited(self.server, invitation_keys(code)), self.clock, name, password)
        return Station.of(Clinic(layout, secrets, keyring, self.founded), self.server, self.clock)


def join(
    layout: Layout, secrets: Secrets, line: Invited, clock: Clock, name: str = "Ada Byron", password: str = PASSWORD
) -> Joined:
    joining = open_joining(layout, secrets, line.package, line.keys, line, PIN, clock)
    return joining.finish(line, open_person(joining, name, password), "Room 2")


def first_station(root: Path) -> Station:
    """A clinic that is on a server."""
    clinic, clock = make_clinic(root), Clock()
    log = MembersLog.open(clinic.layout.members, bytes.fromhex(clinic.founded.clinic_id))
    server = Server(log.members.clinic_id)
    author = author_of(clinic.sign_in(), clinic.signer())
    log.append(SignedFacts(URL, PIN, RECEIPT_KEY).policies(), author, clock.now_ms, published=True)
    server.entries = log.records_after(0)
    made = Station.of(clinic, server, clock)
    made.give_keys()
    return made


def quick(password: str, salt: bytes, cost: object) -> bytes:
    """In place of the password derivation, where it is not what is tested."""
    return sha256(password.encode(), salt, repr(cost).encode())


__all__ = ["FLOOR_COST", "Invited", "Server", "Station", "first_station", "join", "quick"]
