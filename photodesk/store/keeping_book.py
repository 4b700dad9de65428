"""How long records are kept, in the catalog: retention class and legal hold by patient, and erasures.

An *erasure* is asked for (the patient is hidden from then on), revoked, or under way and then done. While the patient
is there its row is an operation of that patient's scope; what stays afterwards names ids only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from photodesk.errors import Fixable
from photodesk.patients import Patient
from photodesk.store.catalog import Catalog
from photodesk.store.catalog_patients import patient_of, unknown_patient
from photodesk.store.change import Change
from photodesk.store.operations import Scope
from photodesk.store.projection import Edit


class ErasureState(StrEnum):
    """How far an erasure is. `running`: authorised, and ended by the next desk that holds the keys it takes."""

    REQUESTED = "requested"
    REVOKED = "revoked"
    RUNNING = "running"
    ERASED = "erased"


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where something of the patient may lie: `workstation`, `server` or `backup`. `at_ms` 0: has not confirmed yet."""

    kind: str
    name: str
    at_ms: int = 0


@dataclass(frozen=True)
class Erasure:
    """One erasure. Times are wall ms; `counted_ms` is the clinic's own count of time when it was asked for."""

    erasure_id: str
    state: ErasureState
    patient_id: str
    chart_id: str
    reason: str
    ground: str
    requested_by: str
    second_by: str
    requested_at_ms: int
    counted_ms: int
    authorised_by: str = ""
    cosigned_by: str = ""
    carried_out_by: str = ""
    erased_at_ms: int = 0
    counts: str = "{}"
    places: tuple[Place, ...] = ()
    told: int = 0

    def fields(self) -> dict[str, Any]:
        """As an operation holds it."""
        held = asdict(self)
        held.pop("erasure_id")
        return {**held, "state": self.state.value, "places": msgspec.json.encode(self.places).decode("utf-8")}


@dataclass(frozen=True)
class Keeping:
    """What was decided about one patient's record. `retention` is "" for the clinic's default class."""

    patient_id: str
    retention: str = ""
    hold: bool = False
    hold_reason: str = ""
    hold_by: str = ""
    hold_at_ms: int = 0


@dataclass(frozen=True)
class KeptRecord:
    """One patient with what decides how long the record is kept. `added_ms` is when the patient was added."""

    patient: Patient
    keeping: Keeping
    last_visit: date | None
    added_ms: int


_ERASURE = (
    "erasure_id, state, patient_id, chart_id, reason, ground, requested_by, second_by, requested_at_ms, counted_ms,"
    " authorised_by, cosigned_by, carried_out_by, erased_at_ms, counts, places, told"
)
_KEEPING = "patient_id, retention, hold, hold_reason, hold_by, hold_at_ms"


