"""The second administrator, who signs what one alone may not do: they type their password at the same desk."""

from __future__ import annotations

from photodesk.desk.actor import Actor
from photodesk.desk.retyping import proven
from photodesk.desk.security_key import KeyReader
from photodesk.errors import Refused
from photodesk.log.entry import Action
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.member_author import cosigner_of
from photodesk.store.member_entry import Cosigner
from photodesk.store.people import second_needed
from photodesk.store.person_name import same_name
from photodesk.store.roles import Role
from photodesk.store.signin import SignInPerson, people_for_signin

__all__ = ["Cosigner", "second_needed", "second_people", "second_person"]


def second_person(
    actor: Actor, layout: Layout, secrets: Secrets, name: str, password: str, keys: KeyReader | None = None
) -> Cosigner:
    """The signature of a second administrator, by name (or slot) and password; an entry, and counted as an attempt.

    `keys` asks for the security key of one who signs in with a key. Refused `second_not_fit` for anybody else,
    `wrong_password`, `sign_in_waits`, `slot_disabled`; Fixable as `KeyReader`.
    """
    who = next((one for one in second_people(actor, layout, secrets) if _is(one, name)), None)
    if who is None:
        raise second_not_fit()
    keyset = proven(actor.keeper, layout, secrets, who, password, keys)
    actor.log(
        actor.entry(
            Action.PERSON,
            purpose="second signature",
            details={"what": "second signature", "person": who.person_id},
        )
    )
    return cosigner_of(keyset)


def second_people(actor: Actor, layout: Layout, secrets: Secrets) -> tuple[SignInPerson, ...]:
    """The other administrators who can sign here."""
    return tuple(
        who
        for who in people_for_signin(layout, secrets)
        if Role.ADMINISTRATOR in who.roles and who.person_id != actor.person_id and not who.disabled
    )


def second_not_fit() -> Refused:
    """Not an administrator, or the same one."""
    return Refused(
        "second_not_fit",
        "The second signature must be another administrator's.",
        "Name another administrator who can sign in here.",
    )


def _is(who: SignInPerson, name: str) -> bool:
    return name == who.slot_id or same_name(who.name, name)
