"""The desk's side of the clinic server: what it made goes into the spool, what others made comes out of it.

The syncer moves sealed records between the spool and the server and needs no key; the desk holds the keys and never
speaks to the server. Both ways can be done again after a kill at any moment: what is in the spool is put there once
(by its number in its database), and what was taken in is known by its place in its workstation's chain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from photodesk.desk.conflict import Conflict
from photodesk.desk.erasing_elsewhere import ErasingElsewhere
from photodesk.errors import Damaged, Refused
from photodesk.ids import NO_ID
from photodesk.progress import Cancel
from photodesk.store.erasure_seal import open_erasure_key, seal_erasure_key
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.store.operations import Compartment
from photodesk.store.taking import Outcome
from photodesk.store.taking_chains import Wait
from photodesk.store.taking_in import TakingIn
from photodesk.sync.passing import CurrentMembers
from photodesk.sync.snapshots_in import SnapshotsIn, Turn
from photodesk.sync.spool import Incoming, Spool
from photodesk.sync.spool_erasure import SpoolErasure
from photodesk.sync.spool_taking import SpoolTaking
from photodesk.sync.spooling_out import SpoolingOut

if TYPE_CHECKING:
    from photodesk.desk.session import Session

AT_ONCE = 2_000
NO_SCOPE = NO_ID.hex()


@dataclass(frozen=True)
class TakenIn:
    """What came in. `patients` are those whose record changed; `waiting` operations are not applied yet, and `reasons`
    says how many wait for what; `conflicts` is how many are to be reviewed now, `asked` how many snapshots of charts
    were asked for.
    """

    patients: frozenset[str] = frozenset()
    applied: int = 0
    waiting: int = 0
    conflicts: int = 0
    reasons: dict[Wait, int] = field(default_factory=dict)
    asked: int = 0


class SyncDesk:
    """One signed-in person's side. Everything here runs in the desk's one writing lane."""

    def __init__(self, session: Session, spool: Spool, members: CurrentMembers | None = None) -> None:
        self._session = session
        self._spool = spool
        self._members = members or self._read_members
        self._spooling = SpoolingOut(session, spool)
        self._waiting = SpoolTaking(spool.file)
        self._erasure = SpoolErasure(spool.file)
        self._snapshots = SnapshotsIn(session, spool)

    def spool_out(self) -> int:
        """Put what this workstation made, and the keys of its new patients, into the spool; how many operations."""
        self._spool_erasure_keys()
        return self._spooling.run()

    def take_in(self, cancel: Cancel | None = None) -> TakenIn:
        """Apply what waits in the spool, as far as this person's keys open it and what it builds on is here.

        Stops between pages; what was applied stays.
        """
        cancel = cancel or Cancel()
        self._open_erasure_keys()
        members = self._members()
        taking = TakingIn(self._session.catalog, self._session.charts, self._session.keyset, members)
        reasons: Counter[Wait] = Counter()
        applied, patients, moved = 0, set[str](), True
        while moved:
            moved = False
            reasons.clear()
            for outcome, concerned in self._pass(taking, cancel):
                applied += len(outcome.applied)
                patients |= concerned
                reasons.update(outcome.waiting.values())
                moved = moved or bool(outcome.done)
            moved = moved and bool(reasons)
        patients |= self._erase(members)
        conflicts = self._session.conflicts.count()
        asked, self._snapshots.asked = self._snapshots.asked, 0
        return TakenIn(frozenset(patients), applied, self._waiting.count(), conflicts, dict(reasons), asked)

    def conflicts(self) -> list[Conflict]:
        """What two workstations said without knowing of each other, and nobody has decided yet."""
        return self._session.conflicts.conflicts()

    def resolve(self, conflict_id: str, keep: str) -> None:
        """Decide one: `here` keeps what stands, `there` the other; an ordinary change that outranks both."""
        self._session.conflicts.resolve(conflict_id, keep)

    # -- inside -------------------------------------------------------------------------------------------------

    def _read_members(self) -> Members:
        return MembersLog.open(self._session.layout.members, self._session.keyset.clinic_id).members

    def _pass(self, taking: TakingIn, cancel: Cancel) -> Iterator[tuple[Outcome, set[str]]]:
        """Everything that waits once: the catalog first, for it says whose the charts are."""
        for page in self._waiting.pages(Compartment.DESK, None, AT_ONCE):
            cancel.check()
            outcome = taking.catalog_operations([one.record for one in page])
            yield self._marked(page, outcome), self._patients_of(outcome)
        if not self._session.keyset.chart_keys:
            return
        for scope in self._waiting.scopes(Compartment.CLINICAL):
            patient_id = self._session.catalog.patient_of_chart(scope)
            if patient_id is None:
                continue  # the patient has not arrived, or is erased: what follows from that is done elsewhere
            cancel.check()
            turn = self._snapshots.look(taking, scope, patient_id)
            if turn is Turn.WAIT:
                continue
            if isinstance(turn, Outcome):
                self._spooling.still_clean(scope, *turn.generations)
                yield turn, {patient_id}
            for page in self._waiting.pages(Compartment.CLINICAL, scope, AT_ONCE):
                cancel.check()
                outcome = taking.chart_operations(patient_id, [one.record for one in page])
                self._spooling.still_clean(scope, *outcome.generations)
                yield self._marked(page, outcome), {patient_id} if outcome.applied else set()

    def _marked(self, page: list[Incoming], outcome: Outcome) -> Outcome:
        self._spool.mark_taken([page[number].place for number in outcome.done])
        return outcome

    def _patients_of(self, outcome: Outcome) -> set[str]:
        scopes = {one.scope for one in outcome.applied} - {NO_SCOPE}
        found = (self._session.catalog.patient_of_chart(scope) for scope in scopes)
        return {one for one in found if one is not None}

    def _erase(self, members: Members) -> frozenset[str]:
        """Whom other workstations erased; what waits about them in the spool is of no use to anybody."""
        gone = ErasingElsewhere(self._session).carry_out(members.erased)
        known = self._session.catalog.erasure.known()
        for scope in self._waiting.scopes(Compartment.CLINICAL):
            if scope in members.erased and scope not in known:
                for page in self._waiting.pages(Compartment.CLINICAL, scope, AT_ONCE):
                    self._spool.mark_taken([one.place for one in page])
        return gone

    def _spool_erasure_keys(self) -> None:
        erasure, keyset = self._session.catalog.erasure, self._session.keyset
        fresh = erasure.known() - self._erasure.known_out()
        if fresh:
            self._erasure.add_out({one: seal_erasure_key(keyset, one, erasure.key(one)) for one in sorted(fresh)})

    def _open_erasure_keys(self) -> None:
        """Keys of patients that others added. One that does not open yet, or fits nothing, stays in the spool."""
        opened: dict[str, bytes] = {}
        erased = self._members().erased
        for scope, sealed in self._erasure.waiting_in():
            if scope in erased:
                continue
            try:
                opened[scope] = open_erasure_key(self._session.keyset, scope, sealed)
            except (Damaged, Refused, ValueError):
                continue
        if opened:
            self._session.catalog.erasure.keep(opened)
            self._erasure.mark_taken(list(opened))
