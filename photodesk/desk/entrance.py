"""Before anybody is signed in: who may sign in here, setting up a clinic, and how good a new password is.

Screens and commands come through here, because they do not reach the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from photodesk.clock import Clock
from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.desk.envelope_opening import open_envelope
from photodesk.desk.keeper import Keeper
from photodesk.desk.security_key import KeyReader
from photodesk.desk.session import Session
from photodesk.desk.signing_in import SignIn, all_steps, begin_sign_in
from photodesk.imaging.decoded import Decoder
from photodesk.store.emergency import tidy_code as tidy_envelope_code
from photodesk.store.founding import Founded, found
from photodesk.store.keyring import LocalSecrets, Secrets, secrets_of
from photodesk.store.layout import Layout
from photodesk.store.password_strength import Judgement, Strength, judge
from photodesk.store.recovery import asked_groups, group_matches, groups
from photodesk.store.roles import FOUNDER_ROLES, Role
from photodesk.store.signin import SignInPage, SignInPerson, people_for_signin, sign_in_page

__all__ = [
    "FOUNDER_ROLES",
    "Entrance",
    "Founded",
    "Judgement",
    "Role",
    "SignInPage",
    "SignInPerson",
    "Strength",
    "asked_groups",
    "group_matches",
    "groups",
    "judge",
    "secrets_of",
    "tidy_envelope_code",
]


class Entrance:
    """The door of one store, seen from outside."""

    def __init__(self, folder: Path, clock: Clock, cost: Argon2Cost = DEFAULT_COST) -> None:
        self.layout = Layout(folder)
        self._clock = clock
        self._cost = cost

    @property
    def founded(self) -> bool:
        """Whether a clinic has been set up here."""
        return self.layout.store_json.exists()

    def people(self) -> tuple[SignInPerson, ...]:
        """Who may sign in, as the sign-in page lists them. Fixable `keyring_missing`, `keyring_locked`."""
        return people_for_signin(self.layout, secrets_of(self.layout))

    def keyring_name(self) -> str:
        """This computer's keyring, as set-up shows it. Fixable `keyring_missing`, `keyring_locked`."""
        return Secrets().name()

    def page(self) -> SignInPage:
        """Clinic, workstation and people, for the sign-in page; errors as in `people`."""
        return sign_in_page(self.layout, secrets_of(self.layout))

    def sign_in(
        self,
        keeper: Keeper,
        name_or_slot: str,
        password: str,
        decoder: Decoder | None = None,
        code: str = "",
        keys: KeyReader | None = None,
        *,
        enrolling: bool = False,
    ) -> Session:
        """See `signing_in.sign_in`."""
        begun = self.begin_sign_in(keeper, name_or_slot, password, decoder, keys)
        return all_steps(begun, code, enrolling=enrolling)

    def begin_sign_in(
        self, keeper: Keeper, name_or_slot: str, password: str, decoder: Decoder | None, keys: KeyReader | None = None
    ) -> SignIn:
        """See `signing_in.begin_sign_in`."""
        secrets = secrets_of(self.layout)
        return begin_sign_in(
            self.layout, secrets, keeper, name_or_slot, password, self._clock, decoder, self._cost, keys
        )

    def open_envelope(
        self, keeper: Keeper, who: str, code: str, reason: str, decoder: Decoder | None = None
    ) -> Session:
        """Emergency access: see `envelope_opening.open_envelope`."""
        secrets = secrets_of(self.layout)
        return open_envelope(self.layout, secrets, keeper, who, code, reason, self._clock, decoder, self._cost)

    def found(
        self,
        clinic_name: str,
        workstation_name: str,
        user_name: str,
        password: str,
        roles: Iterable[Role] = FOUNDER_ROLES,
        *,
        password_only: bool = False,
    ) -> Founded:
        """Set up a clinic in an empty folder and give the recovery code.

        The first person is an administrator whatever `roles` says. Fixable `store_exists`, `folder_not_empty`,
        `password_weak`, `name_missing`, `keyring_missing`.
        """
        secrets = LocalSecrets(self.layout.secrets_local) if password_only else Secrets()
        return found(
            self.layout, clinic_name, workstation_name, user_name, password, roles, secrets, self._cost, self._clock
        )
