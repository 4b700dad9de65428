"""Whose signatures an entry of the membership log carries, and whether they hold.

Always the author's and the workstation's; whoever comes back by the recovery code brings both keys along, a workstation
that joins its own. A third one is a second administrator's, or that of the invitation which lets a workstation join.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from photodesk.crypto import verify
from photodesk.store.member_entry import KIND, AddWorkstation, MemberEntry, RecoveryUsed
from photodesk.store.member_state import Member, MemberWorkstation, member_of, workstation_of
from photodesk.store.roles import Role

if TYPE_CHECKING:
    from photodesk.store.members import Members


def signed(members: Members, entry: MemberEntry) -> bool:
    """Whether every signature holds under the keys that count before this entry."""
    author, workstation = _writers(members, entry)
    if author is None or workstation is None or workstation.revoked:
        return False
    checks = [
        (author.signing_public, entry.signature, entry.signed),
        (workstation.signing_public, entry.workstation_signature, entry.workstation_signed),
    ]
    if entry.cosigner_id is not None:
        public = _third_key(members, entry, author)
        if public is None:
            return False
        checks.append((public, entry.cosignature, entry.cosigned))
    return all(verify(public, signature, KIND, members.clinic_id, data) for public, signature, data in checks)


def _writers(members: Members, entry: MemberEntry) -> tuple[Member | None, MemberWorkstation | None]:
    if isinstance(entry.body, RecoveryUsed):
        return member_of(entry.body.person), workstation_of(entry.body.workstation)
    author = members.person(entry.author_id)
    if isinstance(entry.body, AddWorkstation) and entry.cosigner_id is not None:
        return author, workstation_of(entry.body)
    return author, members.workstations.get(entry.workstation_id)


def _third_key(members: Members, entry: MemberEntry, author: Member) -> bytes | None:
    """The key of the cosigner, None for somebody who is none."""
    if isinstance(entry.body, AddWorkstation):
        invitation = members.invitations.get(entry.cosigner_id or "")
        return None if invitation is None else invitation.signing_public
    cosigner = members.person(entry.cosigner_id or "")
    if cosigner is None or cosigner.person_id == author.person_id or Role.ADMINISTRATOR not in cosigner.roles:
        return None
    return cosigner.signing_public