class KeepingBook:
    """Reads and writes the catalog's tables `keeping` and `erasure`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    # -- class and hold -----------------------------------------------------------------------------------------

    def keeping(self, patient_id: str) -> Keeping:
        """What was decided about a patient's record."""
        row = self._row(f"SELECT {_KEEPING} FROM keeping WHERE patient_id = ?", patient_id)  # noqa: S608
        return _keeping_of(row) if row else Keeping(patient_id)

    def holds(self) -> list[Keeping]:
        """Every legal hold, the oldest first."""
        rows = self._catalog.ledger.database.rows(f"SELECT {_KEEPING} FROM keeping WHERE hold ORDER BY hold_at_ms")  # noqa: S608
        return [_keeping_of(row) for row in rows]

    def keep(self, change: Change, keeping: Keeping) -> None:
        """Remember a decision; only what differs is recorded."""
        before, after = asdict(self.keeping(keeping.patient_id)), asdict(keeping)
        changed = {name: value for name, value in after.items() if value != before[name]}
        if changed:
            changed = {name: int(value) if name == "hold" else value for name, value in changed.items()}
            with self._catalog.ledger.writing(change) as writing:
                scope = self._catalog.scope(keeping.patient_id)
                writing.record(scope, Edit("keeping", keeping.patient_id, "set", changed))

    def records(self) -> list[KeptRecord]:
        """Every patient who is not hidden, by name."""
        return self._records("NOT p.hidden ORDER BY p.sort_key")

    def record(self, patient_id: str) -> KeptRecord:
        """One patient's, hidden or not; Fixable `patient_unknown`."""
        found = self._records("p.patient_id = ?", patient_id)
        if not found:
            raise unknown_patient()
        return found[0]

    def _records(self, condition: str, *values: str) -> list[KeptRecord]:
        columns = ", ".join(f"coalesce(k.{name}, '')" for name in _KEEPING.split(", ")[1:])
        rows = self._catalog.ledger.database.rows(
            "SELECT p.patient_id, p.mrn, p.family, p.given, p.birth, p.sex,"  # noqa: S608
            " (SELECT max(day) FROM visit v WHERE v.patient_id = p.patient_id AND NOT v.cancelled),"
            " (SELECT min(clock) FROM operation o WHERE o.entity = 'patient' AND o.entity_id = p.patient_id),"
            f" {columns} FROM patient p LEFT JOIN keeping k ON k.patient_id = p.patient_id WHERE {condition}",
            values,
        )
        return [_record_of(row) for row in rows]

    # -- erasures -----------------------------------------------------------------------------------------------

    def erasures(self, *states: ErasureState) -> list[Erasure]:
        """Erasures in any of these states (in all without one), the latest first."""
        wanted = states or tuple(ErasureState)
        marks = ", ".join("?" * len(wanted))
        rows = self._catalog.ledger.database.rows(
            f"SELECT {_ERASURE} FROM erasure WHERE state IN ({marks}) ORDER BY requested_at_ms DESC, erasure_id",  # noqa: S608
            tuple(state.value for state in wanted),
        )
        return [_erasure_of(row) for row in rows]

    def erasure(self, erasure_id: str) -> Erasure:
        """One of them; Fixable `erasure_unknown`."""
        row = self._row(f"SELECT {_ERASURE} FROM erasure WHERE erasure_id = ?", erasure_id)  # noqa: S608
        if row is None:
            raise Fixable("erasure_unknown", "There is no such erasure.", "List them with: photodesk erase list")
        return _erasure_of(row)

    def of_chart(self, chart_id: str) -> Erasure | None:
        """The erasure of a chart's patient that was not revoked, or None."""
        row = self._row(
            f"SELECT {_ERASURE} FROM erasure WHERE chart_id = ? AND state <> 'revoked'"  # noqa: S608
            " ORDER BY requested_at_ms DESC LIMIT 1",
            chart_id,
        )
        return None if row is None else _erasure_of(row)

    def confirm(self, change: Change, erasure: Erasure, workstation_id: str, at_ms: int) -> None:
        """This workstation has erased the patient too."""
        fields = {"erasure_id": erasure.erasure_id, "workstation_id": workstation_id, "at_ms": at_ms}
        with self._catalog.ledger.writing(change) as writing:
            writing.record(Scope(), Edit("confirmation", f"{erasure.erasure_id}/{workstation_id}", "add", fields))

    def confirmations(self, erasure_id: str) -> dict[str, int]:
        """Other workstations that have erased the patient, by id: when (wall ms)."""
        sql = "SELECT workstation_id, at_ms FROM confirmation WHERE erasure_id = ?"
        return {str(row[0]): int(row[1]) for row in self._catalog.ledger.database.rows(sql, (erasure_id,))}

    def request(self, change: Change, erasures: Sequence[Erasure]) -> None:
        """Remember that a person's entries are to be erased, and hide them, in one transaction."""
        with self._catalog.ledger.writing(change) as writing:
            for erasure in erasures:
                self._catalog.set_hidden(writing, erasure.patient_id, True)
                scope = self._catalog.scope(erasure.patient_id)
                writing.record(scope, Edit("erasure", erasure.erasure_id, "add", erasure.fields()))

    def revoke(self, change: Change, erasures: Sequence[Erasure]) -> None:
        """These entries are not erased and are found again."""
        state = {"state": ErasureState.REVOKED.value}
        with self._catalog.ledger.writing(change) as writing:
            for erasure in erasures:
                self._catalog.set_hidden(writing, erasure.patient_id, False)
                scope = self._catalog.scope(erasure.patient_id)
                writing.record(scope, Edit("erasure", erasure.erasure_id, "set", state))

    def authorise(self, change: Change, erasure: Erasure, cosigned_by: str) -> Erasure:
        """From now on it is not revocable."""
        after = replace(erasure, state=ErasureState.RUNNING, authorised_by=change.actor, cosigned_by=cosigned_by)
        with self._catalog.ledger.writing(change) as writing:
            fields = {name: value for name, value in after.fields().items() if value != erasure.fields()[name]}
            scope = self._catalog.scope(erasure.patient_id)
            writing.record(scope, Edit("erasure", erasure.erasure_id, "set", fields))
        return after

    def told(self, change: Change, erasure: Erasure) -> None:
        """The log has been told that it is done."""
        self._set(change, erasure.erasure_id, {"told": 1})

    def _set(self, change: Change, erasure_id: str, fields: dict[str, Any]) -> None:
        with self._catalog.ledger.writing(change) as writing:
            writing.record(Scope(), Edit("erasure", erasure_id, "set", fields))

    def _row(self, sql: str, value: str) -> Any:
        return self._catalog.ledger.database.row(sql, (value,))


def _keeping_of(row: Any) -> Keeping:
    patient_id, retention, hold, reason, by, at_ms = row
    return Keeping(patient_id, retention, bool(hold), reason, by, at_ms or 0)


def _record_of(row: Any) -> KeptRecord:
    last = date.fromisoformat(row[6]) if row[6] else None
    return KeptRecord(patient_of(row[:6]), _keeping_of((row[0], *row[8:])), last, (row[7] or 0) >> 16)


def _erasure_of(row: Any) -> Erasure:
    values = list(row)
    values[1] = ErasureState(values[1])
    values[15] = tuple(msgspec.json.decode(values[15], type=list[Place]))
    return Erasure(*values)
