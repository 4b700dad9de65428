"""Emergency access: an account of its own, with a clinician's keys, behind a code that lies in a sealed envelope.

The account is a member like any other, so what it does carries its own id and its own signature; a policy in the
membership log marks it as an envelope's. Its one slot (kind 4) opens with the code. Whoever opens it first writes, in
its name, that the slot is dead: the envelope opens once. A new one is a new account under a new code; taking the old
one out of the clinic raises the epochs of everything it held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from photodesk.clock import Clock
from photodesk.crypto import DEFAULT_COST, Argon2Cost, label, sha256
from photodesk.errors import Fixable, Refused
from photodesk.ids import random_id, to_bytes
from photodesk.store.grants import lacking
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_entry import Body, Policy, RemovePerson, SlotMark, SlotSet
from photodesk.store.member_rules import DEAD_SLOT, ENVELOPE_POLICY
from photodesk.store.members import Members, UsedEnvelope
from photodesk.store.members_log import MembersLog
from photodesk.store.membership import Membership
from photodesk.store.people import bring_in, require_administrator
from photodesk.store.roles import KeyKind, Role
from photodesk.store.signer import Signer
from photodesk.store.signin import check_store
from photodesk.store.slots import Slot, SlotKind
from photodesk.store.slots_file import ShownPerson

NAME = "Emergency access"
ROLES = frozenset({Role.CLINICIAN})
SEEN_POLICY = "emergency-seen."  # with an administrator's id behind it: up to which entry they know of uses
GROUPS, GROUP = 6, 4
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
Random = Callable[[int], bytes]


@dataclass(frozen=True)
class Envelope:
    """The newest envelope. `state` is `none`, `ready`, `waiting` (for the keys of `waits_for`), `used` or `spent`.

    `spent`: its account has left without ever being used, or its slot was lost. `uses` are all there ever were.
    """

    state: str
    made_ms: int = 0
    waits_for: frozenset[KeyKind] = frozenset()
    uses: tuple[UsedEnvelope, ...] = ()


def new_code(random: Random) -> str:
    """Six groups of four: 115 random bits and a check character."""
    number = int.from_bytes(random(15), "big")
    plain = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(GROUPS * GROUP - 1))
    whole = plain + _check(plain)
    return "-".join(whole[start : start + GROUP] for start in range(0, len(whole), GROUP))


def tidy_code(typed: str) -> str:
    """The code as it was made. Fixable `envelope_code_wrong` where it is not complete or mistyped: nothing is tried."""
    plain = "".join(typed.upper().replace("-", "").split()).translate(_LOOKALIKES)
    whole = len(plain) == GROUPS * GROUP and not set(plain) - set(_ALPHABET)
    if not whole or _check(plain[:-1]) != plain[-1]:
        raise Fixable(
            "envelope_code_wrong",
            "The code is not complete or is mistyped somewhere.",
            "Compare it with the paper group by group; it has 6 groups of four.",
        )
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def make_envelope(membership: Membership, cost: Argon2Cost = DEFAULT_COST) -> str:
    """A new envelope in place of any before; its code, kept nowhere. Refused `no_right` for non-administrators."""
    require_administrator(membership)
    members, person_id, code = membership.members, random_id(), new_code(membership.random)
    first: list[Body] = [RemovePerson(to_bytes(one)) for one in _accounts(members) if members.person(one)]
    first.append(Policy(ENVELOPE_POLICY + person_id, "1"))
    shown = ShownPerson(person_id, NAME, ROLES)
    bring_in(membership, shown, code, cost, kind=SlotKind.EMERGENCY, first=first)
    return code


def envelope(membership: Membership) -> Envelope:
    """How the newest envelope stands."""
    members = membership.members
    accounts = _accounts(members)
    uses = tuple(sorted(members.used_envelopes.values(), key=lambda one: one.sequence))
    if not accounts:
        return Envelope("none")
    newest = max(accounts, key=lambda one: members.since.get(one, 0))
    member, made_ms = members.person(newest), members.since.get(newest, 0)
    if newest in members.used_envelopes:
        return Envelope("used", made_ms, uses=uses)
    if member is None or not any(owner == newest for owner, _ in members.slots.values()):
        return Envelope("spent", made_ms, uses=uses)
    missing = frozenset(kind for kind, _ in lacking(member, members, membership.keys))
    return Envelope("waiting" if missing else "ready", made_ms, missing, uses)


def envelope_slot(layout: Layout, secrets: Secrets) -> Slot:
    """The slot behind the envelope's code. Refused `no_envelope` where none waits to be opened."""
    slots = [slot for slot in check_store(layout, secrets).current_slots() if slot.kind is SlotKind.EMERGENCY]
    if not slots:
        raise Refused(
            "no_envelope",
            "There is no sealed envelope for this clinic, or it was opened before.",
            "Ask an administrator, or use the recovery code.",
        )
    return slots[-1]


def let_die(layout: Layout, keyset: KeySet, secrets: Secrets, signer: Signer, clock: Clock, slot: Slot) -> None:
    """In the envelope's own name: its slot opens no more. Durable when it returns."""
    dead = SlotSet(SlotMark(to_bytes(slot.slot_id), DEAD_SLOT), to_bytes(slot.person_id), [to_bytes(slot.slot_id)])
    Membership(layout, keyset, secrets, signer, clock).commit([dead])


def unseen_uses(layout: Layout, keyset: KeySet) -> tuple[UsedEnvelope, ...]:
    """The uses that this administrator has not acknowledged yet, oldest first."""
    members = MembersLog.open(layout.members, keyset.clinic_id).members
    seen = int(members.policies.get(SEEN_POLICY + keyset.person_id, "0"))
    uses = sorted(members.used_envelopes.values(), key=lambda one: one.sequence)
    return tuple(one for one in uses if one.sequence > seen)


def acknowledge(membership: Membership) -> None:
    """This administrator knows of every use so far; signed into the membership log."""
    uses = membership.members.used_envelopes.values()
    newest = max((one.sequence for one in uses), default=0)
    membership.commit([Policy(SEEN_POLICY + membership.keyset.person_id, str(newest))])


def _accounts(members: Members) -> list[str]:
    return [person_id for person_id in members.people if members.is_envelope(person_id)]


def _check(plain: str) -> str:
    return _ALPHABET[sha256(label("envelope-code"), plain.encode())[0] & 31]
