"""Where something of an erased patient may still lie, and has to be confirmed: workstations, server, backup folders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.desk.backups import BackupNote
from photodesk.store.keeping_book import Erasure, Place
from photodesk.store.member_entry import open_name
from photodesk.store.members_log import MembersLog

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet
    from photodesk.store.layout import Layout

WORKSTATION, BACKUP = "workstation", "backup"


class ErasurePlaces:
    """The places of this clinic. There is no clinic server yet, so none is named."""

    def __init__(self, layout: Layout, keyset: KeySet, backups: Callable[[], tuple[BackupNote, ...]]) -> None:
        self._layout = layout
        self._keyset = keyset
        self._backups = backups

    def now(self, at_ms: int) -> tuple[Place, ...]:
        """This workstation confirms at `at_ms`; the others and the backup have not yet."""
        keyset = self._keyset
        members = MembersLog.open(self._layout.members, keyset.clinic_id).members
        stations = tuple(
            Place(
                WORKSTATION,
                open_name(one.sealed_name, ids.to_bytes(one.workstation_id), keyset.clinic_id, keyset.desk_keys),
                at_ms if one.workstation_id == keyset.workstation_id else 0,
            )
            for one in members.workstations.values()
            if not one.revoked
        )
        return (*stations, *(Place(BACKUP, note.place) for note in self._backups()))

    def confirmed(self, erasure: Erasure) -> Erasure:
        """The erasure with what has confirmed since: a backup does by its next whole run after the erasing."""
        runs = {note.place: note.at_ms for note in self._backups()}
        places = tuple(
            Place(one.kind, one.name, runs.get(one.name, 0))
            if one.kind == BACKUP and runs.get(one.name, 0) > erasure.erased_at_ms
            else one
            for one in erasure.places
        )
        return replace(erasure, places=places)
