"""Founding a clinic, signing in, the membership log, who is in contact, invitations."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import Connection

from photodesk.server import messages as m
from photodesk.server.answers import REFUSALS
from photodesk.server.refusals import unknown
from photodesk.server.routes.asking import AfterQuery, AskedParts, IdPath, Knocking, LimitQuery, SignedIn

router = APIRouter(prefix="/v1", responses=REFUSALS)
VERSIONS = [1]


@router.get("/server", dependencies=[Knocking])
def server_facts(parts: AskedParts) -> m.ServerFacts:
    """Which versions this server speaks, the public key of its receipts, its clock."""
    return m.ServerFacts(
        versions=VERSIONS, receipt_key=parts.identity.receipt_key.public, time_ms=parts.clock.wall_ms()
    )


@router.post("/clinics", dependencies=[Knocking])
def found_clinic(body: m.FoundClinic, parts: AskedParts) -> m.Done:
    """Found a clinic here with the code of the server's terminal."""
    parts.clinics.found(body.code, body.clinic_id, body.entries)
    return m.Done()


@router.post("/sign-in/challenge", dependencies=[Knocking])
def ask_challenge(body: m.AskChallenge, parts: AskedParts) -> m.Challenge:
    """A challenge to be signed. Whether clinic and workstation are known is not told here."""
    made, expires_ms = parts.signing_in.challenge()
    return m.Challenge(challenge=made, expires_ms=expires_ms)


@router.post("/sign-in", dependencies=[Knocking])
def sign_in(body: m.SignIn, parts: AskedParts) -> m.SignedIn:
    """A token for a signed challenge."""
    token, expires_ms = parts.signing_in.sign_in(body.clinic_id, body.workstation_id, body.challenge, body.signature)
    return m.SignedIn(token=token, expires_ms=expires_ms)


@router.post("/sign-in/revoked", dependencies=[Knocking])
def read_revocation(body: m.AskRevocation, parts: AskedParts) -> m.MembersPage:
    """Membership entries up to the last one that shuts this workstation out: the one thing it still gets."""
    parts.signing_in.prove(body.clinic_id, body.workstation_id, body.challenge, body.signature, revoked_too=True)
    return m.MembersPage(entries=parts.clinics.until_revoked(body.clinic_id, body.workstation_id, body.after))


@router.get("/members")
def read_members(parts: AskedParts, who: SignedIn, after: AfterQuery = 0, limit: LimitQuery = 500) -> m.MembersPage:
    """Membership entries after a number."""
    return m.MembersPage(entries=parts.clinics.entries(who.clinic_id, after, limit))


@router.post("/members")
def append_members(body: m.AppendMembers, parts: AskedParts, who: SignedIn) -> m.MembersHead:
    """Append by compare-and-swap."""
    if body.clinic_id != who.clinic_id:
        raise unknown("clinic")
    sequence, head = parts.clinics.append(who.clinic_id, body.sequence, body.previous, body.entries)
    return m.MembersHead(sequence=sequence, head=head)


@router.get("/workstations")
def read_workstations(parts: AskedParts, who: SignedIn) -> m.WorkstationsPage:
    """Every workstation, and when the server last heard of it."""
    rows = parts.clinics.workstations(who.clinic_id)
    return m.WorkstationsPage(
        workstations=[
            m.WorkstationContact(workstation_id=one, revoked=revoked, last_contact_ms=at_ms)
            for one, revoked, at_ms in rows
        ]
    )


@router.post("/invitations")
def leave_invitation(body: m.LeaveInvitation, parts: AskedParts, who: SignedIn) -> m.InvitationLeft:
    """Leave a sealed package for a new workstation, for ten minutes."""
    return m.InvitationLeft(expires_ms=parts.invitations.leave(who, body.invitation_id, body.package))


@router.get("/invitations/{invitation_id}", dependencies=[Knocking])
def open_invitation(invitation_id: IdPath, parts: AskedParts) -> m.InvitationPackage:
    """The package of an invitation. Who does not know the code can do nothing with it."""
    found = parts.invitations.open(invitation_id)
    return m.InvitationPackage(clinic_id=found.clinic_id, package=found.package)


@router.get("/invitations/{invitation_id}/members", dependencies=[Knocking])
def invited_members(
    invitation_id: IdPath, parts: AskedParts, after: AfterQuery = 0, limit: LimitQuery = 500
) -> m.MembersPage:
    """Membership entries for whoever is invited: signed, with names sealed."""
    found = parts.invitations.open(invitation_id)
    return m.MembersPage(entries=parts.clinics.entries(found.clinic_id, after, limit))


@router.get("/invitations/{invitation_id}/key-records", dependencies=[Knocking])
def invited_key_records(
    invitation_id: IdPath, parts: AskedParts, after: AfterQuery = 0, limit: LimitQuery = 500
) -> m.KeyRecordsPage:
    """Slots, bundles and grants for whoever is invited: of no use without the package and a password."""
    found = parts.key_records.after(parts.invitations.open(invitation_id).clinic_id, after, limit)
    return m.KeyRecordsPage(records=[m.KeyRecord(place=one.place, record=one.record) for one in found])


@router.post("/invitations/{invitation_id}/join", dependencies=[Knocking])
def join(invitation_id: IdPath, body: m.AppendMembers, parts: AskedParts) -> m.MembersHead:
    """A new workstation appends the entry that makes it one; the log itself decides whether that holds.

    The invitation is used up with it, whichever process is asked; the same entry again is answered the same.
    """

    def spend(connection: Connection) -> None:
        parts.invitations.spend(connection, body.clinic_id, invitation_id)

    sequence, head = parts.clinics.append(body.clinic_id, body.sequence, body.previous, body.entries, spend)
    return m.MembersHead(sequence=sequence, head=head)
