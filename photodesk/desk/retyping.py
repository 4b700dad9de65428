"""A password typed while somebody is signed in: counted and throttled like a sign-in, its keys for the caller alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from photodesk.desk.keeper import Disabled, Keeper, Wait
from photodesk.desk.security_key import AskedKey, KeyReader, NoKeyReader
from photodesk.errors import PhotoDeskError, Refused
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.signin import SignInPerson, open_slot

T = TypeVar("T")


def proven(
    keeper: Keeper, layout: Layout, secrets: Secrets, who: SignInPerson, password: str, keys: KeyReader | None = None
) -> KeySet:
    """The keys behind this person's password, and security key where they sign in with one, after one counted attempt.

    Refused `wrong_password`, `sign_in_waits`, `slot_disabled`; Fixable as `KeyReader`.
    """

    def opened() -> KeySet:
        slot_id, output = answered(who, keys)
        return open_slot(layout, secrets, slot_id, password, output)

    return counted(keeper, who, opened)


def answered(who: SignInPerson, keys: KeyReader | None) -> tuple[str, bytes | None]:
    """Which slot is opened, and the security key's answer where it needs one."""
    if not who.needs_key:
        return who.slot_id, None
    slots = who.security_keys
    asked = [AskedKey(slot.fido_credential, slot.fido_salt) for slot in slots]
    answer = (keys or NoKeyReader()).answer(asked)
    return slots[answer.number].slot_id, answer.output


def counted(keeper: Keeper, who: SignInPerson, opened: Callable[[], T]) -> T:
    """What `opened` gives, which tries the password. Refused `wrong_password`, `sign_in_waits`, `slot_disabled`."""
    if who.disabled:
        raise cannot_sign()
    attempt = keeper.begin_attempt(who.slot_id, who.person_id)
    if isinstance(attempt, Wait):
        seconds = -(-attempt.wait_ms // 1000)
        raise Refused("sign_in_waits", f"After wrong passwords, it rests for {seconds} s.", "Wait, then try again.")
    if isinstance(attempt, Disabled):
        raise cannot_sign()
    try:
        result = opened()
    except PhotoDeskError as failure:
        if failure.code != "wrong_password":
            keeper.attempt_void(who.slot_id)
            raise
        keeper.attempt_failed(who.slot_id, who.person_id)
        raise Refused("wrong_password", "That is not the password.", "Type it again.") from None
    keeper.attempt_right(who.slot_id)
    return result


def cannot_sign() -> Refused:
    """Ten wrong passwords in a row, or a slot that is lost."""
    return Refused(
        "slot_disabled", "This person's password is not taken any more.", "Ask an administrator to allow it again."
    )
