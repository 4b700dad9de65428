"""Correcting what was filed wrongly: photos to another patient and back, photos deleted with a reason and had back.

Undoing a wrong filing is a move to the right patient (or another visit of the same one). It never goes back into the
inbox: what is there counts as not yet in any chart, and the job's assignment would file it into the same wrong chart
again. Photos are named by their ids; attachments (videos, sidecars) by theirs. What belongs to a photo comes with it.
Each change is an entry for every patient concerned; reasons are clinical and are kept in the charts only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from photodesk.desk.counted_time import count
from photodesk.desk.moves import KEPT_DAYS, KEPT_MS, Moved, MoveDesk, tidy_reason
from photodesk.desk.retention import refuse_held
from photodesk.desk.roles import Right
from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.log.entry import Action, Entry
from photodesk.photos import Attachment, Photo
from photodesk.store.catalog_corrections import DeletionState
from photodesk.store.keeping_book import KeepingBook

__all__ = ["KEPT_DAYS", "KEPT_MS", "CorrectionDesk", "DeletedPhoto", "Moved"]


@dataclass(frozen=True)
class DeletedPhoto:
    """A deleted photo that `restore` has back until it is purged. `photo` is None for an attachment, and the reverse.

    `purge_at_ms` is the earliest; a clock that was set wrong makes it later.
    """

    photo_id: str
    photo: Photo | None
    attachment: Attachment | None
    deleted_at_ms: int
    purge_at_ms: int
    reason: str
    person_id: str
    person: str


class CorrectionDesk(MoveDesk):
    """Moves, deletes, restores and purges."""

    def delete(self, photo_ids: Sequence[str], reason: str) -> tuple[DeletedPhoto, ...]:
        """Hide photos from every list for 30 days, after which they are purged. An old card does not bring them back.

        Refused `no_right`, `legal_hold`; Fixable `photo_unknown`, `reason_missing`.
        """
        self._begin(photo_ids)
        change = self._actor.change(tidy_reason(reason))
        now_ms = self._actor.clock.wall_ms()
        counted = count(self._catalog, self._actor.change("count"), now_ms)
        deleted: list[DeletedPhoto] = []
        for patient_id, wanted in self._by_patient(photo_ids).items():
            refuse_held(self._catalog, patient_id)
            with self._actor.logged(self._deletion_entry(patient_id, wanted, "deleted")):
                self._correcting.delete(change, patient_id, wanted, now_ms, counted.counted_ms)
            self._forget(patient_id, wanted)
            deleted += [one for one in self._deleted(patient_id) if one.photo_id in wanted]
        return tuple(deleted)

    def deleted(self, patient_id: str) -> tuple[DeletedPhoto, ...]:
        """A patient's deleted photos that can still be had back, the latest first."""
        self._actor.require(Right.SEE_CHART)
        self._catalog.patient(patient_id)
        return self._deleted(patient_id)

    def restore(self, photo_ids: Sequence[str]) -> tuple[str, ...]:
        """Have deleted photos back where they were; their ids. Fixable `photo_unknown` once they are purged."""
        self._begin(photo_ids)
        by_patient: dict[str, list[str]] = {}
        for photo_id in dict.fromkeys(photo_ids):
            deletion = self._catalog.deletion(photo_id)
            if deletion is None or deletion.state is not DeletionState.HIDDEN:
                raise Fixable(
                    "photo_unknown", "There is no deleted photo with this id.", "List them: photodesk photo deleted MRN"
                )
            by_patient.setdefault(deletion.patient_id, []).append(photo_id)
        for patient_id, wanted in by_patient.items():
            with self._actor.logged(self._deletion_entry(patient_id, wanted, "restored")):
                self._correcting.restore(self._actor.change("restored"), patient_id, wanted)
        return tuple(dict.fromkeys(photo_ids))

    def purge_due(self) -> int:
        """Purge what was deleted 30 days ago, by the clock and by the clinic's own count of time; how many.

        Nothing is purged while the clock stands before an earlier look at it, nor under a legal hold, nor of a patient
        whose erasing was asked for.
        """
        self._actor.require(Right.CORRECT_CHART)
        hidden = self._catalog.deletions(DeletionState.HIDDEN)
        if not hidden:
            return 0
        now_ms = self._actor.clock.wall_ms()
        counted = count(self._catalog, self._actor.change("count"), now_ms)
        if counted.went_back:
            return 0
        held = {kept.patient_id for kept in KeepingBook(self._catalog).holds()}
        stays = self._catalog.hidden_patients() | {
            entry for one in held for entry in self._catalog.persons.entries(one, hidden_too=True)
        }
        due = [
            one
            for one in hidden
            if one.patient_id not in stays
            and now_ms - one.at_ms >= KEPT_MS
            and counted.counted_ms - one.counted_ms >= KEPT_MS
        ]
        for one in due:
            with self._actor.logged(self._deletion_entry(one.patient_id, [one.photo_id], "purged")):
                self._correcting.purge(self._actor.change("purged after 30 days"), one, now_ms)
            self._forget(one.patient_id, [one.photo_id])
        return len(due)

    def resume(self) -> None:
        """At sign-in: end what was interrupted, purge what is due. What cannot be ended now stays for the next desk."""
        if not self._actor.may(Right.CORRECT_CHART):
            return
        for failure in (*self._finish_interrupted(), *self._purged()):
            if isinstance(failure, Damaged):
                self._alarms(failure)
            else:
                what = f"A move or deletion of photos could not be ended. {failure.message}"
                self._alarms.note(Damaged(failure.code, what, failure.remedy))

    # -- inside -------------------------------------------------------------------------------------------------

    def _purged(self) -> list[PhotoDeskError]:
        try:
            self.purge_due()
        except PhotoDeskError as failure:
            return [failure]
        return []

    def _deletion_entry(self, patient_id: str, photo_ids: Sequence[str], what: str) -> Entry:
        return self._actor.entry(Action.DELETE, patient_id, photo_ids=tuple(photo_ids), details={"what": what})

    def _deleted(self, patient_id: str) -> tuple[DeletedPhoto, ...]:
        return tuple(
            DeletedPhoto(
                one.item_id,
                one.photo,
                one.attachment,
                one.at_ms,
                one.at_ms + KEPT_MS,
                one.reason,
                one.person_id,
                self._catalog.person_name(one.person_id),
            )
            for chart in self._charts.of_person(patient_id)
            for one in chart.hidden()
        )
