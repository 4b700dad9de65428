"""The second step of signing in: an authenticator app with backup codes, and who has what.

The app (TOTP) is a policy gate: PhotoDesk asks for its code, but a changed program would not. A security key is the
real one (`key_desk`), for its answer is part of what opens the keys.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from photodesk.crypto.totp import DIGITS, SECRET_BYTES, STEP_MS
from photodesk.desk.actor import Actor
from photodesk.desk.one_time import step_of, taken_steps, wrong_code
from photodesk.desk.roles import Right
from photodesk.errors import Fixable, Refused
from photodesk.ids import to_bytes
from photodesk.log.entry import Action
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_entry import open_name
from photodesk.store.member_rules import OWN_POLICY
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.store.policies import set_policy
from photodesk.store.roles import Role
from photodesk.store.signin import people_for_signin
from photodesk.store.slots import SlotKind
from photodesk.store.totp_record import (
    Totp,
    has_totp,
    new_backup_codes,
    new_totp,
    open_totp,
    policy_name,
    seal_totp,
)

REQUIRED = "required"
ISSUER = "PhotoDesk"


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app is given: `uri` as a QR code, or `typed` by hand. Nothing is enrolled yet."""

    totp: Totp = field(repr=False)
    uri: str = field(repr=False)
    typed: str = field(repr=False)


@dataclass(frozen=True)
class Factors:
    """What one person signs in with. `backup_codes` left is known of oneself only."""

    person_id: str
    name: str
    app: bool
    security_keys: int
    password_alone: bool
    demanded: bool
    backup_codes: int | None = None


class FactorDesk:
    """One's own authenticator app; who has what; taking away the app of somebody who lost it."""

    def __init__(self, actor: Actor, layout: Layout, keyset: KeySet, secrets: Secrets) -> None:
        self._actor, self._layout, self._keyset, self._secrets = actor, layout, keyset, secrets

    def mine(self) -> Factors:
        """The signed-in person's."""
        members, person_id = self._members(), self._actor.person_id
        totp = self._enrolled(members)
        found = self._of(members)[person_id]
        return Factors(**{**vars(found), "backup_codes": len(totp.backup_hashes) if totp else None})

    def everyone(self) -> tuple[Factors, ...]:
        """Everybody's who works here, envelopes apart. Refused `no_right`."""
        self._actor.require(Right.SEE_PEOPLE)
        members = self._members()
        return tuple(one for one in self._of(members).values() if not members.is_envelope(one.person_id))

    def begin_totp(self) -> Enrolment:
        """A fresh secret to show. Refused `factor_there` where an app is enrolled."""
        if self._enrolled(self._members()) is not None:
            raise Refused("factor_there", "An authenticator app is enrolled already.", "Remove it first.")
        return _enrolment(new_totp(), self._actor.person.name)

    def confirm_totp(self, enrolment: Enrolment, typed: str) -> tuple[str, ...]:
        """Enrol once the app shows the right code; the ten backup codes, shown once. Refused `wrong_code`."""
        step = step_of(enrolment.totp, typed, self._actor.clock.wall_ms())
        if step is None:
            raise wrong_code()
        members = self._members()
        first = not any(value for name, value in members.policies.items() if name.startswith(OWN_POLICY))
        steps = taken_steps(self._layout, self._secrets, self._keyset, self._actor.clock, first=first)
        codes = new_backup_codes()
        self._set("authenticator app enrolled", self._seal(enrolment.totp.with_codes(codes)))
        steps.take(self._actor.person_id, step)
        return codes

    def renew_backup_codes(self) -> tuple[str, ...]:
        """Ten new ones; all earlier ones are void. Refused `factor_missing`."""
        totp = self._enrolled(self._members())
        if totp is None:
            raise _no_app()
        codes = new_backup_codes()
        self._set("backup codes renewed", self._seal(totp.with_codes(codes)))
        return codes

    def use_up(self, left: Totp) -> None:
        """A backup code was used to sign in: what is left stands in the membership log."""
        self._set("backup code used", self._seal(left), left=str(len(left.backup_hashes)))

    def remove_totp(self, person_id: str = "") -> None:
        """One's own app, or as an administrator another's who lost it: their next sign-in may demand a new one.

        Refused `factor_missing`, `no_right`, `second_factor_required` where one's role may not be without.
        """
        members, person_id = self._members(), person_id or self._actor.person_id
        member = members.person(person_id)
        if person_id != self._actor.person_id:
            self._actor.require(Right.MANAGE_PEOPLE)
        if member is None or not has_totp(members, member):
            raise _no_app()
        found = self._of(members)[person_id]
        if person_id == self._actor.person_id and found.demanded and (not found.security_keys or found.password_alone):
            raise factor_required()
        self._set("authenticator app removed", "", person_id)

    def _enrolled(self, members: Members) -> Totp | None:
        value = members.policies.get(policy_name(self._actor.person_id), "")
        return open_totp(value, self._keyset.clinic_id, self._actor.person_id, self._keyset.kem)

    def _seal(self, totp: Totp) -> str:
        return seal_totp(totp, self._keyset.clinic_id, self._actor.person_id, self._keyset.kem)

    def _set(self, what: str, value: str, person_id: str = "", **details: str) -> None:
        person_id = person_id or self._actor.person_id
        entry = self._actor.entry(Action.PERSON, details={"what": what, "person": person_id, **details})
        with self._actor.logged(entry):
            name = policy_name(person_id)
            set_policy(self._layout, self._keyset, self._actor.keeper, self._actor.clock, name, value)

    def _of(self, members: Members) -> dict[str, Factors]:
        slots = {who.person_id: who.slots for who in people_for_signin(self._layout, self._secrets)}
        found = {}
        for member in members.people.values():
            if member.removed:
                continue
            kinds = [slot.kind for slot in slots.get(member.person_id, ())]
            clinic_id, of = self._keyset.clinic_id, to_bytes(member.person_id)
            found[member.person_id] = Factors(
                member.person_id,
                open_name(member.sealed_name, of, clinic_id, self._keyset.desk_keys),
                has_totp(members, member),
                kinds.count(SlotKind.FIDO),
                SlotKind.PASSWORD in kinds,
                demanded(members.policies, member.roles),
            )
        return found

    def _members(self) -> Members:
        return MembersLog.open(self._layout.members, self._keyset.clinic_id).members


