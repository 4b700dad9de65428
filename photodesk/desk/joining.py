"""Who sets a new workstation up: a person of the clinic, by name, password and security key where they have one."""

from __future__ import annotations

from photodesk.desk.retyping import answered
from photodesk.desk.security_key import KeyReader
from photodesk.desk.signing_in import wrong_password
from photodesk.errors import PhotoDeskError
from photodesk.store.joining import Joining, Opened
from photodesk.store.person_name import same_name


def open_person(joining: Joining, name: str, password: str, keys: KeyReader | None = None) -> Opened:
    """The person's keys. Refused `wrong_password` whichever part was wrong, `keys_needed`; Fixable as `KeyReader`."""
    who = next((one for one in joining.people() if same_name(one.name, name)), None)
    if who is None or who.disabled:
        raise wrong_password()
    slot_id, output = answered(who, keys)
    try:
        return joining.sign_in(slot_id, password, output)
    except PhotoDeskError as error:
        if error.code != "wrong_password":
            raise
        raise wrong_password() from None
