"""Corrections in the catalog: photos on their way from one chart to another, and deleted photos waiting to be purged.

A *move* is the durable intent of one: until its state is `done` some of its photos may lie in both charts. A *deletion*
says which chart hides a photo and since when; *unsettled* ones are in the middle of a change, and the chart decides
what they are. Ids only; why something was done lies in the charts, and sealed to the inbox key while a move is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from photodesk.errors import Fixable
from photodesk.store.catalog_imports import CatalogImports, KnownContent
from photodesk.store.change import Change
from photodesk.store.operations import Scope
from photodesk.store.projection import Edit

_MOVE = "move_id, state, photo_ids, former_visits, patient_id, to_patient_id, new_visits, at_ms, person_id, undoes"
_visits = msgspec.json.Decoder(dict[str, str])
_ids = msgspec.json.Decoder(tuple[str, ...])


class MoveState(StrEnum):
    """How far a move is; `given up` where nothing could be moved, `undone` once it was moved back."""

    OPEN = "open"
    DONE = "done"
    GIVEN_UP = "given up"
    UNDONE = "undone"


class DeletionState(StrEnum):
    """What a deleted photo is. `unsettled`: a change was begun, and the chart says whether it happened."""

    UNSETTLED = "unsettled"
    HIDDEN = "hidden"
    RESTORED = "restored"
    PURGED = "purged"


@dataclass(frozen=True)
class PhotoMove:
    """Photos (and attachments) of one patient that become another's; visits by photo id, before and after."""

    move_id: str
    state: MoveState
    photo_ids: tuple[str, ...]
    former_visits: Mapping[str, str]
    patient_id: str
    to_patient_id: str
    new_visits: Mapping[str, str]
    at_ms: int
    person_id: str
    undoes: str = ""
    sealed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Deletion:
    """A photo deleted from a chart at `at_ms`; `counted_ms` is what the clinic's own count of time said then."""

    photo_id: str
    patient_id: str
    state: DeletionState
    at_ms: int
    counted_ms: int


class CatalogCorrections(CatalogImports):
    """The catalog's moves and deletions."""

    def keep_move(self, change: Change, move: PhotoMove) -> None:
        """Remember a move, or what has become of it. `sealed` is dropped once it is not open any more."""
        fields = {
            "state": move.state.value,
            "photo_ids": list(move.photo_ids),
            "former_visits": dict(move.former_visits),
            "patient_id": move.patient_id,
            "to_patient_id": move.to_patient_id,
            "new_visits": dict(move.new_visits),
            "at_ms": move.at_ms,
            "person_id": move.person_id,
            "undoes": move.undoes,
            "sealed": move.sealed if move.state is MoveState.OPEN else b"",
        }
        self._keep("photo_move", move.move_id, change, self.scope(move.to_patient_id), fields)

    def move(self, move_id: str) -> PhotoMove:
        """One move; Fixable `move_unknown`."""
        found = self._moves("move_id = ?", move_id)
        if not found:
            raise Fixable("move_unknown", "There is no such move.", "Look at the photo's history.")
        return found[0]

    def open_moves(self) -> list[PhotoMove]:
        """Moves that were begun and not ended, in the order of their ids."""
        return self._moves("state = ?", MoveState.OPEN.value)

    def moves_of(self, photo_id: str) -> list[PhotoMove]:
        """Every move of a photo, in the order they were made."""
        return self._moves("instr(photo_ids, ?)", photo_id)

    def _moves(self, condition: str, value: str) -> list[PhotoMove]:
        rows = self.ledger.database.rows(
            f"SELECT {_MOVE}, sealed FROM photo_move WHERE {condition} ORDER BY move_id",  # noqa: S608
            (value,),
        )
        return [_move_of(row) for row in rows]

    def keep_deletions(self, change: Change, deletions: Sequence[Deletion]) -> None:
        """Remember what deletions are now, in one transaction."""
        with self.ledger.writing(change) as writing:
            for one in deletions:
                fields = {
                    "patient_id": one.patient_id,
                    "state": one.state.value,
                    "at_ms": one.at_ms,
                    "counted_ms": one.counted_ms,
                }
                writing.record(self.scope(one.patient_id), Edit("deletion", one.photo_id, "set", fields))

    def deletions(self, state: DeletionState) -> list[Deletion]:
        """Deletions in a state, the earliest first."""
        return self._deletions("state = ?", state.value)

    def deletion(self, photo_id: str) -> Deletion | None:
        """What is known of a photo's deletion, or None where it never was deleted."""
        found = self._deletions("photo_id = ?", photo_id)
        return found[0] if found else None

    def _deletions(self, condition: str, value: str) -> list[Deletion]:
        rows = self.ledger.database.rows(
            "SELECT photo_id, patient_id, state, at_ms, counted_ms FROM deletion"  # noqa: S608
            f" WHERE {condition} ORDER BY at_ms, photo_id",
            (value,),
        )
        return [Deletion(row[0], row[1], DeletionState(row[2]), *row[3:]) for row in rows]

    def correct_content(self, known: Iterable[KnownContent]) -> None:
        """Say where bytes are after a correction: unlike `record_content` this also ends `deleted`."""
        with self.ledger.database.transaction() as connection:
            connection.executemany(
                "INSERT INTO content VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state,"
                " patient_id = excluded.patient_id, photo_id = excluded.photo_id",
                [(c.content_id, c.state.value, c.patient_id, c.photo_id, c.job_id) for c in known],
            )

    def _keep(self, entity: str, entity_id: str, change: Change, scope: Scope, fields: dict[str, Any]) -> None:
        with self.ledger.writing(change) as writing:
            writing.record(scope, Edit(entity, entity_id, "set", fields))


def _move_of(row: Any) -> PhotoMove:
    move_id, state, photo_ids, former, patient_id, to_patient_id, new, at_ms, person_id, undoes, sealed = row
    return PhotoMove(
        move_id,
        MoveState(state),
        _ids.decode(photo_ids),
        _visits.decode(former),
        patient_id,
        to_patient_id,
        _visits.decode(new),
        at_ms,
        person_id,
        undoes,
        bytes(sealed),
    )