def enrolment_of(enrolment: Enrolment, typed: str) -> Enrolment:
    """The same with a secret that the app has already, in base32. Fixable `secret_unfit`."""
    try:
        secret = base64.b32decode("".join(typed.split()).upper())
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES or len(set(secret)) < SECRET_BYTES // 2:
        raise Fixable("secret_unfit", "The secret must be 160 random bits in base32.", "Draw a new one.")
    return replace(enrolment, totp=replace(enrolment.totp, secret=secret), uri="", typed="")


def _enrolment(totp: Totp, name: str) -> Enrolment:
    typed = base64.b32encode(totp.secret).decode("ascii")
    account = quote(f"{ISSUER}:{name}", safe="")
    query = f"secret={typed}&issuer={ISSUER}&algorithm=SHA1&digits={DIGITS}&period={STEP_MS // 1000}"
    groups = " ".join(typed[at : at + 4] for at in range(0, len(typed), 4))
    return Enrolment(totp, f"otpauth://totp/{account}?{query}", groups)


def demanded(policies: Mapping[str, str], roles: Iterable[Role]) -> bool:
    """Whether the clinic's policy demands a second factor of somebody with these roles."""
    return any(policies.get(f"second-factor.{role}") == REQUIRED for role in roles)


def factor_required() -> Refused:
    """The policy of the clinic."""
    return Refused(
        "second_factor_required",
        "The clinic's policy demands a second factor of your role.",
        "Sign in in PhotoDesk's window and enrol an authenticator app, or ask an administrator.",
    )


def _no_app() -> Refused:
    return Refused("factor_missing", "No authenticator app is enrolled.", "Enrol one first.")
