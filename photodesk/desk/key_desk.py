"""Security keys (FIDO2) of the signed-in person: the real second factor, for the key's answer is part of the slot.

Two keys are the rule: one in use, one in a drawer. With the second the slot that opens with the password alone goes;
with one key only where the person says so, for a lost key then takes an administrator.
"""

from __future__ import annotations

from photodesk.crypto import Argon2Cost
from photodesk.desk.actor import Actor
from photodesk.desk.factors import demanded, factor_required
from photodesk.desk.retyping import answered, counted
from photodesk.desk.security_key import AskedKey, KeyReader
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.password_strength import require_good
from photodesk.store.policies import policies
from photodesk.store.signin import SignInPerson, check_store, open_bundle_key, people_for_signin
from photodesk.store.slot_setting import new_slot, set_slots
from photodesk.store.slots import NO_FIDO, FidoPart, Slot, SlotKind
from photodesk.store.totp_record import policy_name

KEYS_PER_PERSON = 2


class KeyDesk:
    """Adding and removing one's own keys. Each needs the password again, and waits for touches."""

    def __init__(self, actor: Actor, layout: Layout, keyset: KeySet, secrets: Secrets, cost: Argon2Cost) -> None:
        self._actor, self._layout, self._keyset, self._secrets, self._cost = actor, layout, keyset, secrets, cost

    def mine(self) -> tuple[Slot, ...]:
        """The slots with a key, in no particular order."""
        return self._who().security_keys

    def prove(self, password: str, keys: KeyReader) -> None:
        """Whether the signed-in person sits here; counted like a sign-in. Refused and Fixable as `enrol`."""
        self._bundle_key(self._who(), password, keys)

    def enrol(self, password: str, keys: KeyReader, *, alone: bool = False) -> int:
        """Add the plugged-in key; how many there are now. `alone`: the password alone opens nothing from now on.

        Refused `wrong_password` and as `counted`, `keys_enough`; Fixable as `KeyReader`.
        """
        who = self._who()
        if len(who.security_keys) >= KEYS_PER_PERSON:
            raise Refused("keys_enough", "Two security keys are enrolled already.", "Remove one first.")
        bundle_key = self._bundle_key(who, password, keys)
        part = keys.enrol([slot.fido_credential for slot in who.security_keys])
        made = self._slot(who, password, bundle_key, part)
        enough = alone or len(who.security_keys) + 1 >= KEYS_PER_PERSON
        gone = [slot.slot_id for slot in who.slots if slot.kind is SlotKind.PASSWORD] if enough else []
        self._set("security key enrolled", [made], gone)
        return len(who.security_keys) + 1

    def remove(self, slot_id: str, password: str, keys: KeyReader) -> None:
        """Take a key's slot away; with the last one the password alone opens again.

        Refused `key_missing`, `second_factor_required` and as `enrol`.
        """
        who = self._who()
        if slot_id not in {slot.slot_id for slot in who.security_keys}:
            raise Refused("key_missing", "This security key is not enrolled.", "See which are.")
        last = len(who.security_keys) == 1
        known = policies(self._layout, self._keyset.clinic_id)
        if last and demanded(known, self._keyset.roles) and not known.get(policy_name(who.person_id)):
            raise factor_required()
        bundle_key = self._bundle_key(who, password, keys)
        made = [self._slot(who, password, bundle_key)] if last and who.needs_key else []
        self._set("security key removed", made, [slot_id])

    def change_password(self, password: str, new_password: str, keys: KeyReader) -> None:
        """A new password: the slots of keys are made anew too, and each key has to be touched.

        Refused as `enrol`; Fixable `password_weak` and as `KeyReader`: then nothing has changed.
        """
        who = self._who()
        require_good(new_password, (who.name,))
        bundle_key = self._bundle_key(who, password, keys)
        made = [self._slot(who, new_password, bundle_key, self._asked_again(slot, keys)) for slot in who.security_keys]
        if not who.needs_key:
            made.append(self._slot(who, new_password, bundle_key))
        gone = [slot.slot_id for slot in who.slots if slot.kind is not SlotKind.EMERGENCY]
        self._set("password changed", made, gone)

    def _asked_again(self, slot: Slot, keys: KeyReader) -> FidoPart:
        answer = keys.answer([AskedKey(slot.fido_credential, slot.fido_salt)])
        return FidoPart(slot.fido_credential, slot.fido_salt, answer.output)

    def _bundle_key(self, who: SignInPerson, password: str, keys: KeyReader) -> bytes:
        def opened() -> bytes:
            slot_id, output = answered(who, keys)
            checked = check_store(self._layout, self._secrets)
            return open_bundle_key(checked, self._secrets, slot_id, password, output)[1]

        return counted(self._actor.keeper, who, opened)

    def _slot(self, who: SignInPerson, password: str, bundle_key: bytes, part: FidoPart | None = None) -> Slot:
        checked = check_store(self._layout, self._secrets)
        kind, fido = (SlotKind.PASSWORD, NO_FIDO) if part is None else (SlotKind.FIDO, part)
        return new_slot(checked, self._secrets, who.person_id, password, bundle_key, self._cost, kind, fido)

    def _set(self, what: str, made: list[Slot], gone: list[str]) -> None:
        actor, person_id = self._actor, self._actor.person_id
        entry = actor.entry(Action.PERSON, details={"what": what, "person": person_id})
        with actor.logged(entry):
            set_slots(self._layout, self._keyset, self._secrets, person_id, made, gone, actor.keeper, actor.clock)

    def _who(self) -> SignInPerson:
        people = people_for_signin(self._layout, self._secrets)
        who = next((one for one in people if one.person_id == self._actor.person_id), None)
        if who is None:
            raise Fixable("person_unknown", "This person does not sign in here.", "Sign in again.")
        return who
