"""Who belongs to the clinic: what the membership log says, entry by entry, and whether it may say so.

`Members` is folded from the log from its first entry on; every entry is checked before it counts: place in the chain,
the author's and the workstation's signatures under the keys the log itself named before, and the author's right
(`member_rules`).
"""

from __future__ import annotations

import copy
from dataclasses import replace

from photodesk.errors import Damaged
from photodesk.ids import to_text
from photodesk.store.member_entry import (
    AddPerson,
    AddWorkstation,
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
    SlotMark,
    SlotSet,
)
from photodesk.store.member_rules import DEAD_SLOT, ENVELOPE_POLICY, allowed
from photodesk.store.member_signatures import signed
from photodesk.store.member_state import (
    LOST_WITH_WORKSTATION,
    Member,
    MemberInvitation,
    MemberWorkstation,
    RestoredServer,
    UsedEnvelope,
    member_of,
    revocation_of,
    workstation_of,
)
from photodesk.store.recovery import SIGNING_BYTES, SIGNING_POLICY
from photodesk.store.roles import KeyKind, Role, keys_of

__all__ = ["Member", "MemberWorkstation", "Members", "UsedEnvelope", "altered"]


class Members:
    """The state after the last entry read. `sequence` counts entries; `head` is the hash of the last one.

    `former_keys` are the signing keys a person had before a renewal: what they signed then stays good. `owed` are the
    kinds of key that want a new epoch since someone lost them, each with the number of the entry that took it away;
    `erased` the chart ids of patients that are erased; `since` when each person came or came back, `left` when one was
    removed (ms).
    """

    def __init__(self, clinic_id: bytes, start: bytes) -> None:
        self.clinic_id = clinic_id
        self.sequence = 0
        self.head = start
        self.hashes: list[bytes] = []
        self.sealed_clinic_name = b""
        self.recovery_public = b""
        self.recovery_since_ms = 0
        self.people: dict[str, Member] = {}
        self.workstations: dict[str, MemberWorkstation] = {}
        self.slots: dict[str, tuple[str, bytes]] = {}
        self.marks: dict[tuple[KeyKind, int], bytes] = {}
        self.grants: dict[tuple[str, KeyKind, int], bytes] = {}
        self.policies: dict[str, str] = {}
        self.former_keys: dict[str, list[bytes]] = {}
        self.erased: set[str] = set()
        self.owed: dict[KeyKind, int] = {}
        self.since: dict[str, int] = {}
        self.left: dict[str, int] = {}
        self.used_envelopes: dict[str, UsedEnvelope] = {}
        self.invitations: dict[str, MemberInvitation] = {}
        self.restored: RestoredServer | None = None

    def copy(self) -> Members:
        """The same state, to be folded on apart from this one."""
        fresh = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | list | set):
                setattr(fresh, name, value.copy())
        fresh.former_keys = {person_id: list(keys) for person_id, keys in self.former_keys.items()}
        return fresh

    def person(self, person_id: str) -> Member | None:
        """A person who belongs to the clinic now."""
        member = self.people.get(person_id)
        return None if member is None or member.removed else member

    def administrators(self) -> frozenset[str]:
        """The ids of the administrators there are now."""
        return frozenset(
            one.person_id for one in self.people.values() if not one.removed and Role.ADMINISTRATOR in one.roles
        )

    def is_envelope(self, person_id: str) -> bool:
        """Whether this account is a sealed envelope's (see `emergency`), no person's."""
        return ENVELOPE_POLICY + person_id in self.policies

    def signing_keys(self, person_id: str) -> tuple[bytes, ...]:
        """Every key this person ever signed with, the present one first."""
        member = self.people.get(person_id)
        return () if member is None else (member.signing_public, *reversed(self.former_keys.get(person_id, [])))

    def epochs(self, kind: KeyKind) -> list[int]:
        """The epochs of a kind of key, rising."""
        return sorted(epoch for of, epoch in self.marks if of is kind)

    def newest_public(self, kind: KeyKind) -> tuple[int, bytes]:
        """(epoch, public key) of the log's or the inbox's newest key pair."""
        epoch = self.epochs(kind)[-1]
        return epoch, self.marks[kind, epoch]

    def wanted(self, member: Member) -> list[tuple[KeyKind, int]]:
        """Every (kind, epoch) that a person's roles are to be granted."""
        if member.removed:
            return []
        return [(kind, epoch) for kind in sorted(keys_of(member.roles)) for epoch in self.epochs(kind)]

    def take(self, entry: MemberEntry) -> None:
        """Check one entry and let it count. Damaged `members_altered`, naming the entry's number."""
        if entry.sequence != self.sequence + 1 or entry.previous != self.head:
            raise altered(self.sequence + 1)
        if (entry.sequence == 1) != isinstance(entry.body, Found):
            raise altered(entry.sequence)
        before = (dict(self.people), dict(self.workstations))
        if isinstance(entry.body, Found):
            self._found(entry.body)
        if not signed(self, entry) or not allowed(self, entry):
            self.people, self.workstations = before
            raise altered(entry.sequence)
        self._apply(entry)
        if isinstance(entry.body, Found) or (isinstance(entry.body, Policy) and entry.body.name == SIGNING_POLICY):
            self.recovery_since_ms = entry.time_ms
        self.sequence, self.head = entry.sequence, entry.hash()
        self.hashes.append(self.head)

    def _found(self, body: Found) -> None:
        self.sealed_clinic_name = body.sealed_clinic_name
        self.recovery_public = body.recovery_public
        self._add_person(body.person, 1)
        self._change_workstation(body.workstation)
        for key in body.keys:
            self.marks[key.kind, key.epoch] = key.mark

    def _apply(self, entry: MemberEntry) -> None:
        body = entry.body
        if isinstance(body, AddPerson):
            self._add_person(body, entry.sequence)
            self.since[to_text(body.person_id)] = entry.time_ms
            self.left.pop(to_text(body.person_id), None)
        elif isinstance(body, AddWorkstation | RevokeWorkstation | Invitation):
            self._change_workstation(body, entry)
        elif isinstance(body, SetRoles):
            self._change(replace(self.people[to_text(body.person_id)], roles=frozenset(body.roles)), entry.sequence)
        elif isinstance(body, RemovePerson):
            self.left[to_text(body.person_id)] = entry.time_ms
            self._change(replace(self.people[to_text(body.person_id)], removed=True), entry.sequence)
        elif isinstance(body, GrantMade):
            self.grants[to_text(body.person_id), body.kind, body.epoch] = body.hash
        elif isinstance(body, KeyMark):
            self.marks[body.kind, body.epoch] = body.mark
            self.owed.pop(body.kind, None)
        elif isinstance(body, SlotSet):
            self._replace_slots(body, entry)
        elif isinstance(body, Policy):
            self._set_policy(body)
        elif isinstance(body, ErasePatient):
            self.erased.add(to_text(body.chart_id))
        elif isinstance(body, ServerRestored):
            self.restored = RestoredServer(entry.sequence, body.place, body.chain)
        elif isinstance(body, RecoveryUsed):
            self.slots = {}
            self._add_person(body.person, entry.sequence)
            self._change_workstation(body.workstation)

    def _add_person(self, body: AddPerson, sequence: int) -> None:
        person_id = to_text(body.person_id)
        before = self.people.get(person_id)
        if before is not None:
            self.former_keys.setdefault(person_id, []).append(before.signing_public)
            self._forget(person_id)
        self._change(member_of(body), sequence)
        for slot in body.slots:
            self._set_slot(person_id, slot)

    def _change(self, member: Member, sequence: int) -> None:
        """A person as they are from now on; what they no longer hold is owed a new epoch."""
        before = self.people.get(member.person_id)
        had = keys_of(before.roles) if before is not None and not before.removed else frozenset()
        has = keys_of(member.roles) if not member.removed else frozenset()
        lost = had - has
        for kind in lost | ({KeyKind.INBOX} if KeyKind.CHART in lost else set()):
            self.owed.setdefault(kind, sequence)
        self.people[member.person_id] = member
        taken = {key for key in self.grants if key[0] == member.person_id and key[1] in lost}
        self.grants = {key: mark for key, mark in self.grants.items() if key not in taken}
        if member.removed:
            self._forget(member.person_id)

    def _forget(self, person_id: str) -> None:
        """The slots and grants of keys that are no longer this person's."""
        self.slots = {slot: held for slot, held in self.slots.items() if held[0] != person_id}
        self.grants = {key: mark for key, mark in self.grants.items() if key[0] != person_id}

    def _replace_slots(self, body: SlotSet, entry: MemberEntry) -> None:
        for slot in body.replaces:
            self.slots.pop(to_text(slot), None)
        self._set_slot(to_text(body.person_id), body.slot)
        if body.slot.hash == DEAD_SLOT:
            self.used_envelopes[entry.author_id] = UsedEnvelope(entry.author_id, entry.sequence, entry.time_ms)

    def _set_slot(self, person_id: str, slot: SlotMark) -> None:
        self.slots[to_text(slot.slot_id)] = (person_id, slot.hash)

    def _set_policy(self, body: Policy) -> None:
        self.policies[body.name] = body.value
        if body.name == SIGNING_POLICY:
            self.recovery_public = bytes.fromhex(body.value)[SIGNING_BYTES:] or self.recovery_public

    def _change_workstation(
        self, body: AddWorkstation | RevokeWorkstation | Invitation, entry: MemberEntry | None = None
    ) -> None:
        if isinstance(body, Invitation) and entry is not None:
            invited = MemberInvitation(body.signing_public, entry.time_ms, body.expires_ms)
            self.invitations[to_text(body.invitation_id)] = invited
        elif isinstance(body, AddWorkstation):
            self.workstations[to_text(body.workstation_id)] = workstation_of(body)
            if entry is not None and entry.cosigner_id is not None:
                used = self.invitations[entry.cosigner_id]
                self.invitations[entry.cosigner_id] = replace(used, used=True)
        elif isinstance(body, RevokeWorkstation):
            self._revoke(body, entry.time_ms if entry is not None else 0)

    def _revoke(self, body: RevokeWorkstation, time_ms: int) -> None:
        workstation_id = to_text(body.workstation_id)
        before = self.workstations[workstation_id]
        self.workstations[workstation_id] = replace(before, revocation=revocation_of(body, time_ms, before.revocation))
        for kind in LOST_WITH_WORKSTATION:
            if self.epochs(kind) and not before.revoked:
                self.owed.setdefault(kind, self.sequence + 1)


def altered(sequence: int) -> Damaged:
    """The sentence for a membership log that was changed."""
    return Damaged("members_altered", f"The membership log was changed at entry {sequence}.")
