"""Photos that were filed to the wrong patient or visit: moved, moved back, and moves that a crash interrupted.

The half of `corrections` that moves; see there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from photodesk import ids
from photodesk.desk.actor import Actor
from photodesk.desk.alarms import Alarms
from photodesk.desk.photo_edit import PhotoEditDesk
from photodesk.desk.roles import Right
from photodesk.errors import Fixable, PhotoDeskError
from photodesk.log.entry import Action, Entry
from photodesk.store.catalog import Catalog
from photodesk.store.catalog_corrections import MoveState, PhotoMove
from photodesk.store.charts import Charts
from photodesk.store.correcting import Correcting
from photodesk.store.keyset import KeySet

KEPT_DAYS = 30
KEPT_MS = KEPT_DAYS * 86_400_000
MAX_REASON = 500
Forget = Callable[[str, Iterable[str]], None]


@dataclass(frozen=True)
class Moved:
    """Photos (and what belongs to them) that are another patient's now; `undo_move` works until `undo_until_ms`.

    `visit_id` is "" where an undo gave each photo its own former visit back.
    """

    move_id: str
    photo_ids: tuple[str, ...]
    from_patient_id: str
    to_patient_id: str
    visit_id: str
    at_ms: int
    undo_until_ms: int


class MoveDesk:
    """Moves photos. `forget` tells the gate whose pictures to forget."""

    def __init__(
        self,
        actor: Actor,
        catalog: Catalog,
        charts: Charts,
        keyset: KeySet,
        photo_edit: PhotoEditDesk,
        forget: Forget,
        alarms: Alarms,
    ) -> None:
        self._actor = actor
        self._catalog = catalog
        self._charts = charts
        self._photo_edit = photo_edit
        self._forget = forget
        self._alarms = alarms
        self._correcting = Correcting(catalog, charts, keyset)

    def move(self, photo_ids: Sequence[str], to_patient_id: str, visit_id: str, reason: str) -> Moved:
        """Photos of one patient become another's, with all originals, pictures, site, view and tags.

        Refused `no_right`; Fixable `photo_unknown`, `different_patients`, `visit_of_another`, `reason_missing`,
        `disk_full`. Where it fails midway, what was not moved stays where it is.
        """
        self._begin(photo_ids)
        whose = self._catalog.visit(visit_id).patient_id
        if whose in self._catalog.persons.entries(to_patient_id):  # a visit of another entry of the same person
            to_patient_id = whose
        return self._move(photo_ids, to_patient_id, visit_id, tidy_reason(reason))

    def undo_move(self, move_id: str, reason: str = "moved back") -> Moved:
        """Photos go back where they came from, each into its former visit; within 30 days of the move.

        Fixable `move_unknown`, `move_over` (undone before, or too long ago), `photo_unknown` (moved on, or deleted).
        """
        move = self._catalog.move(move_id)
        self._begin(move.photo_ids)
        move = self._catalog.move(move_id)
        if move.state is not MoveState.DONE or self._actor.clock.wall_ms() > move.at_ms + KEPT_MS:
            raise Fixable(
                "move_over", "This move cannot be undone any more.", "Move the photos to the patient they belong to."
            )
        return self._move(move.photo_ids, move.patient_id, move.former_visits, tidy_reason(reason), move)

    # -- inside -------------------------------------------------------------------------------------------------

    def _begin(self, photo_ids: Sequence[str]) -> None:
        """The right, and nothing under way that involves these photos: it is ended first, or its failure is raised."""
        self._actor.require(Right.CORRECT_CHART)
        failed = self._finish_interrupted()
        under_way = {one for move in self._correcting.open_moves() for one in move.photo_ids}
        under_way |= {one.photo_id for one in self._correcting.unsettled()}
        if failed and not under_way.isdisjoint(photo_ids):
            raise failed[0]

    def _finish_interrupted(self) -> list[PhotoDeskError]:
        """End what a crash interrupted; what cannot be ended now stays, and keeps nothing else from being ended."""
        failed: list[PhotoDeskError] = []
        for move in self._correcting.open_moves():
            try:
                self._finish(move)
            except PhotoDeskError as failure:
                failed.append(failure)
        for deletion in self._correcting.unsettled():
            try:
                self._correcting.settle(self._actor.change("settled"), [deletion])
            except PhotoDeskError as failure:
                failed.append(failure)
        return failed

    def _finish(self, move: PhotoMove) -> None:
        with ExitStack() as stack:
            for entry in self._move_entries(move, "finished"):
                stack.enter_context(self._actor.logged(entry))
            self._correcting.finish_move(self._actor.change(""), move)

    def _move(
        self,
        photo_ids: Sequence[str],
        to_patient_id: str,
        visits: str | Mapping[str, str],
        reason: str,
        undoes: PhotoMove | None = None,
    ) -> Moved:
        (patient_id, wanted), *more = self._by_patient(photo_ids).items()
        if more:
            raise Fixable(
                "different_patients", "These photos are of different patients.", "Move photos of one patient at a time."
            )
        if undoes is not None and patient_id != undoes.to_patient_id:
            raise Fixable("photo_unknown", "These photos have moved on since.", "Look at the photo's history.")
        self._catalog.patient(to_patient_id)
        now_ms = self._actor.clock.wall_ms()
        change = self._actor.change(reason)
        planned = self._correcting.plan_move(
            change,
            ids.ordered_id(now_ms),
            wanted,
            patient_id,
            to_patient_id,
            visits,
            now_ms,
            undoes.move_id if undoes is not None else "",
        )
        with ExitStack() as stack:
            for entry in self._move_entries(planned, "undone" if undoes is not None else "moved"):
                stack.enter_context(self._actor.logged(entry))
            move = self._correcting.move(change, planned)
        self._forget(patient_id, move.photo_ids)
        return Moved(
            move.move_id,
            move.photo_ids,
            patient_id,
            to_patient_id,
            visits if isinstance(visits, str) else "",
            now_ms,
            now_ms + KEPT_MS,
        )

    def _move_entries(self, move: PhotoMove, what: str) -> list[Entry]:
        """One for the chart that loses the photos, one for the chart that gets them."""
        new = set(move.new_visits.values())
        sides = [(move.patient_id, "", {"to": move.to_patient_id})]
        if move.to_patient_id != move.patient_id:
            sides.append((move.to_patient_id, new.pop() if len(new) == 1 else "", {"from": move.patient_id}))
        return [
            self._actor.entry(
                Action.MOVE,
                patient_id,
                visit_id=visit_id,
                photo_ids=move.photo_ids,
                details={"what": what, "move": move.move_id, **other},
            )
            for patient_id, visit_id, other in sides
        ]

    def _by_patient(self, photo_ids: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for photo_id in dict.fromkeys(photo_ids):
            found.setdefault(self._photo_edit.patient_of(photo_id), []).append(photo_id)
        if not found:
            raise Fixable("photo_unknown", "No photo is named.", "Choose at least one.")
        return found


def tidy_reason(reason: str) -> str:
    """One line of text; Fixable `reason_missing` where there is none, or where it is longer than 500 characters."""
    tidy = " ".join(reason.split())
    if not tidy or len(tidy) > MAX_REASON:
        raise Fixable(
            "reason_missing", "A reason is needed, in one short sentence.", "Say why, for whoever asks later."
        )
    return tidy
