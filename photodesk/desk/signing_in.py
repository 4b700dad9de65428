"""Signing in: the attempt is counted, the slot opened, a second step asked for where there is one, then the desk opens.

The keeper is told only when every step was right: until then it takes no entry and no signature from this desk, and
the attempt stands as a wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from photodesk.clock import Clock
from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.desk.actor import Actor, SignedInPerson
from photodesk.desk.factors import Enrolment, FactorDesk, demanded, factor_required
from photodesk.desk.keeper import Disabled, Keeper, Wait
from photodesk.desk.one_time import Taken, take_code
from photodesk.desk.retyping import answered
from photodesk.desk.security_key import KeyReader
from photodesk.desk.session import Session, open_session
from photodesk.errors import PhotoDeskError, Refused
from photodesk.imaging.decoded import Decoder
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.members_log import MembersLog
from photodesk.store.person_name import same_name
from photodesk.store.signin import SignInPerson, check_before_sign_in, open_slot, people_for_signin
from photodesk.store.totp_record import Totp, open_totp, policy_name


@dataclass
class SignIn:
    """Somebody whose slot has opened. `needs_code` first, then `needs_enrolment`, then `finish`."""

    who: SignInPerson
    keyset: KeySet = field(repr=False)
    layout: Layout
    secrets: Secrets
    keeper: Keeper
    clock: Clock
    decoder: Decoder | None
    cost: Argon2Cost
    totp: Totp | None = field(repr=False)
    must_enrol: bool
    taken: Taken | None = None
    told: bool = False

    @property
    def needs_code(self) -> bool:
        """Whether a code is still to be given."""
        return self.totp is not None and self.taken is None

    def give_code(self, typed: str) -> None:
        """The app's code or a backup code. Refused `wrong_code`, `code_used`: then start over."""
        if self.totp is None:
            return
        try:
            self.taken = take_code(self.layout, self.secrets, self.keyset, self.clock, self.totp, typed)
        except Refused:
            self.keeper.attempt_failed(self.who.slot_id, self.who.person_id)
            raise

    def give_up(self) -> None:
        """No code is given: the attempt does not count, for the password was right."""
        self.keeper.attempt_void(self.who.slot_id)

    def begin_enrolment(self) -> Enrolment:
        """What an authenticator app is given, where the clinic's policy demands one before anything else."""
        return self._factors().begin_totp()

    def confirm_enrolment(self, enrolment: Enrolment, typed: str) -> tuple[str, ...]:
        """The ten backup codes, once the app shows the right code. Refused `wrong_code`: it may be tried again."""
        self._tell()
        codes = self._factors().confirm_totp(enrolment, typed)
        self.must_enrol = False
        return codes

    def finish(self) -> Session:
        """The workplace. Refused `code_needed`, `second_factor_required` where a step is missing."""
        if self.needs_code:
            raise code_needed()
        if self.must_enrol:
            raise factor_required()
        self._tell()
        return open_session(
            self.layout, self.secrets, self.keeper, self.keyset, self.who.name, self.clock, self.decoder, self.cost
        )

    def _tell(self) -> None:
        """The keeper takes entries from now on; a backup code is used up for good before anything else happens."""
        if self.told or self.needs_code:
            return
        self.keeper.unlocked(self.keyset.person_id, tuple(sorted(self.keyset.roles)))
        self.told = True
        if self.taken is not None and self.taken.left is not None:
            self._factors().use_up(self.taken.left)

    def _factors(self) -> FactorDesk:
        person = SignedInPerson(self.keyset.person_id, self.who.name, self.keyset.roles)
        actor = Actor(person, self.keeper, self.clock)
        return FactorDesk(actor, self.layout, self.keyset, self.secrets)


