"""Erasing a patient: asked for with a reason, hidden and revocable for 30 days, then gone for good, with a certificate.

Asking and authorising are a privacy officer's or administrator's, and need a second administrator once there are two.
Authorising is an entry of the membership log. What it takes chart keys for is then done at once, or by the next
clinician who signs in (`resume`). The log names the patient by id only.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.desk.actor import Actor
from photodesk.desk.alarms import Alarms
from photodesk.desk.counted_time import count
from photodesk.desk.erasure_lines import ErasureLine, ErasureLines
from photodesk.desk.erasure_places import ErasurePlaces
from photodesk.desk.moves import tidy_reason
from photodesk.desk.retention import KeptLine, RetentionDesk, refuse_held
from photodesk.desk.roles import Right
from photodesk.desk.second_person import second_needed
from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.log.entry import Action, Entry
from photodesk.patients import Patient
from photodesk.store.catalog import Catalog
from photodesk.store.catalog_corrections import DeletionState
from photodesk.store.charts import Charts
from photodesk.store.erasing import Erasing
from photodesk.store.keeping_book import Erasure, ErasureState, KeepingBook
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import Cosigner, ErasePatient
from photodesk.store.member_rules import needs_two
from photodesk.store.members_log import MembersLog
from photodesk.store.publishing import once_more
from photodesk.store.traces import Named

if TYPE_CHECKING:
    from photodesk.store.keyring import Secrets
    from photodesk.store.keyset import KeySet
    from photodesk.store.layout import Layout

Forget = Callable[[str, list[str]], None]


class ErasureDesk:
    """Asks for erasures, lists and revokes them, and carries out what is due."""

    def __init__(
        self,
        actor: Actor,
        layout: Layout,
        keyset: KeySet,
        secrets: Secrets,
        catalog: Catalog,
        charts: Charts,
        retention: RetentionDesk,
        forget: Forget,
        places: ErasurePlaces,
        alarms: Alarms,
    ) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self._charts = charts
        self._retention = retention
        self._forget = forget
        self._places = places
        self._alarms = alarms
        self._book = KeepingBook(catalog)
        self._lines = ErasureLines(actor, catalog, places)
        keeper = actor.keeper
        self._erasing = Erasing(layout, keyset, secrets, catalog, charts, keeper, keeper, actor.clock)

    def needs_second(self) -> bool:
        """Whether a second administrator has to sign."""
        members = MembersLog.open(self._layout.members, self._keyset.clinic_id).members
        return needs_two(members, ErasePatient(bytes(16)))

    def request(self, patient_id: str, reason: str, ground: str = "", second: Cosigner | None = None) -> ErasureLine:
        """Hide a patient, with every entry of that person, who is to be erased in 30 days; the main entry's line.

        `ground` is needed where the record is not due yet. Refused `no_right`, `legal_hold`, `not_due_yet`,
        `second_needed`; Fixable `reason_missing`, `reason_tells_who`, `corrections_open`.
        """
        self._actor.require(Right.ERASE_PATIENTS)
        reason, ground = tidy_reason(reason), tidy_reason(ground) if ground.strip() else ""
        entries = self._catalog.persons.entries(self._catalog.patient(patient_id).patient_id)
        refuse_held(self._catalog, patient_id)
        _refuse_early(self._retention.of(patient_id), ground)
        for entry in entries:
            _refuse_naming(self._catalog.patient(entry), reason, ground)
            _refuse_half_corrected(self._catalog, entry)
        self._check_second(second)
        counted = count(self._catalog, self._actor.change("count"), self._actor.clock.wall_ms())
        erasures = [self._asked_for(entry, reason, ground, second, counted.counted_ms) for entry in entries]
        with ExitStack() as stack:
            for erasure in erasures:
                stack.enter_context(self._actor.logged(self._entry(erasure, "requested")))
            self._book.request(self._actor.change("erasing asked for"), erasures)
        for entry in entries:
            self._leave(entry)
        return self._lines.line(erasures[0])

    def erasures(self) -> tuple[ErasureLine, ...]:
        """Every erasure, the latest first."""
        self._actor.require(Right.KEEP_RECORDS)
        return tuple(self._lines.line(erasure) for erasure in self._book.erasures())

    def of(self, erasure_id: str) -> ErasureLine:
        """One of them; Fixable `erasure_unknown`."""
        self._actor.require(Right.KEEP_RECORDS)
        return self._lines.line(self._book.erasure(erasure_id))

    def revoke(self, erasure_id: str) -> ErasureLine:
        """The patient stays and is found again, with every entry of that person.

        Fixable `erasure_unknown`, `erasure_over` once one of them is authorised.
        """
        self._actor.require(Right.ERASE_PATIENTS)
        erasure = self._book.erasure(erasure_id)
        together, authorised = self._lines.of_person(erasure), self._authorised()
        if any(one.state is not ErasureState.REQUESTED or one.chart_id in authorised for one in together):
            raise Fixable("erasure_over", "This erasure cannot be revoked any more.", "List them: erase list")
        with ExitStack() as stack:
            for one in together:
                stack.enter_context(self._actor.logged(self._entry(one, "revoked")))
            self._book.revoke(self._actor.change("erasing revoked"), together)
        return self._lines.line(self._book.erasure(erasure_id))

    def due(self) -> tuple[ErasureLine, ...]:
        """What was asked for 30 days ago and not revoked, and what is under way."""
        self._actor.require(Right.KEEP_RECORDS)
        open_ones = self._book.erasures(ErasureState.REQUESTED, ErasureState.RUNNING)
        return tuple(line for line in map(self._lines.line, open_ones) if line.is_due)

    def run(self, second: Cosigner | None = None) -> tuple[ErasureLine, ...]:
        """Authorise what is due, and erase it where this person holds chart keys. What it did.

        Refused `legal_hold`, `second_needed`; Fixable `import_running`, `disk_full`: then it stays as far as it is.
        """
        self._actor.require(Right.ERASE_PATIENTS)
        due = [line.erasure for line in self.due()]
        authorised = [self._authorise(one, second) if one.state is ErasureState.REQUESTED else one for one in due]
        if self._keyset.chart_keys:
            authorised = [self._carry_out(one) for one in authorised]
        return tuple(self._lines.line(one) for one in authorised)

    def resume(self) -> None:
        """At sign-in: carry out what is authorised, and tell the log what a kill kept from being told.

        The clock is looked at too: only days on which somebody looked count towards the 30.
        """
        if self._book.erasures(ErasureState.REQUESTED):
            count(self._catalog, self._actor.change("count"), self._actor.clock.wall_ms())
        for erasure in self._book.erasures(ErasureState.ERASED):
            if not erasure.told:
                self._tell(erasure)
        if not self._keyset.chart_keys:
            return
        authorised = self._authorised()  # by the membership log: what another workstation says alone erases nobody
        for erasure in self._book.erasures(ErasureState.RUNNING):
            if erasure.chart_id not in authorised:
                continue
            try:
                self._carry_out(erasure)
            except PhotoDeskError as failure:
                what = f"A patient is not erased yet. {failure.message}"
                self._alarms.note(Damaged(failure.code, what, failure.remedy))

    # -- inside -------------------------------------------------------------------------------------------------

    def _asked_for(
        self, patient_id: str, reason: str, ground: str, second: Cosigner | None, counted_ms: int
    ) -> Erasure:
        return Erasure(
            ids.random_id(),
            ErasureState.REQUESTED,
            patient_id,
            self._catalog.chart_pointer(patient_id).chart_id,
            reason,
            ground,
            self._actor.person_id,
            second.person_id if second else "",
            self._actor.clock.wall_ms(),
            counted_ms,
        )

    def _authorise(self, erasure: Erasure, second: Cosigner | None) -> Erasure:
        refuse_held(self._catalog, erasure.patient_id)
        log = MembersLog.open(self._layout.members, self._keyset.clinic_id)
        if erasure.chart_id not in log.members.erased:
            self._check_second(second)
            with self._actor.logged(self._entry(erasure, "authorised")):
                once_more(self._layout, self._actor.keeper, lambda: self._publish(erasure, second))
        cosigned_by = second.person_id if second else ""
        return self._book.authorise(self._actor.change("erasing authorised"), erasure, cosigned_by)

    def _publish(self, erasure: Erasure, second: Cosigner | None) -> None:
        """Into the membership log, so that every workstation and the server erase too."""
        log = MembersLog.open(self._layout.members, self._keyset.clinic_id)
        author = author_of(self._keyset, self._actor.keeper)
        signs = second if self.needs_second() else None
        if erasure.chart_id not in log.members.erased:
            body = ErasePatient(ids.to_bytes(erasure.chart_id))
            log.append([body], author, self._actor.clock.wall_ms(), signs)

    def _carry_out(self, erasure: Erasure) -> Erasure:
        self._leave(erasure.patient_id)
        with self._actor.logged(self._entry(erasure, "begun")):
            places = self._places.now(self._actor.clock.wall_ms())
            done = self._erasing.carry_out(self._actor.change("erased"), erasure, places)
        self._tell(done)
        return done

    def _tell(self, erasure: Erasure) -> None:
        self._actor.log(self._entry(erasure, "erased"))
        self._book.told(self._actor.change("erased"), erasure)

    def _leave(self, patient_id: str) -> None:
        self._charts.close(patient_id)
        if self._catalog.index is not None:
            self._forget(patient_id, self._catalog.index.photo_ids(patient_id))

    def _entry(self, erasure: Erasure, what: str) -> Entry:
        details = {"what": what, "erasure": erasure.erasure_id}
        return self._actor.entry(Action.ERASE, erasure.patient_id, details=details)

    def _authorised(self) -> set[str]:
        return MembersLog.open(self._layout.members, self._keyset.clinic_id).members.erased

    def _check_second(self, second: Cosigner | None) -> None:
        if second is None and self.needs_second():
            raise second_needed()


def _refuse_naming(patient: Patient, *texts: str) -> None:
    """What is written stays in the certificate, which names nobody."""
    named = Named(patient.mrn, patient.family, patient.given)
    if any(named.in_text(text) for text in texts):
        raise Fixable(
            "reason_tells_who",
            "The reason names the patient. It stays after the patient is erased.",
            "Write it without name and number.",
        )


def _refuse_early(kept: KeptLine, ground: str) -> None:
    if not kept.is_due and not ground:
        until = f"until {kept.due.isoformat()}" if kept.due else "for ever"
        raise Refused(
            "not_due_yet",
            f"This record is to be kept {until}.",
            "State the ground on which it may go before that: --ground",
        )


def _refuse_half_corrected(catalog: Catalog, patient_id: str) -> None:
    """A move or deletion that a crash interrupted is ended first: only then is it known whose a photo is."""
    moves, deletions = catalog.open_moves(), catalog.deletions(DeletionState.UNSETTLED)
    concerned = {one for move in moves for one in (move.patient_id, move.to_patient_id)}
    if patient_id in concerned | {row.patient_id for row in deletions}:
        raise Fixable(
            "corrections_open",
            "A move or deletion of photos of this patient is not ended yet.",
            "Let a clinician sign in once, then ask again.",
        )
