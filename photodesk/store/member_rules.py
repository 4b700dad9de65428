"""Who may write what into the membership log.

Administrators write everything; others grant what they hold, make new epochs of it and set their own slots and
authenticator app. Anybody of the clinic brings a new workstation that an invitation's key has signed for: one that is
live, was never used, and is not over. Once there are two administrators, adding one more (also by roles, also by
renewing one) and erasing a patient need the signature of a second; the last administrator stays one. Whoever holds the
recovery code comes back as an administrator: the code's own signature stands in for everybody else's, and every other
slot rests from then on.
"""

from __future__ import annotations

from string import hexdigits
from typing import TYPE_CHECKING

from photodesk.crypto import verify
from photodesk.crypto.keys import KEM_PUBLIC_BYTES
from photodesk.ids import to_text
from photodesk.store.member_entry import (
    AddPerson,
    AddWorkstation,
    Body,
    ErasePatient,
    Found,
    GrantMade,
    Invitation,
    KeyMark,
    MemberEntry,
    Policy,
    RecoveryUsed,
    RemovePerson,
    RevokeWorkstation,
    ServerRestored,
    SetRoles,
    SlotSet,
)
from photodesk.store.records import pack
from photodesk.store.recovery import SIGNING_BYTES, SIGNING_POLICY
from photodesk.store.roles import KeyKind, Role, keys_of

if TYPE_CHECKING:
    from photodesk.store.members import Member, Members

RECOVERY_KIND = "recovery-used"
ENVELOPE_POLICY = "emergency."  # with the person id behind it: this account is a sealed envelope's
DEAD_SLOT = bytes(32)  # the hash of no slot: what an envelope's account sets when it is opened, and nobody else
INVITATION_MS = 10 * 60_000
CHAIN_BYTES = 32
OWN_POLICY = "totp."  # with the person id behind it: everybody's own, see `totp_record`


def allowed(members: Members, entry: MemberEntry) -> bool:
    """Whether the author may write this, as things stood before it. Signatures are checked elsewhere."""
    body = entry.body
    if isinstance(body, RecoveryUsed):
        return _may_come_back(members, entry, body)
    if isinstance(body, AddWorkstation) and entry.cosigner_id is not None:
        return _may_join(members, entry, body)
    author = members.people[entry.author_id]
    if isinstance(body, GrantMade):
        return _may_grant(members, author, body)
    if isinstance(body, KeyMark):
        return _may_make_epoch(members, author, body)
    return _is_own_and_known(members, entry) or _may_decide(members, author, entry)


def _is_own_and_known(members: Members, entry: MemberEntry) -> bool:
    return _is_own(entry.body, entry.author_id) and _known(members, entry)


def _may_decide(members: Members, author: Member, entry: MemberEntry) -> bool:
    """What administrators write, with a second one where two are needed."""
    body = entry.body
    may = {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER} if isinstance(body, ErasePatient) else {Role.ADMINISTRATOR}
    if may.isdisjoint(author.roles) or not _known(members, entry):
        return False
    enough = entry.cosigner_id is not None or not needs_two(members, body)
    return enough and not takes_last_administrator(members, body)


def may_need_two(body: Body) -> bool:
    """Whether a second administrator signs this where there is one."""
    if isinstance(body, AddPerson | SetRoles):
        return Role.ADMINISTRATOR in body.roles
    return isinstance(body, ErasePatient)


def needs_two(members: Members, body: Body) -> bool:
    """Whether this needs the signature of a second administrator now."""
    if not may_need_two(body) or len(members.administrators()) < 2:
        return False
    return not (isinstance(body, SetRoles) and to_text(body.person_id) in members.administrators())


def takes_last_administrator(members: Members, body: Body) -> bool:
    """Whether nobody would be left who can add people."""
    if not isinstance(body, AddPerson | SetRoles | RemovePerson):
        return False
    stays = not isinstance(body, RemovePerson) and Role.ADMINISTRATOR in body.roles
    return not stays and members.administrators() == {to_text(body.person_id)}


def recovery_proof(previous: bytes, person: AddPerson, workstation: AddWorkstation) -> bytes:
    """What the recovery signing key signs: the hash of the entry before, and who comes back where."""
    return previous + pack([person, workstation])


def _may_come_back(members: Members, entry: MemberEntry, body: RecoveryUsed) -> bool:
    """The author is the one who comes back, with new keys, on a new workstation or on this one as it is."""
    public = bytes.fromhex(members.policies.get(SIGNING_POLICY, ""))[:SIGNING_BYTES]
    signed = recovery_proof(entry.previous, body.person, body.workstation)
    there = members.workstations.get(entry.workstation_id)
    same = (body.workstation.signing_public, body.workstation.log_signing_public)
    unknown = there is None
    as_it_was = there is not None and not there.revoked and (there.signing_public, there.log_signing_public) == same
    return (
        (entry.author_id, entry.workstation_id)
        == (to_text(body.person.person_id), to_text(body.workstation.workstation_id))
        and Role.ADMINISTRATOR in body.person.roles
        and _new_keys(members, body.person)
        and (unknown or as_it_was)
        and verify(public, body.proof, RECOVERY_KIND, members.clinic_id, signed)
    )