def begin_sign_in(
    layout: Layout,
    secrets: Secrets,
    keeper: Keeper,
    name_or_slot: str,
    password: str,
    clock: Clock,
    decoder: Decoder | None = None,
    cost: Argon2Cost = DEFAULT_COST,
    keys: KeyReader | None = None,
) -> SignIn:
    """Count the attempt and open the slot, with a security key where the person has no slot without one.

    Refused `wrong_password` (never saying which part was wrong), `sign_in_waits`, `slot_disabled`; Fixable as
    `KeyReader`: then the attempt does not count, for no password was tried.
    """
    who = _find(people_for_signin(layout, secrets), name_or_slot)
    if who is None:
        raise wrong_password()
    check_before_sign_in(layout, who)
    if who.disabled:
        raise slot_disabled()
    attempt = keeper.begin_attempt(who.slot_id, who.person_id)
    if isinstance(attempt, Wait):
        raise SignInWaits(attempt.wait_ms)
    if isinstance(attempt, Disabled):
        raise slot_disabled()
    try:
        slot_id, output = answered(who, keys)
        keyset = open_slot(layout, secrets, slot_id, password, output)
        members = MembersLog.open(layout.members, keyset.clinic_id).members
        value = members.policies.get(policy_name(who.person_id), "")
        totp = open_totp(value, keyset.clinic_id, who.person_id, keyset.kem)
    except PhotoDeskError as failure:
        if failure.code != "wrong_password":
            keeper.attempt_void(who.slot_id)
            raise
        keeper.attempt_failed(who.slot_id, who.person_id)
        raise wrong_password() from None
    must_enrol = totp is None and not who.needs_key and demanded(members.policies, keyset.roles)
    return SignIn(who, keyset, layout, secrets, keeper, clock, decoder, cost, totp, must_enrol)


def sign_in(
    layout: Layout,
    secrets: Secrets,
    keeper: Keeper,
    name_or_slot: str,
    password: str,
    clock: Clock,
    decoder: Decoder | None = None,
    cost: Argon2Cost = DEFAULT_COST,
    code: str = "",
    keys: KeyReader | None = None,
) -> Session:
    """All steps at once. Refused as `begin_sign_in`, `code_needed`, `wrong_code`, `second_factor_required`.

    Filing what others assigned is the caller's next step (`importing`).
    """
    return all_steps(begin_sign_in(layout, secrets, keeper, name_or_slot, password, clock, decoder, cost, keys), code)


def all_steps(begun: SignIn, code: str, *, enrolling: bool = False) -> Session:
    """What is left of a sign-in, without asking anybody; `enrolling`: what the policy demands is about to be done."""
    if begun.needs_code and not code:
        begun.give_up()
        raise code_needed()
    if begun.needs_code:
        begun.give_code(code)
    elif begun.must_enrol and enrolling:
        begun.must_enrol = False
    elif begun.must_enrol:
        begun.give_up()
    return begun.finish()


def wrong_password() -> Refused:
    """The one answer to a name or password that does not fit."""
    return Refused("wrong_password", "The name or the password is not right.", "Type both again.")


class SignInWaits(Refused):
    """Too soon after wrong passwords; `wait_ms` is left of the wait."""

    def __init__(self, wait_ms: int) -> None:
        words = f"After wrong passwords, signing in rests for {-(-wait_ms // 1000)} s."
        super().__init__("sign_in_waits", words, "Wait, then try again.")
        self.wait_ms = wait_ms


def slot_disabled() -> Refused:
    """Ten wrong passwords in a row, or a person who left the clinic."""
    return Refused(
        "slot_disabled",
        "This person cannot sign in on this workstation any more.",
        "Ask an administrator, or use the recovery kit.",
    )


def code_needed() -> Refused:
    """The password was right; the second step is missing."""
    return Refused(
        "code_needed",
        "This person also signs in with a code.",
        "Give the code that the authenticator app shows, or a backup code.",
    )


def _find(people: tuple[SignInPerson, ...], name_or_slot: str) -> SignInPerson | None:
    return next((who for who in people if who.slot_id == name_or_slot or same_name(who.name, name_or_slot)), None)
