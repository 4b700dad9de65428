"""Who may write what into the membership log.

Administrators write everything; others grant what they hold, make new epochs of it and set their own slots. Once there
are two administrators, adding one more (also by roles, also by renewing one) and erasing a patient need the signature
of a second; the last administrator stays one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from photodesk.ids import to_text
from photodesk.store.member_entry import (
    AddPerson,
    AddWorkstation,
    Body,
    ErasePatient,
    Found,
    GrantMade,
    KeyMark,
    MemberEntry,
    Policy,
    RemovePerson,
    RevokeWorkstation,
    SetRoles,
    SlotSet,
)
from photodesk.store.roles import KeyKind, Role, keys_of

if TYPE_CHECKING:
    from photodesk.store.members import Member, Members


def allowed(members: Members, entry: MemberEntry) -> bool:
    """Whether the author may write this, as things stood before it. Signatures are checked elsewhere."""
    author, body = members.people[entry.author_id], entry.body
    if isinstance(body, GrantMade):
        return _may_grant(members, author, body)
    if isinstance(body, SlotSet) and to_text(body.person_id) == entry.author_id:
        return _known(members, body)
    if isinstance(body, KeyMark):
        return _may_make_epoch(members, author, body)
    if Role.ADMINISTRATOR not in author.roles or not _known(members, body):
        return False
    if takes_last_administrator(members, body):
        return False
    return entry.cosigner_id is not None or not needs_two(members, body)


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


def _may_grant(members: Members, author: Member, body: GrantMade) -> bool:
    member = members.person(to_text(body.person_id))
    return (
        member is not None
        and (body.kind, body.epoch) in members.wanted(member)
        and (body.kind in keys_of(author.roles) or Role.ADMINISTRATOR in author.roles)
    )


def _may_make_epoch(members: Members, author: Member, body: KeyMark) -> bool:
    """The next epoch of a kind of key, by someone who holds the one before it."""
    held = keys_of(author.roles)
    held |= {KeyKind.INBOX} if KeyKind.CHART in held else set()
    held |= {KeyKind.CLINIC_SECRET} if Role.ADMINISTRATOR in author.roles else set()
    return body.kind in held and body.epoch == max(members.epochs(body.kind), default=0) + 1


def _known(members: Members, body: Body) -> bool:
    """Whether whom or what a body speaks about is there, or is not there yet."""
    match body:
        case AddPerson():
            known = bool(body.roles) and _new_keys(members, body)
        case AddWorkstation():
            known = to_text(body.workstation_id) not in members.workstations
        case SetRoles():
            known = bool(body.roles) and members.person(to_text(body.person_id)) is not None
        case RemovePerson():
            known = members.person(to_text(body.person_id)) is not None
        case SlotSet():
            mine = to_text(body.person_id)
            replaced = (members.slots.get(to_text(slot), ("", b""))[0] for slot in body.replaces)
            known = members.person(mine) is not None and all(owner == mine for owner in replaced)
        case RevokeWorkstation():
            known = to_text(body.workstation_id) in members.workstations
        case ErasePatient():
            known = to_text(body.chart_id) not in members.erased
        case _:
            known = isinstance(body, Found | Policy)
    return known


def _new_keys(members: Members, body: AddPerson) -> bool:
    """A renewal brings new keys, never those that this or another person had."""
    used = {key for person_id in members.people for key in members.signing_keys(person_id)}
    return body.signing_public not in used
