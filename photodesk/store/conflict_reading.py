"""Conflicts of one database that nobody has decided yet, with both values; and patients who share a record number."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from photodesk.store.catalog import Catalog
from photodesk.store.conflict_rules import deleting_field, reviewed
from photodesk.store.conflicts import ConflictBook, Said, conflict_id, said_about
from photodesk.store.readable import Readable
from photodesk.store.twins import twins_that_differ

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

_UNDECIDED = " WHERE conflict_id NOT IN (SELECT conflict_id FROM settled WHERE kept <> '')"


@dataclass(frozen=True)
class OpenConflict:
    """`stands` holds now, `lost` was written without knowing of it.

    `deleted`: `stands` deleted the entity, `changes` are what `lost` changed of it. `twin_id`: the same photo, filed at
    another workstation, of which `lost` was said.
    """

    conflict_id: str
    entity: str
    entity_id: str
    field: str
    stands: Said
    lost: Said
    deleted: bool = False
    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    twin_id: str = ""


def has_undecided(database: Readable, *, clinical: bool) -> bool:
    """Whether anything waits for a decision in the catalog, or (`clinical`) in a chart."""
    with database.reader() as connection:
        row = connection.execute(f"SELECT 1 FROM conflict{_UNDECIDED} LIMIT 1").fetchone()  # noqa: S608  no outside text
        return row is not None or (clinical and bool(twins_that_differ(connection)))


def is_decided(database: Readable, conflict_id: str) -> bool:
    """Whether somebody said of this conflict that what stood is right. Other decisions leave no mark of their own."""
    with database.reader() as connection:
        query = "SELECT 1 FROM settled WHERE conflict_id = ? AND kept <> ''"
        return connection.execute(query, (conflict_id,)).fetchone() is not None


def undecided(
    database: Readable, keyset: KeySet, erasure_key: Callable[[str], bytes], only: str = "", *, clinical: bool
) -> list[OpenConflict]:
    """What waits for a decision, or `only` one of it; as `has_undecided`. What these keys do not open is left out."""
    found: list[OpenConflict] = []
    condition, values = (" AND conflict_id = ?", (only,)) if only else ("", ())
    with database.reader() as connection:
        rows = connection.execute(
            "SELECT conflict_id, entity, entity_id, field, operation_id FROM conflict"  # noqa: S608
            f"{_UNDECIDED}{condition} ORDER BY entity, entity_id, field, operation_id",
            values,
        ).fetchall()
        book = ConflictBook(connection, keyset, erasure_key)
        for row in rows:
            one = _opened(book, *map(str, row))
            if one is not None:
                found.append(one)
        if clinical:
            found += [one for one in _of_twins(connection, book) if only in ("", one.conflict_id)]
    return found


def _of_twins(connection: Any, book: ConflictBook) -> list[OpenConflict]:
    """Site or view of one photo that two workstations filed, each saying something else of it."""
    found = []
    for one, other, name in twins_that_differ(connection):
        said = {photo_id: said_about(book.operations("photo", photo_id), name) for photo_id in (one, other)}
        if all(said.values()):
            stands, lost = sorted((one, other), key=lambda photo_id: said[photo_id][-1].rank, reverse=True)
            key = conflict_id("photo", one, name, other)
            found.append(OpenConflict(key, "photo", stands, name, said[stands][-1], said[lost][-1], twin_id=lost))
    return found


def _opened(book: ConflictBook, key: str, entity: str, entity_id: str, name: str, lost_id: str) -> OpenConflict | None:
    operations = book.operations(entity, entity_id)
    said = said_about(operations, name)
    loser = next((one for one in operations if one.operation_id == lost_id), None)
    if not said or loser is None:
        return None
    deleted = name == deleting_field(entity)
    changes = {one: value for one, value in loser.edit.fields.items() if one in reviewed(entity)} if deleted else {}
    lost = Said(
        loser.operation_id,
        loser.workstation,
        loser.person,
        loser.clock,
        loser.replaced.get(name, 0),
        loser.edit.fields.get(name),
    )
    return OpenConflict(key, entity, entity_id, name, said[-1], lost, deleted, changes)


@dataclass(frozen=True)
class SharedNumber:
    """Two patients who have one record number. `first` was added first and keeps it unless a person says otherwise."""

    conflict_id: str
    mrn: str
    first: Said
    second: Said


def shared_numbers(catalog: Catalog, patient_id: str = "") -> list[SharedNumber]:
    """Patients that two workstations gave the same record number, all or those with this patient in them.

    Two entries of one person may share it. The values of what was said are the patients' ids.
    """
    rows = catalog.ledger.database.rows(
        "SELECT a.mrn, a.patient_id, b.patient_id FROM patient a JOIN patient b"
        " ON a.mrn = b.mrn COLLATE NOCASE AND a.patient_id < b.patient_id"
        " WHERE NOT a.hidden AND NOT b.hidden AND a.mrn <> '' AND ?1 IN ('', a.patient_id, b.patient_id)",
        (patient_id,),
    )
    found, main = [], catalog.persons.main
    for mrn, one, other in rows:
        if main(str(one)) == main(str(other)):
            continue
        first, second = sorted((_added(catalog, str(one)), _added(catalog, str(other))), key=lambda said: said.rank)
        key = conflict_id("patient", str(first.value), "mrn", str(second.value))
        found.append(SharedNumber(key, str(mrn), first, second))
    return sorted(found, key=lambda shared: (shared.mrn, shared.conflict_id))


def _added(catalog: Catalog, patient_id: str) -> Said:
    """Who added a patient."""
    scope = catalog.scope(patient_id)
    with catalog.ledger.database.reader() as connection:
        book = ConflictBook(connection, catalog.keyset, lambda _: scope.erasure_key)
        first = book.operations("patient", patient_id)[0]
    return Said(first.operation_id, first.workstation, first.person, first.clock, 0, patient_id)
