"""Where something of an erased patient may still lie, and has to be confirmed: workstations, backup folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from photodesk.desk.backups import BackupNote
from photodesk.desk.workstation_names import workstation_names
from photodesk.store.keeping_book import Erasure, Place
from photodesk.store.members_log import MembersLog

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet
    from photodesk.store.layout import Layout

WORKSTATION, BACKUP = "workstation", "backup"


class ErasurePlaces:
    """The places of this clinic. `confirmations` are the workstations that erased it after the first, by erasure."""

    def __init__(
        self,
        layout: Layout,
        keyset: KeySet,
        backups: Callable[[], tuple[BackupNote, ...]],
        confirmations: Callable[[str], Mapping[str, int]] = lambda _: {},
    ) -> None:
        self._layout = layout
        self._keyset = keyset
        self._backups = backups
        self._confirmations = confirmations

    def now(self, at_ms: int) -> tuple[Place, ...]:
        """This workstation confirms at `at_ms`; the others and the backup have not yet."""
        members = MembersLog.open(self._layout.members, self._keyset.clinic_id).members
        names = workstation_names(self._layout, self._keyset)
        stations = tuple(
            Place(
                WORKSTATION,
                names[one.workstation_id],
                at_ms if one.workstation_id == self._keyset.workstation_id else 0,
            )
            for one in members.workstations.values()
            if not one.revoked and one.workstation_id in names
        )
        return (*stations, *(Place(BACKUP, note.place) for note in self._backups()))

    def confirmed(self, erasure: Erasure) -> Erasure:
        """The erasure with what has confirmed since: a backup does by its next whole run after the erasing."""
        runs = {note.place: note.at_ms for note in self._backups()}
        told = self._confirmations(erasure.erasure_id)
        names = workstation_names(self._layout, self._keyset) if told else {}
        done = {names[one]: at_ms for one, at_ms in told.items() if one in names}
        return replace(erasure, places=tuple(_confirmed(one, erasure, runs, done) for one in erasure.places))


def _confirmed(place: Place, erasure: Erasure, runs: Mapping[str, int], done: Mapping[str, int]) -> Place:
    if place.kind == BACKUP and runs.get(place.name, 0) > erasure.erased_at_ms:
        return Place(place.kind, place.name, runs[place.name])
    if place.kind == WORKSTATION and not place.at_ms and place.name in done:
        return Place(place.kind, place.name, done[place.name])
    return place
