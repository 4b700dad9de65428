"""The clinic's workstations for an administrator: who they are, shutting one out, and what a lost one held.

The membership log says who belongs; the server only says when it last heard of somebody. What a lost workstation held
is told carefully: everything it could have had by its last contact counts as held.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from photodesk.desk.roles import Right
from photodesk.desk.session import Session
from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.ids import to_bytes
from photodesk.log.entry import Action
from photodesk.log.records import Checkpoint
from photodesk.store.held_originals import Held, held_of
from photodesk.store.member_entry import Cosigner, RevokeWorkstation, open_name
from photodesk.store.member_state import MemberWorkstation
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.store.membership import Membership
from photodesk.sync.line import PAGE
from photodesk.sync.parcels import read_parcel
from photodesk.sync.spool import Spool
from photodesk.sync.spool_log import SpoolLogs
from photodesk.sync.spool_seen import Seen
from photodesk.sync.standing import Standing
from photodesk.sync.status import SyncStatus

MOST_PAGES = 200
LOCK_UNKNOWN = (
    "Not known: a locked workstation and an idle one say the same. It locks itself after minutes without input."
)


@dataclass(frozen=True)
class WorkstationLine:
    """One computer of the clinic. `last_contact_ms` is what the server says and 0 where it has said nothing.

    `wipe`: it was ordered to erase itself; `wiped`: and has asked the server since.
    """

    workstation_id: str
    name: str
    here: bool = False
    last_contact_ms: int = 0
    revoked: bool = False
    wiped: bool = False
    wipe: bool = False


@dataclass(frozen=True)
class HeldPatient:
    """A patient whose photos a workstation held: how many originals and how many smaller pictures."""

    patient_id: str
    name: str
    originals: int
    pictures: int


@dataclass(frozen=True)
class LostWorkstation:
    """What is known here of a workstation that may be in other hands.

    `opens`: a sentence about whether what it holds opens without its person; `lock` whether it was locked when it was
    last heard of; `log_until_ms` up to when its log is anchored, with `log_entries` entries.
    """

    line: WorkstationLine
    patients: int
    photos: int
    held: Sequence[HeldPatient]
    opens: str
    lock: str
    log_entries: int = 0
    log_until_ms: int = 0


class RevokingLine(Protocol):
    """What shutting out asks of the server."""

    def parcels(self, workstation_id: str, after: int) -> list[bytes]:
        """Parcels of one workstation after one of its numbers."""
        ...


Connect = Callable[[], AbstractContextManager[tuple[Spool, RevokingLine]]]


class WorkstationDesk:
    """`connect` gives a signed-in line to the server, for what needs one."""

    def __init__(self, session: Session, spool: Spool, connect: Connect) -> None:
        self._session = session
        self._spool = spool
        self._connect = connect

    def everyone(self) -> tuple[WorkstationLine, ...]:
        """All of them, in the order they came; those shut out too. Refused `no_right`."""
        self._session.require(Right.SEE_PEOPLE)
        members = self._members()
        heard = {one.workstation_id: one.last_contact_ms for one in self._standing().others}
        return tuple(self._line(one, heard.get(one.workstation_id, 0)) for one in members.workstations.values())

    def named(self, name: str) -> WorkstationLine:
        """One by its name or id. Fixable `workstation_unknown`."""
        found = [one for one in self.everyone() if name in (one.workstation_id, one.name)]
        found = found or [one for one in self.everyone() if one.name.casefold() == name.casefold()]
        if len(found) != 1:
            raise unknown_workstation(several=bool(found))
        return found[0]

    def revoke(self, workstation_id: str, *, wipe: bool, second: Cosigner | None = None) -> None:
        """Shut one out: its last parcel that counts is the newest there is now. New keys are made at once.

        `wipe` also orders it to erase itself; that order may follow later, and stands whatever follows it. Refused
        `no_right`, `this_one`; Fixable `shut_out_already`, `server_offline`, `workstation_unknown`.
        """
        session, members = self._session, self._members()
        session.require(Right.MANAGE_PEOPLE)
        station = members.workstations.get(workstation_id)
        if station is None:
            raise unknown_workstation()
        if workstation_id == session.keyset.workstation_id:
            raise Refused("this_one", "This is the workstation you sit at.", "Shut it out from another one.")
        if station.revocation is not None and (station.revocation.wipe or not wipe):
            session.people.renew_keys()  # where that was cut off the first time
            raise shut_out_already(wipe=station.revocation.wipe)
        details = {"what": "shut out and wiped" if wipe else "shut out", "workstation": workstation_id}
        with session.actor.logged(session.actor.entry(Action.WORKSTATION, details=details)):
            last = self._last_parcel(station)
            body = RevokeWorkstation(to_bytes(workstation_id), *last, wipe)
            Membership(session.layout, session.keyset, session.secrets, session.log, session.clock).commit([body])
        session.people.renew_keys()

    def lost(self, workstation_id: str) -> LostWorkstation:
        """Everything that is known here of one that may be in other hands. Refused `no_right`."""
        self._session.require(Right.SEE_PEOPLE)
        station = self._members().workstations.get(workstation_id)
        if station is None:
            raise unknown_workstation()
        line = self.named(workstation_id)
        checkpoint = self._checkpoint(workstation_id)
        until_ms = max(line.last_contact_ms, checkpoint.at_ms if checkpoint else 0, self._beat_ms(workstation_id))
        held = self._held(workstation_id, until_ms)
        entry = self._session.actor.entry(
            Action.WORKSTATION, details={"what": "looked at", "workstation": line.workstation_id}
        )
        self._session.actor.log(entry)
        return LostWorkstation(
            line=line,
            patients=len(held),
            photos=sum(one.originals + one.pictures for one in held),
            held=held,
            opens=self._opens(line),
            lock=LOCK_UNKNOWN,
            log_entries=checkpoint.sequence if checkpoint else 0,
            log_until_ms=checkpoint.at_ms if checkpoint else 0,
        )

    # -- inside --

    def _members(self) -> Members:
        return MembersLog.open(self._session.layout.members, self._session.keyset.clinic_id).members

    def _standing(self) -> SyncStatus:
        return Standing(self._spool, self._session.clock).now()

    def _line(self, station: MemberWorkstation, heard_ms: int) -> WorkstationLine:
        keyset, end = self._session.keyset, station.revocation
        here = station.workstation_id == keyset.workstation_id
        try:
            raw = to_bytes(station.workstation_id)
            name = open_name(station.sealed_name, raw, keyset.clinic_id, keyset.desk_keys)
        except Damaged:
            name = station.workstation_id[:8]
        wipe = end is not None and end.wipe
        wiped = end is not None and end.wipe and heard_ms > end.time_ms
        return WorkstationLine(station.workstation_id, name, here, heard_ms, end is not None, wiped, wipe)

    def _last_parcel(self, station: MemberWorkstation) -> tuple[int, bytes]:
        """What was seen here, and what the server has beyond it: signed by the workstation, linked one to the next."""
        with self._connect() as (spool, line):
            number, hashed = Seen(spool.file).parcel(station.workstation_id)
            for _ in range(MOST_PAGES):
                page = line.parcels(station.workstation_id, number)
                for record in page:
                    parcel = read_parcel(record)
                    follows = (parcel.send_sequence, parcel.previous) == (number + 1, hashed)
                    signed = parcel.signed_by(station.signing_public, self._session.keyset.clinic_id)
                    if not follows or not signed or parcel.workstation_id != station.workstation_id:
                        return number, hashed
                    number, hashed = parcel.send_sequence, parcel.hash()
                if len(page) < PAGE:
                    break
        return number, hashed

    def _checkpoint(self, workstation_id: str) -> Checkpoint | None:
        return SpoolLogs(self._spool.file).newest(workstation_id)

    def _beat_ms(self, workstation_id: str) -> int:
        return Seen(self._spool.file).beat(workstation_id)[2]

    def _held(self, workstation_id: str, until_ms: int) -> tuple[HeldPatient, ...]:
        """Patient by patient; without chart keys only that they were known there."""
        session = self._session
        names = {one.patient_id: one.display_name for one in session.catalog.patients()}
        found = []
        for pointer in session.catalog.chart_pointers():
            if pointer.patient_id not in names:
                continue
            held = self._of_chart(workstation_id, until_ms, pointer.patient_id)
            if held is not None and held.photos:
                rest = held.photos - held.originals
                found.append(HeldPatient(pointer.patient_id, names[pointer.patient_id], held.originals, rest))
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    def _of_chart(self, workstation_id: str, until_ms: int, patient_id: str) -> Held | None:
        session = self._session
        if not session.has_chart_keys:
            counts = session.catalog.summary(patient_id).photos
            return Held(0, counts or 0)
        if not session.charts.exists(patient_id):
            return None
        try:
            chart = session.charts.open_pointer(session.catalog.chart_pointer(patient_id, hidden_too=True))
        except PhotoDeskError:  # a damaged chart is told elsewhere
            return None
        try:
            return held_of(chart, workstation_id, until_ms)
        finally:
            chart.ledger.database.close()

    def _opens(self, line: WorkstationLine) -> str:
        members = self._members()
        people = {owner for owner, _ in members.slots.values() if not members.is_envelope(owner)}
        whose = f"one of {len(people)} people" if len(people) != 1 else "the one person"
        opens = (
            f"Not without the password of {whose} of the clinic and, unless it was set up as password only, the"
            " keyring of its computer account. While somebody is signed in there, what is on the screen can be seen."
        )
        if line.wiped:
            return "It has fetched the order to erase itself. " + opens
        return opens


def unknown_workstation(*, several: bool = False) -> Fixable:
    """No workstation that could be meant, or more than one."""
    what = "Several workstations have this name." if several else "There is no such workstation."
    return Fixable("workstation_unknown", what, "Name it by its id: photodesk workstation list --json")


def shut_out_already(*, wipe: bool) -> Fixable:
    """Shutting out once more changes nothing, and takes no order back."""
    if wipe:
        what = "This workstation was shut out and ordered to erase its store already; the order stands."
        return Fixable("shut_out_already", what, "See whether it was in contact since: photodesk workstation list")
    what = "This workstation was shut out of the clinic already; nothing was changed."
    return Fixable("shut_out_already", what, "To have it erase its store too: photodesk workstation revoke NAME --wipe")
