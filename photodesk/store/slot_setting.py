"""Changing how a person signs in: new slots over the same UBK, and which slots they replace.

The slot file first holds old and new slots, then the membership log names the new ones, then the old ones go: whenever
that is cut short, the slots that the log names are there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from photodesk.clock import Clock
from photodesk.crypto import Argon2Cost
from photodesk.errors import Fixable
from photodesk.ids import random_id, to_bytes
from photodesk.store.keyring import Secrets, clinic_secret_account
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import SlotMark, SlotSet
from photodesk.store.members_log import MembersLog
from photodesk.store.publishing import once_more
from photodesk.store.roles import KeyKind
from photodesk.store.signer import Signer
from photodesk.store.signin import CheckedStore, check_store
from photodesk.store.slots import NO_FIDO, FidoPart, Slot, SlotKind, make_slot
from photodesk.store.slots_file import encode_slots, write_slots

Random = Callable[[int], bytes]


def new_slot(
    checked: CheckedStore,
    secrets: Secrets,
    person_id: str,
    password: str,
    bundle_key: bytes,
    cost: Argon2Cost,
    kind: SlotKind = SlotKind.PASSWORD,
    fido: FidoPart = NO_FIDO,
    random: Random = os.urandom,
) -> Slot:
    """A slot with a new id under the newest clinic secret. It counts once `set_slots` has named it."""
    clinic_id = checked.store.clinic
    epoch = checked.members.epochs(KeyKind.CLINIC_SECRET)[-1]
    clinic_secret = secrets.get(clinic_secret_account(clinic_id, checked.store.workstation_id, epoch))
    return make_slot(
        clinic_id, random_id(), person_id, password, clinic_secret, epoch, bundle_key, cost, random, kind, fido
    )


def set_slots(
    layout: Layout,
    keyset: KeySet,
    secrets: Secrets,
    person_id: str,
    made: Sequence[Slot],
    replaced: Sequence[str],
    signer: Signer,
    clock: Clock,
    random: Random = os.urandom,
) -> None:
    """Let the slots `made` of one person count, and those with the ids `replaced` no longer; one membership entry each.

    A person sets their own, an administrator also another's. Fixable `last_slot` where none would be left,
    `members_changed`.
    """

    def change() -> None:
        checked, clinic_id = check_store(layout, secrets), keyset.clinic_id
        present = checked.current_slots()
        kept = tuple(slot for slot in present if slot.slot_id not in replaced)
        named = list(made) or [slot for slot in kept if slot.person_id == person_id][:1]
        if not named:
            raise Fixable("last_slot", "Nothing would be left to sign in with.", "Set another way to sign in first.")
        bodies = _entries(person_id, named, replaced)
        names, secret, workstation = checked.names, checked.workstation_secret, keyset.workstation_id
        write_slots(layout, encode_slots(clinic_id, workstation, (*present, *made), names, secret, random))
        log = MembersLog.open(layout.members, clinic_id)
        log.append(bodies, author_of(keyset, signer), clock.wall_ms())
        write_slots(layout, encode_slots(clinic_id, workstation, (*kept, *made), names.at(log.members), secret, random))

    once_more(layout, signer, change)


def _entries(person_id: str, named: Sequence[Slot], replaced: Sequence[str]) -> list[SlotSet]:
    """An entry for each slot; the last one takes away what is replaced."""
    gone = [to_bytes(slot_id) for slot_id in replaced]
    return [
        SlotSet(SlotMark(to_bytes(slot.slot_id), slot.hash()), to_bytes(person_id), gone if slot is named[-1] else [])
        for slot in named
    ]
