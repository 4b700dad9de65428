"""This workstation's operations, from its databases into the spool, in the order they were made in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from photodesk import ids
from photodesk.store.catalog import NAME as CATALOG
from photodesk.store.ledger import Ledger
from photodesk.store.operations import Scope, chained
from photodesk.store.projection import Edit
from photodesk.store.signer import REMOVED_GENERATION
from photodesk.store.taking import LEFT_OUT
from photodesk.store.travelling import travels
from photodesk.sync.parcels import OPERATION_BYTES
from photodesk.sync.spool import Outgoing, Spool

if TYPE_CHECKING:
    from photodesk.desk.session import Session

AT_ONCE = 2_000
_NOT_CHARTS = frozenset({"erasure", "index"})


class SpoolingOut:
    """Brings the spool up to what the databases hold. Doing it again adds nothing."""

    def __init__(self, session: Session, spool: Spool) -> None:
        self._session = session
        self._spool = spool

    def run(self) -> int:
        """How many operations were new to the spool."""
        return sum(self._one(name, generation) for name, generation in self._dirty())

    def acknowledge(self) -> None:
        """Commits that held no change of this workstation, like those that end a session, leave nothing to be sent."""
        for name, generation in list(self._dirty()):
            ledger, _ = self._ledger(name)
            if ledger is not None and not self._next(ledger, name):
                self._looked_at(name, generation)

    def still_clean(self, name: str, before: int, after: int) -> None:
        """Others' operations were taken into a database: if nothing of this workstation's waited there, still none."""
        if self._spool.number(f"generation:{name}") == before:
            self._looked_at(name, after)

    def _looked_at(self, name: str, generation: int) -> None:
        self._spool.set_facts({f"generation:{name}": generation.to_bytes(8, "little")})

    def _dirty(self) -> Iterator[tuple[str, int]]:
        """Databases that were committed since they were last looked at; the catalog first, for charts build on it."""
        known = self._session.log.generations()
        rows = self._spool.file.rows(
            "SELECT name, value FROM fact WHERE name >= 'generation:' AND name < 'generation;'"
        )
        spooled = {str(name).partition(":")[2]: int.from_bytes(value, "little") for name, value in rows}
        names = sorted(known.keys() - _NOT_CHARTS - {CATALOG})
        for name in (CATALOG, *names):
            generation = known.get(name, 0)
            if generation not in (0, REMOVED_GENERATION) and generation != spooled.get(name, 0):
                yield name, generation

    def _one(self, name: str, generation: int) -> int:
        ledger, scope = self._ledger(name)
        if ledger is None:
            return 0
        added = 0
        while rows := self._next(ledger, name):
            added += self._add(ledger, scope, name, rows)
        self._looked_at(name, generation)
        return added

    def _ledger(self, name: str) -> tuple[Ledger | None, Scope]:
        session = self._session
        if name == CATALOG:
            return session.catalog.ledger, Scope()
        patient_id = session.catalog.patient_of_chart(name) if _is_id(name) else None
        if patient_id is None or not session.keyset.chart_keys:
            return None, Scope()
        chart = session.charts.open(patient_id, hidden_too=True)
        return chart.ledger, session.catalog.scope(patient_id)

    def _next(self, ledger: Ledger, name: str) -> list[Any]:
        return ledger.database.rows(
            "SELECT sequence, entity, entity_id, record FROM operation WHERE workstation = ? AND sequence > ?"
            " ORDER BY sequence LIMIT ?",
            (self._session.keyset.workstation_id, self._spool.number(f"spooled:{name}"), AT_ONCE),
        )

    def _add(self, ledger: Ledger, scope: Scope, name: str, rows: list[Any]) -> int:
        start = self._spool.number(f"spooled:{name}")
        going: list[Outgoing] = []
        gone: dict[int, bytes] = {}
        for sequence, entity, entity_id, record in rows:
            if travels(entity, entity_id) and len(record) <= OPERATION_BYTES:
                going.append(Outgoing(name, int(sequence), bytes(record)))
            else:
                gone[int(sequence)] = chained(bytes(record))
        last = int(rows[-1][0])
        gone.update(self._erased(ledger, start, last))
        if gone:
            going.insert(0, self._say_left_out(ledger, scope, name, gone))
        self._spool.add_outgoing(going)
        self._spool.set_facts({f"spooled:{name}": last.to_bytes(8, "little")})
        return len(going)

    def _erased(self, ledger: Ledger, after: int, until: int) -> dict[int, bytes]:
        rows = ledger.database.rows(
            "SELECT sequence, chain FROM erased_operation WHERE workstation = ? AND sequence > ? AND sequence <= ?",
            (self._session.keyset.workstation_id, after, until),
        )
        return {int(sequence): bytes(chain) for sequence, chain in rows}

    def _say_left_out(self, ledger: Ledger, scope: Scope, name: str, gone: dict[int, bytes]) -> Outgoing:
        """Tell the others which places of the chain they are not given, before what comes after them."""
        runs: list[tuple[int, int, str]] = []
        for sequence in sorted(gone):
            if runs and runs[-1][1] == sequence - 1:
                runs[-1] = (runs[-1][0], sequence, gone[sequence].hex())
            else:
                runs.append((sequence, sequence, gone[sequence].hex()))
        fields = {"runs": msgspec.json.encode(runs).decode("ascii")}
        with ledger.writing(self._session.actor.change("sync")) as writing:
            left_out_id = ids.random_id()
            writing.record(scope, Edit(LEFT_OUT, left_out_id, "add", fields))
            row = writing.execute(
                "SELECT sequence, record FROM operation WHERE entity = ? AND entity_id = ?", (LEFT_OUT, left_out_id)
            ).fetchone()
        return Outgoing(name, int(row[0]), bytes(row[1]))


def _is_id(name: str) -> bool:
    try:
        return len(ids.to_bytes(name)) > 0
    except ValueError:
        return False