def _may_join(members: Members, entry: MemberEntry, body: AddWorkstation) -> bool:
    """A new workstation signs for itself, with an invitation that lives, in the time that the invitation has."""
    invitation = members.invitations.get(entry.cosigner_id or "")
    return (
        invitation is not None
        and not invitation.used
        and invitation.made_ms - INVITATION_MS <= entry.time_ms <= invitation.expires_ms
        and entry.workstation_id == to_text(body.workstation_id)
        and _new_workstation(members, body)
    )


def _new_workstation(members: Members, body: AddWorkstation) -> bool:
    """An id and keys that no workstation has or had."""
    used = {key for one in members.workstations.values() for key in (one.signing_public, one.log_signing_public)}
    return to_text(body.workstation_id) not in members.workstations and used.isdisjoint(
        {body.signing_public, body.log_signing_public}
    )


def _fit_invitation(members: Members, entry: MemberEntry, body: Invitation) -> bool:
    """Never made before, a real key, ten minutes at most."""
    sized = len(body.invitation_id) == 16 and len(body.signing_public) == SIGNING_BYTES
    lasts = 0 < body.expires_ms - entry.time_ms <= INVITATION_MS
    return sized and lasts and to_text(body.invitation_id) not in members.invitations


def _is_own(body: Body, author_id: str) -> bool:
    """Slots and the authenticator app of the author."""
    if isinstance(body, Policy):
        return body.name == OWN_POLICY + author_id
    return isinstance(body, SlotSet) and to_text(body.person_id) == author_id


def _fit_slot(members: Members, body: SlotSet) -> bool:
    """An envelope is opened once: its account lets its slot die and sets no other."""
    return (body.slot.hash == DEAD_SLOT) == members.is_envelope(to_text(body.person_id))


def _fit_policy(body: Policy) -> bool:
    """The recovery kit is its signing key; a renewed one that and its public key, in one entry that is never half."""
    sizes = {2 * SIGNING_BYTES, 2 * (SIGNING_BYTES + KEM_PUBLIC_BYTES)}
    return body.name != SIGNING_POLICY or (len(body.value) in sizes and not set(body.value) - set(hexdigits))


def _may_grant(members: Members, author: Member, body: GrantMade) -> bool:
    """What the roles of both call for; also of the next epoch, whose mark follows when all have it."""
    member = members.person(to_text(body.person_id))
    if member is None or body.kind not in keys_of(member.roles):
        return False
    epochs = members.epochs(body.kind)
    if body.epoch in epochs:
        return body.kind in keys_of(author.roles) or Role.ADMINISTRATOR in author.roles
    return body.epoch == max(epochs, default=0) + 1 and body.kind in keys_of(author.roles)


def _may_make_epoch(members: Members, author: Member, body: KeyMark) -> bool:
    """The next epoch of a kind of key, by someone who holds the one before it."""
    held = keys_of(author.roles)
    held |= {KeyKind.INBOX} if KeyKind.CHART in held else set()
    held |= {KeyKind.CLINIC_SECRET} if Role.ADMINISTRATOR in author.roles else set()
    return body.kind in held and body.epoch == max(members.epochs(body.kind), default=0) + 1


def _known(members: Members, entry: MemberEntry) -> bool:
    """Whether whom or what a body speaks about is there, or is not there yet."""
    body = entry.body
    match body:
        case AddPerson():
            known = bool(body.roles) and _new_keys(members, body)
        case AddWorkstation():
            known = _new_workstation(members, body)
        case SetRoles():
            known = bool(body.roles) and members.person(to_text(body.person_id)) is not None
        case RemovePerson():
            known = members.person(to_text(body.person_id)) is not None
        case SlotSet():
            mine = to_text(body.person_id)
            replaced = (members.slots.get(to_text(slot), ("", b""))[0] for slot in body.replaces)
            known = members.person(mine) is not None and all(owner == mine for owner in replaced)
            known = known and _fit_slot(members, body)
        case RevokeWorkstation():
            known = to_text(body.workstation_id) in members.workstations
        case ErasePatient():
            known = to_text(body.chart_id) not in members.erased
        case Policy():
            known = _fit_policy(body)
        case Invitation():
            known = _fit_invitation(members, entry, body)
        case ServerRestored():
            known = 0 <= body.place < 1 << 63 and len(body.chain) == CHAIN_BYTES
        case _:
            known = isinstance(body, Found)
    return known


def _new_keys(members: Members, body: AddPerson) -> bool:
    """A renewal brings new keys, never those that this or another person had."""
    used = {key for person_id in members.people for key in members.signing_keys(person_id)}
    return body.signing_public not in used
