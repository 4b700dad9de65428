"""Class 5: the membership log with a hidden tail, a hidden revocation, two branches, a forged wipe."""

from __future__ import annotations

from photodesk import ids
from photodesk.crypto import SigningKey
from photodesk.store.member_entry import (
    KIND,
    Author,
    Policy,
    RemovePerson,
    RevokeWorkstation,
    ServerRestored,
    encode_entry,
)
from tests.server.clinic import NOW_MS, Clinic
from tests.sync.hostile.stage import Stage


def forged(stage: Stage, body: object, *, person: SigningKey | None = None) -> bytes:
    """The next entry, in the administrator's name, signed with keys of the server's own."""
    clinic, own = stage.clinic, person or SigningKey.generate()
    author = Author(
        clinic.person_id,
        clinic.first.workstation_id,
        lambda data: own.sign(KIND, clinic.raw_id, data),
        lambda data: own.sign(KIND, clinic.raw_id, data),
    )
    return encode_entry(len(clinic.entries) + 1, clinic.head, NOW_MS, body, author)  # type: ignore[arg-type]


def serve(stage: Stage, entries: list[bytes]) -> None:
    """The victim reads these entries as the membership log."""
    stage.line.members = lambda after: entries[after : after + 500]
    stage.members_pass()


def tail_cut(stage: Stage) -> None:
    """Entries that the victim has seen there are gone."""
    serve(stage, stage.clinic.entries[:-1])


def tail_hidden(stage: Stage) -> None:
    """A new entry is kept from the victim; the others have seen it."""
    hidden = list(stage.clinic.entries)
    stage.clinic.append(Policy("idle.clinician", "60"))
    stage.line.members = lambda after: hidden[after:]
    stage.go(stage.a)
    stage.b.whole_pass()


def revocation_hidden(stage: Stage) -> None:
    """A stolen workstation goes on for the victim, because it is not told that it was shut out."""
    hidden = list(stage.clinic.entries)
    stage.clinic.revoke(stage.c.station)
    stage.line.members = lambda after: hidden[after:]
    stage.go(stage.a)
    stage.b.whole_pass()


def two_branches(stage: Stage) -> None:
    """Two entries of one number, each properly signed: one for the victim, one for the others."""
    branch = [*stage.clinic.entries, stage.clinic.entry(Policy("idle.clinician", "60"))]
    stage.clinic.append(Policy("idle.clinician", "90"))
    serve(stage, branch)
    stage.remember()
    stage.go(stage.a)
    stage.b.whole_pass()


def other_history(stage: Stage) -> None:
    """The last entry that both have is another one."""
    other = Clinic()
    serve(stage, [*stage.clinic.entries[:-1], other.entries[0]])


def wipe_forged(stage: Stage) -> None:
    """An order to the victim to erase itself, not signed by an administrator."""
    victim = stage.b.station
    body = RevokeWorkstation(ids.to_bytes(victim.workstation_id), 0, bytes(32), True)
    serve(stage, [*stage.clinic.entries, forged(stage, body)])


def wipe_signed_by_a_workstation(stage: Stage) -> None:
    """The same, with a workstation's key in place of the administrator's."""
    body = RevokeWorkstation(ids.to_bytes(stage.b.station.workstation_id), 0, bytes(32), True)
    serve(stage, [*stage.clinic.entries, forged(stage, body, person=stage.clinic.first.signing)])


def administrator_removed(stage: Stage) -> None:
    """The administrator is written out of the clinic."""
    serve(stage, [*stage.clinic.entries, forged(stage, RemovePerson(ids.to_bytes(stage.clinic.person_id)))])


def entry_altered(stage: Stage) -> None:
    """A bit of a new entry is flipped."""
    fresh = stage.clinic.entry(Policy("idle.clinician", "60"))
    serve(stage, [*stage.clinic.entries, fresh[:-70] + bytes([fresh[-70] ^ 1]) + fresh[-69:]])


def entry_repeated(stage: Stage) -> None:
    """An old entry comes again at the end."""
    serve(stage, [*stage.clinic.entries, stage.clinic.entries[2]])


def entry_of_another_clinic(stage: Stage) -> None:
    """An entry that another clinic's administrator signed."""
    other = Clinic()
    while len(other.entries) < len(stage.clinic.entries) + 1:
        other.append(Policy("idle.clinician", "60"))
    serve(stage, [*stage.clinic.entries, other.entries[-1]])


def restore_forged(stage: Stage) -> None:
    """The server signs for itself that it was restored to an earlier state."""
    place = 2
    fresh = forged(stage, ServerRestored(place, stage.server.order[place - 1].chain))
    serve(stage, [*stage.clinic.entries, fresh])


ATTACKS = (
    tail_cut,
    tail_hidden,
    revocation_hidden,
    two_branches,
    other_history,
    wipe_forged,
    wipe_signed_by_a_workstation,
    administrator_removed,
    entry_altered,
    entry_repeated,
    entry_of_another_clinic,
    restore_forged,
)
