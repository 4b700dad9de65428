"""Class 2: an old slot, a lowered cost, an old epoch, a lowered policy."""

from __future__ import annotations

import os
from functools import cache

from photodesk import ids
from photodesk.crypto import FLOOR_COST
from photodesk.store.gathering import gather
from photodesk.store.key_records import What, make_key_record
from photodesk.store.member_entry import Policy, SlotMark, SlotSet
from photodesk.store.publishing import SERVER_PIN, SERVER_RECEIPT_KEY, SERVER_URL
from photodesk.store.records import pack, unpack
from photodesk.store.slots import Slot, make_slot, read_slot
from photodesk.sync.line import KeyRecord
from photodesk.sync.spool_members import SpoolMembers
from tests.sync.hostile.membership import forged, serve
from tests.sync.hostile.stage import SILENT, Stage, comes_to


@cache
def template() -> bytes:
    """A slot; making one costs a derivation."""
    return make_slot(
        bytes(16), ids.random_id(), "00" * 16, "seven grey boats", bytes(32), 1, bytes(32), FLOOR_COST, os.urandom
    ).record


def slot_of(person_id: str, slot_id: str = "", **changed: object) -> Slot:
    """That slot as somebody's, with fields changed by their place."""
    fields = unpack(template(), "slot", 15)
    fields[3:5] = [ids.to_bytes(slot_id or ids.random_id()), ids.to_bytes(person_id)]
    for place, value in changed.items():
        fields[int(place[1:])] = value
    return read_slot(pack(fields))


def in_force(stage: Stage) -> Slot:
    """The administrator has a slot, and everybody knows."""
    slot = slot_of(stage.clinic.person_id)
    mark = SlotMark(ids.to_bytes(slot.slot_id), slot.hash())
    stage.clinic.append(SlotSet(mark, ids.to_bytes(stage.clinic.person_id), []))
    stage.members_pass()
    return slot


def serves(stage: Stage, slot: Slot) -> None:
    """A true record of A, with a slot in it that does not count: nothing is taken from it."""
    station = stage.a.station
    record = make_key_record(
        What.SLOT, slot.record, station.workstation_id,
        lambda kind, data: station.signing.sign(kind, stage.clinic.raw_id, data),
    )  # fmt: skip
    stage.server.kept_records = [KeyRecord(1, record)]
    stage.members_pass()
    held = SpoolMembers(stage.b.spool.file).records()
    assert held == [record]
    assert gather(held, stage.b.members(), {}).slots == {}
    stage.remember()


@comes_to(SILENT)
def old_slot(stage: Stage) -> None:
    """The slot of a password that was changed since."""
    old, new = in_force(stage), slot_of(stage.clinic.person_id)
    mark = SlotMark(ids.to_bytes(new.slot_id), new.hash())
    stage.clinic.append(SlotSet(mark, ids.to_bytes(stage.clinic.person_id), [ids.to_bytes(old.slot_id)]))
    serves(stage, old)


@comes_to(SILENT)
def slot_of_nobody(stage: Stage) -> None:
    """A slot that the membership log never named."""
    serves(stage, slot_of(stage.clinic.person_id))


@comes_to(SILENT)
def slot_under_another_person(stage: Stage) -> None:
    """A person's slot as another one's."""
    serves(stage, slot_of(ids.random_id(), in_force(stage).slot_id))


@comes_to(SILENT)
def cost_lowered(stage: Stage) -> None:
    """The slot with a cheaper derivation, so that a stolen one is guessed faster."""
    serves(stage, slot_of(stage.clinic.person_id, in_force(stage).slot_id, _6=FLOOR_COST.passes + 1))


@comes_to(SILENT)
def epoch_lowered(stage: Stage) -> None:
    """The slot as if it were under an older clinic secret."""
    serves(stage, slot_of(stage.clinic.person_id, in_force(stage).slot_id, _9=0))


@comes_to(SILENT)
def second_step_removed(stage: Stage) -> None:
    """The slot without its security key."""
    serves(stage, slot_of(stage.clinic.person_id, in_force(stage).slot_id, _10=b"", _11=os.urandom(32)))


def policy(stage: Stage, name: str, value: str) -> None:
    """A policy that nobody of the clinic set."""
    serve(stage, [*stage.clinic.entries, forged(stage, Policy(name, value))])


def lock_switched_off(stage: Stage) -> None:
    """The idle time before a lock is made long."""
    policy(stage, "idle.clinician", "86400")


def minimum_version_lowered(stage: Stage) -> None:
    """An older program would do again."""
    policy(stage, "version.minimum", "0.1")


def server_moved(stage: Stage) -> None:
    """The clinic's server is said to be at another address."""
    policy(stage, SERVER_URL, "https://elsewhere.example")


def pin_swapped(stage: Stage) -> None:
    """The server's pin is said to be another one."""
    policy(stage, SERVER_PIN, "ab" * 32)


def receipt_key_swapped(stage: Stage) -> None:
    """The key of the receipts is said to be another one."""
    policy(stage, SERVER_RECEIPT_KEY, "ab" * 32)


def old_policy_again(stage: Stage) -> None:
    """A policy of long ago comes again, as it was signed then."""
    stage.clinic.append(Policy("idle.clinician", "900"))
    old = stage.clinic.entries[-1]
    stage.clinic.append(Policy("idle.clinician", "60"))
    stage.members_pass()
    stage.remember()
    serve(stage, [*stage.clinic.entries, old])


ATTACKS = (
    old_slot,
    slot_of_nobody,
    slot_under_another_person,
    cost_lowered,
    epoch_lowered,
    second_step_removed,
    lock_switched_off,
    minimum_version_lowered,
    server_moved,
    pin_swapped,
    receipt_key_swapped,
    old_policy_again,
)
